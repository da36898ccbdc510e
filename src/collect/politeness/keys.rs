//! Rests of less than a limit domain: one call, one method, one token of several. What the key of such
//! a rest is called, the connector decides. Start with [`Politeness::held`].

use super::{Politeness, unavailable};
use crate::{
    domain::{
        source::FetchError,
        time::{Span, Timestamp},
    },
    store::{self, Priority, budget},
};

/// A rest that still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What rests.
    pub key: String,
    /// Until when.
    pub until: Timestamp,
    /// Why, for people.
    pub reason: String,
}

impl Politeness {
    /// The rests under these keys that still count, the longest first.
    ///
    /// # Errors
    /// When the store cannot be asked: then nothing may be sent.
    pub async fn held(&self, keys: &[String]) -> Result<Vec<Held>, FetchError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await.map_err(unavailable)?;
        let held = budget::list_held(&mut tx, keys, now).await;
        let held = held.map_err(unavailable)?.into_iter();
        Ok(held
            .map(|(key, until, reason)| Held {
                key,
                until: until.into(),
                reason,
            })
            .collect())
    }

    /// Lets what `key` names rest for `span`; gives the moment of its end.
    pub async fn rest(&self, key: &str, span: Span, reason: &str) -> Timestamp {
        let until = self.clock.now().plus(span);
        let held = async {
            let mut tx = self.store.write(Priority::Bulk).await?;
            budget::hold(&mut tx, key, until, reason).await?;
            tx.commit().await
        };
        let outcome: store::Result<()> = held.await;
        if let Err(error) = outcome {
            tracing::warn!(%error, "a politeness hold could not be written");
        }
        until
    }

    /// Notes that something happened; true when it had happened before, less than `span` ago.
    pub async fn happened_again(&self, key: &str, span: Span, what: &str) -> bool {
        let again = self.held(&[key.to_owned()]).await;
        self.rest(key, span, what).await;
        again.is_ok_and(|held| !held.is_empty())
    }
}

//! Authors: known only by keyed pseudonyms. There is no author page, rating or list.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{id::keyed_hash, post::Platform, time::Timestamp};

/// What a platform calls an author. Lives only between parsing and the store, is never written,
/// shown or logged.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct AuthorRef(String);

impl AuthorRef {
    /// Takes the platform's identifier of the author.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }
}

impl std::fmt::Debug for AuthorRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthorRef(hidden)")
    }
}

/// Who speaks: a private person, or the page or organisation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// A person.
    Person,
    /// The community, channel or site itself.
    Organisation,
}

impl AuthorKind {
    /// The word that the database holds.
    pub fn code(self) -> &'static str {
        match self {
            AuthorKind::Person => "person",
            AuthorKind::Organisation => "organisation",
        }
    }
}

/// The key that makes pseudonyms in one period. Rotating it makes pseudonyms of two periods
/// impossible to join; it lives outside the database.
#[derive(Clone)]
pub struct AuthorKey {
    period: String,
    secret: Vec<u8>,
}

/// An author within one period: `2026-11:` and 26 characters. Serves to tell voices within one
/// incident apart, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pseudonym(pub String);

impl AuthorKey {
    /// A key for the month of `now`, derived from the master secret.
    pub fn for_month(master: &[u8], now: Timestamp) -> Self {
        let period = now
            .in_zone(&jiff::tz::TimeZone::UTC)
            .strftime("%Y-%m")
            .to_string();
        let secret = keyed_hash(master, &["author", &period]).to_vec();
        Self { period, secret }
    }

    /// Turns a platform's author into a pseudonym of this period. One way.
    pub fn pseudonym(&self, platform: Platform, author: &AuthorRef) -> Pseudonym {
        let hash = keyed_hash(&self.secret, &[platform.code(), &author.0]);
        let code = Ulid(u128::from_be_bytes(hash));
        Pseudonym(format!("{}:{code}", self.period))
    }
}

//! Identifiers: newtypes over text, so that a post is never passed where an incident is meant.

use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use rand::{SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use ulid::Ulid;

use super::{post::PostKey, time::Timestamp};

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text, as the database and addresses hold it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

text_id! {
    /// A post or comment: a keyed hash of its [`PostKey`], 26 characters of Crockford base 32.
    PostId;
    /// An incident (ULID). People see its number instead.
    IncidentId;
    /// A configured source, by the code of its catalogue entry.
    SourceId;
    /// A reviewed claim, by the code of its publisher.
    ClaimId;
    /// A member of staff (ULID).
    UserId;
}

/// The key that turns a platform's identifiers into ours. It never rotates: a post must keep its
/// identity for ever, else one post would be stored twice.
#[derive(Clone)]
pub struct IdentityKey(Vec<u8>);

impl IdentityKey {
    /// Takes the secret bytes (at least 16 are wanted; the configuration checks it).
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(secret.into())
    }

    /// The identity of a post: HMAC-SHA-256 of (platform, owner, kind, external id), 128 bits kept.
    pub fn post_id(&self, key: &PostKey) -> PostId {
        let parts = [
            key.platform.code(),
            &key.owner,
            key.kind.code(),
            &key.external_id,
        ];
        PostId(Ulid(u128::from_be_bytes(keyed_hash(&self.0, &parts))).to_string())
    }

    /// A keyed hash of attached media, by the platform's names of them in any order; none without media.
    pub fn media_hash(&self, names: &[String]) -> Option<String> {
        let mut parts: Vec<&str> = names.iter().map(String::as_str).collect();
        parts.sort_unstable();
        parts.push("media");
        let hash = || Ulid(u128::from_be_bytes(keyed_hash(&self.0, &parts))).to_string();
        (!names.is_empty()).then(hash)
    }
}

/// HMAC-SHA-256 over length-prefixed parts, cut to 128 bits. Length prefixes keep ("ab", "c") and
/// ("a", "bc") apart.
pub(crate) fn keyed_hash(secret: &[u8], parts: &[&str]) -> [u8; 16] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC accepts keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    let full = mac.finalize().into_bytes();
    let mut cut = [0u8; 16];
    cut.copy_from_slice(&full[..16]);
    cut
}

/// Makes new identifiers. Chance is passed in: a seeded generator gives the same ids in each test.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<Maker>>);

struct Maker {
    rng: StdRng,
    last: Option<Ulid>,
}

impl Ids {
    /// Random identifiers, seeded by the operating system.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where chance enters"
    )]
    pub fn random() -> Self {
        Self::from_rng(StdRng::from_rng(&mut rand::rng()))
    }

    /// The same identifiers for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::from_rng(StdRng::seed_from_u64(seed))
    }

    fn from_rng(rng: StdRng) -> Self {
        Self(Arc::new(Mutex::new(Maker { rng, last: None })))
    }

    /// A new ULID for the moment `now`. Those of one millisecond grow, so that events made in one
    /// go keep their order.
    pub fn ulid(&self, now: Timestamp) -> String {
        let millis = now.as_millis().max(0) as u64;
        let random = u128::from_be_bytes(self.bytes());
        let mut maker = self.lock();
        let fresh = Ulid::from_parts(millis, random >> 49);
        let same_millisecond = |last: &Ulid| last.timestamp_ms() == fresh.timestamp_ms();
        let last = maker.last.filter(same_millisecond);
        let next = last.and_then(|last| last.increment().ok()).unwrap_or(fresh);
        maker.last = Some(next);
        next.to_string()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Maker> {
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    /// Random bytes, for tokens and jitter.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        rand::Rng::fill_bytes(&mut self.lock().rng, &mut bytes);
        bytes
    }

    /// A number from 0 up to, but not including, 1.
    pub fn fraction(&self) -> f64 {
        let bits = u64::from_be_bytes(self.bytes()) >> 11;
        bits as f64 / (1u64 << 53) as f64
    }
}

/// Whether a text is an id that [`Ids::ulid`] could have made: 26 letters and digits, nothing else.
pub fn is_ulid(text: &str) -> bool {
    made(text).is_some()
}

/// When [`Ids::ulid`] made an id; `None` for what it could not have made.
pub fn made(text: &str) -> Option<Timestamp> {
    let id = Ulid::from_string(text).ok()?;
    let millis = i64::try_from(id.timestamp_ms()).ok()?;
    (id.to_string() == text).then(|| Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_id_of_the_earliest_moment_is_random_too() {
        let zero = Timestamp::from_millis(0);
        let first = |seed| Ids::seeded(seed).ulid(zero);
        assert_ne!(first(1), first(2), "two makers must not give one id");
        assert_eq!(first(1), first(1));
    }

    #[test]
    fn ids_of_one_moment_grow() {
        let ids = Ids::seeded(1);
        for millis in [0, 1_795_348_800_000] {
            let made: Vec<_> = (0..100)
                .map(|_| ids.ulid(Timestamp::from_millis(millis)))
                .collect();
            assert!(made.is_sorted_by(|a, b| a < b), "{millis}");
        }
    }
}

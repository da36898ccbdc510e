//! Who is asking: passwords, sessions, API tokens, CSRF.
//!
//! A browser carries a random cookie, a program a bearer token; the store knows only hashes of both.
//! Start with [`session::Visitor`].

pub(crate) mod attempt;
pub(crate) mod caller;
pub(crate) mod enter;
pub(crate) mod factor;
pub(crate) mod lockout;
pub(crate) mod open;
pub mod password;
pub(crate) mod provider;
pub(crate) mod qr;
pub(crate) mod second;
pub(crate) mod session;
pub(crate) mod step;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::id::Ids;

/// A new secret of 256 bits, as text for cookies, forms and tokens.
pub fn new_secret(ids: &Ids) -> String {
    as_text(&ids.bytes::<32>())
}

/// Bytes as text for cookies, forms and tokens.
pub(crate) fn as_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the store keeps of a secret: SHA-256 as text. A plain hash is enough, for nobody can try
/// 2^256 secrets.
pub fn hash_secret(secret: &str) -> String {
    as_text(&Sha256::digest(secret.as_bytes()))
}

/// Whether two secrets are the same, in a time that tells nothing.
pub(crate) fn same_secret(a: &str, b: &str) -> bool {
    !a.is_empty() && bool::from(a.as_bytes().ct_eq(b.as_bytes()))
}

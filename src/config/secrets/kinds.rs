//! Secrets of more than one use or of a form that others prescribe.

use anyhow::{Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::SHORTEST;
use crate::domain::id::Ids;

/// Standard Webhooks' mark of a symmetric secret.
const WEBHOOK_PREFIX: &str = "whsec_";

/// The secret from which `web::auth` makes its keys: never used itself.
#[derive(Clone)]
pub struct SignInKey(Vec<u8>);

impl SignInKey {
    /// Takes the secret bytes (at least 16 are wanted; [`KeyRing::load`] checks it).
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(secret.into())
    }

    /// The key for one purpose: HMAC-SHA-256 of its name.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC accepts keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// The secret that signs webhooks.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Takes `whsec_` and base64, as Standard Webhooks writes it.
    ///
    /// # Errors
    /// A sentence: another form, or fewer than 16 bytes.
    pub fn parse(text: &str) -> Result<WebhookSecret> {
        let coded = text.trim().strip_prefix(WEBHOOK_PREFIX);
        let bytes = coded.and_then(|coded| BASE64.decode(coded).ok());
        let Some(bytes) = bytes else {
            bail!(
                "a webhook secret is «{WEBHOOK_PREFIX}» and base64; leave it empty to have one made"
            );
        };
        if bytes.len() < SHORTEST {
            bail!("a webhook secret holds at least {SHORTEST} bytes, 24 to 64 are usual");
        }
        Ok(WebhookSecret(bytes))
    }

    /// A new secret of 32 bytes.
    pub fn generate(ids: &Ids) -> WebhookSecret {
        WebhookSecret(ids.bytes::<32>().to_vec())
    }

    /// As the receiver is given it: `whsec_…`.
    pub fn to_text(&self) -> String {
        format!("{WEBHOOK_PREFIX}{}", BASE64.encode(&self.0))
    }

    /// The bytes that sign.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

//! The keys of an installation: given by the settings, else made on first start and kept in
//! `data_dir/secrets` (folder 0700, files 0600), outside the database.
//!
//! A key file holds text; the same text in the settings of another machine is the same key. Start
//! with [`KeyRing::load`]. Whether a database was filled under this identity key is asked by
//! `store::settings::claim_identity` with [`KeyRing::identity_fingerprint`].

mod files;
mod kinds;

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use files::{kept_or_made, read};
pub use kinds::{SignInKey, WebhookSecret};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::settings::Settings;
use crate::domain::{
    hex,
    id::{IdentityKey, Ids},
    journal::key::SigningKey,
};

/// Shorter keys can be guessed; 128 bits is what the pseudonyms are cut to.
const SHORTEST: usize = 16;

/// The name of the journal's key.
const JOURNAL: &str = "journal_key";

/// Every key of the installation.
#[derive(Clone)]
pub struct KeyRing {
    /// Makes post identities; never rotates.
    pub identity: IdentityKey,
    /// Makes the authors' key of each month.
    pub author: Vec<u8>,
    /// Signs alerts.
    pub webhook: WebhookSecret,
    /// Makes the keys of signing in.
    pub sign_in: SignInKey,
    /// Signs the journal's checkpoints.
    pub journal: SigningKey,
    identity_fingerprint: String,
}

impl KeyRing {
    /// Takes each key from the settings, else from its file in `data_dir/secrets`, which is made
    /// when it is missing. Two processes that start together agree on one key.
    ///
    /// # Errors
    /// A sentence that names the setting or file: too short, not in form, not readable.
    pub fn load(settings: &Settings, ids: &Ids) -> Result<KeyRing> {
        let folder = settings.data_dir.join("secrets");
        let key = |name: &str, given: &SecretString| -> Result<String> {
            let text = given.expose_secret();
            if !text.is_empty() {
                long_enough(text).with_context(|| format!("the setting secrets.{name}"))?;
                return Ok(text.to_owned());
            }
            let file = folder.join(name);
            let text = kept_or_made(&file, ids, || BASE64.encode(ids.bytes::<32>()))?;
            long_enough(&text).with_context(|| file.display().to_string())?;
            Ok(text)
        };
        let identity = key("identity_key", &settings.secrets.identity_key)?;
        let author = key("author_key", &settings.secrets.author_key)?;
        let sign_in = key("sign_in_key", &settings.secrets.sign_in_key)?;
        let journal = key(JOURNAL, &settings.secrets.journal_key)?;
        Ok(KeyRing {
            sign_in: SignInKey::new(sign_in.into_bytes()),
            identity_fingerprint: fingerprint(&identity),
            identity: IdentityKey::new(identity),
            author: author.into_bytes(),
            webhook: webhook(settings, &folder, ids)?,
            journal: SigningKey::from_secret(&journal),
        })
    }

    /// The key that signs the journal, if this machine has one; makes none.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn find_journal(settings: &Settings) -> Result<Option<SigningKey>> {
        let given = settings.secrets.journal_key.expose_secret();
        let text = match given.is_empty() {
            false => Some(given.to_owned()),
            true => read(&settings.data_dir.join("secrets").join(JOURNAL))?,
        };
        Ok(text.map(|text| SigningKey::from_secret(&text)))
    }

    /// What is wrong with the keys that the settings give; makes nothing.
    pub fn problems(settings: &Settings) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, given) in [
            ("secrets.identity_key", &settings.secrets.identity_key),
            ("secrets.author_key", &settings.secrets.author_key),
            ("secrets.sign_in_key", &settings.secrets.sign_in_key),
            ("secrets.journal_key", &settings.secrets.journal_key),
        ] {
            let text = given.expose_secret();
            if !text.is_empty()
                && let Err(error) = long_enough(text)
            {
                problems.push(format!("{name}: {error}"));
            }
        }
        let given = settings.alerts.webhook_secret.expose_secret();
        if !given.is_empty()
            && let Err(error) = WebhookSecret::parse(given)
        {
            problems.push(format!("alerts.webhook_secret: {error}"));
        }
        problems
    }

    /// A hash that tells identity keys apart and tells nothing of the key.
    pub fn identity_fingerprint(&self) -> &str {
        &self.identity_fingerprint
    }
}

fn webhook(settings: &Settings, folder: &Path, ids: &Ids) -> Result<WebhookSecret> {
    let given = settings.alerts.webhook_secret.expose_secret();
    if !given.is_empty() {
        return WebhookSecret::parse(given).context("the setting alerts.webhook_secret");
    }
    let file = folder.join("webhook_secret");
    let text = kept_or_made(&file, ids, || WebhookSecret::generate(ids).to_text())?;
    WebhookSecret::parse(&text).with_context(|| file.display().to_string())
}

fn long_enough(text: &str) -> Result<()> {
    if text.trim().len() < SHORTEST {
        bail!("a key has at least {SHORTEST} characters; leave it empty to have one made");
    }
    Ok(())
}

fn fingerprint(key: &str) -> String {
    let digest = Sha256::digest(format!("otklik identity key\n{key}"));
    hex::digits(&digest[..8])
}

#[cfg(test)]
mod tests;

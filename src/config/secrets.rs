//! The keys of an installation: given by the settings, else made on first start and kept in
//! `data_dir/secrets` (folder 0700, files 0600), outside the database.
//!
//! A key file holds text; the same text in the settings of another machine is the same key. Start
//! with [`KeyRing::load`]. Whether a database was filled under this identity key is asked by
//! `store::settings::claim_identity` with [`KeyRing::identity_fingerprint`].

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::settings::Settings;
use crate::domain::{
    id::{IdentityKey, Ids},
    journal::key::SigningKey,
};

/// Shorter keys can be guessed; 128 bits is what the pseudonyms are cut to.
const SHORTEST: usize = 16;

/// The name of the journal's key.
const JOURNAL: &str = "journal_key";

/// Standard Webhooks' mark of a symmetric secret.
const WEBHOOK_PREFIX: &str = "whsec_";

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
            sign_in: SignInKey(sign_in.into_bytes()),
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
    digest[..8].iter().map(|b| format!("{b:02x}")).collect()
}

/// The text kept in `file`; a new one when there is none.
fn kept_or_made(file: &Path, ids: &Ids, make: impl Fn() -> String) -> Result<String> {
    if let Some(text) = read(file)? {
        return Ok(text);
    }
    let draft = file.with_extension(format!("{:032x}.new", u128::from_be_bytes(ids.bytes())));
    write_once(file, &draft, &make())
        .with_context(|| format!("cannot write {}", file.display()))?;
    read(file)?.with_context(|| format!("{} vanished while it was made", file.display()))
}

fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => {
            warn_when_open_to_others(file);
            Ok(Some(text.trim().to_owned()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

fn warn_when_open_to_others(file: &Path) {
    let mode = fs::metadata(file).map(|m| m.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let file = file.display();
        tracing::warn!("{file} can be read by others on this machine: chmod 600 {file}");
    }
}

/// Writes the whole text under the name `draft` and links it to `file`: readers see all or nothing,
/// and of two writers the first wins.
fn write_once(file: &Path, draft: &Path, text: &str) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    write_private(draft, text)?;
    let linked = fs::hard_link(draft, file);
    fs::remove_file(draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }?;
    File::open(folder)?.sync_all() // the name itself must survive a power cut
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut open = OpenOptions::new();
    let mut handle = open.write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(handle, "{text}")?;
    handle.sync_all()
}

#[cfg(test)]
mod tests;

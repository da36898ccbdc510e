//! The second factor: codes of an authenticator (TOTP, RFC 6238) and recovery codes.
//!
//! A secret is kept encrypted under a key of the installation and bound to its account; a recovery
//! code as a keyed hash. Start with [`accept`], then [`Draft`].

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use totp_rs::{Algorithm, Builder, Totp};

use super::{as_text, new_secret};
use crate::{
    config::secrets::SignInKey,
    domain::{
        id::{Ids, UserId},
        time::Timestamp,
    },
    store::{self, Tx, factors, sessions::How},
};

/// Seconds of a step, digits of a code, and steps by which two clocks may differ: what every
/// authenticator understands.
const STEP: u64 = 30;
const DIGITS: u8 = 6;
const SKEW: u16 = 1;
/// 160 bits, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Recovery codes that are made at once.
const CODES: usize = 8;
/// Letters and digits that nobody mistakes for another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A second factor that is being set up. Nothing is stored: the secret follows from the installation's
/// key, the account and a word that the form carries.
pub(crate) struct Draft {
    /// The form's word.
    pub word: String,
    secret: Vec<u8>,
}

impl Draft {
    /// A new one.
    pub(crate) fn new(key: &SignInKey, ids: &Ids, account: &UserId) -> Self {
        Self::again(key, account, &new_secret(ids))
    }

    /// The one whose word a form brought back.
    pub(crate) fn again(key: &SignInKey, account: &UserId, word: &str) -> Self {
        let whole = key.derive(&format!("second factor draft\n{account}\n{word}"));
        Self {
            word: word.to_owned(),
            secret: whole[..SECRET_BYTES].to_vec(),
        }
    }

    /// The address that an authenticator takes, as text or as a QR code.
    pub(crate) fn uri(&self, product: &str, login: &str) -> String {
        let named = generator(&self.secret);
        let named = named.with_account_name(login).with_issuer(Some(product));
        let named = named.build_noncompliant();
        named.to_url().unwrap_or_default()
    }

    /// The secret for typing it by hand, in groups of four.
    pub(crate) fn by_hand(&self) -> String {
        let text = totp(&self.secret).secret().to_base32();
        let letters: Vec<char> = text.chars().collect();
        let groups = letters
            .chunks(4)
            .map(|group| group.iter().collect::<String>());
        groups.collect::<Vec<_>>().join(" ")
    }

    /// Stores it when the code is right; false when it is not, or another one was set up meanwhile.
    pub(crate) async fn keep(
        &self,
        tx: &mut Tx,
        key: &SignInKey,
        ids: &Ids,
        account: &UserId,
        code: &str,
        now: Timestamp,
    ) -> store::Result<bool> {
        let Some(step) = step_of(&self.secret, code, now) else {
            return Ok(false);
        };
        let sealed = seal(key, ids, account, &self.secret);
        factors::put(tx, account, &sealed, step, now).await
    }
}

/// Takes a code of the authenticator or a recovery code, each once; none when it is wrong or was taken
/// before.
pub(crate) async fn accept(
    tx: &mut Tx,
    key: &SignInKey,
    account: &UserId,
    code: &str,
    now: Timestamp,
) -> store::Result<Option<How>> {
    let Some(factor) = factors::find(tx, account).await? else {
        return Ok(None);
    };
    let typed: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if typed.len() != usize::from(DIGITS) {
        let taken = factors::take_code(tx, account, &hash_code(key, account, &typed)).await?;
        return Ok(taken.then_some(How::Recovery));
    }
    let Some(secret) = unseal(key, account, &factor.secret) else {
        tracing::error!(
            "a second factor cannot be read: it was sealed under another secrets.sign_in_key; \
             `otklik user reset-totp` lets its owner set it up anew"
        );
        return Ok(None);
    };
    let Some(step) = step_of(&secret, &typed, now) else {
        return Ok(None);
    };
    let taken = factors::take_step(tx, account, step).await?;
    Ok(taken.then_some(How::Code))
}

/// New recovery codes in place of the old ones, as people write them down.
pub(crate) async fn renew_codes(
    tx: &mut Tx,
    key: &SignInKey,
    ids: &Ids,
    account: &UserId,
) -> store::Result<Vec<String>> {
    let codes: Vec<String> = (0..CODES).map(|_| new_code(ids)).collect();
    let hashes: Vec<String> = codes
        .iter()
        .map(|code| hash_code(key, account, &code.replace('-', "")))
        .collect();
    factors::put_codes(tx, account, &hashes).await?;
    Ok(codes)
}

/// 80 bits: `4v7c-0k2m-x9qt-hw31`.
fn new_code(ids: &Ids) -> String {
    let bytes: [u8; 16] = ids.bytes();
    let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let groups = letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join("-")
}

fn hash_code(key: &SignInKey, account: &UserId, typed: &str) -> String {
    let typed = typed
        .to_lowercase()
        .replace('o', "0")
        .replace(['i', 'l'], "1");
    as_text(&key.derive(&format!("recovery code\n{account}\n{typed}")))
}

fn generator(secret: &[u8]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1) // the one that every authenticator knows
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret.to_vec())
}

fn totp(secret: &[u8]) -> Totp {
    generator(secret).build_noncompliant()
}

/// The step whose code this is, compared in constant time.
fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let seconds = u64::try_from(now.as_millis() / 1000).ok()?;
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = totp(secret).check(&typed, seconds)?;
    i64::try_from(step).ok()
}

fn cipher(key: &SignInKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.derive("second factor secrets").into())
}

/// `1.` and base64 of nonce and ciphertext. A row that is copied to another account opens nothing.
fn seal(key: &SignInKey, ids: &Ids, account: &UserId, secret: &[u8]) -> String {
    let nonce: [u8; 24] = ids.bytes();
    let payload = Payload {
        msg: secret,
        aad: account.as_str().as_bytes(),
    };
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload);
    let sealed = sealed.expect("a secret of twenty bytes is not too long to encrypt");
    format!("1.{}", BASE64.encode([&nonce[..], &sealed].concat()))
}

fn unseal(key: &SignInKey, account: &UserId, stored: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(stored.strip_prefix("1.")?).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(24)?;
    let nonce: [u8; 24] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: sealed,
        aad: account.as_str().as_bytes(),
    };
    cipher(key).decrypt(&XNonce::from(nonce), payload).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(step_of(secret, code, now), Some(seconds / 30));
            let late = Timestamp::from_seconds(seconds + 30);
            assert_eq!(step_of(secret, code, late), Some(seconds / 30));
            assert_eq!(
                step_of(secret, code, Timestamp::from_seconds(seconds + 60)),
                None
            );
        }
        assert_eq!(
            step_of(secret, "287 082", Timestamp::from_seconds(59)),
            Some(1)
        );
    }

    #[test]
    fn a_sealed_secret_opens_for_its_account_and_key_alone() {
        let (key, other) = (SignInKey::new(*b"one"), SignInKey::new(*b"two"));
        let (ids, account) = (Ids::seeded(1), UserId::from("a"));
        let sealed = seal(&key, &ids, &account, b"secret");
        assert!(!sealed.contains(&BASE64.encode("secret")));
        assert_eq!(unseal(&key, &account, &sealed).unwrap(), b"secret");
        assert_eq!(unseal(&key, &UserId::from("b"), &sealed), None);
        assert_eq!(unseal(&other, &account, &sealed), None);
        assert_eq!(unseal(&key, &account, "1.rubbish"), None);
        assert_ne!(sealed, seal(&key, &ids, &account, b"secret"));
    }

    #[test]
    fn recovery_codes_forgive_how_they_are_typed() {
        let (key, account) = (SignInKey::new(*b"one"), UserId::from("a"));
        let code = new_code(&Ids::seeded(1));
        assert_eq!((code.len(), code.matches('-').count()), (19, 3));
        assert_eq!(
            hash_code(&key, &account, "01abc"),
            hash_code(&key, &account, "OLABC")
        );
        assert_ne!(
            hash_code(&key, &account, "01abc"),
            hash_code(&key, &UserId::from("b"), "01abc")
        );
    }

    #[test]
    fn the_address_names_product_and_login() {
        let draft = Draft::new(
            &SignInKey::new(*b"one"),
            &Ids::seeded(1),
            &UserId::from("a"),
        );
        let uri = draft.uri("Отклик", "vershinina");
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        let secret = draft.by_hand().replace(' ', "");
        assert!(
            uri.contains(&format!("secret={secret}")) && secret.len() == 32,
            "{uri}"
        );
        let again = Draft::again(&SignInKey::new(*b"one"), &UserId::from("a"), &draft.word);
        assert_eq!(again.secret, draft.secret);
    }
}

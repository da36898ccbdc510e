//! Standard Webhooks signatures (https://www.standardwebhooks.com): HMAC-SHA-256 over
//! `{id}.{timestamp}.{body}`, as `v1,` and base64. [`sign`] is ours, [`verify`] is for receivers.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    config::secrets::WebhookSecret,
    domain::time::{Span, Timestamp},
};

/// Header of the message's id.
pub const ID: &str = "webhook-id";
/// Header of the moment of the attempt, Unix seconds.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header of the signature.
pub const SIGNATURE: &str = "webhook-signature";

/// A message further than this from the receiver's clock is not believed.
const TOLERANCE: Span = Span::minutes(5);

/// Why a receiver should not believe a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// The timestamp is no number of seconds.
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    /// Sent too long ago, or the clocks differ.
    #[error("the timestamp is more than five minutes away from now")]
    TooFar,
    /// Another secret, or a changed message.
    #[error("no signature fits the message")]
    Signature,
}

/// The signature header's value for a message sent at `seconds`.
pub fn sign(secret: &WebhookSecret, id: &str, seconds: i64, body: &[u8]) -> String {
    let full = mac(secret, id, &seconds.to_string(), body).finalize();
    format!("v1,{}", BASE64.encode(full.into_bytes()))
}

/// Checks the three headers `[id, timestamp, signature]` against the body as it arrived. The
/// signature header may hold several, parted by spaces, while a secret is being changed.
///
/// # Errors
/// [`Untrusted`]; the message must be dropped.
pub fn verify(
    secret: &WebhookSecret,
    headers: [&str; 3],
    body: &[u8],
    now: Timestamp,
) -> Result<(), Untrusted> {
    let [id, timestamp, signatures] = headers;
    let seconds: i64 = timestamp.parse().map_err(|_| Untrusted::Timestamp)?;
    let away = Timestamp::from_seconds(seconds).since(now).as_millis();
    if away.saturating_abs() > TOLERANCE.as_millis() {
        return Err(Untrusted::TooFar);
    }
    let fits = |signature: &str| {
        let coded = signature.strip_prefix("v1,");
        let bytes = coded.and_then(|coded| BASE64.decode(coded).ok());
        // Compared in constant time.
        bytes.is_some_and(|b| mac(secret, id, timestamp, body).verify_slice(&b).is_ok())
    };
    match signatures.split(' ').any(fits) {
        true => Ok(()),
        false => Err(Untrusted::Signature),
    }
}

fn mac(secret: &WebhookSecret, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.bytes()).expect("HMAC accepts keys of any length");
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_614_265_330);

    fn secret() -> WebhookSecret {
        WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
    }

    /// The example of the standard's own reference libraries.
    const ID_: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const EXPECTED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn signs_as_the_standards_example() {
        assert_eq!(sign(&secret(), ID_, 1_614_265_330, BODY), EXPECTED);
    }

    #[test]
    fn a_good_message_is_believed_among_other_signatures() {
        let several = format!("v1,bm9wZQ== v2,x {EXPECTED}");
        let headers = [ID_, "1614265330", several.as_str()];
        assert_eq!(verify(&secret(), headers, BODY, NOW), Ok(()));
    }

    #[test]
    fn changed_old_and_garbled_messages_are_not() {
        let check = |id, time, signature, body| verify(&secret(), [id, time, signature], body, NOW);
        let wrong = Err(Untrusted::Signature);
        assert_eq!(check(ID_, "1614265330", EXPECTED, b"{}"), wrong);
        assert_eq!(check("msg_other", "1614265330", EXPECTED, BODY), wrong);
        assert_eq!(check(ID_, "1614265330", "", BODY), wrong);
        assert_eq!(
            check(ID_, "1614265029", EXPECTED, BODY),
            Err(Untrusted::TooFar)
        );
        assert_eq!(
            check(ID_, "today", EXPECTED, BODY),
            Err(Untrusted::Timestamp)
        );
    }
}

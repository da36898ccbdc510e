//! The signature of a call: which secret it takes, and what is signed. Start with [`sign`].

use md5::{Digest, Md5};

/// Parameters that are sent and not signed.
const APART: &[&str] = &["access_token", "session_key", "sig"];

/// Lower-case hex of MD5: what OK asks for. It guards nothing of ours.
fn md5_hex(text: &str) -> String {
    let digest = Md5::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The secret of calls with an access token, where the session's own is not given.
pub fn secret_of(access_token: &str, application_secret: &str) -> String {
    md5_hex(&format!("{access_token}{application_secret}"))
}

/// The signature over the parameters in the order of their names; values are not encoded.
pub fn sign(params: &[(String, String)], secret: &str) -> String {
    let mut signed: Vec<&(String, String)> = params
        .iter()
        .filter(|(name, _)| !APART.contains(&name.as_str()))
        .collect();
    signed.sort_by(|a, b| a.0.cmp(&b.0));
    let joined: String = signed
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    md5_hex(&format!("{joined}{secret}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_the_public_documentation() {
        let params = [
            ("method", "events.get"),
            ("format", "json"),
            ("access_token", "not signed"),
            ("application_key", "ABCDEFGHIGKLMNOPK"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let signature = sign(&params, "b1a2b89707a94624c43afae67d59274c");
        assert_eq!(signature, "232c8eb921951c4dba9b72606f9ddb4c");
    }
}

//! How secrets are shown: that one is given, never what it is.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Serializer;
use url::Url;

/// Stands for a secret that is given.
const MASK: &str = "***";

/// Empty stays empty; all else is the mask.
pub(super) fn whole<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    match secret.expose_secret().is_empty() {
        true => to.serialize_str(""),
        false => to.serialize_str(MASK),
    }
}

/// Secrets by name: the names stay.
pub(super) fn each<S: Serializer>(
    secrets: &BTreeMap<String, SecretString>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(secrets.keys().map(|name| (name, MASK)))
}

/// An address keeps host, base and user; its passwords are masked.
pub(super) fn url<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    match Url::parse(secret.expose_secret()) {
        Ok(url) => to.serialize_str(&without_passwords(url)),
        Err(_) => whole(secret, to),
    }
}

fn without_passwords(mut url: Url) -> String {
    if url.password().is_some() {
        // Refused for addresses without a host, which have no password either.
        let _ = url.set_password(Some(MASK));
    }
    if url.query().is_some() {
        // `?password=…` is allowed by PostgreSQL's addresses; other options tell little.
        url.set_query(Some(MASK));
    }
    url.to_string()
}

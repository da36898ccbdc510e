//! What a failure of the network means, in words for the operator. Failures that a server answers are
//! read in `answer.rs`.

use url::Url;

use super::answer::failed;
use crate::{
    collect::address::PrivateAddress,
    domain::source::{FetchError, Reaction},
};

fn sources<'a>(
    error: &'a reqwest::Error,
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |e| {
        e.source()
    })
}

/// What a failure of the network means. The address is left out of the text: it may hold a key.
pub(super) fn network(error: reqwest::Error) -> FetchError {
    if let Some(private) = sources(&error).find_map(|e| e.downcast_ref::<PrivateAddress>()) {
        return failed(Reaction::Stop, private.to_string());
    }
    let host = error
        .url()
        .and_then(|url| url.host_str())
        .unwrap_or("the host")
        .to_owned();
    let (timeout, cause) = (error.is_timeout(), cause(error));
    if cause.to_lowercase().contains("certificate") {
        return failed(
            Reaction::Stop,
            format!("the certificate of {host} is not trusted: {cause}"),
        );
    }
    let what = match timeout {
        true => format!("{host} did not answer in time"),
        false => format!("{host} cannot be reached: {cause}"),
    };
    failed(Reaction::BackOff, what)
}

/// What it means that an answer of `host` began and did not come to a good end.
pub(super) fn broken(host: &str, error: reqwest::Error) -> FetchError {
    let what = match error.is_timeout() {
        true => format!("the answer of {host} did not end in time"),
        false => format!("the answer of {host} cannot be read: {}", cause(error)),
    };
    failed(Reaction::BackOff, what)
}

/// The innermost cause.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let last = sources(&error).last();
    last.map(ToString::to_string).unwrap_or_default()
}

/// An address for messages: without query, which may hold a key.
pub(super) fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

//! The HTTP client: how it is built, and a request in its terms.

use std::time::Duration;

use anyhow::Context;
use reqwest::{Client, RequestBuilder, header, redirect::Policy};
use secrecy::ExposeSecret;

use super::Request;
use crate::{
    collect::address::{Guard, Resolver},
    config::settings::Collect,
};

/// The client. A bare machine without any certificate can still read plain http (the demo does); a
/// visit by https then fails with the reason.
pub(super) fn client(settings: &Collect) -> anyhow::Result<Client> {
    let builder = || {
        Client::builder()
            .user_agent(&settings.user_agent)
            .connect_timeout(Duration::from_secs(settings.connect_timeout_seconds))
            .timeout(Duration::from_secs(settings.timeout_seconds))
            .redirect(Policy::none())
            .dns_resolver(Resolver::shared(Guard::of(settings)))
            // A proxy would resolve names itself, past the guard.
            .no_proxy()
    };
    builder()
        .build()
        .or_else(|error| {
            tracing::warn!(
                "no certificates of this machine are read, so no site by https: {error}"
            );
            builder().tls_certs_only([]).build()
        })
        .context("the HTTP client cannot be built")
}

/// A request, ready to be sent.
pub(super) fn request(client: &Client, request: &Request) -> RequestBuilder {
    let mut builder = match &request.form {
        Some(form) => client.post(request.url.clone()).form(form),
        None => client.get(request.url.clone()),
    };
    if let Some(token) = &request.bearer {
        builder = builder.bearer_auth(token.expose_secret());
    }
    if let Some(token) = &request.authorization {
        builder = builder.header(header::AUTHORIZATION, token.expose_secret());
    }
    let headers = [
        (header::ACCEPT_LANGUAGE, request.language),
        (header::IF_NONE_MATCH, request.etag.as_deref()),
        (header::IF_MODIFIED_SINCE, request.modified.as_deref()),
    ];
    for (name, value) in headers {
        if let Some(value) = value {
            builder = builder.header(name, value);
        }
    }
    builder
}

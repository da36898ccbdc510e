//! Requests to the provider: never redirected, never long, never large.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse, http};
use reqwest::{Client, redirect::Policy};

/// Metadata and keys take some kilobytes.
const LARGEST: usize = 1 << 20;

/// Asks the provider. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Fetch(Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("the answer has more than {LARGEST} bytes")]
    TooLarge,
    #[error("{0}")]
    Answer(#[from] http::Error),
}

impl Fetch {
    /// For a provider of this address. One that does not answer `within` that time is told so.
    pub(crate) fn new(issuer: &str, within: Duration) -> Result<Self, reqwest::Error> {
        // A second call finds the provider there, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("Otklik/", env!("CARGO_PKG_VERSION"), " (sign-in)"))
            .redirect(Policy::none())
            .timeout(within)
            .connect_timeout(within)
            .no_proxy();
        if issuer.starts_with("http://") {
            // Plain http needs no certificates: a bare machine may have none.
            builder = builder.tls_certs_only([]);
        }
        Ok(Self(builder.build()?))
    }

    /// One request.
    pub(crate) async fn call(self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut told = http::Response::builder().status(answer.status());
        if let Some(headers) = told.headers_mut() {
            *headers = std::mem::take(answer.headers_mut());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                return Err(Failed::TooLarge);
            }
        }
        Ok(told.body(body)?)
    }
}

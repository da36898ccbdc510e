//! One polite request: gates, robots.txt, timeouts, limits, redirects, conditional answers. Start
//! with [`Fetcher::fetch`]. What is asked next, and what the bytes mean, is the connectors' work.

mod address;
mod answer;
mod body;
mod client;
mod date;
mod failure;
mod request;
mod robots;
mod wire;

use std::sync::Arc;

use reqwest::{Response, header};

use self::{address::Known, failure::shown, robots::RobotsCache, wire::Wire};
pub use self::{
    answer::retry_after,
    request::{API_LIMIT, Body, Fetched, PAGE_LIMIT, Request},
    wire::Acted,
};
use super::{
    address::Guard,
    politeness::{Domain, Pass, Politeness},
    reactions::{Failure, Row, http::Status},
};
use crate::{
    config::settings::Collect,
    domain::{
        source::{FetchError, Reaction},
        time::Clock,
    },
};

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Bytes of a refusal that are read for the platform's own words.
const REFUSAL: usize = 64 * 1024;

/// The HTTP client with its gates.
pub struct Fetcher {
    wire: Wire,
    addresses: Known,
    settings: Collect,
    guard: Guard,
    clock: Clock,
    /// The gates, for connectors that read errors out of answers.
    pub politeness: Politeness,
    robots: RobotsCache,
}

impl Fetcher {
    /// A fetcher by the settings.
    ///
    /// # Errors
    /// When the TLS client cannot be built.
    pub fn new(settings: &Collect, politeness: Politeness, clock: Clock) -> anyhow::Result<Self> {
        // The second caller finds the provider in place; that is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            wire: Wire::Http(client::client(settings)?),
            addresses: Known::default(),
            settings: settings.clone(),
            guard: Guard::of(settings),
            robots: RobotsCache::default(),
            politeness,
            clock,
        })
    }

    /// The same fetcher, asking `network` instead of the real one: gates, robots.txt and reading
    /// stay as they are.
    #[must_use]
    pub fn over(mut self, network: Arc<dyn Acted>) -> Self {
        self.wire = Wire::Acted(network);
        self
    }

    /// Sends a request through all gates.
    ///
    /// # Errors
    /// What failed and how to react; holds are already written.
    pub async fn fetch(&self, request: Request) -> Result<Fetched, FetchError> {
        let mut request = request;
        for _ in 0..=REDIRECTS {
            if request.obey_robots {
                self.obey_robots(&request).await?;
            }
            match self.send(&request).await? {
                Fetched::Redirect(to) if request.follow => {
                    request = self.follow(request, &to)?;
                }
                fetched => return Ok(fetched),
            }
        }
        Err(answer::failed(
            Reaction::Skip,
            format!(
                "more than {REDIRECTS} redirects from {}",
                shown(&request.url)
            ),
        ))
    }

    /// The request for where a redirect leads. Another host is another domain, with its own gates
    /// and robots.txt; a token never travels to another scheme, host or port.
    fn follow(&self, request: Request, to: &str) -> Result<Request, FetchError> {
        let url = request.url.join(to).map_err(|_| {
            answer::failed(
                Reaction::Skip,
                format!("{} redirects to nowhere", shown(&request.url)),
            )
        })?;
        let domain = match url.host_str() == request.url.host_str() {
            true => request.domain.clone(),
            false => Domain::host(&self.settings, url.host_str().unwrap_or_default()),
        };
        let stays = url.origin() == request.url.origin();
        Ok(Request {
            url,
            domain,
            bearer: request.bearer.filter(|_| stays),
            authorization: request.authorization.filter(|_| stays),
            form: request.form.filter(|_| stays),
            ..request
        })
    }

    async fn send(&self, request: &Request) -> Result<Fetched, FetchError> {
        let pass = self.pass(request).await?;
        match self.exchange(request, pass).await {
            Ok(fetched) => {
                if !request.judged {
                    self.politeness.succeeded(&request.domain);
                }
                Ok(fetched)
            }
            Err(failure) => Err(self
                .politeness
                .meet(&request.domain, &request.method, failure)
                .await),
        }
    }

    /// Waits at the gates; an address that must not be asked does not reach them.
    async fn pass(&self, request: &Request) -> Result<Pass, FetchError> {
        self.guard
            .check(&request.url)
            .map_err(|why| answer::failed(Reaction::Stop, why))?;
        self.politeness
            .pass(
                &request.domain,
                &request.method,
                request.haste,
                self.address_of(request).await,
            )
            .await
    }

    /// Sends and reads to the end, while the pass is held.
    async fn exchange(&self, request: &Request, pass: Pass) -> Result<Fetched, Failure> {
        let answer = async {
            let response = self.wire.send(request, self.clock.now()).await?;
            self.read(response, request).await
        };
        let outcome = answer.await;
        pass.answered(self.clock.now());
        outcome
    }

    async fn read(&self, response: Response, request: &Request) -> Result<Fetched, Failure> {
        let status = response.status().as_u16();
        match request.answers.status(status) {
            Status::Answer => self.whole(response, request).await,
            Status::Unchanged => Ok(Fetched::NotModified),
            Status::Elsewhere => {
                let to = answer::header_text(&response, header::LOCATION);
                let nowhere = || format!("answer {status} leads nowhere");
                Ok(to
                    .map(Fetched::Redirect)
                    .ok_or_else(|| answer::failed(Reaction::Skip, nowhere()))?)
            }
            Status::Refusal(row) => Err(self.refusal(response, row, request).await),
        }
    }

    /// The answer, unless it holds the platform's own error.
    async fn whole(&self, response: Response, request: &Request) -> Result<Fetched, Failure> {
        let told = request.answers.told;
        let headers = told.map(|told| (told, response.headers().clone()));
        let body = body::read_body(response, request.limit).await?;
        match headers.and_then(|(told, headers)| told(&headers, &body.bytes)) {
            Some(words) => Err(words.failure(None)),
            None => Ok(Fetched::Body(body)),
        }
    }

    /// What a refusal means: the platform's own words before those of its status.
    async fn refusal(&self, response: Response, row: &'static Row, request: &Request) -> Failure {
        let refused = answer::refused(row, &response, &shown(&request.url), self.clock.now());
        let Some(told) = request.answers.told else {
            return refused;
        };
        let headers = response.headers().clone();
        let bytes = body::read_part(response, REFUSAL).await;
        match told(&headers, &bytes) {
            Some(words) => words.failure(Some(refused)),
            None => refused,
        }
    }
}

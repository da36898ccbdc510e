//! One polite request: gates, robots.txt, timeouts, limits, redirects, conditional answers. Start
//! with [`Fetcher::fetch`]. What is asked next, and what the bytes mean, is the connectors' work.

mod answer;
mod cache;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use reqwest::{Client, Response, header, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use self::answer::retry_after;
use self::cache::RobotsCache;
use super::{
    address::{PrivateAddress, Resolver, check_url},
    politeness::{Domain, Haste, Pass, Politeness},
    robots::{self, Robots},
};
use crate::{
    config::settings::Collect,
    domain::{
        source::{FetchError, Reaction},
        time::{Clock, Span},
    },
};

/// Most bytes of an API's answer, decompressed.
pub const API_LIMIT: usize = 8 * 1024 * 1024;
/// Most bytes of a page or feed, decompressed.
pub const PAGE_LIMIT: usize = 5 * 1024 * 1024;
/// Redirects that are followed.
const REDIRECTS: usize = 5;

/// What to ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address.
    pub url: Url,
    /// Whom it burdens.
    pub domain: Domain,
    /// What is counted against the day's budget.
    pub method: String,
    /// A form to post; a plain GET without.
    pub form: Option<Vec<(String, String)>>,
    /// A bearer token.
    pub bearer: Option<SecretString>,
    /// `Accept-Language`.
    pub language: Option<&'static str>,
    /// `If-None-Match`, verbatim as the server gave it.
    pub etag: Option<String>,
    /// `If-Modified-Since`, verbatim.
    pub modified: Option<String>,
    /// Pages and feeds obey robots.txt; APIs called by contract do not have one.
    pub obey_robots: bool,
    /// Follow redirects; where not, one is an answer of its own.
    pub follow: bool,
    /// Most bytes of the answer.
    pub limit: usize,
    /// By the schedule or by a person.
    pub haste: Haste,
}

impl Request {
    /// A GET of a page that obeys robots.txt and follows redirects.
    pub fn page(url: Url, domain: Domain, haste: Haste) -> Self {
        Self {
            url,
            domain,
            method: "get".into(),
            form: None,
            bearer: None,
            language: None,
            etag: None,
            modified: None,
            obey_robots: true,
            follow: true,
            limit: PAGE_LIMIT,
            haste,
        }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Body {
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
    /// The media type, lower case, without parameters.
    pub media_type: String,
    /// The charset that the header names.
    pub charset: Option<String>,
    /// `ETag`, verbatim.
    pub etag: Option<String>,
    /// `Last-Modified`, verbatim.
    pub modified: Option<String>,
}

/// How a request ended well.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// An answer.
    Body(Body),
    /// 304: nothing changed.
    NotModified,
    /// A redirect that was not followed: where it leads.
    Redirect(String),
}

/// The HTTP client with its gates.
pub struct Fetcher {
    client: Client,
    settings: Collect,
    clock: Clock,
    /// The gates, for connectors that read errors out of answers.
    pub politeness: Politeness,
    robots: RobotsCache,
}

/// The client. A bare machine without any certificate can still read plain http (the demo does); a
/// visit by https then fails with the reason.
fn client(settings: &Collect) -> anyhow::Result<Client> {
    let builder = || {
        Client::builder()
            .user_agent(&settings.user_agent)
            .connect_timeout(Duration::from_secs(settings.connect_timeout_seconds))
            .timeout(Duration::from_secs(settings.timeout_seconds))
            .redirect(Policy::none())
            .dns_resolver(Resolver::shared(settings.allow_private_addresses))
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

impl Fetcher {
    /// A fetcher by the settings.
    ///
    /// # Errors
    /// When the TLS client cannot be built.
    pub fn new(settings: &Collect, politeness: Politeness, clock: Clock) -> anyhow::Result<Self> {
        // The second caller finds the provider in place; that is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = client(settings)?;
        Ok(Self {
            client,
            settings: settings.clone(),
            robots: RobotsCache::default(),
            politeness,
            clock,
        })
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
    /// and robots.txt; a token never travels there.
    fn follow(&self, request: Request, to: &str) -> Result<Request, FetchError> {
        let url = request.url.join(to).map_err(|_| {
            answer::failed(
                Reaction::Skip,
                format!("{} redirects to nowhere", shown(&request.url)),
            )
        })?;
        if url.host_str() == request.url.host_str() {
            return Ok(Request { url, ..request });
        }
        let domain = Domain::host(&self.settings, url.host_str().unwrap_or_default());
        Ok(Request {
            url,
            domain,
            bearer: None,
            form: None,
            ..request
        })
    }

    async fn send(&self, request: &Request) -> Result<Fetched, FetchError> {
        check_url(&request.url, self.settings.allow_private_addresses)
            .map_err(|why| answer::failed(Reaction::Stop, why))?;
        let pass = self
            .politeness
            .pass(&request.domain, &request.method, request.haste)
            .await?;
        let outcome = self.exchange(request, pass).await;
        match outcome {
            Ok(fetched) => {
                self.politeness.succeeded(&request.domain);
                Ok(fetched)
            }
            Err(error) => Err(self
                .politeness
                .react(&request.domain, &request.method, error, Span::ZERO)
                .await),
        }
    }

    /// Sends and reads to the end, while the pass is held.
    async fn exchange(&self, request: &Request, pass: Pass) -> Result<Fetched, FetchError> {
        let answer = async {
            let response = self.build(request).send().await.map_err(network)?;
            self.read(response, request).await
        };
        let outcome = answer.await;
        pass.answered(self.clock.now());
        outcome
    }

    fn build(&self, request: &Request) -> reqwest::RequestBuilder {
        let mut builder = match &request.form {
            Some(form) => self.client.post(request.url.clone()).form(form),
            None => self.client.get(request.url.clone()),
        };
        if let Some(token) = &request.bearer {
            builder = builder.bearer_auth(token.expose_secret());
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

    async fn read(&self, response: Response, request: &Request) -> Result<Fetched, FetchError> {
        let status = response.status().as_u16();
        match status {
            200..=299 => Ok(Fetched::Body(read_body(response, request.limit).await?)),
            304 => Ok(Fetched::NotModified),
            301 | 302 | 303 | 307 | 308 => {
                let to = answer::header_text(&response, header::LOCATION);
                to.map(Fetched::Redirect).ok_or_else(|| {
                    answer::failed(Reaction::Skip, format!("answer {status} leads nowhere"))
                })
            }
            _ => Err(answer::of_status(
                &response,
                &shown(&request.url),
                self.clock.now(),
            )),
        }
    }

    /// Refuses what robots.txt forbids; reads it first when it is not known or a day old.
    async fn obey_robots(&self, request: &Request) -> Result<(), FetchError> {
        let origin = request.url.origin().ascii_serialization();
        let robots = match self.robots.find(&origin, self.clock.now()) {
            Some(robots) => robots,
            None => self.read_robots(request, &origin).await?,
        };
        if let Some(delay) = robots.delay() {
            self.politeness.set_delay(&request.domain, delay);
        }
        if robots.allows(request.url.as_str()) {
            return Ok(());
        }
        Err(match *robots {
            Robots::DisallowAll => answer::failed(
                Reaction::BackOff,
                format!("the robots.txt of {origin} cannot be read now, so nothing else is"),
            ),
            _ => answer::failed(
                Reaction::Skip,
                format!("the robots.txt of {origin} forbids {}", request.url.path()),
            ),
        })
    }

    async fn read_robots(
        &self,
        request: &Request,
        origin: &str,
    ) -> Result<Arc<Robots>, FetchError> {
        let Ok(url) = request.url.join("/robots.txt") else {
            return Ok(Arc::new(Robots::AllowAll));
        };
        let mut ask = Request {
            method: "robots".into(),
            obey_robots: false,
            limit: robots::LARGEST,
            ..Request::page(url, request.domain.clone(), request.haste)
        };
        let agent = robots::product_token(&self.settings.user_agent);
        for _ in 0..=REDIRECTS {
            let (status, body) = match self.ask_robots(&ask).await? {
                RobotsAnswer::Moved(to) => {
                    ask = self.follow(ask, &to)?;
                    continue;
                }
                RobotsAnswer::Read(status, body) => (status, body),
            };
            let robots = Robots::read(status, &body, agent);
            return Ok(self.robots.put(origin, robots, self.clock.now()));
        }
        Ok(self.robots.put(origin, Robots::AllowAll, self.clock.now()))
    }

    /// One answer to the question for robots.txt. Its failures count as «cannot be had», not as
    /// failures of the host.
    async fn ask_robots(&self, ask: &Request) -> Result<RobotsAnswer, FetchError> {
        check_url(&ask.url, self.settings.allow_private_addresses)
            .map_err(|why| answer::failed(Reaction::Stop, why))?;
        let pass = self
            .politeness
            .pass(&ask.domain, &ask.method, ask.haste)
            .await?;
        let sent = self.build(ask).send().await;
        let answer = match sent {
            Err(error) if is_private(&error) => return Err(network(error)),
            Err(_) => RobotsAnswer::Read(503, Vec::new()),
            Ok(response) => match (response.status().as_u16(), response) {
                (301 | 302 | 303 | 307 | 308, response) => {
                    match answer::header_text(&response, header::LOCATION) {
                        Some(to) => RobotsAnswer::Moved(to),
                        None => RobotsAnswer::Read(404, Vec::new()),
                    }
                }
                (status, response) => {
                    RobotsAnswer::Read(status, read_part(response, ask.limit).await)
                }
            },
        };
        pass.answered(self.clock.now());
        Ok(answer)
    }
}

enum RobotsAnswer {
    Moved(String),
    Read(u16, Vec<u8>),
}

/// The first `limit` bytes of a body; what comes after, and errors on the way, cut it short.
async fn read_part(mut response: Response, limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= limit {
            bytes.truncate(limit);
            break;
        }
    }
    bytes
}

/// The whole body, or an error when it is larger than `limit` (decompressed: small answers can
/// unpack to gigabytes).
async fn read_body(mut response: Response, limit: usize) -> Result<Body, FetchError> {
    let content_type = answer::header_text(&response, header::CONTENT_TYPE).unwrap_or_default();
    let (media_type, charset) = answer::content_type(&content_type);
    let etag = answer::header_text(&response, header::ETAG);
    let modified = answer::header_text(&response, header::LAST_MODIFIED);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if bytes.len() + chunk.len() > limit {
            let mib = limit / (1024 * 1024);
            let why = format!("the answer is larger than {mib} MiB");
            return Err(answer::failed(Reaction::Skip, why));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body {
        bytes,
        media_type,
        charset,
        etag,
        modified,
    })
}

fn is_private(error: &reqwest::Error) -> bool {
    sources(error).any(|cause| cause.downcast_ref::<PrivateAddress>().is_some())
}

fn sources<'a>(
    error: &'a reqwest::Error,
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |e| {
        e.source()
    })
}

/// What a failure of the network means. The address is left out of the text: it may hold a key.
fn network(error: reqwest::Error) -> FetchError {
    if let Some(private) = sources(&error).find_map(|e| e.downcast_ref::<PrivateAddress>()) {
        return answer::failed(Reaction::Stop, private.to_string());
    }
    let host = error
        .url()
        .and_then(|url| url.host_str())
        .unwrap_or("the host")
        .to_owned();
    let (timeout, error) = (error.is_timeout(), error.without_url());
    let cause = sources(&error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    if cause.to_lowercase().contains("certificate") {
        return answer::failed(
            Reaction::Stop,
            format!("the certificate of {host} is not trusted: {cause}"),
        );
    }
    let what = match timeout {
        true => format!("{host} did not answer in time"),
        false => format!("{host} cannot be reached: {cause}"),
    };
    answer::failed(Reaction::BackOff, what)
}

/// An address for messages: without query, which may hold a key.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

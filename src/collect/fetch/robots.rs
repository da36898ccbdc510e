//! Asking a site's robots.txt before its pages. The rules themselves are read in
//! [`crate::collect::robots`]. Start with [`Fetcher::obey_robots`].

mod cache;

use std::sync::Arc;

use reqwest::{Response, header};

pub(super) use self::cache::RobotsCache;
use self::cache::{Answer, FRESH};
use super::{Fetcher, REDIRECTS, Request, answer, body};
use crate::{
    collect::{
        reactions::http::{SITES, Status},
        robots::{self, Robots},
    },
    domain::{
        source::{FetchError, Reaction},
        time::{Span, Timestamp},
    },
};

/// What came when robots.txt was asked for.
enum RobotsAnswer {
    Moved(String),
    Read(Answer),
    /// The server names a time.
    Later(FetchError),
}

impl Fetcher {
    /// The sitemaps that the robots.txt of a request's site names.
    ///
    /// # Errors
    /// As [`Fetcher::fetch`].
    pub async fn sitemaps(&self, request: &Request) -> Result<Vec<String>, FetchError> {
        let origin = request.url.origin().ascii_serialization();
        Ok(self.robots_of(request, &origin).await?.sitemaps())
    }

    /// The rules of an origin; read first when they are not known or a day old.
    async fn robots_of(&self, request: &Request, origin: &str) -> Result<Arc<Robots>, FetchError> {
        let agent = robots::product_token(&self.settings.user_agent);
        let (robots, store) = (&self.robots, &self.politeness.store);
        let known = robots.find(store, origin, agent, self.clock.now());
        if let Some(known) = known.await {
            return Ok(known);
        }
        let answer = self.read_robots(request).await?;
        let kept = robots.put(store, origin, agent, answer, self.clock.now());
        Ok(kept.await)
    }

    /// Refuses what robots.txt forbids; reads it first when it is not known or a day old.
    pub(super) async fn obey_robots(&self, request: &Request) -> Result<(), FetchError> {
        let origin = request.url.origin().ascii_serialization();
        let robots = self.robots_of(request, &origin).await?;
        if let Some(delay) = robots.delay() {
            self.politeness.set_delay(&request.domain, delay);
        }
        match robots.allows(request.url.as_str()) {
            true => Ok(()),
            false => Err(forbidden(&robots, &origin, request)),
        }
    }

    async fn read_robots(&self, request: &Request) -> Result<Answer, FetchError> {
        let Ok(url) = request.url.join("/robots.txt") else {
            return Ok(Answer::of(404, Vec::new()));
        };
        let mut ask = Request {
            method: "robots".into(),
            obey_robots: false,
            limit: robots::LARGEST,
            ..Request::page(url, request.domain.clone(), request.haste)
        };
        for _ in 0..=REDIRECTS {
            match self.ask_robots(&ask).await? {
                RobotsAnswer::Moved(to) => ask = self.follow(ask, &to)?,
                RobotsAnswer::Read(answer) => return Ok(answer),
                RobotsAnswer::Later(error) => {
                    let politeness = &self.politeness;
                    let error = politeness.react(&ask.domain, "robots", error, Span::ZERO);
                    return Err(error.await);
                }
            }
        }
        Ok(Answer::of(404, Vec::new()))
    }

    /// One answer to the question for robots.txt. Its failures count as «cannot be had», not as
    /// failures of the host.
    async fn ask_robots(&self, ask: &Request) -> Result<RobotsAnswer, FetchError> {
        let pass = self.pass(ask).await?;
        let answer = match self.wire.send(ask, self.clock.now()).await {
            Err(error) if error.reaction == Reaction::Stop => return Err(error),
            Err(_) => RobotsAnswer::Read(Answer::of(503, Vec::new())),
            Ok(response) => self.hear(response, ask.limit).await,
        };
        pass.answered(self.clock.now());
        Ok(answer)
    }

    async fn hear(&self, response: Response, limit: usize) -> RobotsAnswer {
        let (status, now) = (response.status().as_u16(), self.clock.now());
        match SITES.status(status) {
            Status::Elsewhere => {
                return match answer::header_text(&response, header::LOCATION) {
                    Some(to) => RobotsAnswer::Moved(to),
                    None => RobotsAnswer::Read(Answer::of(404, Vec::new())),
                };
            }
            Status::Refusal(row) => {
                let failure = answer::refused(row, &response, "robots.txt", now);
                if failure.error.reaction == Reaction::After {
                    return RobotsAnswer::Later(failure.error);
                }
            }
            Status::Answer | Status::Unchanged => {}
        }
        let fresh = max_age(&response, now);
        RobotsAnswer::Read(Answer {
            fresh,
            ..Answer::of(status, body::read_part(response, limit).await)
        })
    }
}

/// How long the answer may be kept: what the site says, a day at most.
fn max_age(response: &Response, now: Timestamp) -> Span {
    let control = answer::header_text(response, header::CACHE_CONTROL).unwrap_or_default();
    let named = control.split(',').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        let seconds: i64 = value.trim_matches('"').parse().ok()?;
        name.eq_ignore_ascii_case("max-age")
            .then(|| Span::seconds(seconds))
    });
    let expires = answer::header_text(response, header::EXPIRES)
        .and_then(|value| answer::retry_after(&value, now))
        .map(|until| until.since(now));
    let named = named.or(expires).unwrap_or(FRESH);
    named.clamp(Span::minutes(5), FRESH)
}

fn forbidden(robots: &Robots, origin: &str, request: &Request) -> FetchError {
    match robots {
        Robots::DisallowAll => answer::failed(
            Reaction::BackOff,
            format!("the robots.txt of {origin} cannot be read now, so nothing else is"),
        ),
        _ => answer::failed(
            Reaction::Skip,
            format!("the robots.txt of {origin} forbids {}", request.url.path()),
        ),
    }
}

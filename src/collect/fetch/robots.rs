//! Asking a site's robots.txt before its pages. The rules themselves are read in
//! [`crate::collect::robots`]. Start with [`Fetcher::obey_robots`].

mod cache;

use std::sync::Arc;

use reqwest::{Response, header};

pub(super) use self::cache::RobotsCache;
use super::{Fetcher, REDIRECTS, Request, answer, body, client, failure};
use crate::{
    collect::{
        reactions::http::{SITES, Status},
        robots::{self, Robots},
    },
    domain::source::{FetchError, Reaction},
};

/// What came when robots.txt was asked for.
enum RobotsAnswer {
    Moved(String),
    Read(u16, Vec<u8>),
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
        match self.robots.find(origin, self.clock.now()) {
            Some(robots) => Ok(robots),
            None => self.read_robots(request, origin).await,
        }
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
        for _ in 0..=REDIRECTS {
            match self.ask_robots(&ask).await? {
                RobotsAnswer::Moved(to) => ask = self.follow(ask, &to)?,
                RobotsAnswer::Read(status, body) => {
                    let agent = robots::product_token(&self.settings.user_agent);
                    let robots = Robots::read(status, &body, agent);
                    return Ok(self.robots.put(origin, robots, self.clock.now()));
                }
            }
        }
        Ok(self.robots.put(origin, Robots::AllowAll, self.clock.now()))
    }

    /// One answer to the question for robots.txt. Its failures count as «cannot be had», not as
    /// failures of the host.
    async fn ask_robots(&self, ask: &Request) -> Result<RobotsAnswer, FetchError> {
        let pass = self.pass(ask).await?;
        let answer = match client::request(&self.client, ask).send().await {
            Err(error) if failure::is_private(&error) => return Err(failure::network(error)),
            Err(_) => RobotsAnswer::Read(503, Vec::new()),
            Ok(response) => read(response, ask.limit).await,
        };
        pass.answered(self.clock.now());
        Ok(answer)
    }
}

async fn read(response: Response, limit: usize) -> RobotsAnswer {
    let status = response.status().as_u16();
    if SITES.status(status) != Status::Elsewhere {
        return RobotsAnswer::Read(status, body::read_part(response, limit).await);
    }
    match answer::header_text(&response, header::LOCATION) {
        Some(to) => RobotsAnswer::Moved(to),
        None => RobotsAnswer::Read(404, Vec::new()),
    }
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

//! A visit of an endpoint: what was handed in or changed since the last one, by windows of time. Start
//! with [`poll`].
//!
//! A server that knows `updated_after` is asked for changes. Others are asked for what was handed in
//! lately, and a few times a day for the last thirty days, whose states change.

mod window;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use self::window::Window;
use super::{
    answer::{Answer, read_answer},
    errors::OPEN311,
};
use crate::{
    collect::{
        fetch::{API_LIMIT, Body, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, read_cursor, stop, write_cursor},
    },
    domain::{
        reading::Open311,
        source::{Cursor, FetchError, Page},
        time::{Span, Timestamp},
    },
};

/// States are looked at again so far back; an endpoint seen first is read so far back.
const OVERLAP: Span = Span::days(30);
/// The whole overlap is read at most so often…
const OFTEN: Span = Span::hours(6);
/// …and this much of it at each visit: servers publish late.
const LATELY: Span = Span::days(1);
/// Services and the endpoint's address are asked for once in so long.
const SELDOM: Span = Span::days(1);
/// Windows that a visit could not close.
const MOST_GAPS: usize = 20;

/// Where an endpoint was left.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    /// Its address, as its discovery file told.
    endpoint: Option<String>,
    /// Names of services by code.
    services: BTreeMap<String, String>,
    /// When both were asked for.
    described: Option<Timestamp>,
    /// Until when it was read.
    until: Option<Timestamp>,
    /// When the whole overlap was read.
    overlapped: Option<Timestamp>,
    /// What earlier visits could not read.
    gaps: Vec<Window>,
}

/// Visits an endpoint.
pub async fn poll(visit: &Visit<'_>, cursor: &Cursor) -> Result<Page, FetchError> {
    let mut endpoint = Endpoint {
        visit,
        settings: visit.source.open311.clone().unwrap_or_default(),
        position: read_cursor(cursor),
        left: visit.pages(),
        page: Page::default(),
    };
    endpoint.describe().await?;
    endpoint.read().await?;
    let Endpoint {
        position, mut page, ..
    } = endpoint;
    page.more = !position.gaps.is_empty();
    page.next = write_cursor(&position);
    Ok(page)
}

/// A visit under way.
struct Endpoint<'a> {
    visit: &'a Visit<'a>,
    settings: Open311,
    position: Position,
    left: u32,
    page: Page,
}

impl Endpoint<'_> {
    /// Learns the endpoint's address and its services' names, once a day.
    async fn describe(&mut self) -> Result<(), FetchError> {
        let now = self.visit.now();
        if self
            .position
            .described
            .is_some_and(|at| now.since(at) < SELDOM)
        {
            return Ok(());
        }
        let owner = self.visit.source.owner.trim();
        if owner.contains("/discovery.") {
            let answer = self.ask(address(owner)?).await?;
            let found = answer.endpoints.into_iter().next();
            let found =
                found.ok_or_else(|| stop("the discovery file names no GeoReport v2 endpoint"))?;
            self.position.endpoint = Some(found);
        }
        let services = self.url("services", &[])?;
        match self.ask(services).await {
            Ok(answer) => self.position.services = answer.services.into_iter().collect(),
            // Names are a help: requests carry their own as a rule.
            Err(error) => self
                .page
                .notes
                .push(format!("the services were not read: {error}")),
        }
        self.position.described = Some(now);
        Ok(())
    }

    /// Reads the window that is new, then what earlier visits left.
    async fn read(&mut self) -> Result<(), FetchError> {
        let now = self.visit.now();
        let mut windows = vec![self.window(now)];
        windows.extend(std::mem::take(&mut self.position.gaps));
        self.position.until = Some(now);
        let mut open = Vec::new();
        for (at, window) in windows.into_iter().enumerate() {
            match self.close(window).await {
                Ok(rest) => open.extend(rest),
                Err(error) if at == 0 => return Err(error),
                Err(error) => {
                    self.page
                        .notes
                        .push(format!("a window was not read: {error}"));
                    open.push(window);
                }
            }
        }
        open.truncate(MOST_GAPS);
        self.position.gaps = open;
        Ok(())
    }

    /// What is to be read at this visit.
    fn window(&mut self, now: Timestamp) -> Window {
        let end = now.plus(Span::minutes(1));
        let Some(until) = self.position.until else {
            self.position.overlapped = Some(now);
            return Window::new(now.minus(OVERLAP), end);
        };
        if self.settings.updated_after {
            return Window::new(until.minus(Span::hours(1)), end);
        }
        let whole = self
            .position
            .overlapped
            .is_none_or(|at| now.since(at) >= OFTEN);
        if whole {
            self.position.overlapped = Some(now);
        }
        let back = if whole { OVERLAP } else { LATELY };
        Window::new(until.minus(back), end)
    }

    /// Reads a window while the budget lasts; what is left of it, if anything.
    async fn close(&mut self, window: Window) -> Result<Option<Window>, FetchError> {
        let mut window = window;
        let mut first = true;
        while self.left > 0 {
            let url = self.url("requests", &self.asked(&window))?;
            let answer = match self.ask(url).await {
                Err(error) if !first => {
                    self.page
                        .notes
                        .push(format!("the visit ended early: {error}"));
                    break;
                }
                answer => answer?,
            };
            first = false;
            let rest = window.after(
                &answer.requests,
                self.settings.max_requests,
                self.settings.updated_after,
            );
            self.take(answer);
            match rest {
                Some(rest) => window = rest,
                None => return Ok(None),
            }
        }
        Ok(Some(window))
    }

    fn asked(&self, window: &Window) -> Vec<(&'static str, String)> {
        let (start, end) = match self.settings.updated_after {
            true => ("updated_after", "updated_before"),
            false => ("start_date", "end_date"),
        };
        let mut asked = vec![
            (start, window.start.to_rfc3339()),
            (end, window.end.to_rfc3339()),
        ];
        if let Some(most) = self.settings.max_requests {
            asked.push(("max_requests", most.to_string()));
        }
        asked
    }

    fn take(&mut self, answer: Answer) {
        let owner = &self.visit.source.owner;
        self.page.notes.extend(answer.note);
        for request in answer.requests {
            let code = request.service_code.as_deref();
            let name = code.and_then(|code| self.position.services.get(code));
            let link = self.settings.link.as_deref();
            let post = request.into_post(owner, name.map(String::as_str), link);
            self.page.posts.push(post);
        }
    }

    /// `<endpoint>/<what>.<format>` with the jurisdiction.
    fn url(&self, what: &str, asked: &[(&str, String)]) -> Result<Url, FetchError> {
        let base = self.position.endpoint.as_deref();
        let base = base.unwrap_or(self.visit.source.owner.trim());
        let format = self.settings.format.as_deref().unwrap_or("json");
        let mut url = address(&format!("{}/{what}.{format}", base.trim_end_matches('/')))?;
        if let Some(jurisdiction) = &self.settings.jurisdiction_id {
            url.query_pairs_mut()
                .append_pair("jurisdiction_id", jurisdiction);
        }
        if !asked.is_empty() {
            url.query_pairs_mut().extend_pairs(asked);
        }
        Ok(url)
    }

    async fn ask(&mut self, url: Url) -> Result<Answer, FetchError> {
        self.left = self.left.saturating_sub(1);
        let collector = self.visit.collector;
        let domain = Domain::host(&collector.settings, url.host_str().unwrap_or_default());
        let request = Request {
            limit: API_LIMIT,
            answers: &OPEN311,
            ..Request::page(url, domain, self.visit.haste)
        };
        let body = match collector.fetcher.fetch(request).await? {
            Fetched::Body(body) => body,
            _ => return Err(stop("the endpoint leads nowhere")),
        };
        self.understand(&body)
    }

    fn understand(&self, body: &Body) -> Result<Answer, FetchError> {
        let zone = &self.visit.collector.zone;
        read_answer(&body.bytes, body.charset.as_deref(), zone).map_err(|why| {
            stop(&format!(
                "PARSER_BROKEN: {why}: look at the endpoint's address and format"
            ))
        })
    }
}

//! Calls of the VK API: parameters in, the `response` out, error 6 met by slowing down.

use std::sync::OnceLock;

use secrecy::ExposeSecret;
use serde_json::Value;

use crate::{
    collect::{
        fetch::{API_LIMIT, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, stop},
        reactions::http::VK,
        sources::vk::{
            comments::Under,
            errors,
            groups::{Group, read_groups},
            json, read_answer,
        },
    },
    domain::{
        source::{FetchError, Reaction},
        time::Span,
    },
};

/// The API on behalf of one community.
pub(super) struct Api<'a> {
    visit: &'a Visit<'a>,
    domain: Domain,
    /// The community's number, negative; learnt from the first post when the catalogue names it
    /// only by its short name.
    owner: OnceLock<i64>,
    name: Option<&'a str>,
}

type Params = Vec<(String, String)>;

impl<'a> Api<'a> {
    /// Prepares to call. `known` is the community's number where an earlier step learnt it.
    ///
    /// # Errors
    /// When there is no token, or the source names no community.
    pub fn new(visit: &'a Visit<'a>, known: Option<i64>) -> Result<Self, FetchError> {
        let settings = &visit.collector.settings;
        if settings.vk.token.expose_secret().is_empty() {
            return Err(stop(
                "VK needs the token of an application: set collect.vk.token",
            ));
        }
        let owner = visit.source.owner.trim();
        let number = owner.parse::<i64>().ok().filter(|number| *number != 0);
        let name = visit.source.screen_name.as_deref();
        let name = name.or((number.is_none() && !owner.is_empty()).then_some(owner));
        if number.is_none() && name.is_none() {
            return Err(stop("the source names no community: set its owner"));
        }
        Ok(Self {
            domain: Domain::vk(settings),
            owner: number
                .map(|number| -number.abs())
                .or(known)
                .map_or_else(OnceLock::new, OnceLock::from),
            name,
            visit,
        })
    }

    /// What the comments of a post stand under.
    pub fn under(&self, post: i64) -> Under {
        Under {
            owner: self.number(),
            post: Some(post),
        }
    }

    /// The community's number, negative, once it is known.
    pub fn owner(&self) -> Option<i64> {
        self.owner.get().copied()
    }

    fn number(&self) -> i64 {
        self.owner().unwrap_or(0)
    }

    /// A page of the wall.
    pub async fn wall(&self, offset: i64, count: i64) -> Result<Vec<Value>, FetchError> {
        let mut params = self.whose();
        params.extend([
            pair("offset", offset),
            pair("count", count),
            pair("filter", "all"),
        ]);
        let answer = self.call("wall.get", params).await?;
        let items = json::items(&answer).to_vec();
        if self.owner.get().is_none() {
            let owner = items.iter().find_map(|item| json::int(item, "owner_id"));
            owner.map(|owner| self.owner.get_or_init(|| owner));
        }
        Ok(items)
    }

    fn whose(&self) -> Params {
        match (self.owner.get(), self.name) {
            (Some(owner), _) => vec![pair("owner_id", owner)],
            (None, name) => vec![pair("domain", name.unwrap_or_default())],
        }
    }

    /// A page of comments, of a post or of one branch.
    pub async fn comments(
        &self,
        post: i64,
        branch: Option<i64>,
        offset: i64,
    ) -> Result<Value, FetchError> {
        let mut params = vec![
            pair("owner_id", self.number()),
            pair("post_id", post),
            pair("offset", offset),
            pair("count", super::PAGE),
            pair("need_likes", 1),
            pair("sort", "asc"),
            // The default cuts texts at 90 characters.
            pair("preview_length", 0),
        ];
        params.push(match branch {
            Some(comment) => pair("comment_id", comment),
            None => pair("thread_items_count", 10),
        });
        self.call("wall.getComments", params).await
    }

    /// The community itself.
    pub async fn groups(&self, fields: &str) -> Result<Vec<Group>, FetchError> {
        let id = match self.owner.get() {
            Some(owner) => owner.unsigned_abs().to_string(),
            None => self.name.unwrap_or_default().to_owned(),
        };
        let params = vec![pair("group_ids", id), pair("fields", fields)];
        let answer = self.call("groups.getById", params).await?;
        Ok(read_groups(&answer))
    }

    /// Calls a method; too many per second slows the token down and repeats once.
    async fn call(&self, method: &str, params: Params) -> Result<Value, FetchError> {
        match self.once(method, params.clone()).await {
            Err(error) if error.reaction == Reaction::Now => {
                tracing::debug!(method, "VK asks to slow down");
                match self.once(method, params).await {
                    Err(again) if again.reaction == Reaction::Now => Err(FetchError {
                        reaction: Reaction::BackOff,
                        ..again
                    }),
                    answered => answered,
                }
            }
            answered => answered,
        }
    }

    async fn once(&self, method: &str, params: Params) -> Result<Value, FetchError> {
        let fetcher = &self.visit.collector.fetcher;
        let body = match fetcher.fetch(self.request(method, params)?).await? {
            Fetched::Body(body) => body,
            Fetched::NotModified | Fetched::Redirect(_) => {
                return Err(stop("VK answered without an answer"));
            }
        };
        match read_answer(&body.bytes) {
            Ok(response) => Ok(response),
            Err(error) => {
                let wait = Span::seconds(errors::shortest_wait(error.code));
                let politeness = &fetcher.politeness;
                Err(politeness.react(&self.domain, method, error, wait).await)
            }
        }
    }

    fn request(&self, method: &str, mut params: Params) -> Result<Request, FetchError> {
        let settings = &self.visit.collector.settings;
        let base = settings.base.vk.trim_end_matches('/');
        params.push(pair("v", &settings.vk.version));
        params.push(pair("lang", "ru"));
        Ok(Request {
            method: method.to_owned(),
            form: Some(params),
            bearer: Some(settings.vk.token.clone()),
            obey_robots: false,
            follow: false,
            limit: API_LIMIT,
            answers: &VK,
            ..Request::page(
                address(&format!("{base}/{method}"))?,
                self.domain.clone(),
                self.visit.haste,
            )
        })
    }
}

fn pair(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

//! Calls of MAX's bot API: a path and its query in, JSON out. Start with [`Api::new`].

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::{
    collect::{
        fetch::{API_LIMIT, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, stop},
        sources::max::{errors::ANSWERS, events::TYPES, read_json},
    },
    domain::{
        source::FetchError,
        time::{Span, Timestamp},
    },
};

/// The API on behalf of the bot.
pub(super) struct Api<'a> {
    visit: &'a Visit<'a>,
    domain: Domain,
}

type Query = Vec<(&'static str, String)>;

impl<'a> Api<'a> {
    /// Prepares to call.
    ///
    /// # Errors
    /// Without a token.
    pub fn new(visit: &'a Visit<'a>) -> Result<Self, FetchError> {
        let settings = &visit.collector.settings;
        if settings.max.token.expose_secret().is_empty() {
            return Err(stop("MAX needs the token of a bot: set collect.max.token"));
        }
        Ok(Self {
            domain: Domain::max(settings),
            visit,
        })
    }

    /// The chat itself.
    pub async fn chat(&self, chat: i64) -> Result<Value, FetchError> {
        self.call("chats", &format!("/chats/{chat}"), Vec::new())
            .await
    }

    /// A page of a chat's messages, newest first, from `from` back to `to`.
    pub async fn messages(
        &self,
        chat: i64,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        count: usize,
    ) -> Result<Value, FetchError> {
        let mut query = vec![("chat_id", chat.to_string()), ("count", count.to_string())];
        let millis = |at: Timestamp| at.as_millis().to_string();
        query.extend(from.map(|from| ("from", millis(from))));
        query.extend(to.map(|to| ("to", millis(to))));
        self.call("messages", "/messages", query).await
    }

    /// Messages by their numbers.
    pub async fn named(&self, numbers: &[String]) -> Result<Value, FetchError> {
        let query = vec![("message_ids", numbers.join(","))];
        self.call("messages", "/messages", query).await
    }

    /// The bot's events after `marker`; the network waits up to `wait` for the first.
    pub async fn updates(
        &self,
        marker: Option<i64>,
        limit: usize,
        wait: Span,
    ) -> Result<Value, FetchError> {
        let mut query = vec![
            ("limit", limit.to_string()),
            ("timeout", (wait.as_millis() / 1000).to_string()),
            ("types", TYPES.to_owned()),
        ];
        query.extend(marker.map(|marker| ("marker", marker.to_string())));
        self.call("updates", "/updates", query).await
    }

    async fn call(&self, method: &str, path: &str, query: Query) -> Result<Value, FetchError> {
        let settings = &self.visit.collector.settings;
        let base = settings.base.max.trim_end_matches('/');
        let mut url = address(&format!("{base}{path}"))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(&query);
        }
        let request = Request {
            method: method.to_owned(),
            authorization: Some(SecretString::from(
                settings.max.token.expose_secret().to_owned(),
            )),
            obey_robots: false,
            follow: false,
            limit: API_LIMIT,
            answers: &ANSWERS,
            ..Request::page(url, self.domain.clone(), self.visit.haste)
        };
        match self.visit.collector.fetcher.fetch(request).await? {
            Fetched::Body(body) => read_json(&body.bytes),
            Fetched::NotModified | Fetched::Redirect(_) => {
                Err(stop("MAX sends elsewhere: look at collect.base.max"))
            }
        }
    }
}

//! One call of the VK API: parameters in, the `response` out. Chooses the token, asks the gates, and
//! carries out what an error asks for. Start with [`Client::call`]; what the answers mean is others'
//! work.

use serde_json::Value;

use super::{
    errors,
    holds::{self, Holds, Keys},
    read_answer,
    tokens::{self, Token},
};
use crate::{
    collect::{
        fetch::{API_LIMIT, Fetched, Request},
        politeness::{Haste, Politeness},
        poll::{Collector, address, stop},
        reactions::http::VK,
    },
    domain::{
        source::{FetchError, Reaction},
        time::Span,
    },
};

/// Names and values of a call.
pub(super) type Params = Vec<(String, String)>;

/// One parameter.
pub(super) fn pair(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

/// The API on behalf of a collector.
pub(super) struct Client<'a> {
    pub collector: &'a Collector,
    pub haste: Haste,
    /// The community that the calls are about, positive, where it is known.
    pub group: Option<i64>,
}

impl Client<'_> {
    /// Calls a method with the first token that may.
    ///
    /// # Errors
    /// What failed and how to react; holds are already written.
    pub async fn call(&self, method: &str, params: Params) -> Result<Value, FetchError> {
        let settings = &self.collector.settings;
        let mut refused = None;
        for token in tokens::usable(settings, method, self.group) {
            match self.patiently(&token, method, &params).await {
                Err(error) if holds::wants_another_kind(&error) => refused = Some(error),
                answered => return answered,
            }
        }
        Err(refused.unwrap_or_else(|| {
            let kinds = tokens::kinds(method);
            stop(&format!(
                "VK needs a token for {method} ({kinds:?}): set collect.vk.token, the service token of \
                 your application"
            ))
        }))
    }

    /// How many items to ask for: `usual`, or fewer where VK did not manage as many.
    pub fn most(&self, method: &str, usual: i64) -> i64 {
        self.collector.vk.most(&self.place(method), usual)
    }

    fn place(&self, method: &str) -> String {
        format!("{method} {}", self.group.unwrap_or(0))
    }

    /// Too many calls per second slow the token down and are repeated once.
    async fn patiently(
        &self,
        token: &Token,
        method: &str,
        params: &Params,
    ) -> Result<Value, FetchError> {
        match self.once(token, method, params).await {
            Err(error) if error.reaction == Reaction::Now => {
                tracing::debug!(method, "VK asks to slow down");
                self.once(token, method, params)
                    .await
                    .map_err(|again| match again.reaction {
                        Reaction::Now => FetchError {
                            reaction: Reaction::BackOff,
                            ..again
                        },
                        _ => again,
                    })
            }
            answered => answered,
        }
    }

    async fn once(
        &self,
        token: &Token,
        method: &str,
        params: &Params,
    ) -> Result<Value, FetchError> {
        let keys = Keys::of(token, method, params);
        self.refuse_held(method, &keys).await?;
        let fetcher = &self.collector.fetcher;
        let request = self.request(token, method, params)?;
        let body = match fetcher.fetch(request).await? {
            Fetched::Body(body) => body,
            Fetched::NotModified | Fetched::Redirect(_) => {
                return Err(stop("VK answered without an answer"));
            }
        };
        let answer = read_answer(&body.bytes);
        if !matches!(&answer, Err(error) if error.reaction == Reaction::BackOff) {
            self.politeness().succeeded(&token.domain);
        }
        match answer {
            Ok(response) => {
                let memory = &self.collector.vk;
                memory.answered(keys.method(), &keys.all(), &self.place(method));
                self.politeness().quota_is_back(&token.domain, method).await;
                Ok(response)
            }
            Err(error) => Err(self.meet(token, method, params, &keys, error).await),
        }
    }

    fn politeness(&self) -> &Politeness {
        self.collector.politeness()
    }

    async fn refuse_held(&self, method: &str, keys: &Keys) -> Result<(), FetchError> {
        let held = self.politeness().held(&keys.all()).await?;
        // What a person must end counts before what passes by itself.
        let stops = held
            .iter()
            .find(|held| holds::refusal(&held.key).1 == Reaction::Stop);
        let Some(held) = stops.or(held.first()) else {
            return Ok(());
        };
        let (code, reaction) = holds::refusal(&held.key);
        Err(FetchError {
            reaction,
            code,
            message: format!("VK's {method} is not called now: {}", held.reason),
            not_before: Some(held.until),
        })
    }

    /// Carries out what an error asks for: the gates of the domain, or a rest of less than it.
    async fn meet(
        &self,
        token: &Token,
        method: &str,
        params: &Params,
        keys: &Keys,
        error: FetchError,
    ) -> FetchError {
        let error = FetchError {
            message: tokens::hidden(&self.collector.settings, &error.message),
            ..error
        };
        let shortest = Span::seconds(errors::shortest_wait(error.code));
        if errors::wants_less(error.code) {
            let asked = params.iter().find(|(name, _)| name == "count");
            let asked = asked.and_then(|(_, count)| count.parse().ok());
            let memory = &self.collector.vk;
            memory.ask_for_less(&self.place(method), asked.unwrap_or(0));
        }
        let Some(holds) = self.holds(&error, keys) else {
            let error = self
                .politeness()
                .react(&token.domain, method, error, shortest)
                .await;
            return self.after_captcha(keys, error).await;
        };
        let error = self
            .politeness()
            .react(&token.domain, method, error, Span::ZERO)
            .await;
        self.rest(holds, shortest, keys, error).await
    }

    fn holds(&self, error: &FetchError, keys: &Keys) -> Option<Holds> {
        if error.code != Some(holds::DENIED) {
            return Holds::of(error);
        }
        let to_all = self
            .collector
            .vk
            .is_denied_to_all(keys.method(), self.group);
        Some(if to_all { Holds::Method } else { Holds::Call })
    }

    async fn rest(
        &self,
        holds: Holds,
        shortest: Span,
        keys: &Keys,
        mut error: FetchError,
    ) -> FetchError {
        let key = keys.key(holds, error.reaction);
        let strikes = self.collector.vk.strike(&key);
        let span = holds.rest(&error, shortest, strikes);
        let until = self.politeness().rest(&key, span, &error.message).await;
        error.not_before = error.not_before.max(Some(until));
        if holds == Holds::Token {
            tracing::error!(
                code = error.code,
                "a token of VK's rests: {}",
                error.message
            );
        }
        error
    }

    /// A captcha is never solved. The token rests; when it meets another one it is stopped.
    async fn after_captcha(&self, keys: &Keys, mut error: FetchError) -> FetchError {
        if error.code != Some(holds::CAPTCHA) {
            return error;
        }
        let politeness = self.politeness();
        let memory = keys.captcha();
        let again = politeness.happened_again(&memory, holds::CAPTCHA_AGAIN, "a captcha");
        if again.await {
            error.reaction = Reaction::Stop;
            let key = keys.key(Holds::Token, Reaction::Stop);
            let until = politeness
                .rest(&key, holds::CAPTCHA_STOP, &error.message)
                .await;
            error.not_before = Some(until);
        }
        tracing::error!(
            code = error.code,
            "a token of VK's rests: {}",
            error.message
        );
        error
    }

    fn request(&self, token: &Token, method: &str, params: &Params) -> Result<Request, FetchError> {
        let settings = &self.collector.settings;
        let base = settings.base.vk.trim_end_matches('/');
        let mut params = params.clone();
        params.push(pair("v", &settings.vk.version));
        params.push(pair("lang", "ru"));
        Ok(Request {
            method: method.to_owned(),
            form: Some(params),
            bearer: Some(token.secret.clone()),
            obey_robots: false,
            follow: false,
            limit: API_LIMIT,
            judged: true,
            answers: &VK,
            ..Request::page(
                address(&format!("{base}/{method}"))?,
                token.domain.clone(),
                self.haste,
            )
        })
    }
}

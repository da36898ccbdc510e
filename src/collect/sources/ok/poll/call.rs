//! Calls of the API of OK: parameters in, signed, the answer out. Errors are read before the breaker
//! counts a success, by [`errors::told`](super::super::errors::told). Start with [`Api::call`].

use secrecy::ExposeSecret;
use serde_json::Value;

use super::position::Position;
use crate::{
    collect::{
        fetch::{API_LIMIT, Fetched, Request},
        politeness::Domain,
        poll::{Visit, address, stop},
        reactions::http::Answers,
        sources::{
            ok::{
                errors,
                groups::{Group, read_groups},
                id, read_json, sign,
            },
            vk::json::text,
        },
    },
    domain::source::{FetchError, Reaction},
};

/// OK tells its errors with 200: another refusal is a block, and a person must look.
static ANSWERS: Answers = Answers {
    statuses: crate::collect::reactions::http::CALLS,
    told: Some(errors::told),
};

/// The API on behalf of one group.
pub(super) struct Api<'a> {
    visit: &'a Visit<'a>,
    domain: Domain,
    /// What calls are signed with.
    secret: String,
    /// The group's number.
    pub group: String,
}

type Params = Vec<(String, String)>;

impl<'a> Api<'a> {
    /// Prepares to call.
    ///
    /// # Errors
    /// When keys are missing, or the source names no group.
    pub fn new(visit: &'a Visit<'a>) -> Result<Self, FetchError> {
        let ok = &visit.collector.settings.ok;
        let (token, own) = (
            ok.access_token.expose_secret(),
            ok.session_secret.expose_secret(),
        );
        let application = ok.application_secret.expose_secret();
        if ok.application_key.trim().is_empty() || token.is_empty() {
            return Err(stop(
                "OK needs the key and a token of an application: set collect.ok.application_key and \
                 collect.ok.access_token",
            ));
        }
        let secret = match (own, application) {
            ("", "") => {
                return Err(stop(
                    "OK's calls are signed: set collect.ok.session_secret or \
                     collect.ok.application_secret",
                ));
            }
            ("", application) => sign::secret_of(token, application),
            (own, _) => own.to_owned(),
        };
        if visit.source.owner.trim().is_empty() {
            return Err(stop("the source names no group: set its owner"));
        }
        Ok(Self {
            domain: Domain::ok(&visit.collector.settings),
            secret,
            group: String::new(),
            visit,
        })
    }

    /// The group's number: as the catalogue gives it, as an earlier visit learnt it, or asked for by the
    /// name of its address.
    ///
    /// # Errors
    /// The call's; [`Reaction::Skip`] where the address is a person's.
    pub async fn find_group(&mut self, position: &mut Position) -> Result<(), FetchError> {
        let owner = self.visit.source.owner.trim();
        let number = owner.bytes().all(|b| b.is_ascii_digit());
        let known = position.group.clone().filter(|_| !number);
        self.group = match known {
            Some(known) => known,
            None if number => owner.to_owned(),
            None => self.resolve(owner).await?,
        };
        position.group = (!number).then(|| self.group.clone());
        Ok(())
    }

    async fn resolve(&self, name: &str) -> Result<String, FetchError> {
        let site = self
            .visit
            .collector
            .settings
            .base
            .ok_site
            .trim_end_matches('/');
        let link = match name.contains("://") {
            true => name.to_owned(),
            false => format!("{site}/{}", name.trim_start_matches('/')),
        };
        let answer = self.call("url.getInfo", vec![pair("url", link)]).await?;
        let kind = text(&answer, "type").unwrap_or_default().to_uppercase();
        let number = id(&answer, "objectIdStr").or_else(|| id(&answer, "objectId"));
        match number.filter(|_| kind == "GROUP") {
            Some(number) => Ok(number),
            None => Err(FetchError {
                reaction: Reaction::Skip,
                ..stop("the address is not a group's: persons' pages are not read")
            }),
        }
    }

    /// A page of the group's stream; from the top without an anchor.
    pub async fn stream(&self, anchor: Option<&str>) -> Result<Value, FetchError> {
        let mut params = vec![
            pair("gid", &self.group),
            pair("patterns", "POST"),
            pair("count", super::PAGE),
            pair("fields", "feed.*,media_topic.*"),
        ];
        if let Some(anchor) = anchor {
            params.extend([pair("anchor", anchor), pair("direction", "FORWARD")]);
        }
        self.call("stream.get", params).await
    }

    /// Topics by their numbers.
    pub async fn topics(&self, numbers: &[String]) -> Result<Value, FetchError> {
        let params = vec![
            pair("topic_ids", numbers.join(",")),
            pair("media_limit", 3),
            pair("fields", "media_topic.*"),
        ];
        self.call("mediatopic.getByIds", params).await
    }

    /// A page of a topic's comments, going back from `anchor`.
    pub async fn comments(&self, topic: &str, anchor: &str) -> Result<Value, FetchError> {
        let params = vec![
            pair("discussionId", topic),
            pair("discussionType", "GROUP_TOPIC"),
            pair("anchor", anchor),
            pair("direction", "BACKWARD"),
            pair("count", super::PAGE),
            pair("mark_as_read", false),
        ];
        self.call("discussions.getComments", params).await
    }

    /// The group itself.
    pub async fn groups(&self, fields: &str) -> Result<Vec<Group>, FetchError> {
        let params = vec![pair("uids", &self.group), pair("fields", fields)];
        Ok(read_groups(&self.call("group.getInfo", params).await?))
    }

    async fn call(&self, method: &str, params: Params) -> Result<Value, FetchError> {
        let request = self.request(method, params)?;
        match self.visit.collector.fetcher.fetch(request).await? {
            Fetched::Body(body) => read_json(&body.bytes),
            Fetched::NotModified | Fetched::Redirect(_) => {
                Err(stop("OK answered without an answer"))
            }
        }
    }

    fn request(&self, method: &str, mut params: Params) -> Result<Request, FetchError> {
        let settings = &self.visit.collector.settings;
        params.extend([
            pair("method", method),
            pair("application_key", settings.ok.application_key.trim()),
            pair("format", "json"),
            pair("__online", false),
        ]);
        let signature = sign::sign(&params, &self.secret);
        let token = settings.ok.access_token.expose_secret();
        params.extend([pair("sig", signature), pair("access_token", token)]);
        Ok(Request {
            method: method.to_owned(),
            form: Some(params),
            obey_robots: false,
            follow: false,
            limit: API_LIMIT,
            answers: &ANSWERS,
            ..Request::page(
                address(&settings.base.ok)?,
                self.domain.clone(),
                self.visit.haste,
            )
        })
    }
}

fn pair(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

//! Settings of collecting: who we say we are, how often we ask, where the networks are.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::masked;
use crate::domain::time::Span;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Collect {
    pub enabled: bool,
    pub user_agent: String,
    pub allow_private_addresses: bool,
    pub private_hosts: Vec<String>,
    pub telegram: bool,
    pub connect_timeout_seconds: u64,
    pub timeout_seconds: u64,
    pub vk_per_second: f64,
    pub telegram_per_second: f64,
    pub host_per_second: f64,
    pub vk_per_day: i64,
    pub telegram_per_day: i64,
    pub host_per_day: i64,
    pub vk_day_zone: String,
    pub interval_seconds: i64,
    pub posts_per_visit: f64,
    pub posts_per_priority_visit: f64,
    pub pages_per_visit: u32,
    pub base: Base,
    pub vk: Vk,
    pub ok: Ok,
    pub max: Max,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Base {
    pub vk: String,
    pub vk_site: String,
    pub telegram: String,
    pub ok: String,
    pub ok_site: String,
    pub max: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Vk {
    #[serde(serialize_with = "masked::whole")]
    pub token: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub user_token: SecretString,
    pub user_per_second: f64,
    pub community_per_second: f64,
    pub version: String,
    /// By the community's number.
    #[serde(serialize_with = "masked::each")]
    pub community_tokens: BTreeMap<String, SecretString>,
    /// By the method's name; others have `collect.vk_per_day`.
    pub per_day: BTreeMap<String, i64>,
    pub callbacks: Vec<Callback>,
}

/// A server of the Callback API of one own page.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Callback {
    pub source: String,
    pub group: i64,
    #[serde(serialize_with = "masked::whole")]
    pub secret: SecretString,
    #[serde(default, serialize_with = "masked::whole")]
    pub confirmation: SecretString,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Ok {
    pub application_key: String,
    #[serde(serialize_with = "masked::whole")]
    pub access_token: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub session_secret: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub application_secret: SecretString,
    pub per_second: f64,
    pub per_day: i64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Max {
    #[serde(serialize_with = "masked::whole")]
    pub token: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub webhook_secret: SecretString,
    pub wait_seconds: u64,
    pub per_second: f64,
    pub per_day: i64,
}

impl Max {
    /// Whether a webhook brings the bot's events.
    pub fn is_received(&self) -> bool {
        !self.webhook_secret.expose_secret().is_empty()
    }
}

impl Collect {
    /// Calls of a method of VK that one token may make in a day.
    pub fn vk_limit(&self, method: &str) -> i64 {
        self.vk
            .per_day
            .get(method)
            .copied()
            .unwrap_or(self.vk_per_day)
    }

    /// How long MAX may keep a question for events: the answer still comes within our own patience.
    pub fn max_wait(&self) -> Span {
        let longest = self.timeout_seconds.saturating_sub(5).min(90);
        Span::seconds(self.max.wait_seconds.min(longest) as i64)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use crate::config::settings::Settings;

    #[test]
    fn tokens_of_communities_and_limits_of_methods_are_named_by_the_operator() {
        let given = [("OTKLIK_COLLECT__VK__COMMUNITY_TOKENS__7", "vk1.a.x")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let collect = Settings::load(None, given).expect("it is sound").collect;
        assert_eq!(collect.vk.community_tokens["7"].expose_secret(), "vk1.a.x");
        assert_eq!(collect.vk_limit("wall.get"), 5000);
        assert_eq!(collect.vk_limit("newsfeed.search"), 1000);
    }

    #[test]
    fn a_community_is_named_by_its_number() {
        let given = [("OTKLIK_COLLECT__VK__COMMUNITY_TOKENS__GOROD", "vk1.a.x")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let problems = Settings::load(None, given).expect("it parses").problems();
        let told = problems
            .iter()
            .any(|problem| problem.contains("community_tokens.gorod"));
        assert!(told, "{problems:?}");
    }
}

//! Settings of collecting: who we say we are, how often we ask, where the networks are.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::masked;

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
    pub interval_seconds: i64,
    pub pages_per_visit: u32,
    pub base: Base,
    pub vk: Vk,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Base {
    pub vk: String,
    pub vk_site: String,
    pub telegram: String,
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

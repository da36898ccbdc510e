//! Settings of collecting: who we say we are, how often we ask, where the networks are.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::masked;

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Collect {
    pub enabled: bool,
    pub user_agent: String,
    pub allow_private_addresses: bool,
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
    pub version: String,
}

//! Settings of the pages: address, sessions, signing in.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::oidc::Oidc;

use crate::domain::{patience::Patience, time::Span, user::Role};

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Web {
    pub listen: String,
    pub public_url: String,
    pub trusted_proxies: Vec<IpAddr>,
    pub session_hours: i64,
    pub longest_session_days: i64,
    pub require_totp: Vec<Role>,
    pub local_sign_in: bool,
    pub break_glass: Vec<String>,
    pub sign_in: SignIn,
    pub limits: Limits,
    pub oidc: Oidc,
}

impl Web {
    /// The address that people type, without a slash at its end.
    pub fn address(&self) -> String {
        let given = self.public_url.trim().trim_end_matches('/');
        match given.is_empty() {
            true => format!("http://{}", self.listen),
            false => given.to_owned(),
        }
    }
}

/// How many wrong passwords cost how much time.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct SignIn {
    pub tries: u32,
    pub tries_per_login: u32,
    pub tries_per_address: u32,
    pub first_delay_seconds: i64,
    pub longest_delay_seconds: i64,
}

/// How many requests of whom; 0 is any number.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Limits {
    pub sign_in_per_minute: u32,
    pub receive_per_minute: u32,
    pub api_per_minute: u32,
}

impl SignIn {
    /// The rule with so many free attempts.
    pub fn patience(&self, free: u32) -> Patience {
        Patience {
            free,
            first: Span::seconds(self.first_delay_seconds),
            longest: Span::seconds(self.longest_delay_seconds),
        }
    }
}

//! One call of the VK API: its parameters and the ways it is refused. Start with [`Call::read`].

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header::AUTHORIZATION};
use serde_json::{Value, json};
use url::form_urlencoded;

/// A method with its parameters, from the query and the form body alike.
#[derive(Debug, Default)]
pub(super) struct Call {
    pub method: String,
    pub token: Option<String>,
    params: BTreeMap<String, String>,
}

/// An answer with `error`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: i64,
    pub message: String,
}

/// A refusal with VK's code and words.
pub(super) fn refuse<T>(code: i64, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        message: message.into(),
    })
}

/// Error 100: a parameter is missing or makes no sense.
pub(super) fn bad_parameter<T>(what: &str) -> Result<T, Refusal> {
    refuse(
        100,
        format!("One of the parameters specified was missing or invalid: {what}"),
    )
}

impl Call {
    /// Reads a call as VK does: query and body are equal, the header's token wins.
    pub(super) fn read(method: String, headers: &HeaderMap, query: &str, body: &[u8]) -> Call {
        let mut params = BTreeMap::new();
        for part in [query.as_bytes(), body] {
            params.extend(form_urlencoded::parse(part).into_owned());
        }
        let bearer = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(|token| token.trim().to_owned());
        Call {
            method,
            token: bearer.or_else(|| params.get("access_token").cloned()),
            params,
        }
    }

    /// A parameter that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let value = self.params.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// A whole number, if it is there.
    pub(super) fn int(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.text(name).map(str::parse) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => bad_parameter(&format!("{name} should be an integer")),
        }
    }

    /// A number of things from 0 to `most`; more is cut, as VK does.
    pub(super) fn amount(&self, name: &str, usual: i64, most: i64) -> Result<usize, Refusal> {
        match self.int(name)?.unwrap_or(usual) {
            number @ 0.. => Ok(number.min(most) as usize),
            _ => bad_parameter(&format!("{name} should be positive")),
        }
    }

    /// A switch: 1 or true.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("1" | "true"))
    }

    /// The error answer, with the parameters repeated as VK repeats them.
    pub(super) fn refused(&self, refusal: &Refusal) -> Value {
        let repeated = std::iter::once(("method", self.method.as_str())).chain(
            self.params
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str())),
        );
        let request_params: Vec<Value> = repeated
            .map(|(key, value)| json!({"key": key, "value": value}))
            .collect();
        json!({"error": {
            "error_code": refusal.code,
            "error_msg": refusal.message,
            "request_params": request_params,
        }})
    }
}

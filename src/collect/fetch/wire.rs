//! Where a request leaves the house: the real network, or one that a simulation acts. Everything before
//! (gates, robots.txt) and after (limits, statuses, parsing) is the same.

use std::net::IpAddr;

use reqwest::{Client, Response};
use url::Url;

use super::{Request, client, failure::network};
use crate::domain::{source::FetchError, time::Timestamp};

/// A network that is acted in process.
pub trait Acted: Send + Sync {
    /// The answer to a request that leaves at `now`; a failure where none comes.
    ///
    /// # Errors
    /// What a timeout or a broken connection would be.
    fn answer(&self, request: &Request, now: Timestamp) -> Result<Response, FetchError>;

    /// Where a host lives.
    fn address_of(&self, host: &str) -> Option<IpAddr>;
}

pub(super) enum Wire {
    Http(Client),
    Acted(std::sync::Arc<dyn Acted>),
}

impl Wire {
    pub async fn send(&self, request: &Request, now: Timestamp) -> Result<Response, FetchError> {
        match self {
            Wire::Http(client) => {
                let sent = client::request(client, request).send().await;
                sent.map_err(network)
            }
            Wire::Acted(acted) => acted.answer(request, now),
        }
    }

    /// The head of an answer; none where none comes.
    pub async fn head(&self, url: Url) -> Option<Response> {
        match self {
            Wire::Http(client) => client.head(url).send().await.ok(),
            Wire::Acted(_) => None,
        }
    }
}

//! Where a request comes from: the caller's address, also behind a reverse proxy, and their browser.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::web::Shared;

/// Who calls, before anybody knows who they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// None when the request came by no network, as in tests.
    pub address: Option<IpAddr>,
}

impl Caller {
    /// What is counted as one place: an IPv4 address, or the /64 that an IPv6 subscriber gets whole.
    pub(crate) fn place(&self) -> String {
        match self.address.map(|address| address.to_canonical()) {
            None => String::new(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let net = u128::from(address) >> 64 << 64;
                Ipv6Addr::from(net).to_string()
            }
        }
    }

    pub(crate) fn of(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &[IpAddr]) -> Self {
        Self {
            address: peer.map(|peer| behind(headers, peer, proxies)),
        }
    }
}

/// The address before the proxies: each appends the one that called it to `X-Forwarded-For`, so only
/// the end of the list that our own proxies wrote is to be believed.
fn behind(headers: &HeaderMap, peer: IpAddr, proxies: &[IpAddr]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.contains(&address.to_canonical());
    let told = headers.get_all("x-forwarded-for").iter();
    let told: Vec<&str> = told
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut nearest = peer;
    for told in told.iter().rev() {
        if !is_proxy(&nearest) {
            break;
        }
        match told.parse() {
            Ok(address) => nearest = address,
            Err(_) => break,
        }
    }
    nearest
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|peer| peer.0.ip());
        let proxies = &app.settings.web.trusted_proxies;
        Ok(Self::of(&parts.headers, peer, proxies))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn seen(forwarded: &[&'static str], peer: &str, proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxies: Vec<IpAddr> = proxies.iter().map(|p| p.parse().unwrap()).collect();
        Caller::of(&headers, Some(peer.parse().unwrap()), &proxies).place()
    }

    #[test]
    fn a_stranger_cannot_choose_their_address() {
        assert_eq!(seen(&["10.0.0.1"], "203.0.113.7", &[]), "203.0.113.7");
        let proxy = ["127.0.0.1", "10.0.0.2"];
        let spoofed = ["1.1.1.1, 203.0.113.7"];
        assert_eq!(seen(&spoofed, "127.0.0.1", &proxy), "203.0.113.7");
        let chain = ["1.1.1.1, 203.0.113.7", "10.0.0.2"];
        assert_eq!(seen(&chain, "127.0.0.1", &proxy), "203.0.113.7");
        assert_eq!(seen(&[], "127.0.0.1", &proxy), "127.0.0.1");
        assert_eq!(seen(&["rubbish"], "127.0.0.1", &proxy), "127.0.0.1");
        assert_eq!(
            seen(&["203.0.113.7"], "::ffff:127.0.0.1", &proxy),
            "203.0.113.7"
        );
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_place() {
        assert_eq!(seen(&[], "2001:db8:1:2::9", &[]), "2001:db8:1:2::");
    }
}

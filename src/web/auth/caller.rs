//! Where a request comes from: the caller's address, also behind a reverse proxy, and their browser.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, header, request::Parts},
};

use crate::web::Shared;

/// Who calls, before anybody knows who they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// None when the request came by no network, as in tests.
    pub address: Option<IpAddr>,
    /// Browser and system, such as «Firefox, Windows»; empty when they are unknown.
    pub browser: String,
}

impl Caller {
    /// What is counted as one place: an IPv4 address, or the /64 that an IPv6 subscriber gets whole.
    pub(crate) fn place(&self) -> String {
        match self.address {
            None => String::new(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let net = u128::from(address) >> 64 << 64;
                Ipv6Addr::from(net).to_string()
            }
        }
    }

    /// The address as people read it.
    pub(crate) fn address(&self) -> String {
        self.address.map_or_else(String::new, |a| a.to_string())
    }

    /// The caller of a request.
    pub(crate) fn of_request(app: &Shared, headers: &HeaderMap, extensions: &Extensions) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|peer| peer.0.ip());
        Self::of(headers, peer, &app.settings.web.trusted_proxies)
    }

    fn of(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &[IpAddr]) -> Self {
        Self {
            address: peer.map(|peer| behind(headers, peer, proxies).to_canonical()),
            browser: browser(headers),
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

/// The mark in a browser's name for itself, and what people call it; the first that fits.
const BROWSERS: &[(&str, &str)] = &[
    ("YaBrowser/", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// Enough for somebody to know their own browser by; the whole text of the header is not kept.
fn browser(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    let parts = [named(BROWSERS), named(SYSTEMS)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Infallible> {
        Ok(Self::of_request(app, &parts.headers, &parts.extensions))
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
    fn browsers_are_told_by_the_names_people_know() {
        let told = |agent: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, agent.parse().unwrap());
            browser(&headers)
        };
        let yandex = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
            Chrome/130.0 YaBrowser/24.12 Safari/537.36";
        assert_eq!(told(yandex), "Яндекс Браузер, Windows");
        assert_eq!(
            told("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox, Linux"
        );
        assert_eq!(told("<script>alert(1)</script>"), "");
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_place() {
        assert_eq!(seen(&[], "2001:db8:1:2::9", &[]), "2001:db8:1:2::");
    }
}

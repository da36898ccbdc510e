//! Which addresses we may call: never loopback, private, link-local or metadata ones, unless the
//! settings allow it. An operator types addresses of sources, and sites redirect where they like;
//! neither may turn the crawler against the machines beside it (SSRF).
//!
//! Start with [`Guard::check`] (schemes and literal addresses) and [`Resolver`] (names, at the moment
//! of connecting, so that a name cannot change its mind in between).

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::config::settings::Collect;

/// The address leads into a private network.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0} is a private or local address: not called (see collect.private_hosts)")]
pub struct PrivateAddress(pub String);

/// Which private addresses may be called all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    /// Every one.
    pub all: bool,
    /// These, as `host` or `host:port`.
    pub hosts: Vec<String>,
}

impl Guard {
    /// As the settings say.
    pub fn of(settings: &Collect) -> Self {
        Self {
            all: settings.allow_private_addresses,
            hosts: settings.private_hosts.clone(),
        }
    }

    /// Refuses addresses that are not http(s), or are private and not named.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!(
                "{} addresses are not read, only http and https",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address holds a name or password: take it out".into());
        }
        let literal = match url.host() {
            None => return Err("the address has no host".into()),
            Some(Host::Domain(name)) if self.knows(name) && !self.names(url) => {
                return Err(PrivateAddress(name.to_owned()).to_string());
            }
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
        };
        match self.all || is_public(literal) || self.names(url) {
            true => Ok(()),
            false => Err(PrivateAddress(literal.to_string()).to_string()),
        }
    }

    /// Whether this host and port are named.
    fn names(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let whole = format!("{host}:{port}");
        let fits =
            |named: &String| named.eq_ignore_ascii_case(host) || named.eq_ignore_ascii_case(&whole);
        self.all || self.hosts.iter().any(fits)
    }

    /// Whether a name is named, on whatever port: the resolver hears of no ports.
    fn knows(&self, name: &str) -> bool {
        let bare = |named: &String| {
            let host = named
                .rsplit_once(':')
                .map_or(named.as_str(), |(host, _)| host);
            host.eq_ignore_ascii_case(name)
        };
        !self.all && self.hosts.iter().any(bare)
    }
}

/// Whether an address is reachable for everybody.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let local = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
    let odd = ip.is_broadcast() || ip.is_multicast() || ip.is_documentation();
    let shared = a == 100 && (64..128).contains(&b);
    let reserved = a == 0 || a >= 240 || (a == 192 && b == 0 && c == 0);
    let benchmarks = a == 198 && (18..20).contains(&b);
    !(local || odd || shared || reserved || benchmarks)
}

/// Addresses that carry an IPv4 address inside are judged by it.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() {
        return false;
    }
    match parts {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => inner(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Only 2000::/3 is given out; the rest is local, documentation or nobody's.
        [first, second, ..] => (first & 0xe000) == 0x2000 && !(first == 0x2001 && second == 0x0db8),
    }
}

/// Resolves names by the system's resolver and drops what is not public.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// What is allowed beyond public addresses.
    pub guard: Guard,
}

impl Resolver {
    /// As the HTTP client takes it.
    pub fn shared(guard: Guard) -> Arc<Self> {
        Arc::new(Self { guard })
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let allow_private = self.guard.all || self.guard.knows(&host);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0))
                .await?
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(PrivateAddress(host).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_in_every_dress() {
        for literal in [
            "http://127.0.0.1/",
            "http://10.1.2.3/",
            "http://169.254.169.254/latest",
            "http://192.168.0.1/",
            "http://100.64.1.1/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[fd00::1]/",
            "http://[fe80::1]/",
            "http://[2002:7f00:1::]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "http://user:word@example.org/",
        ] {
            let url = Url::parse(literal).expect("an address");
            assert!(Guard::default().check(&url).is_err(), "{literal}");
        }
        for public in [
            "https://example.org/",
            "http://93.184.216.34/",
            "http://[2606:2800::1]/",
        ] {
            let url = Url::parse(public).expect("an address");
            assert!(Guard::default().check(&url).is_ok(), "{public}");
        }
        let local = Url::parse("http://127.0.0.1/").expect("an address");
        let all = Guard {
            all: true,
            ..Guard::default()
        };
        assert!(all.check(&local).is_ok());
    }

    #[test]
    fn a_named_host_opens_itself_alone() {
        let guard = Guard {
            hosts: vec![
                "10.1.2.3:8080".into(),
                "site.local".into(),
                "[fd00::1]".into(),
            ],
            ..Guard::default()
        };
        let may = |address: &str| {
            guard
                .check(&Url::parse(address).expect("an address"))
                .is_ok()
        };
        assert!(
            may("http://10.1.2.3:8080/x") && may("http://site.local/") && may("https://[fd00::1]/")
        );
        assert!(
            !may("http://10.1.2.3/") && !may("http://10.1.2.4:8080/") && !may("http://127.0.0.1/")
        );
        assert!(guard.knows("SITE.local") && !guard.knows("other.local"));
        let by_port = Guard {
            hosts: vec!["site.local:8080".into()],
            ..Guard::default()
        };
        let url = Url::parse("http://site.local:22/").expect("an address");
        assert!(by_port.knows("site.local") && by_port.check(&url).is_err());
    }
}

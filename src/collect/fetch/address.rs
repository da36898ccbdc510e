//! Where a site's host lives, so that hosts on one machine share its gate. Asked of the resolver once in
//! ten minutes; the connection resolves for itself and is guarded there.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use url::Host;

use super::{Fetcher, Request, wire::Wire};
use crate::domain::time::{Span, Timestamp};

/// Believed for so long.
const FRESH: Span = Span::minutes(10);
/// A resolver that does not answer is not waited for: the connection will tell.
const LONGEST: Duration = Duration::from_secs(5);
/// Hosts remembered; beyond it the memory is begun anew.
const MOST: usize = 10_000;

/// What was answered, and until when it is believed.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<String, (Option<IpAddr>, Timestamp)>>);

impl Fetcher {
    /// The address of a request to a site; networks with limits of their own have none.
    pub(super) async fn address_of(&self, request: &Request) -> Option<IpAddr> {
        if !request.domain.name.starts_with("host:") {
            return None;
        }
        let port = request.url.port_or_known_default()?;
        match request.url.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(host) => self.find(host, port).await,
        }
    }

    async fn find(&self, host: &str, port: u16) -> Option<IpAddr> {
        let now = self.clock.now();
        if let Some((address, until)) = self.known().get(host)
            && *until > now
        {
            return *address;
        }
        let address = match &self.wire {
            Wire::Acted(acted) => acted.address_of(host),
            Wire::Http(_) => resolve(host, port).await,
        };
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(host.to_owned(), (address, now.plus(FRESH)));
        address
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Option<IpAddr>, Timestamp)>> {
        let known = self.addresses.0.lock();
        known.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The least of a host's addresses: the same whatever order they come in.
async fn resolve(host: &str, port: u16) -> Option<IpAddr> {
    let asked = tokio::net::lookup_host((host, port));
    let found = tokio::time::timeout(LONGEST, asked).await.ok()?.ok()?;
    found.map(|address| address.ip()).min()
}

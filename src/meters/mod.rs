//! What this process counts of itself for `/metrics`: posts on their way, requests to networks, time
//! that pages take. Counters begin at 0 with the process; what the database knows is asked of it
//! (`store::figures`) and is not counted here.
//!
//! A label is a code of a catalogue, a route's pattern or a word of ours: never a text, a login, or a
//! name that a stranger chose. Start with [`Meters`].

use std::{
    collections::BTreeSet,
    fmt,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use prometheus_client::{
    encoding::text::encode_registry,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::domain::post::Platform;

/// Names and values of a series' labels.
pub type Labels = Vec<(&'static str, String)>;

/// Upper bounds of the histogram of pages, seconds: around the aim of 50 ms, and up to the time-outs.
const BUCKETS: [f64; 11] = [
    0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0,
];

/// Stands for a host that no source of the catalogue names: a redirect's aim can be anything.
const OTHER_HOST: &str = "host:other";

type Counters = Family<Labels, Counter>;

/// The counters of this process.
pub struct Meters {
    registry: Registry,
    captured: Counters,
    changed: Counters,
    understood: Counters,
    routed: Counters,
    requests: Counters,
    refusals: Counters,
    pages: Family<Labels, Histogram, fn() -> Histogram>,
    hosts: RwLock<BTreeSet<String>>,
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}

impl Default for Meters {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("otklik");
        let mut counters = |name: &str, help: &str| {
            let family = Counters::default();
            registry.register(name, help, family.clone());
            family
        };
        let captured = counters(
            "posts_captured",
            "Posts stored for the first time since this process started, by source platform",
        );
        let changed = counters(
            "posts_changed",
            "Posts whose text changed or that were deleted at their source since this process \
             started, by source platform",
        );
        let understood = counters(
            "posts_understood",
            "Posts annotated since this process started, by suggested sector; «none» where the \
             machine abstained",
        );
        let routed = counters(
            "posts_routed",
            "Posts routed since this process started, by sector and outcome: opened an incident, \
             joined one, waits in triage, or nothing",
        );
        let requests = counters(
            "network_requests",
            "Requests that passed the gates of politeness since this process started, by network \
             domain",
        );
        let refusals = counters(
            "network_refusals",
            "Requests that did not bring an answer since this process started, by network domain \
             and reason: held, busy or budget (our own gates), or how the network refused",
        );
        let pages: Family<Labels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register_with_unit(
            "page_duration",
            "Time from a request's arrival to the head of its answer, by route pattern and class \
             of status",
            prometheus_client::registry::Unit::Seconds,
            pages.clone(),
        );
        Self {
            registry,
            captured,
            changed,
            understood,
            routed,
            requests,
            refusals,
            pages,
            hosts: RwLock::default(),
        }
    }
}

impl Meters {
    /// Posts of a platform were stored: new ones, and known ones with another text.
    pub fn kept(&self, platform: Platform, new: u64, changed: u64) {
        for (family, count) in [(&self.captured, new), (&self.changed, changed)] {
            if count > 0 {
                add(family, vec![("platform", platform.code().into())], count);
            }
        }
    }

    /// A post was annotated.
    pub fn understood(&self, sector: Option<&str>) {
        add(&self.understood, vec![("sector", or_none(sector))], 1);
    }

    /// A post was routed.
    pub fn routed(&self, sector: Option<&str>, outcome: &'static str) {
        let labels = vec![("sector", or_none(sector)), ("outcome", outcome.into())];
        add(&self.routed, labels, 1);
    }

    /// A request to a network domain passed the gates.
    pub fn requested(&self, domain: &str) {
        add(&self.requests, vec![("domain", self.domain(domain))], 1);
    }

    /// A request to a network domain brought no answer.
    pub fn refused(&self, domain: &str, reason: &'static str) {
        let labels = vec![("domain", self.domain(domain)), ("reason", reason.into())];
        add(&self.refusals, labels, 1);
    }

    /// A page was served: its route's pattern, and the hundreds of its status.
    pub fn page(&self, route: &str, status: u16, took: Duration) {
        let class = match status {
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        let labels = vec![("route", route.to_owned()), ("status", class.to_owned())];
        self.pages
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    /// Hosts of the catalogue's sources may be named in labels.
    pub fn know_hosts(&self, hosts: impl IntoIterator<Item = String>) {
        let mut known = self.hosts.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(hosts.into_iter().map(|host| format!("host:{host}")));
    }

    /// A limit domain as a label: hosts that no source names are one.
    pub fn domain(&self, name: &str) -> String {
        let known = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        match name.starts_with("host:") && !known.contains(name) {
            true => OTHER_HOST.to_owned(),
            false => name.to_owned(),
        }
    }

    /// The counters in OpenMetrics' text, without its end mark.
    ///
    /// # Errors
    /// Only a formatter's own.
    pub fn encode(&self, text: &mut String) -> fmt::Result {
        encode_registry(text, &self.registry)
    }
}

fn add(family: &Counters, labels: Labels, count: u64) {
    family.get_or_create(&labels).inc_by(count);
}

fn or_none(sector: Option<&str>) -> String {
    sector.unwrap_or("none").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_nobody_configured_is_never_a_label() {
        let meters = Meters::default();
        meters.know_hosts(["gorod.example".to_owned()]);
        for (domain, label) in [
            ("vk:token", "vk:token"),
            ("host:gorod.example", "host:gorod.example"),
            ("host:ivan-79160000000.example", "host:other"),
        ] {
            assert_eq!(meters.domain(domain), label);
        }
    }
}

//! The networks' clocks: each host names a moment in its answers, and most hosts are right.

use super::{Findings, database::SKEW};
use crate::{
    app::zone,
    collect::poll::Collector,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{id::Ids, time::Clock},
    store::Store,
};

/// Hosts that are asked.
const HOSTS: usize = 4;

pub(super) async fn examine(
    found: &mut Findings,
    settings: &Settings,
    region: &RegionCatalogue,
    store: &Store,
    clock: &Clock,
    ids: &Ids,
) {
    let mut collect = settings.collect.clone();
    collect.connect_timeout_seconds = collect.connect_timeout_seconds.min(3);
    collect.timeout_seconds = collect.timeout_seconds.min(5);
    let Ok(zone) = zone(settings, region) else {
        return;
    };
    let built = Collector::new(&collect, zone, store.clone(), clock.clone(), ids.clone());
    let Ok(collector) = built else {
        return;
    };
    let mut ahead = collector.ahead_of(&region.sources, HOSTS).await;
    ahead.sort_by_key(|(_, span)| *span);
    // of several the middle one: one host with a wrong clock is its own trouble
    if let Some((host, span)) = ahead.get(ahead.len() / 2)
        && span.as_millis().abs() > SKEW.as_millis()
    {
        let seconds = span.as_millis() / 1000;
        let way = if seconds > 0 { "ahead of" } else { "behind" };
        let what = format!(
            "this machine's clock is {} s {way} that of {host}",
            seconds.abs()
        );
        found.add(
            "clock",
            what,
            "set it by NTP (timedatectl, chronyc): deadlines depend on it",
        );
    }
}

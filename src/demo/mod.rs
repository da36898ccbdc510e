//! The demo: loopback servers that speak the networks' real protocols over an invented region, for
//! the ordinary service to crawl. Nothing here writes to the database or knows the crawler: demo
//! rows enter through the ordinary gates only. Start with [`start`].

pub mod feeds;
pub mod material;
pub mod memory;
pub mod server;
pub mod sink;
mod site;
pub mod telegram;
mod town;
pub mod vk;
pub mod world;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use secrecy::SecretString;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    config::{
        region::RegionCatalogue,
        secrets::WebhookSecret,
        settings::{ClockStart, Settings},
    },
    domain::{
        id::Ids,
        post::Platform,
        time::{Clock, Timestamp},
    },
};
use material::Material;
use vk::Patience;
use world::World;

/// The running servers; they stop when this is dropped.
pub struct Running {
    /// The invented region, its addresses made whole: load it instead of a folder.
    pub region: RegionCatalogue,
    /// VK: `/method/…` and pages of posts.
    pub vk: String,
    /// Telegram previews.
    pub telegram: String,
    /// Feeds, articles, reviews of claims.
    pub feeds: String,
    /// The agency that receives alerts; `/` lists them.
    pub sink: String,
    token: SecretString,
    webhook_secret: SecretString,
    _stop: DropGuard,
}

/// Ports that are taken if they are free: VK, Telegram, feeds, sink.
const PORTS: [u16; 4] = [18_931, 18_932, 18_933, 18_934];

/// Seconds between two visits of a source, at most.
const INTERVAL: i64 = 15;
/// Requests a day: a visit each 15 seconds would use the usual 5,000 up within two hours, and a demo
/// may begin at midnight.
const PER_DAY: i64 = 1_000_000;

/// Starts every server. `began` is the moment from which the material's times are told: now, or
/// what [`memory`] kept from the first start on the same data.
///
/// # Errors
/// When the built-in material is broken, or loopback has no free port.
pub async fn start(clock: Clock, began: Timestamp, ids: &Ids) -> Result<Running> {
    let mut region = RegionCatalogue::svetlorechye(began)?;
    let material = Material::of(&region)?;
    let zone = time_zone(&region)?;
    let token = ids.ulid(clock.now());
    let secret = WebhookSecret::generate(ids);
    let world = World::new(material, clock.clone(), began);
    let stop = CancellationToken::new();
    let patience = match clock {
        Clock::System => Patience::Counted,
        Clock::Manual(_) | Clock::Leaping(_) => Patience::Endless,
    };
    let serve = async |router, port| {
        let address = server::serve(router, port, &stop).await?;
        anyhow::Ok(format!("http://{address}"))
    };
    let vk = serve(vk::router(world.clone(), &token, patience), PORTS[0]).await?;
    let telegram = serve(telegram::router(world.clone()), PORTS[1]).await?;
    let feeds = serve(feeds::router(world, &region, zone), PORTS[2]).await?;
    let sink = serve(sink::router(secret.clone(), clock), PORTS[3]).await?;
    make_whole(&mut region, &vk, &telegram, &feeds);
    Ok(Running {
        region,
        vk,
        telegram,
        feeds,
        sink,
        token: token.into(),
        webhook_secret: secret.to_text().into(),
        _stop: stop.drop_guard(),
    })
}

impl Running {
    /// Points the settings at these servers. The gates stay as they are for VK; hosts of our own are
    /// visited more often than strangers'.
    pub fn apply(&self, settings: &mut Settings) {
        let collect = &mut settings.collect;
        collect.enabled = true;
        collect.allow_private_addresses = true;
        collect.telegram = true;
        collect.telegram_per_second = 2.0;
        collect.host_per_second = 5.0;
        collect.interval_seconds = INTERVAL;
        collect.vk_per_day = PER_DAY;
        collect.telegram_per_day = PER_DAY;
        collect.host_per_day = PER_DAY;
        collect.base.vk = format!("{}/method", self.vk);
        collect.base.vk_site.clone_from(&self.vk);
        collect.base.telegram.clone_from(&self.telegram);
        collect.vk.token = self.token.clone();
        // Bolder than the model's card: a visitor should see every sector at work, and one incident
        // in ten in the wrong hands shows what passing on is for.
        settings.understand.min_sector_score = 0.7;
        settings.incidents.clock_starts = ClockStart::Publication;
        // Nobody answered before the demo began: older posts would only be more of the overdue.
        settings.incidents.max_age_days = 3;
        settings.web.limits.api_per_minute = 0;
        settings.alerts.webhook_url = format!("{}/hook", self.sink);
        settings.alerts.webhook_secret = self.webhook_secret.clone();
        if let Some(info) = &self.region.info {
            settings.region.name.clone_from(&info.name);
            settings.region.timezone.clone_from(&info.timezone);
        }
    }

    /// The servers' addresses with a word for each, for people.
    pub fn addresses(&self) -> [(&'static str, &str); 4] {
        [
            ("VK", &self.vk),
            ("Telegram", &self.telegram),
            ("feeds", &self.feeds),
            ("alerts", &self.sink),
        ]
    }
}

fn time_zone(region: &RegionCatalogue) -> Result<TimeZone> {
    let info = region
        .info
        .as_ref()
        .context("the demo's region has no region.toml")?;
    TimeZone::get(&info.timezone).with_context(|| format!("time zone {}", info.timezone))
}

/// Addresses of the catalogue are paths; here is where they lead.
fn make_whole(region: &mut RegionCatalogue, vk: &str, telegram: &str, feeds: &str) {
    for source in &mut region.sources {
        source.interval_seconds = Some(INTERVAL); // a demo sleeps through no night
        if matches!(source.platform, Platform::Feed | Platform::Site) {
            source.owner.insert_str(0, feeds);
        }
    }
    for page in &mut region.pages {
        page.address = match page.network.as_str() {
            "vk" => format!("{vk}{}", page.address),
            "telegram" => format!("{telegram}{}", page.address),
            "site" => format!("{feeds}{}", page.address),
            _ => format!("{feeds}/pages/{}", page.code),
        };
    }
    for claim in &mut region.claims {
        claim.url.insert_str(0, feeds);
    }
}

//! Limit domains: one per VK token, one for all of t.me, one per host of a site.

use url::Url;

use crate::{collect::sources::vk, config::settings::Collect, domain::post::Platform};

/// Whom a request burdens, and what is allowed there.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// `vk:token`, `ok:app`, `max:bot`, `tme`, `host:gorod.example`.
    pub name: String,
    /// Requests per second.
    pub per_second: f64,
    /// Requests per day (and method, where the platform counts so).
    pub per_day: i64,
    /// One request at a time, and rests as long as the site needs to answer.
    pub one_at_a_time: bool,
    /// The zone in which its day begins; empty: the region's.
    pub day_zone: String,
}

impl Domain {
    /// VK, by one token for one method: `token` is the application's, `user`, or `group:` and a number.
    pub fn vk_token(token: &str, per_second: f64, per_day: i64) -> Self {
        Self::new(&format!("vk:{token}"), per_second, per_day, false)
    }

    /// VK, by the application's token.
    pub fn vk(settings: &Collect) -> Self {
        let (rate, day) = (settings.vk_per_second, settings.vk_per_day);
        Self {
            day_zone: settings.vk_day_zone.clone(),
            ..Self::new("vk:token", rate, day, false)
        }
    }

    /// Whom the visits of a source burden, and with which method; none for one that is not visited.
    pub fn of_source(
        settings: &Collect,
        platform: Platform,
        owner: &str,
    ) -> Option<(Self, &'static str)> {
        match platform {
            Platform::Vk => {
                let chosen = vk::tokens::domain_for(settings, "wall.get");
                Some((chosen.unwrap_or_else(|| Self::vk(settings)), "wall.get"))
            }
            Platform::Ok => Some((Self::ok(settings), "stream.get")),
            Platform::Max => Some((Self::max(settings), "messages")),
            Platform::Telegram => Some((Self::telegram(settings), "get")),
            Platform::Feed | Platform::Site | Platform::Open311 => {
                let url = Url::parse(owner.trim()).ok()?;
                Some((Self::host(settings, url.host_str()?), "get"))
            }
            _ => None,
        }
    }

    /// OK, for the whole application.
    pub fn ok(settings: &Collect) -> Self {
        let ok = &settings.ok;
        Self::new("ok:app", ok.per_second, ok.per_day, false)
    }

    /// MAX, for the whole bot.
    pub fn max(settings: &Collect) -> Self {
        let max = &settings.max;
        Self::new("max:bot", max.per_second, max.per_day, false)
    }

    /// Telegram's previews, for all channels.
    pub fn telegram(settings: &Collect) -> Self {
        let rate = settings.telegram_per_second;
        Self::new("tme", rate, settings.telegram_per_day, true)
    }

    /// A host of a site or feed.
    pub fn host(settings: &Collect, host: &str) -> Self {
        let name = format!("host:{}", host.to_lowercase());
        Self::new(&name, settings.host_per_second, settings.host_per_day, true)
    }

    fn new(name: &str, per_second: f64, per_day: i64, one_at_a_time: bool) -> Self {
        Self {
            name: name.to_owned(),
            per_second,
            per_day,
            one_at_a_time,
            day_zone: String::new(),
        }
    }
}

//! Good answers, as VK, t.me and feeds give them.

use std::fmt::Write as _;

use otklik::{collect::fetch::Request, domain::time::Timestamp};

use super::Net;

/// Messages of a preview page, and items of a feed.
const PAGE: usize = 20;
const ITEMS: usize = 15;

pub fn says(status: u16, body: String) -> reqwest::Response {
    let answer = axum::http::Response::builder().status(status);
    reqwest::Response::from(answer.body(body).unwrap())
}

impl Net {
    /// The answer of a network that works.
    pub(super) fn serve(&self, request: &Request, now: Timestamp) -> reqwest::Response {
        let path = request.url.path();
        match request.domain.name.as_str() {
            _ if path == "/robots.txt" => robots(request),
            "vk:token" => self.wall(request, now),
            "tme" => self.channel(request, now),
            _ => self.feed(request, now),
        }
    }

    fn wall(&self, request: &Request, now: Timestamp) -> reqwest::Response {
        let form = request.form.as_deref().unwrap_or_default();
        let value = |name: &str| {
            let found = form.iter().find(|(key, _)| key == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let number = self.owners[value("owner_id")];
        let [offset, count] = ["offset", "count"].map(|name| value(name).parse().unwrap_or(0));
        let (from, to) = self.show(number, offset, count, now);
        let mut items = String::new();
        for id in (from..to).rev() {
            let date = self.world.voices[number].posts[id].as_millis() / 1000;
            let comma = if items.is_empty() { "" } else { "," };
            write!(
                items,
                "{comma}{{\"id\":{},\"owner_id\":{owner},\"from_id\":{owner},\"date\":{date},\
                 \"post_type\":\"post\",\"text\":\"Яма на дороге, дом {id}\",\
                 \"comments\":{{\"count\":0}}}}",
                id + 1,
                owner = value("owner_id"),
            )
            .unwrap();
        }
        says(
            200,
            format!("{{\"response\":{{\"count\":{to},\"items\":[{items}]}}}}"),
        )
    }

    fn channel(&self, request: &Request, now: Timestamp) -> reqwest::Response {
        let name = request.url.path().trim_start_matches("/s/");
        let number = self.owners[name];
        let all = self.world.published(number, now);
        let before = request.url.query_pairs().find(|(key, _)| key == "before");
        let before = before.map_or(all, |(_, id)| id.parse::<usize>().unwrap() - 1);
        let (from, to) = self.show(number, all - before.min(all), PAGE, now);
        let mut messages = String::new();
        for id in from..to {
            let date = self.world.voices[number].posts[id].to_rfc3339();
            write!(
                messages,
                "<div class='tgme_widget_message' data-post='{name}/{}'>\
                 <div class='tgme_widget_message_text js-message_text'>Автобус не пришёл</div>\
                 <a class='tgme_widget_message_date'><time datetime='{date}'></time></a></div>",
                id + 1
            )
            .unwrap();
        }
        let older = match from {
            0 => String::new(),
            _ => format!(
                "<a class='tme_messages_more' data-before='{}'></a>",
                from + 1
            ),
        };
        says(
            200,
            format!("{older}<section class='tgme_channel_history'>{messages}</section>"),
        )
    }

    fn feed(&self, request: &Request, now: Timestamp) -> reqwest::Response {
        let number = self.owners[request.url.as_str()];
        let (from, to) = self.show(number, 0, ITEMS, now);
        let mut items = String::new();
        for id in (from..to).rev() {
            let moment = self.world.voices[number].posts[id];
            let date = moment.in_zone(&jiff::tz::TimeZone::UTC);
            let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT");
            write!(
                items,
                "<item><guid isPermaLink='false'>{number}-{id}</guid><title>Новость {id}</title>\
                 <pubDate>{date}</pubDate></item>"
            )
            .unwrap();
        }
        says(
            200,
            format!("<rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>"),
        )
    }

    /// Shows so many posts below the newest `offset`; gives which.
    fn show(&self, number: usize, offset: usize, count: usize, now: Timestamp) -> (usize, usize) {
        let all = self.world.published(number, now);
        let to = all.saturating_sub(offset);
        let from = to.saturating_sub(count);
        self.world.show(number, from, to, now);
        (from, to)
    }
}

fn robots(request: &Request) -> reqwest::Response {
    let host = request.url.host_str().unwrap_or_default();
    match host.bytes().map(usize::from).sum::<usize>() % 3 {
        0 => says(404, String::new()),
        1 => says(
            200,
            "User-agent: *\nDisallow: /closed/\nCrawl-delay: 30\n".into(),
        ),
        _ => says(200, "User-agent: *\nDisallow: /closed/\n".into()),
    }
}

/// Whether a host's robots.txt closes a part of it, and how slow it wants us.
pub fn wishes(host: &str) -> (bool, i64) {
    match host.bytes().map(usize::from).sum::<usize>() % 3 {
        _ if !host.starts_with("host") => (false, 0),
        0 => (false, 0),
        1 => (true, 30_000),
        _ => (true, 0),
    }
}

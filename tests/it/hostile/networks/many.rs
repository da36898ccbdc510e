//! Answers of a hundred thousand items. They are old, so that it is the reading which is tried: new ones
//! would make the store keep what a wall of that size holds.

use otklik::domain::post::Platform;

use super::{COMMENTS, Door, throws::Kind};

const MANY: usize = 100_000;

pub fn of(door: &Door) -> Vec<Vec<u8>> {
    let all = match (door.platform, door.kind) {
        (Platform::Vk, _) if door.path == COMMENTS => response("items", |n| {
            format!("{{\"id\":{n},\"date\":9,\"text\":\"а\"}}")
        }),
        (Platform::Vk, _) if door.path == super::FACTS => {
            response("groups", |n| format!("{{\"id\":{n},\"name\":\"а\"}}"))
        }
        (Platform::Vk, _) => response("items", |n| {
            format!("{{\"id\":{n},\"owner_id\":-7,\"date\":9,\"text\":\"а\"}}")
        }),
        (Platform::Ok, _) => {
            let topics = listed(|n| format!("{{\"id\":\"{n}\",\"created_ms\":9}}"));
            format!("{{\"entities\":{{\"media_topics\":[{topics}]}}}}")
        }
        (Platform::Max, _) => {
            let messages = listed(|n| format!("{{\"timestamp\":9,\"body\":{{\"mid\":\"{n}\"}}}}"));
            format!("{{\"messages\":[{messages}]}}")
        }
        (Platform::Open311, Kind::Json) => {
            format!(
                "[{}]",
                listed(|n| format!("{{\"service_request_id\":{n}}}"))
            )
        }
        (Platform::Open311, _) => {
            let all = repeated(|n| {
                format!("<request><service_request_id>{n}</service_request_id></request>")
            });
            format!("<service_requests>{all}</service_requests>")
        }
        (Platform::Site, Kind::Html) => repeated(|n| format!("<p class=news><a href={n}>а</a>")),
        (Platform::Site, _) => {
            let pages = repeated(|n| format!("<url><loc>/{n}</loc></url>"));
            format!(
                "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{pages}</urlset>"
            )
        }
        (_, Kind::Html) => repeated(|n| format!("<p class=tgme_widget_message data-post=g/{n}>")),
        (_, Kind::Xml) if door.name == "Atom" => {
            let entries = repeated(|n| format!("<entry><id>{n}</id><updated>2001-01-01</updated>"));
            format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{entries}</feed>")
        }
        (_, Kind::Xml) => {
            let items =
                repeated(|n| format!("<item><guid>{n}</guid><pubDate>2001-01-01</pubDate>"));
            format!("<rss version=\"2.0\"><channel>{items}</channel></rss>")
        }
        (_, Kind::Json) => {
            let items = listed(|n| format!("{{\"id\":{n},\"date_published\":\"2001-01-01\"}}"));
            format!("{{\"version\":\"1\",\"items\":[{items}]}}")
        }
        (_, Kind::Robots) => format!(
            "User-agent: *\n{}",
            repeated(|n| format!("Allow: /{n}*b$\n"))
        ),
    };
    vec![all.into_bytes()]
}

fn response(list: &str, item: impl Fn(usize) -> String) -> String {
    format!(
        "{{\"response\":{{\"count\":{MANY},\"{list}\":[{}]}}}}",
        listed(item)
    )
}

fn repeated(item: impl Fn(usize) -> String) -> String {
    (1..=MANY).map(item).collect()
}

fn listed(item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (1..=MANY).map(item).collect();
    items.join(",")
}

//! Servers whose answers we read, meaning harm: real answers on loopback, through the real visit that
//! keeps or records. Doors and what they are answered are tables here and in `throws`; a new connector
//! is a new [`Door`]. Start with [`try_all`].

mod answers;
mod bombs;
mod deep;
mod many;
mod more;
mod odd;
mod pages;
pub mod receivers;
mod throws;
mod visits;
mod wires;

use otklik::domain::post::Platform;

use self::{throws::Kind, visits::Visits, wires::Wires};
use super::{
    matrix::{ANSWERS, Attack, Ended, Matrix},
    raw::Raw,
    wire::Served,
};
use crate::office::Office;

/// A connector's door: where it asks, and how texts come to it.
pub struct Door {
    pub name: &'static str,
    pub platform: Platform,
    pub path: &'static str,
    pub kind: Kind,
    /// An answer that holds texts wherever it holds any.
    pub with: fn(&[String]) -> Vec<u8>,
}

/// Social networks.
pub static NETWORKS: [Door; 6] = [
    door(
        "VK wall",
        Platform::Vk,
        "/method/wall.get",
        Kind::Json,
        answers::wall,
    ),
    door(
        "VK comments",
        Platform::Vk,
        COMMENTS,
        Kind::Json,
        answers::comments,
    ),
    door(
        "VK facts and errors",
        Platform::Vk,
        FACTS,
        Kind::Json,
        answers::facts,
    ),
    door(
        "Telegram page",
        Platform::Telegram,
        "/s/gorod",
        Kind::Html,
        answers::channel,
    ),
    door("OK", Platform::Ok, "/fb.do", Kind::Json, more::ok),
    door("MAX", Platform::Max, "/messages", Kind::Json, more::max),
];

/// Sites, their feeds and files, and endpoints.
pub static SITES: [Door; 8] = [
    door("RSS", Platform::Feed, "/rss", Kind::Xml, answers::rss),
    door("Atom", Platform::Feed, "/rss", Kind::Xml, answers::atom),
    door(
        "JSON Feed",
        Platform::Feed,
        "/rss",
        Kind::Json,
        answers::json_feed,
    ),
    door(
        "robots.txt",
        Platform::Feed,
        "/robots.txt",
        Kind::Robots,
        answers::robots,
    ),
    door(
        "site list",
        Platform::Site,
        "/news/",
        Kind::Html,
        more::site,
    ),
    door("sitemap", Platform::Site, SITEMAP, Kind::Xml, more::sitemap),
    door(
        "Open311 JSON",
        Platform::Open311,
        REQUESTS,
        Kind::Json,
        more::open311,
    ),
    door(
        "Open311 XML",
        Platform::Open311,
        REQUESTS_XML,
        Kind::Xml,
        more::open311_xml,
    ),
];

const COMMENTS: &str = "/method/wall.getComments";
const FACTS: &str = "/method/groups.getById";
const SITEMAP: &str = "/sitemap.xml";
const REQUESTS: &str = "/open311/v2/requests.json";
const REQUESTS_XML: &str = "/open311/v2/requests.xml";

const fn door(
    name: &'static str,
    platform: Platform,
    path: &'static str,
    kind: Kind,
    with: fn(&[String]) -> Vec<u8>,
) -> Door {
    Door {
        name,
        platform,
        path,
        kind,
        with,
    }
}

/// Tries these doors, then looks at what was kept.
pub async fn try_all(
    office: &Office,
    served: &Served,
    doors: &'static [Door],
    matrix: &mut Matrix,
) {
    let raw = Raw::open(&office.it).await;
    for door in doors {
        try_door(office, &raw, door, matrix).await;
    }
    drips(office, &raw, doors, matrix).await;
    pages::show_all(office, served, &raw, matrix).await;
}

async fn try_door(office: &Office, raw: &Raw, door: &'static Door, matrix: &mut Matrix) {
    let (server, other) = (Wires::start().await, Wires::start().await);
    let mut visits = Visits::of(office, door, &server, 0);
    for (attack, _) in ANSWERS {
        if attack == Attack::Drip {
            continue; // these wait for each other, see `drips`
        }
        if let Some(why) = door.kind.has_no(attack) {
            matrix.empty(door.name, attack, why);
        }
        for (at, thrown) in throws::all(door, attack, &other).into_iter().enumerate() {
            if door.kind == Kind::Robots {
                visits = Visits::of(office, door, &server, 0); // it would remember the rules
            }
            visits.set(&server, thrown);
            let ended = visits.make(Some(raw), attack).await;
            let ended = ended.and_then(|ended| limited(door, attack, ended, &other));
            matrix.note(door.name, attack, &format!("answer {at}"), ended);
        }
    }
}

/// Where nothing may be taken, nothing was; what has no end was cut.
fn limited(door: &Door, attack: Attack, ended: Ended, other: &Wires) -> Result<Ended, String> {
    let asked = other.asked();
    match (attack, ended) {
        _ if asked > 0 => Err(format!("the private network was asked {asked} times")),
        (Attack::Private, Ended::Text) => {
            Err("a redirect into a private network is no answer".into())
        }
        (Attack::Circle, Ended::Text) if door.kind != Kind::Robots => {
            Err("a circle is no answer".into())
        }
        (Attack::Many | Attack::Oversized | Attack::Gzip | Attack::Brotli, _) => Ok(Ended::Bounded),
        (_, ended) => Ok(ended),
    }
}

/// Answers that come slowly or without end, to all doors side by side: each lasts as long as the
/// settings let it.
async fn drips(office: &Office, raw: &Raw, doors: &'static [Door], matrix: &mut Matrix) {
    raw.run("delete from gate").await;
    let mut all = tokio::task::JoinSet::new();
    for door in doors {
        for (at, thrown) in throws::drips().into_iter().enumerate() {
            let server = Wires::start().await;
            let visits = Visits::of(office, door, &server, at + 1);
            visits.set(&server, thrown);
            all.spawn(async move {
                let ended = visits.make(None, Attack::Drip).await;
                drop(server);
                (door, at, ended)
            });
        }
    }
    while let Some(ended) = all.join_next().await {
        let (door, at, ended) = ended.unwrap();
        let ended = ended.map(|_| Ended::Bounded);
        matrix.note(door.name, Attack::Drip, &format!("drip {at}"), ended);
    }
}

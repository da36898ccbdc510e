//! What the fuzzer throws bytes at: one function for each kind of parser. None may panic or run away,
//! and some promise more. `tests/it/fuzzed.rs` throws the corpus at them in every test run.

#![allow(dead_code, reason = "each binary of the fuzzer takes one of them")]

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use otklik::{
    collect::{
        charset, dates, html,
        import::{self, Format, Options},
        robots::Robots,
        sources::{
            feed::parse::{Reading, read_feed},
            max, ok, open311, pos,
            site::{self, Selectors},
            telegram::{export::Export, preview},
            vk::{self, comments, events, groups, wall},
        },
    },
    config::catalogue::Catalogue,
    domain::{
        place::{Place, PlaceKind},
        reading::Site,
        time::Timestamp,
    },
    understand::{
        duplicates, language,
        mask::mask,
        places::Gazetteer,
        sentences,
        topics::Scratch,
        understander::{Input, Understander},
    },
};
use url::Url;

type Target = (&'static str, fn(&[u8]));

/// Every target by its name, which is also its corpus' folder.
pub const ALL: [Target; 10] = [
    ("vk", vk),
    ("social", social),
    ("sites", sites),
    ("preview", preview),
    ("export", export),
    ("feed", feed),
    ("robots", robots),
    ("words", words),
    ("tables", tables),
    ("text", text),
];

/// Answers and events of VK, whatever method they are an answer to.
pub fn vk(bytes: &[u8]) {
    let _ = vk::read_any(bytes);
    let Ok(response) = vk::read_answer(bytes) else {
        return;
    };
    let under = comments::Under {
        owner: -7,
        post: Some(1),
    };
    let _ = comments::read_comments(&response, &under);
    let _ = (groups::read_groups(&response), wall::read_posts(&response));
    let _ = events::read_event(&response);
}

/// Answers and events of OK and MAX.
pub fn social(bytes: &[u8]) {
    let _ = (ok::read_any(bytes), max::read_any(bytes));
}

/// Pages of sites by selectors and by guessing, sitemaps, the ПОС widget, and Open311 in both formats.
pub fn sites(bytes: &[u8]) {
    static BOTH: LazyLock<[Selectors; 2]> = LazyLock::new(|| {
        let named = Site {
            item: Some(".news, li".into()),
            title: Some("h3, h1".into()),
            date: Some(".date, time".into()),
            next: Some("a.next".into()),
            ..Site::default()
        };
        [Site::default(), named].map(|site| Selectors::of(&site).expect("written above"))
    });
    let address = Url::parse("https://site.example/news/").expect("written here");
    for selectors in BOTH.iter() {
        let reading = site::Reading {
            selectors,
            address: &address,
            charset: None,
            robots: "",
            zone: TimeZone::UTC,
            now: Timestamp::from_seconds(1_795_348_800),
        };
        let _ = site::list::read_list(bytes, &reading);
        let _ = site::article::read_article(bytes, &reading);
    }
    let _ = site::sitemap::read_sitemap(bytes);
    let _ = open311::answer::read_answer(bytes, None, &TimeZone::UTC);
    let page = String::from_utf8_lossy(bytes);
    pos::widget::detect(&page, &[]);
    pos::widget::own_scripts(&page, &address);
    site::list::feed_of(&page, &address);
}

/// The preview page of a Telegram channel.
pub fn preview(bytes: &[u8]) {
    let page = String::from_utf8_lossy(bytes);
    let _ = preview::read_page(&page, "https://t.example");
}

/// An export of Telegram Desktop; it ends, after fewer messages than bytes.
pub fn export(bytes: &[u8]) {
    let messages = Export::new(std::io::Cursor::new(bytes.to_vec()), TimeZone::UTC);
    assert!(messages.count() <= bytes.len() + 1);
}

/// RSS, Atom, RDF and JSON Feed in whatever character set.
pub fn feed(bytes: &[u8]) {
    let reading = Reading {
        owner: "https://site.example/rss.xml",
        charset: None,
        zone: TimeZone::UTC,
    };
    let _ = read_feed(bytes, &reading);
}

/// robots.txt: its own address is always allowed, and nobody waits without end.
pub fn robots(bytes: &[u8]) {
    let robots = Robots::read(200, bytes, "Otklik");
    assert!(robots.allows("https://site.example/robots.txt"));
    for path in ["/", "/news/1?a=b#c", "/%D0%B0*$"] {
        robots.allows(&format!("https://site.example{path}"));
    }
    assert!(
        robots
            .delay()
            .is_none_or(|delay| delay.as_millis() <= 60_000)
    );
}

/// Character sets, dates and HTML as text.
pub fn words(bytes: &[u8]) {
    let decoded = charset::decode(bytes, None);
    let text = decoded.text.as_str();
    let (label, rest) = text.split_at(text.char_indices().nth(12).map_or(0, |(at, _)| at));
    charset::decode(rest.as_bytes(), Some(label));
    if let Some(moment) = dates::parse(text, &TimeZone::UTC) {
        assert!(moment.to_rfc3339().len() >= 20);
    }
    let _ = (html::to_text(text), html::decode_entities(text));
    assert!(!html::tidy(text).contains("\n\n\n"));
}

/// Tables and JSON Lines; every line is taken or refused.
pub fn tables(bytes: &[u8]) {
    for format in [Format::Csv, Format::Jsonl] {
        let options = Options {
            owner: Some("table".into()),
            columns: Vec::new(),
            delimiter: None,
            encoding: None,
            zone: TimeZone::UTC,
        };
        let input = std::io::Cursor::new(bytes.to_vec());
        if let Ok(rows) = import::read(format, input, options) {
            assert!(rows.count() <= bytes.len() + 1);
        }
    }
}

/// Everything that reads a post's words; what is masked stays masked.
pub fn text(bytes: &[u8]) {
    static READER: LazyLock<Understander> = LazyLock::new(|| {
        let catalogue = Catalogue::built_in().expect("the tests read the shipped catalogue");
        let shipped = Understander::shipped(catalogue);
        shipped
            .expect("the tests read the shipped model")
            .with_gazetteer(streets())
    });
    let text = String::from_utf8_lossy(bytes);
    let once = mask(&text).into_owned();
    assert_eq!(mask(&once), once, "masked twice it changes");
    language::detect(&text);
    duplicates::fingerprint(&text);
    assert!(
        sentences::units(&text, 3)
            .iter()
            .all(|unit| text.contains(unit))
    );
    let input = Input {
        text: &text,
        title: Some(&once),
        parent: Some(&text),
        ..Input::default()
    };
    READER.annotate_one(&input, &mut Scratch::default());
}

fn streets() -> Gazetteer {
    let street = |(at, name): (usize, &&str)| Place {
        code: at.to_string(),
        kind: PlaceKind::Street,
        type_: "ул.".into(),
        name: (*name).into(),
        municipality: "99701000".into(),
        settlement: None,
        lat: None,
        lon: None,
        aliases: String::new(),
    };
    let names = [
        "Речная",
        "8 Марта",
        "Маршала Жукова",
        "Ёлкина",
        "1-я Садовая",
    ];
    Gazetteer::new(&names.iter().enumerate().map(street).collect::<Vec<_>>())
}

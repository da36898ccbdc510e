//! What only one kind of answer can be, by attack.

use serde_json::{Value, json};

use super::{
    Door, FACTS,
    answers::{message, refusal},
    throws::Kind,
};
use crate::hostile::{
    matrix::Attack,
    payloads::{CANARY, texts},
};

pub fn of(door: &Door, attack: Attack) -> Vec<Vec<u8>> {
    let own = match door.kind {
        Kind::Json => json_of(attack),
        Kind::Html => html_of(attack),
        Kind::Xml => xml_of(attack),
        Kind::Robots => robots_of(attack),
    };
    let own = own.into_iter().map(String::into_bytes);
    if door.path != FACTS {
        return own.collect();
    }
    // The platform's words are told and logged, short and tamed: they are its own, no post's.
    let tame = |text: String| {
        text.replace(CANARY, "слово")
            .replace("alert(1337)", "alert")
    };
    let words: Vec<String> = texts(attack).into_iter().map(tame).collect();
    let coded = words.iter().take(2).map(|text| refusal(json!(text), text));
    let told = words.iter().map(|text| refusal(json!(15), text));
    own.chain(coded).chain(told).collect()
}

/// Letters without a pattern: a database packs nothing of them.
pub fn noise(length: usize) -> String {
    let mut state = 88_172_645_463_325_252_u64;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + (state % 26) as u8)
    };
    (0..length).map(letter).collect()
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn json_of(attack: Attack) -> Vec<String> {
    match attack {
        Attack::Malformed => owned(&[
            "",
            "{",
            "[",
            "null",
            "\"a\"",
            "7",
            "{\"response\":",
            "{\"error\":[]}",
            "{\"error\":null}",
            "{\"response\":[[]]}",
            "{\"response\":null}",
            "<html>",
            "{\"items\":[{]}",
            "{\"a\":1,\"a\":2}",
            "{\"execute_errors\":[{}]}",
            "{\"version\":\"1\",\"items\":null}",
            "{\"version\":\"1\",\"items\":[null,[],{}]}",
        ]),
        Attack::WrongType => owned(&[
            "{\"response\":{\"items\":{\"0\":1}}}",
            "{\"response\":{\"count\":-1,\"items\":[null,true,1,\"a\",[],{}]}}",
            "{\"response\":{\"groups\":[null,true,1,{\"id\":{}},{\"id\":7,\"name\":[]}]}}",
            "{\"error\":{\"error_code\":99999999999999999999,\"error_msg\":7}}",
            "{\"error\":\"a word\"}",
        ]),
        Attack::Numbers => json_numbers(),
        Attack::Encoding => owned(&[
            "{\"response\":{\"items\":[{\"id\":9,\"owner_id\":-7,\"post_type\":\"post\",\"text\":\"\\ud800 вода\"}]}}",
            "{\"version\":\"1\",\"items\":[{\"id\":\"\\udfff\\ud800\",\"content_text\":\"вода \\u0000\"}]}",
        ]),
        _ => Vec::new(),
    }
}

fn json_numbers() -> Vec<String> {
    let post = |id: Value| {
        let one = json!({"id": id, "owner_id": -7, "date": i64::MAX, "edited": i64::MIN, "text": "вода", "post_type": "post",
            "likes": {"count": i64::MAX}, "views": {"count": -1}, "comments": {"count": i64::MAX}});
        let talk = json!({"id": id, "from_id": i64::MIN, "date": i64::MAX, "text": "вода", "thread": {"count": i64::MAX, "items": []}});
        json!({"response": {"count": i64::MAX, "current_level_count": i64::MAX, "items": [one, talk],
            "groups": [{"id": id, "name": "Город", "members_count": i64::MAX}]}})
        .to_string()
    };
    let mut all: Vec<String> = [
        json!(i64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(0),
        json!(u64::MAX),
    ]
    .map(post)
    .to_vec();
    all.extend(owned(&[
        "{\"version\":1,\"items\":[{\"id\":-1e400,\"content_text\":[]}]}",
        "{\"version\":1,\"items\":[{\"id\":1e300,\"content_text\":\"вода\",\"date_published\":\"+292277026596-12-04T15:30:07Z\"}]}",
    ]));
    all
}

fn html_of(attack: Attack) -> Vec<String> {
    let page = |inside: &str| format!("<section class='tgme_channel_history'>{inside}</section>");
    match attack {
        Attack::Oversized => vec![page(&message("gorod/7", &"вода ".repeat(50_000), ""))],
        Attack::Malformed => owned(&[
            "",
            "<",
            "<div",
            "<div class='tgme_widget_message' data-post=",
            "</section>",
            "\u{1}\u{2}",
            "{\"ok\":true}",
            "<section class='tgme_channel_history'><table><tr><td><form><p></table></section>",
        ]),
        Attack::Entity => vec![
            page(&message("gorod/11", &"&nbsp;&amp;".repeat(20_000), "")),
            page(&message(
                "gorod/12",
                "&bogus;&#0;&#x110000;&#xD800;&#99999999999;",
                "",
            )),
        ],
        Attack::Numbers => [
            "9223372036854775807",
            "99999999999999999999999",
            "-1",
            "0",
            "",
        ]
        .map(|id| {
            page(&message(
                &format!("gorod/{id}"),
                "вода",
                "9223372036854775807M",
            ))
        })
        .to_vec(),
        Attack::WrongType => ["/", "a/b/c/1", "gorod/1e9", "gorod/٣٤", "-"]
            .map(|place| page(&message(place, "вода", "")))
            .to_vec(),
        _ => Vec::new(),
    }
}

fn xml_of(attack: Attack) -> Vec<String> {
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel>{items}</channel></rss>");
    match attack {
        Attack::Oversized => vec![
            feed(&format!(
                "<item><title>{}</title></item>",
                "вода ".repeat(50_000)
            )),
            feed(&format!(
                "<item {}><title>а</title></item>",
                "a='1' ".repeat(30_000)
            )),
            feed(&format!("<{}>", "a".repeat(300_000))),
        ],
        Attack::Malformed => owned(&[
            "",
            "<rss",
            "<rss><channel><item>",
            "<rss/>",
            "<rss><item><title><![CDATA[",
            "<?xml version='1.0' encoding='",
            "<!DOCTYPE rss [",
            "<feed><entry><content type='xhtml'><div>",
            "<rss><channel><item></channel></item></rss>",
            "<rss:rss:rss><item:a/>",
            "<rss><item><link href=",
            "<item/><item xml:lang='ё'/>",
            "<rdf:RDF><item rdf:about='",
        ]),
        Attack::Entity => vec![
            laughs(),
            outside(),
            feed(&format!(
                "<item><title>{}</title></item>",
                "&#x41;&amp;&bogus;".repeat(4_000)
            )),
        ],
        Attack::Numbers => [
            "<pubDate>Thu, 99 Foo 292277026596 99:99:99 +9999</pubDate>",
            "<pubDate>-292277022399-01-01T00:00:00Z</pubDate>",
            "<pubDate>0000-00-00</pubDate><enclosure length='-5'/>",
            "<pubDate>31.12.9999 23:59:60</pubDate><media:content duration='-1e99' fileSize='x'/>",
            "<itunes:duration>99999999999:99:99</itunes:duration><pubDate>99999999999999</pubDate>",
        ]
        .map(|odd| {
            feed(&format!(
                "<item><guid>{}</guid><title>вода</title>{odd}</item>",
                odd.len()
            ))
        })
        .to_vec(),
        _ => Vec::new(),
    }
}

fn outside() -> String {
    "<!DOCTYPE rss [<!ENTITY a SYSTEM \"file:///etc/passwd\"><!ENTITY % b SYSTEM \"http://127.0.0.1:1/x\">%b;]>\
     <rss version=\"2.0\"><channel><item><guid>x</guid><title>вода &a;</title></item></channel></rss>"
        .into()
}

fn laughs() -> String {
    let entity = |n: usize| format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10));
    let entities: String = (1..10).map(entity).collect();
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">{entities}]><rss version=\"2.0\"><channel>\
         <item><guid>ha</guid><title>вода &a9;</title></item></channel></rss>"
    )
}

fn robots_of(attack: Attack) -> Vec<String> {
    match attack {
        Attack::Oversized => vec![
            format!("User-agent: *\nDisallow: /{}", "a".repeat(400_000)),
            format!("User-agent: *\nDisallow: /{}", "*a".repeat(20_000)),
            format!("User-agent: *\nAllow: /{}$", "*".repeat(40_000)),
            format!("User-agent: *\nDisallow: /{}b\n", "*r".repeat(900)).repeat(200),
        ],
        Attack::Malformed => owned(&[
            "",
            ":",
            "::::",
            "User-agent",
            "Disallow: /\n",
            "User-agent: *\nDisallow",
            "<html>",
        ]),
        Attack::Numbers => ["NaN", "-1", "1e999", "inf", "-inf", "99999999999", "1e-300"]
            .map(|delay| {
                format!("User-agent: *\nCrawl-delay: {delay}\nRequest-rate: {delay}/{delay}\n")
            })
            .to_vec(),
        _ => Vec::new(),
    }
}

//! Answers of each network that hold hostile texts wherever an answer of its kind holds any.

use serde_json::{Value, json};

use crate::harness::START;

/// A minute before the stories begin.
pub fn seconds() -> i64 {
    START.as_millis() / 1000 - 60
}

/// A number of its own for each text.
pub fn digits(text: &str) -> i64 {
    let sum = |sum: i64, b: u8| (sum * 31 + i64::from(b)) % 1_000_000_007;
    1000 + text.bytes().fold(7, sum)
}

pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;")
}

pub fn joined(texts: &[String], one: impl Fn(&str) -> String) -> String {
    texts.iter().map(|text| one(text)).collect()
}

/// A sound wall, whose one post is talked about.
pub fn talked() -> Vec<u8> {
    let post = json!({"id": 5, "owner_id": -7, "from_id": -7, "date": seconds(), "post_type": "post",
        "text": "Сообщение", "comments": {"count": 3}});
    body(json!({"response": {"count": 1, "items": [post]}}))
}

fn body(value: Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

pub fn wall(texts: &[String]) -> Vec<u8> {
    let posts = texts.iter().flat_map(|text| {
        let inside = format!("вода {text}");
        [
            json!({"id": digits(text) - 1, "owner_id": -7, "from_id": text, "date": text, "post_type": text,
                "text": text, "is_pinned": text, "attachments": [{"type": text, text: {"title": text}}],
                "geo": {"coordinates": text, "place": {"title": text}}, "likes": {"count": text},
                "comments": {"count": text}, "copy_history": [{"text": text, "id": text, "owner_id": text}]}),
            json!({"id": text, "owner_id": text, "date": seconds(), "text": inside}),
            json!({"id": digits(text), "owner_id": -7, "date": seconds(), "post_type": "post", "text": inside,
                "geo": {"coordinates": "1e999 -1e999", "place": {"title": text}}, "signer_id": text}),
        ]
    });
    let posts: Vec<Value> = posts.collect();
    body(json!({"response": {"count": texts.len(), "items": posts}}))
}

pub fn comments(texts: &[String]) -> Vec<u8> {
    let all = texts.iter().flat_map(|text| {
        let answer = json!({"id": text, "from_id": text, "text": text, "parents_stack": [text]});
        [
            json!({"id": digits(text), "from_id": 900, "date": seconds(), "text": format!("вода {text}"),
                "post_id": 5, "thread": {"count": text, "items": [answer]}}),
            json!({"id": text, "text": text}),
        ]
    });
    let all: Vec<Value> = all.collect();
    body(json!({"response": {"count": texts, "current_level_count": 1, "items": all}}))
}

pub fn facts(texts: &[String]) -> Vec<u8> {
    let groups = texts.iter().map(|text| {
        json!({"id": 7, "name": format!("Город {text}"), "screen_name": text, "verified": text,
            "members_count": text, "is_closed": text, "is_government_organization": text})
    });
    let groups: Vec<Value> = groups.collect();
    body(json!({"response": {"groups": groups}}))
}

/// The platform's own words for a refusal.
pub fn refusal(code: Value, text: &str) -> Vec<u8> {
    let told = json!([{"key": text, "value": text}]);
    body(json!({"error": {"error_code": code, "error_msg": text, "request_params": told}}))
}

pub fn channel(texts: &[String]) -> Vec<u8> {
    let messages = joined(texts, |text| {
        let (safe, number) = (escaped(text), digits(text));
        message(&format!("gorod/{number}"), &format!("вода {safe}"), &safe)
            + &message(
                &format!("gorod/{}", number + 1),
                &format!("вода {text}</div>"),
                &safe,
            )
            + &message(&format!("gorod/{safe}"), &safe, &safe)
            + &message(&safe, &safe, &safe)
    });
    let safe = texts.first().map(|text| escaped(text)).unwrap_or_default();
    format!(
        "<a class='tme_messages_more' data-before=\"{safe}\"></a><div class='tgme_channel_info_header_title'>{safe}</div>\
         <section class='tgme_channel_history'>{messages}</section>"
    )
    .into_bytes()
}

pub fn message(place: &str, inside: &str, told: &str) -> String {
    format!(
        "<div class='tgme_widget_message' data-post=\"{place}\"><div class='tgme_widget_message_text'>{inside}</div>\
         <span class='tgme_widget_message_views'>{told}</span><a class='tgme_widget_message_forwarded_from_name' href=\"{told}\"></a>\
         <a class='tgme_widget_message_date'><time datetime=\"{told}\"></time></a></div>"
    )
}

pub fn rss(texts: &[String]) -> Vec<u8> {
    let item = |n: usize, inside: &str, safe: &str| {
        format!(
            "<item><guid>{n}{inside}</guid><title>вода {inside}</title><link>{inside}</link><author>{inside}</author>\
             <description>{inside}</description><pubDate>{inside}</pubDate><enclosure type=\"{safe}\" url=\"{safe}\" length=\"{safe}\"/></item>"
        )
    };
    let items = joined(texts, |text| {
        let safe = escaped(text);
        item(1, &safe, &safe) + &item(2, &format!("<![CDATA[{text}]]>"), &safe)
    });
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Новости</title>{items}</channel></rss>")
        .into_bytes()
}

pub fn atom(texts: &[String]) -> Vec<u8> {
    let entries = joined(texts, |text| {
        let safe = escaped(text);
        format!(
            "<entry><id>a{safe}</id><title type=\"html\">вода {safe}</title><link href=\"{safe}\"/><updated>{safe}</updated>\
             <published>{safe}</published><author><name>{safe}</name></author><content type=\"html\">{safe}</content></entry>\
             <entry><id>b{safe}</id><title>вода {safe}</title>\
             <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div></content></entry>"
        )
    });
    format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{entries}</feed>").into_bytes()
}

pub fn json_feed(texts: &[String]) -> Vec<u8> {
    let items = texts.iter().flat_map(|text| {
        [
            json!({"id": text, "url": text, "title": text, "content_html": text, "date_published": text,
                "attachments": [{"mime_type": text}]}),
            json!({"id": {"a": text}, "content_text": format!("вода {text}"), "date_modified": text, "title": "вода"}),
            json!(text),
        ]
    });
    let items: Vec<Value> = items.collect();
    body(json!({"version": "https://jsonfeed.org/version/1.1", "feed_url": texts, "items": items}))
}

pub fn robots(texts: &[String]) -> Vec<u8> {
    joined(texts, |text| {
        format!(
            "User-agent: {text}\nDisallow: /x{text}\nCrawl-delay: {text}\nSitemap: {text}\n\
             User-agent: *\nAllow: {text}\n{text}: {text}\n"
        )
    })
    .into_bytes()
}

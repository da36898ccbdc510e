//! Answers of sites, sitemaps, Open311, OK and MAX that hold hostile texts wherever they may.

use serde_json::{Value, json};

use super::answers::{digits, escaped, joined, seconds};

fn body(value: Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// A list whose items hold their text themselves.
pub fn site(texts: &[String]) -> Vec<u8> {
    let items = joined(texts, |text| {
        let safe = escaped(text);
        format!(
            "<div class='news'><h3><a href=\"/news/{}{safe}\">вода {safe}</a></h3><i class='when'>{safe}</i><p class='text'>{safe}</p></div>\
             <div class='news'><h3><a href=\"{safe}\">вода</a></h3><i class='when'>22.11.2026</i><p class='text'>вода {text}</p></div>",
            digits(text)
        )
    });
    format!("<html><head><title>Новости</title></head><body>{items}<a class='next' href='?page=2'>Дальше</a></body></html>").into_bytes()
}

pub fn sitemap(texts: &[String]) -> Vec<u8> {
    let pages = joined(texts, |text| {
        let safe = escaped(text);
        format!(
            "<url><loc>/news/{safe}</loc><lastmod>{safe}</lastmod></url><url><loc>{safe}</loc><lastmod>2026-11-22</lastmod></url>"
        )
    });
    format!("<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{pages}</urlset>").into_bytes()
}

fn moment() -> String {
    otklik::domain::time::Timestamp::from_seconds(seconds()).to_rfc3339()
}

pub fn open311(texts: &[String]) -> Vec<u8> {
    let requests = texts.iter().flat_map(|text| {
        let inside = format!("вода {text}");
        [
            json!({"service_request_id": digits(text).to_string(), "status": text, "status_notes": text, "service_name": text,
                "service_code": text, "description": inside, "requested_datetime": moment(), "updated_datetime": moment(),
                "address": text, "lat": text, "long": text, "media_url": text}),
            json!({"service_request_id": text, "status": "open", "description": inside, "requested_datetime": text,
                "updated_datetime": text, "lat": 1e300, "long": -1e300}),
        ]
    });
    body(requests.collect())
}

pub fn open311_xml(texts: &[String]) -> Vec<u8> {
    let requests = joined(texts, |text| {
        let (safe, at) = (escaped(text), moment());
        format!(
            "<request><service_request_id>{}</service_request_id><status>{safe}</status><service_name>{safe}</service_name>\
             <service_code>{safe}</service_code><description>вода {safe}</description><requested_datetime>{at}</requested_datetime>\
             <updated_datetime>{at}</updated_datetime><address>{safe}</address><lat>{safe}</lat><long>{safe}</long></request>\
             <request><service_request_id>{safe}</service_request_id><description><![CDATA[{text}]]></description></request>",
            digits(text)
        )
    });
    format!("<?xml version=\"1.0\"?><service_requests>{requests}</service_requests>").into_bytes()
}

pub fn ok(texts: &[String]) -> Vec<u8> {
    let topics = texts.iter().flat_map(|text| {
        let media = json!([{"type": "text", "text": format!("вода {text}")}, {"type": text, "text": text}]);
        [
            json!({"id": digits(text).to_string(), "created_ms": seconds() * 1000, "author_ref": "group:53", "owner_ref": "group:53",
                "media": media, "like_summary": {"count": text}, "discussion_summary": {"comments_count": text, "discussion_id": text}}),
            json!({"id": text, "created_ms": text, "author_ref": text, "owner_ref": text, "media": media}),
        ]
    });
    let topics: Vec<Value> = topics.collect();
    let words: Vec<Value> = texts
        .iter()
        .map(|text| json!({"pattern": text, "target_refs": [text]}))
        .collect();
    body(
        json!({"feeds": words, "anchor": texts.first(), "has_more": texts.first(), "entities": {"media_topics": topics}}),
    )
}

pub fn max(texts: &[String]) -> Vec<u8> {
    let messages = texts.iter().flat_map(|text| {
        let inside = format!("вода {text}");
        [
            json!({"recipient": {"chat_id": -7, "chat_type": "channel"}, "timestamp": seconds() * 1000, "url": text,
                "body": {"mid": format!("mid.{}", digits(text)), "seq": text, "text": inside, "attachments": [{"type": text, "payload": text}]},
                "stat": {"views": text}, "link": {"type": text, "message": {"mid": text, "text": text}}}),
            json!({"recipient": {"chat_id": text, "chat_type": text}, "timestamp": text, "body": {"mid": text, "text": inside}}),
        ]
    });
    let messages: Vec<Value> = messages.collect();
    body(json!({"messages": messages}))
}

/// A chat that the bot may read.
pub fn chat() -> Vec<u8> {
    body(
        json!({"chat_id": -7, "type": "channel", "status": "active", "title": "Город", "is_public": true, "participants_count": 900}),
    )
}

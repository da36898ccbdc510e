//! Answers nested without end.

use super::{answers::message, throws::Kind};

pub fn of(kind: Kind) -> Vec<Vec<u8>> {
    let own = match kind {
        Kind::Json => json(),
        Kind::Html => html(),
        Kind::Xml => xml(),
        Kind::Robots => Vec::new(),
    };
    own.into_iter().map(String::into_bytes).collect()
}

fn json() -> Vec<String> {
    let feed = |html: &str| {
        format!("{{\"version\":\"1\",\"items\":[{{\"id\":1,\"content_html\":\"{html}\"}}]}}")
    };
    vec![
        "[".repeat(200_000),
        "{\"response\":".repeat(100_000),
        format!(
            "{{\"response\":{{\"items\":[{}",
            "{\"thread\":{\"items\":[".repeat(25_000)
        ),
        feed(&"<div>".repeat(20_000)),
        feed(&nested(600)),
    ]
}

fn html() -> Vec<String> {
    let page = |inside: &str| {
        format!(
            "<section class='tgme_channel_history'>{}</section>",
            message("gorod/8", inside, "")
        )
    };
    vec![
        "<div>".repeat(100_000),
        page(&"<b>".repeat(390)),
        page(&"<b></i>".repeat(10_000)),
        page(&"<a href='x'><p>".repeat(190)),
        page(&"<table><tr><td>".repeat(120)),
        page(&"<svg><foreignObject>".repeat(190)),
        format!("<div {}>", "a=1 ".repeat(25_000)),
    ]
}

fn xml() -> Vec<String> {
    let feed = |items: &str| format!("<rss version=\"2.0\"><channel>{items}</channel></rss>");
    let told = |inside: &str| {
        feed(&format!(
            "<item><guid>deep</guid><description>вода {inside}</description></item>"
        ))
    };
    vec![
        feed(&"<item>".repeat(4_000)),
        feed(&format!(
            "{}{}",
            "<item>".repeat(20_000),
            "</feed>".repeat(100_000)
        )),
        told(&"<div>".repeat(20_000)),
        told(&"&lt;div&gt;".repeat(20_000)),
        told(&nested(800)),
        feed(&"<a><b><c>".repeat(15_000)),
        format!(
            "<feed><entry><id>1</id><content type=\"xhtml\">{}",
            "<div>".repeat(15_000)
        ),
        "<!DOCTYPE [".repeat(25_000),
        format!("<rss>{}", "<?xml ".repeat(25_000)),
    ]
}

/// Marks that become new ones when those inside are taken out: each level costs another.
fn nested(depth: usize) -> String {
    let level =
        |level: usize| format!("{}<![CDATA[{}", "<![CDA".repeat(level), "TA[".repeat(level));
    (0..depth).rev().map(level).collect()
}

//! Copies of a feed that the strict parser can stomach. Start with [`for_parser`], which every feed
//! passes; [`repair`] is for those that failed.

use std::sync::LazyLock;

use regex::{Captures, Regex};

macro_rules! regexes {
    ($($name:ident = $pattern:literal;)*) => {$(
        static $name: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new($pattern).expect("the pattern is a constant that tests compile")
        });
    )*};
}

regexes! {
    DECLARED = r"(?i)<\?xml[^>]*>?";
    DOCTYPE = r"(?is)<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>";
    DURATION = r"(?is)<(itunes:duration\b[^>]*)>[^<]*</";
    TIMED = r#"(?i)\b(start|end|duration|start_time|end_time)\s*=\s*("[^"<]*"|'[^'<]*')"#;
    RSS = r"(?i)<rss\b[^>]*>";
    AMPERSAND = r"&(#?\w{0,32};?)";
}

/// The decoded text as UTF-8 XML: the declaration (which may name another charset) and the DTD are
/// dropped, even unfinished ones, so that no entity is expanded or fetched. Durations, which we do
/// not keep, are emptied: `feed-rs` 3.0 panics on large ones.
pub fn for_parser(text: &str) -> String {
    let text = DECLARED.replace_all(text, "");
    let text = DOCTYPE.replace_all(&text, "");
    let text = DURATION.replace_all(&text, "<$1></");
    TIMED.replace_all(&text, r#"$1="""#).into_owned()
}

/// Stands in for `@` on the way through `feed-rs`, which panics on some addresses of authors.
const AT: char = '\u{e000}';

/// Hides what makes the parsers below us panic: `@`, and a declaration that the removal of
/// something else left behind. [`unguarded`] gives the text back.
pub fn guarded(text: &str) -> String {
    text.replace('@', "\u{e000}").replace("<?xml", "<?x")
}

/// Undoes [`guarded`], also where an address was percent-encoded on the way.
pub fn unguarded(text: &str) -> String {
    text.replace(AT, "@").replace("%EE%80%80", "@")
}

/// Mends the commonest breaks: garbage before the root, control characters, bare ampersands and
/// HTML entities, an odd version or namespace of RSS, a missing end.
pub fn repair(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r'))
        .collect();
    let text = from_root(&text);
    let text = RSS.replace(text, |found: &Captures<'_>| versioned(&found[0]));
    let text = AMPERSAND.replace_all(&text, |found: &Captures<'_>| {
        xml_entity(&found[0], &found[1])
    });
    close_open_tags(&text)
}

fn from_root(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let root = ["<rss", "<feed", "<rdf:rdf", "<entry"]
        .iter()
        .filter_map(|root| lower.find(root))
        .min();
    root.map_or(text, |at| &text[at..])
}

fn versioned(root: &str) -> String {
    // A default namespace of its own («backend.userland.com/rss2») hides every item.
    static OWN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)\s(version|xmlns)\s*=\s*("[^"]*"|'[^']*')"#).expect("a constant pattern")
    });
    let bare = OWN.replace_all(root, "").into_owned();
    format!("{} version=\"2.0\">", bare.trim_end_matches(['>', '/']))
}

/// XML knows five names; others become numbers, and what is no entity becomes an ampersand.
fn xml_entity(whole: &str, name: &str) -> String {
    const XML: [&str; 5] = ["amp;", "lt;", "gt;", "quot;", "apos;"];
    if XML.contains(&name) {
        return whole.to_owned();
    }
    match crate::collect::html::entity(whole) {
        (Some(c), len) if len == whole.len() => format!("&#{};", u32::from(c)),
        _ => format!("&amp;{name}"),
    }
}

/// Closes what a cut-off feed left open, outermost last. Only the feed's own skeleton is counted.
fn close_open_tags(text: &str) -> String {
    const SKELETON: [&str; 6] = ["rss", "feed", "rdf:rdf", "channel", "item", "entry"];
    let mut open: Vec<String> = Vec::new();
    let mut counts = [0usize; SKELETON.len()];
    let place = |name: &str| SKELETON.iter().position(|known| *known == name);
    let cut = text.rfind('<').filter(|at| !text[*at..].contains('>'));
    let text = &text[..cut.unwrap_or(text.len())];
    let mut next = 0;
    while let Some(at) = text[next..].find('<').map(|found| next + found) {
        next = at + 1;
        if !text[next..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            continue;
        }
        let (name, after) = crate::collect::html::tag(&text[at..]);
        next = text.len() - after.len(); // not looked through again for each `<` inside
        let own = &text[at..next];
        if let Some(closed) = name.strip_prefix('/') {
            // Without the counts, closings of nothing would be looked for among all that is open.
            if place(closed).is_some_and(|of| counts[of] > 0) {
                while let Some(tag) = open.pop() {
                    let tag = tag.to_ascii_lowercase();
                    if let Some(of) = place(&tag) {
                        counts[of] -= 1;
                    }
                    if tag == closed {
                        break;
                    }
                }
            }
        } else if let Some(of) = place(&name).filter(|_| !own.ends_with("/>")) {
            counts[of] += 1;
            open.push(own[1..=name.len()].to_owned());
        }
    }
    open.iter().rev().fold(text.to_owned(), |mut text, tag| {
        text.push_str("</");
        text.push_str(tag);
        text.push('>');
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_feed_is_mended() {
        let mended =
            repair("php error <rss version='0.99'><channel><item><title>A&B&nbsp;&amp;</title");
        assert_eq!(
            mended,
            "<rss version=\"2.0\"><channel><item><title>A&amp;B&#160;&amp;</item></channel></rss>"
        );
        let clean = for_parser("<?xml version=\"1.0\" encoding=\"x\"?><a/>");
        assert_eq!(clean, "<a/>");
        assert_eq!(unguarded(&guarded("почта a@b.ru")), "почта a@b.ru");
        // quick-xml panics on a declaration that never ends.
        assert_eq!(for_parser("<?xml encoding=\"x\" <rss><a/>"), "<a/>");
    }
}

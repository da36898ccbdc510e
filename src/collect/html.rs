//! Markup to plain text, in one pass and without a tree: hostile nesting costs nothing. Start with
//! [`to_text`]. Pages that must be taken apart by selectors use `scraper` instead.

mod entities;

pub use entities::{decode_entities, entity};

/// Plain text of a piece of HTML: entities decoded, `<br>` and blocks become line breaks, scripts
/// and styles vanish, blanks are tidied. Line breaks of the source are blanks where there are tags,
/// and stay line breaks in text without markup.
pub fn to_text(markup: &str) -> String {
    if markup.contains("</") || markup.contains("<br") || markup.contains("<p") {
        return tidy(&strip_tags(&markup.replace(['\n', '\r'], " ")));
    }
    tidy(&strip_tags(markup))
}

fn strip_tags(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (decoded, len) = entity(rest);
            match decoded {
                Some(decoded) => out.push(decoded),
                None => out.push_str(&rest[..len]),
            }
            rest = &rest[len..];
        } else {
            rest = skip_markup(rest, &mut out);
        }
    }
    out.push_str(rest);
    out
}

/// Steps over a tag, comment, CDATA mark or instruction at the start of `rest`; a `<` that begins
/// none of them is text.
fn skip_markup<'a>(rest: &'a str, out: &mut String) -> &'a str {
    if let Some(tail) = rest.strip_prefix("<!--") {
        return tail.split_once("-->").map_or("", |(_, after)| after);
    }
    if let Some(tail) = rest.strip_prefix("<![CDATA[") {
        let (inside, after) = tail.split_once("]]>").unwrap_or((tail, ""));
        out.push_str(&strip_tags_once(inside));
        return after;
    }
    let next = rest[1..].chars().next();
    if !next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
        out.push('<');
        return &rest[1..];
    }
    let (name, after) = tag(rest);
    match name.as_str() {
        "br" | "/br" | "hr" => out.push('\n'),
        "script" | "style" | "noscript" | "template" => return after_close(after, &name),
        name if is_block(name.trim_start_matches('/')) => out.push('\n'),
        _ => {}
    }
    after
}

/// Text of a CDATA section: markup inside it is markup. Marks inside it become blanks and no less:
/// pieces that meet where one was taken out would make another, and each costs a call.
fn strip_tags_once(inside: &str) -> String {
    let cleaned = inside.replace("<![CDATA[", " ");
    strip_tags(&cleaned)
}

/// The lower-case name of the tag at the start of `rest` (with a leading `/` when it closes) and
/// what follows it. `>` inside quotes does not end a tag.
pub fn tag(rest: &str) -> (String, &str) {
    let name: String = rest[1..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '-' | '_'))
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase();
    let name = name
        .strip_suffix('/')
        .filter(|name| !name.is_empty())
        .unwrap_or(&name)
        .to_owned();
    (name, &rest[tag_length(rest)..])
}

/// Length in bytes of the tag at the start of `rest`. A tag that never ends takes the rest, but one
/// whose quote never closes ends at its first `>`.
pub fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in rest.bytes().enumerate().take(4096) {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            after_equals = byte == b'=';
        }
    }
    rest.find('>').map_or(rest.len(), |at| at + 1)
}

fn after_close<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let tail = &rest[from + at..];
        let (found, after) = tag(tail);
        if found.strip_prefix('/') == Some(name) {
            return after;
        }
        from += at + 2;
    }
    ""
}

/// Whether an element stands on lines of its own.
pub fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "tr"
            | "table"
            | "blockquote"
            | "pre"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "dt"
            | "dd"
            | "figure"
            | "figcaption"
    )
}

/// Runs of blanks become one, at most one empty line stays between paragraphs, control characters
/// and soft hyphens vanish.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut breaks = 0;
    let mut blank = false;
    for c in text.chars() {
        match c {
            '\n' => breaks += 1,
            '\u{ad}' | '\u{feff}' | '\u{200b}' => {}
            c if c.is_whitespace() => blank = true,
            c if c.is_control() => {}
            c => {
                if !out.is_empty() {
                    match breaks {
                        0 if blank => out.push(' '),
                        0 => {}
                        1 => out.push('\n'),
                        _ => out.push_str("\n\n"),
                    }
                }
                (breaks, blank) = (0, false);
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_readable_text() {
        let page = "<p>Нет&nbsp;воды<br/>с утра</p><script>a<b</script><p>5 < 6 &amp; 7</p>";
        assert_eq!(to_text(page), "Нет воды\nс утра\n\n5 < 6 & 7");
        assert_eq!(
            to_text("<![CDATA[<b>Тепло</b>]]> &laquo;да&raquo;"),
            "Тепло «да»"
        );
        assert_eq!(to_text("<a title=\"a > b\">x</a>"), "x");
        assert_eq!(to_text("&#1055;&#x440;&bogus; &"), "Пр&bogus; &");
        assert_eq!(to_text("обрыв <a href=\"x"), "обрыв");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}|([<>&;!\\[\\]a-z/#\"'=CDATA-]|я){0,80}") {
            to_text(&text);
            decode_entities(&text);
        }
    }
}

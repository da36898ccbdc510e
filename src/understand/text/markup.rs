//! HTML as some networks send it inside texts: tags out, entities resolved.
//!
//! It reads texts, not pages: what is no tag or entity for certain stays. Start with [`strip`].

use std::borrow::Cow;

/// Takes tags out and resolves entities. A lone «<» or «&» is text and stays.
pub(super) fn strip(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (written, length) = match tag_length(rest) {
            Some(length) => (tag_gap(&rest[..length]), length),
            None => entity(rest).unwrap_or((rest.chars().next(), 1)),
        };
        out.extend(written);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of the tag or comment that the text begins with. Tags longer than 500 bytes and
/// things like «<3» are not tags.
fn tag_length(text: &str) -> Option<usize> {
    let body = text.strip_prefix('<')?;
    let first = body.strip_prefix('/').unwrap_or(body).bytes().next()?;
    if !(first.is_ascii_alphabetic() || first == b'!') {
        return None;
    }
    let end = text.bytes().take(500).position(|b| b == b'>')?;
    Some(end + 1)
}

/// Tags that break lines leave a line break, others a blank only where words would join.
fn tag_gap(tag: &str) -> Option<char> {
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next();
    match name.unwrap_or_default().to_ascii_lowercase().as_str() {
        "b" | "i" | "u" | "em" | "strong" | "span" | "a" | "font" => None,
        "p" | "br" | "div" | "li" | "tr" => Some('\n'),
        _ => Some(' '),
    }
}

/// The character that an entity at the start stands for (none for a zero) and its length.
fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let name = &text[1..end];
    let c = match name {
        "nbsp" => ' ',
        "quot" => '"',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "laquo" => '«',
        "raquo" => '»',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "shy" => '\u{AD}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((Some(c).filter(|&c| c != '\0'), end + 1))
}

//! Entities to characters. Those that pages and feeds use are known; the rarest stay as they stand.

/// The entity at the start of `rest` and its length; `None` when it is not one we know, with the
/// length of what to copy as it is.
pub fn entity(rest: &str) -> (Option<char>, usize) {
    let name_len = rest[1..]
        .bytes()
        .take(32)
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
        .count();
    let name = &rest[1..=name_len];
    let closed = usize::from(rest.as_bytes().get(1 + name_len) == Some(&b';'));
    let decoded = match name.strip_prefix('#') {
        Some(number) => numeric(number),
        None if closed == 1 => named(name),
        None => None,
    };
    match decoded {
        Some(c) => (Some(c), 1 + name_len + closed),
        None => (None, 1),
    }
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    match code {
        // Numbers 128–159 were meant in windows-1252 (the HTML standard decodes them so).
        0x80..=0x9F => {
            let byte = [code as u8];
            encoding_rs::WINDOWS_1252.decode(&byte).0.chars().next()
        }
        _ => char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\n' | '\t')),
    }
}

/// Names of entities that occur in feeds and pages; the rarest are left as they stand.
fn named(name: &str) -> Option<char> {
    const NAMES: &[(&str, char)] = &[
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("mdash", '—'),
        ("ndash", '–'),
        ("minus", '−'),
        ("hellip", '…'),
        ("bdquo", '„'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("sbquo", '‚'),
        ("bull", '•'),
        ("middot", '·'),
        ("sect", '§'),
        ("para", '¶'),
        ("copy", '©'),
        ("reg", '®'),
        ("trade", '™'),
        ("deg", '°'),
        ("plusmn", '±'),
        ("times", '×'),
        ("divide", '÷'),
        ("frac12", '½'),
        ("frac14", '¼'),
        ("frac34", '¾'),
        ("sup2", '²'),
        ("sup3", '³'),
        ("euro", '€'),
        ("pound", '£'),
        ("cent", '¢'),
        ("yen", '¥'),
        ("curren", '¤'),
        ("prime", '′'),
        ("Prime", '″'),
        ("larr", '←'),
        ("rarr", '→'),
        ("uarr", '↑'),
        ("darr", '↓'),
        ("harr", '↔'),
        ("ensp", '\u{2002}'),
        ("emsp", '\u{2003}'),
        ("thinsp", '\u{2009}'),
        ("shy", '\u{ad}'),
        ("zwnj", '\u{200c}'),
        ("zwj", '\u{200d}'),
        ("iexcl", '¡'),
        ("iquest", '¿'),
        ("lsaquo", '‹'),
        ("rsaquo", '›'),
        ("ne", '≠'),
        ("le", '≤'),
        ("ge", '≥'),
        ("asymp", '≈'),
        ("numero", '№'),
        ("agrave", 'à'),
        ("aacute", 'á'),
        ("auml", 'ä'),
        ("ccedil", 'ç'),
        ("egrave", 'è'),
        ("eacute", 'é'),
        ("ecirc", 'ê'),
        ("euml", 'ë'),
        ("iacute", 'í'),
        ("ntilde", 'ñ'),
        ("oacute", 'ó'),
        ("ouml", 'ö'),
        ("uacute", 'ú'),
        ("uuml", 'ü'),
        ("szlig", 'ß'),
        ("Auml", 'Ä'),
        ("Ouml", 'Ö'),
        ("Uuml", 'Ü'),
        ("acute", '´'),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, c)| *c)
}

/// Decodes the entities of a text that holds no markup.
pub fn decode_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (decoded, len) = entity(rest);
        match decoded {
            Some(decoded) => out.push(decoded),
            None => out.push_str(&rest[..len]),
        }
        rest = &rest[len..];
    }
    out.push_str(rest);
    out
}

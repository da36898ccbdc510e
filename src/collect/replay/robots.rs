//! Recorded robots.txt files, and the cases of its specification. Start with [`robots`].

use std::path::Path;

use url::Url;

use super::judged::{Outcome, refused, said};
use crate::collect::robots::Robots;

/// A robots.txt and what it lets us do, or a specification's cases and how many we meet.
pub(super) fn robots(file: &Path, bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    if file.extension().is_some_and(|ending| ending == "textproto") {
        return cases(&text);
    }
    let robots = Robots::read(200, bytes, "Otklik");
    let allowed = match robots.allows("https://replayed.invalid/") {
        true => "the front page is allowed",
        false => "the front page is forbidden",
    };
    let delay = robots
        .delay()
        .map(|span| format!(", {} s between requests", span.as_millis() / 1000));
    let maps = robots.sitemaps().len();
    Ok(said(format!(
        "{allowed}{}, {maps} sitemaps",
        delay.unwrap_or_default()
    )))
}

/// Cases of a robots.txt specification: each a file and what addresses it allows to whom. Only what we
/// would read although it is forbidden is a mistake; where we hold back more, it is told.
fn cases(text: &str) -> Outcome {
    let (mut file, mut url, mut agent) = (String::new(), String::new(), String::new());
    let (mut met, mut stricter, mut beside, mut wrong) = (0, 0, 0, Vec::new());
    for (key, value) in fields(text) {
        match key.as_str() {
            "robotstxt" => file = value,
            "testurl" => url = value,
            "useragent" => agent = value,
            "expected_outcome" => {
                let allows = Robots::read(200, file.as_bytes(), &agent).allows(&url);
                match (allows, value == "ALLOWED") {
                    (ours, theirs) if ours == theirs => met += 1,
                    (false, _) => stricter += 1,
                    _ if is_beside(&url) => beside += 1,
                    _ => wrong.push(format!("{url} for {agent} is {value}")),
                }
            }
            _ => {}
        }
    }
    let all = met + stricter + beside + wrong.len();
    if !wrong.is_empty() || all == 0 {
        let wrong = wrong.join("; ");
        return Err(refused(format!(
            "{met} of {all} cases met, against the file: {wrong}"
        )));
    }
    let told = [
        (stricter, ", we hold back more in "),
        (beside, ", never asked so or always allowed by RFC 9309: "),
    ];
    let told = told.iter().filter(|(count, _)| *count > 0);
    let told: String = told.map(|(count, what)| format!("{what}{count}")).collect();
    Ok(said(format!("{met} of {all} cases met{told}")))
}

/// The robots.txt itself is always allowed, and no address is asked for before it is percent-encoded.
fn is_beside(url: &str) -> bool {
    Url::parse(url).is_ok_and(|parsed| parsed.path() == "/robots.txt" || parsed.as_str() != url)
}

/// `key: "text" "more text"` and `key: WORD`, in order.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut chars = text.chars().peekable();
    let mut word = String::new();
    while let Some(c) = chars.next() {
        match c {
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                let piece = literal(&mut chars);
                if let Some((_, value)) = found.last_mut() {
                    value.push_str(&piece);
                }
            }
            ':' => found.push((std::mem::take(&mut word), String::new())),
            c if c.is_ascii_alphanumeric() || c == '_' => word.push(c),
            _ => {
                let word = std::mem::take(&mut word);
                if let Some((_, value)) = found.last_mut()
                    && value.is_empty()
                {
                    *value = word;
                }
            }
        }
    }
    found
}

/// The rest of a quoted text, with its escapes undone.
fn literal(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut bytes = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => escape(chars, &mut bytes),
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, bytes: &mut Vec<u8>) {
    let Some(first) = chars.next() else { return };
    let (radix, most, mut number) = match first {
        'x' => (16, 2, String::new()),
        '0'..='7' => (8, 3, String::from(first)),
        _ => {
            let c = match first {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            };
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
    };
    while number.len() < most
        && let Some(digit) = chars.next_if(|c| c.is_digit(radix))
    {
        number.push(digit);
    }
    bytes.push(u8::from_str_radix(&number, radix).unwrap_or(b'?'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_of_a_specification_are_met() {
        let text = "# proto\ntests: [ { robotstxt: \"User-agent: *\\n\"\n \"Disallow: /\\321\\204\\n\"\n\
            test_expectations: [ { testurl: \"http://a.example/b\" useragent: \"Foo\" expected_outcome: ALLOWED\n\
            additional_explanation: \"so: \\\"it\\\" is\" }, { testurl: \"http://a.example/%D1%84\" useragent: \"Foo\"\n\
            expected_outcome: DISALLOWED } ] } ]";
        let told = cases(text).map(|judged| judged.verdict);
        assert_eq!(told.expect("cases").as_deref(), Some("2 of 2 cases met"));
        let stricter = cases(&text.replace("DISALLOWED", "ALLOWED"));
        let told = stricter.map(|judged| judged.verdict).expect("cases");
        assert_eq!(
            told.as_deref(),
            Some("1 of 2 cases met, we hold back more in 1")
        );
        assert!(cases(&text.replace(": ALLOWED", ": DISALLOWED")).is_err());
    }
}

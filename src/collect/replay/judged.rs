//! Recorded files that are judged beside being counted: pages of sites, the ПОС widget, robots.txt,
//! Open311. Start with [`Judged`].

use std::path::Path;

use jiff::tz::TimeZone;
use url::Url;

use crate::{
    collect::{
        charset,
        robots::Robots,
        sources::{
            open311::answer::{Answer, read_answer},
            pos::widget::detect,
            site::{Reading, Selectors, article::read_article, list::read_list},
        },
    },
    domain::{
        post::CapturedPost,
        reading::Site,
        source::{FetchError, Reaction},
        time::{Clock, Timestamp},
    },
};

/// What a file held, and what is to be said of it.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub posts: Vec<CapturedPost>,
    pub verdict: Option<String>,
}

type Outcome = Result<Judged, FetchError>;

fn refused(message: String) -> FetchError {
    FetchError {
        reaction: Reaction::Skip,
        code: None,
        message,
        not_before: None,
    }
}

fn said(verdict: String) -> Judged {
    Judged {
        posts: Vec::new(),
        verdict: Some(verdict),
    }
}

/// A page without selectors: its list, else its main text.
pub(super) fn site(name: &str, bytes: &[u8], zone: &TimeZone) -> Outcome {
    let selectors = Selectors::of(&Site::default()).map_err(refused)?;
    let base = Url::parse("http://replayed.invalid/").map_err(|e| refused(e.to_string()))?;
    let address = base.join(&name.replace(' ', "%20")).unwrap_or(base);
    let reading = Reading {
        selectors: &selectors,
        address: &address,
        charset: None,
        robots: "",
        zone: zone.clone(),
        now: Clock::System.now(),
    };
    let list = read_list(bytes, &reading).map_err(refused)?;
    if !list.items.is_empty() {
        let posts = list
            .items
            .into_iter()
            .filter_map(|item| item.into_post(name));
        return Ok(Judged {
            posts: posts.collect(),
            verdict: Some("a list of dated links".into()),
        });
    }
    let item = read_article(bytes, &reading).map_err(refused)?;
    let date = item.published.map(Timestamp::to_rfc3339);
    let dated = date.map_or("without a date".to_owned(), |date| format!("of {date}"));
    let posts: Vec<CapturedPost> = item.into_post(name).into_iter().collect();
    let letters: usize = posts.iter().map(|post| post.text.chars().count()).sum();
    Ok(Judged {
        posts,
        verdict: Some(format!("a page {dated}, {letters} characters of main text")),
    })
}

/// The widget's verdict and the form's number.
pub(super) fn pos(bytes: &[u8]) -> Outcome {
    let widget = detect(&charset::decode(bytes, None).text, &[]);
    let verdict = widget.verdict.code().to_uppercase();
    Ok(said(match widget.form {
        Some(form) => format!("{verdict}, form {form}"),
        None => verdict,
    }))
}

/// Requests are posts; of other answers it is told what they hold.
pub(super) fn open311(name: &str, bytes: &[u8], zone: &TimeZone) -> Outcome {
    if [&b"POST "[..], b"GET "]
        .iter()
        .any(|asks| bytes.starts_with(asks))
    {
        return Err(refused(
            "a question to an endpoint, not an answer of one".into(),
        ));
    }
    let answer = read_answer(body(bytes), None, zone).map_err(refused)?;
    if let (Some((code, words)), true) = (&answer.error, answer.requests.is_empty()) {
        return Err(FetchError {
            code: *code,
            ..refused(format!(
                "Open311 error {}: {words}",
                code.unwrap_or_default()
            ))
        });
    }
    let verdict = held(&answer);
    let posts = answer.requests.into_iter();
    Ok(Judged {
        posts: posts
            .map(|request| request.into_post(name, None, None))
            .collect(),
        verdict: Some(verdict),
    })
}

fn held(answer: &Answer) -> String {
    let parts = [
        (answer.requests.len(), "requests"),
        (answer.services.len(), "services"),
        (answer.attributes, "attributes of a service"),
        (answer.numbers, "numbers of requests"),
        (answer.endpoints.len(), "endpoints"),
    ];
    let told = parts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match told.is_empty() {
        true => "neither requests nor services".into(),
        false => told.join(", "),
    }
}

/// The body of an exchange recorded with its head.
fn body(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(b"HTTP/") {
        return bytes;
    }
    let ends = bytes
        .windows(4)
        .position(|at| at == b"\r\n\r\n")
        .map(|at| at + 4);
    let ends = ends.or_else(|| {
        bytes
            .windows(2)
            .position(|at| at == b"\n\n")
            .map(|at| at + 2)
    });
    ends.map_or(bytes, |at| &bytes[at..])
}

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

    #[test]
    fn an_exchange_with_its_head_is_read() {
        let told = b"HTTP/1.1 403 Forbidden\n\n<errors><error><code>403</code><description>no key</description></error></errors>";
        let error = open311("a", told, &TimeZone::UTC).expect_err("an error");
        assert_eq!(
            (error.code, error.message.as_str()),
            (Some(403), "Open311 error 403: no key")
        );
        let asked = b"POST /dev/v2/requests.xml\nHost: a.example\n\napi_key=x";
        assert!(open311("a", asked, &TimeZone::UTC).is_err());
    }
}

//! Recorded files that are judged beside being counted: pages of sites, the ПОС widget,
//! Open311. Start with [`Judged`].

use jiff::tz::TimeZone;
use url::Url;

use crate::{
    collect::{
        charset,
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

pub(super) type Outcome = Result<Judged, FetchError>;

pub(super) fn refused(message: String) -> FetchError {
    FetchError {
        reaction: Reaction::Skip,
        code: None,
        message,
        not_before: None,
    }
}

pub(super) fn said(verdict: String) -> Judged {
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

#[cfg(test)]
mod tests {
    use super::*;

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

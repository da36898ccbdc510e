//! Refusals, and what each forbids from then on.

use std::collections::HashMap;

use otklik::{
    collect::fetch::Request,
    domain::{
        id::Ids,
        source::{FetchError, Reaction},
        time::{Clock, Span, Timestamp},
    },
};

use super::answers::{says, wishes};

type Refused = Result<reqwest::Response, FetchError>;

/// What the network does not want.
pub struct Refusals {
    begins: Timestamp,
    domains: HashMap<String, Domain>,
    captcha: bool,
    quota: bool,
}

#[derive(Default)]
struct Domain {
    last: Option<Timestamp>,
    /// Nobody asks before this, and why.
    until: Timestamp,
    why: &'static str,
    /// Halved until then.
    slow_until: Timestamp,
    failures: u32,
    /// The same call is not wanted before this.
    calls: HashMap<String, Timestamp>,
    /// Time in which it could not be asked.
    away: Vec<(Timestamp, Timestamp)>,
}

impl Domain {
    fn forbid(&mut self, from: Timestamp, until: Timestamp, why: &'static str) {
        if until > self.until {
            let begin = self.away.last().map_or(from, |(_, end)| from.max(*end));
            if until > begin {
                self.away.push((begin, until));
            }
            (self.until, self.why) = (until, why);
        }
    }
}

impl Refusals {
    pub fn from(begins: Timestamp) -> Self {
        Self {
            begins,
            domains: HashMap::new(),
            captcha: false,
            quota: false,
        }
    }

    /// How long a domain could not be asked.
    pub fn away(&self, domain: &str, ends: Timestamp) -> Span {
        let away = self.domains.get(domain).map(|domain| &domain.away);
        let spans = away.into_iter().flatten();
        let millis = spans.map(|(from, until)| (*until).min(ends).since(*from).as_millis().max(0));
        Span::millis(millis.sum())
    }

    /// Why this request should not have come now, if so.
    pub fn forbids(&mut self, request: &Request, now: Timestamp) -> Option<String> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let (closes, delay) = wishes(&host);
        let domain = self.domains.entry(request.domain.name.clone()).or_default();
        let mut gap = (1000.0 / request.domain.per_second) as i64;
        if request.domain.name.starts_with("host:") && request.url.path() != "/robots.txt" {
            gap = gap.max(delay);
        }
        if now < domain.slow_until {
            gap *= 2;
        }
        let last = domain.last.replace(now);
        if now < domain.until {
            return Some(format!(
                "{} until {}",
                domain.why,
                domain.until.to_rfc3339()
            ));
        }
        if domain
            .calls
            .get(&call(request))
            .is_some_and(|until| now < *until)
        {
            return Some("flood control, and the same call".into());
        }
        if closes && request.url.path().contains("/closed/") {
            return Some("robots.txt closes it".into());
        }
        let since = last.map_or(i64::MAX, |last| now.since(last).as_millis());
        (since < gap).then(|| format!("{since} ms after the last, not {gap}"))
    }

    /// Refuses some requests.
    pub fn refuse(
        &mut self,
        request: &Request,
        chance: &Ids,
        clock: &Clock,
    ) -> Option<(&'static str, Refused)> {
        let now = clock.now();
        let draw = chance.fraction();
        let hour = now.since(self.begins).as_millis() / 3_600_000;
        if request.method == "robots" {
            return self.refuse_robots(request, draw, now);
        }
        let vk = request.domain.name == "vk:token";
        let domain = self.domains.entry(request.domain.name.clone()).or_default();
        if vk && hour >= 63 && !self.captcha {
            self.captcha = true;
            domain.forbid(now, now.plus(Span::hours(6)), "captcha");
            let sid = ",\"captcha_sid\":\"1\",\"captcha_img\":\"https://vk.example/c\"";
            return Some(("captchas", Ok(error(14, sid))));
        }
        if vk && hour >= 108 && !self.quota {
            self.quota = true;
            domain.forbid(now, now.plus(Span::hours(1)), "the day's quota");
            return Some(("errors 29", Ok(error(29, ""))));
        }
        let refused = match draw {
            0.0..0.010 => fail(domain, now, "5xx", Ok(says(502, "<html>502</html>".into()))),
            0.010..0.018 => {
                clock.advance(Span::seconds(30));
                fail(domain, clock.now(), "timeouts", Err(timeout()))
            }
            0.018..0.024 => later(domain, now, (draw * 1e6) as i64 % 400, !vk),
            0.024..0.028 => later(domain, now, -1 - (draw * 1e6) as i64 % 400, !vk),
            0.028..0.034 => Some(("garbage", Ok(says(200, "\u{1}<htm {{{".into())))),
            0.034..0.038 if vk => {
                domain.slow_until = now.plus(Span::minutes(1));
                Some(("errors 6", Ok(error(6, ""))))
            }
            0.038..0.039 if vk => {
                let until = now.plus(Span::minutes(5));
                domain.calls.insert(call(request), until);
                Some(("errors 9", Ok(error(9, ""))))
            }
            0.039..0.042 if vk => Some(("errors 10", Ok(error(10, "")))),
            _ => None,
        };
        if refused
            .as_ref()
            .is_none_or(|(kind, _)| !matches!(*kind, "5xx" | "timeouts"))
        {
            domain.failures = 0;
        }
        refused
    }

    /// A host in ten has no robots.txt to give in the first hours: its pages stay unread.
    fn refuse_robots(
        &mut self,
        request: &Request,
        draw: f64,
        now: Timestamp,
    ) -> Option<(&'static str, Refused)> {
        let domain = self.domains.entry(request.domain.name.clone()).or_default();
        let unread = request.domain.name.ends_with("7.example");
        if unread && now.since(self.begins) < Span::hours(10) {
            return Some(("robots.txt unread", Ok(says(503, String::new()))));
        }
        match draw {
            0.0..0.02 => later(domain, now, 300, true),
            _ => None,
        }
    }
}

/// What makes a call the same one.
fn call(request: &Request) -> String {
    let form = request.form.iter().flatten();
    let about = form.filter(|(name, _)| matches!(name.as_str(), "owner_id" | "offset"));
    let about = about.map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    format!("{} {about:?}", request.method)
}

/// Five of these in a row open the breaker.
fn fail(
    domain: &mut Domain,
    now: Timestamp,
    kind: &'static str,
    refused: Refused,
) -> Option<(&'static str, Refused)> {
    domain.failures += 1;
    if let Some(over) = domain.failures.checked_sub(5) {
        let minutes = (1_i64 << over.min(6)).min(60);
        domain.forbid(now, now.plus(Span::minutes(minutes)), "five failures");
    }
    Some((kind, refused))
}

/// 429 with a time, in seconds or (below zero) as a date.
fn later(
    domain: &mut Domain,
    now: Timestamp,
    seconds: i64,
    wanted: bool,
) -> Option<(&'static str, Refused)> {
    if !wanted {
        return None;
    }
    let until = now.plus(Span::seconds(seconds.abs()));
    let until = Timestamp::from_seconds(until.as_millis() / 1000);
    let (kind, value) = match seconds < 0 {
        true => {
            let date = until.in_zone(&jiff::tz::TimeZone::UTC);
            (
                "429 with a date",
                date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            )
        }
        false => ("429 with seconds", seconds.to_string()),
    };
    if until > now {
        domain.forbid(now, until, "Retry-After");
    }
    let answer = axum::http::Response::builder()
        .status(429)
        .header("retry-after", value);
    let answer = reqwest::Response::from(answer.body("slower").unwrap());
    Some((kind, Ok(answer)))
}

fn error(code: i64, more: &str) -> reqwest::Response {
    let text = format!("{{\"error\":{{\"error_code\":{code},\"error_msg\":\"no\"{more}}}}}");
    says(200, text)
}

fn timeout() -> FetchError {
    FetchError {
        reaction: Reaction::BackOff,
        code: None,
        message: "the host did not answer in time".into(),
        not_before: None,
    }
}

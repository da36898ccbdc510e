//! The webhook: one signed POST, and what its answer means. The address is the operator's own, so
//! it may be a private one; redirects are not followed, so that nobody else can move it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, StatusCode, Url, header, redirect::Policy};
use serde_json::json;

use super::{Message, Outcome, signature};
use crate::{
    config::secrets::WebhookSecret,
    domain::time::{Span, Timestamp},
};

/// Sends alerts after Standard Webhooks.
pub struct Webhook {
    client: Client,
    url: Url,
    secret: WebhookSecret,
    public_url: String,
}

impl Webhook {
    /// A webhook to `url`. Links in messages begin with `public_url` (no slash at its end); an
    /// attempt without a whole answer `within` that time has failed.
    ///
    /// # Errors
    /// A sentence when the address is not http or https, or the client cannot be built.
    pub fn new(
        url: &str,
        secret: WebhookSecret,
        public_url: &str,
        within: Duration,
    ) -> Result<Webhook> {
        let url = Url::parse(url).with_context(|| format!("«{url}» is no address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            bail!(
                "an alert goes to http:// or https://, not {}://",
                url.scheme()
            );
        }
        Ok(Webhook {
            client: client(&url, within)?,
            url,
            secret,
            public_url: public_url.to_owned(),
        })
    }

    /// Makes one attempt. It ends within a bounded time and never panics on what it is answered.
    pub async fn deliver(&self, message: Message<'_>) -> Outcome {
        let body = body(&message, &self.public_url);
        let seconds = message.now.as_millis().div_euclid(1000);
        let signed = signature::sign(&self.secret, message.id, seconds, body.as_bytes());
        let sent = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(signature::ID, message.id)
            .header(signature::TIMESTAMP, seconds)
            .header(signature::SIGNATURE, signed)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) => {
                let asked = answer.headers().get(header::RETRY_AFTER);
                let asked = asked.and_then(|value| value.to_str().ok());
                outcome(answer.status(), asked, message.now)
            }
            Err(error) => Outcome::Retry {
                reason: unreachable(&error),
                after: None,
            },
        }
    }
}

fn client(url: &Url, within: Duration) -> Result<Client> {
    // A second call finds the provider there, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("Otklik/", env!("CARGO_PKG_VERSION"), " (alerts)"))
        .redirect(Policy::none())
        .timeout(within)
        .connect_timeout(within)
        .no_proxy();
    if url.scheme() == "http" {
        // Plain http needs no certificates: a bare machine that has none can still be told.
        builder = builder.tls_certs_only([]);
    }
    builder.build().context("cannot make an HTTP client")
}

/// Standard Webhooks' envelope: type, moment of the event, data.
fn body(message: &Message<'_>, public_url: &str) -> String {
    let alert = message.alert;
    json!({
        "type": alert.event,
        "timestamp": message.happened.to_rfc3339(),
        "data": {
            "number": alert.number,
            "sector": alert.sector,
            "topic": alert.topic,
            "title": alert.title,
            "municipality": alert.municipality,
            "place": alert.place,
            "due": alert.due.map(Timestamp::to_rfc3339),
            "link": format!("{public_url}{}", alert.link),
        },
    })
    .to_string()
}

fn outcome(status: StatusCode, retry_after: Option<&str>, now: Timestamp) -> Outcome {
    if status.is_success() {
        return Outcome::Delivered;
    }
    let reason = match status {
        StatusCode::GONE => {
            return Outcome::Refused(format!(
                "the receiver answered {status}: it wants no more; see alerts.webhook_url"
            ));
        }
        s if s.is_redirection() => {
            format!("the receiver answered {s}: redirects are not followed, set its new address")
        }
        s => format!("the receiver answered {s}"),
    };
    let may_ask = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    Outcome::Retry {
        reason,
        after: retry_after
            .filter(|_| may_ask)
            .and_then(|text| asked(text, now)),
    }
}

/// Retry-After: seconds, or an HTTP date (RFC 9110, 10.2.3).
fn asked(text: &str, now: Timestamp) -> Option<Span> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(Span::seconds(i64::from(seconds)));
    }
    let moment = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    let span = Timestamp::from(moment.timestamp()).since(now);
    Some(Span::millis(span.as_millis().max(0)))
}

/// The cause without the address, which may hold the receiver's own secrets.
fn unreachable(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the receiver did not answer in time".into();
    }
    if error.is_connect() {
        return "the receiver cannot be reached".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("sending failed: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::Alert;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800);

    fn retry(reason: &str, after: Option<Span>) -> Outcome {
        let reason = reason.to_owned();
        Outcome::Retry { reason, after }
    }

    #[test]
    fn answers_mean_what_the_standard_says() {
        let of = |code: u16, asked| outcome(StatusCode::from_u16(code).unwrap(), asked, NOW);
        assert_eq!(of(204, None), Outcome::Delivered);
        assert!(matches!(of(410, None), Outcome::Refused(_)));
        let busy = "the receiver answered 429 Too Many Requests";
        assert_eq!(of(429, Some("30")), retry(busy, Some(Span::seconds(30))));
        let broken = "the receiver answered 500 Internal Server Error";
        assert_eq!(of(500, Some("30")), retry(broken, None));
    }

    #[test]
    fn retry_after_may_be_a_date_and_may_be_nonsense() {
        let date = "Sun, 22 Nov 2026 12:05:00 GMT";
        assert_eq!(asked(date, NOW), Some(Span::minutes(5)));
        assert_eq!(
            asked("Sun, 22 Nov 2026 11:05:00 GMT", NOW),
            Some(Span::ZERO)
        );
        for nonsense in ["", "-5", "soon", "99999999999999999999"] {
            assert_eq!(asked(nonsense, NOW), None, "{nonsense}");
        }
    }

    #[test]
    fn the_body_is_problem_place_and_link() {
        let alert = Alert {
            event: "incident.opened".into(),
            incident: "01".into(),
            number: 7,
            sector: "housing".into(),
            topic: "housing.heating".into(),
            title: "Нет тепла".into(),
            municipality: None,
            place: Some("ул. Садовая".into()),
            due: Some(NOW),
            link: "/incidents/7".into(),
        };
        let message = Message {
            id: "m",
            happened: NOW,
            now: NOW,
            alert: &alert,
            gathered: &[],
        };
        assert_eq!(
            body(&message, "https://otklik.example"),
            r#"{"type":"incident.opened","timestamp":"2026-11-22T12:00:00Z","data":{"number":7,"sector":"housing","topic":"housing.heating","title":"Нет тепла","municipality":null,"place":"ул. Садовая","due":"2026-11-22T12:00:00Z","link":"https://otklik.example/incidents/7"}}"#
        );
    }

    #[test]
    fn only_web_addresses_are_taken() {
        let secret = || WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let open = |url| Webhook::new(url, secret(), "http://x", Duration::from_secs(1));
        assert!(open("http://127.0.0.1:9/hook").is_ok());
        assert!(open("ftp://x").is_err() && open("receiver").is_err());
    }
}

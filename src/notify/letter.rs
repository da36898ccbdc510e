//! A letter: what it says, in text and HTML, and its headers. It holds what the webhook holds and no
//! more: never an author, never a post's text. How it travels is [`super::smtp`]'s. Start with
//! [`Letters::write`].

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use askama::Template;
use jiff::tz::TimeZone;
use lettre::{
    Address, Message as Envelope,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{Message, words::Words};
use crate::{
    config::{catalogue::Catalogue, region::RegionCatalogue},
    domain::{job::Alert, place::PlaceKind, time::Timestamp},
};

/// What letters are written with.
pub struct Letters {
    /// Language.
    pub words: Words,
    /// Sectors and topics by their codes.
    pub catalogue: Arc<Catalogue>,
    /// Municipalities by their codes.
    pub region: Arc<RegionCatalogue>,
    /// Zone of the promised times.
    pub zone: TimeZone,
    /// Where links begin, without a slash at its end.
    pub public_url: String,
    /// The sender; its domain marks message ids.
    pub from: Mailbox,
}

/// A whole letter in both kinds.
#[derive(Template)]
#[template(path = "letter.html", config = "src/notify/askama.toml")]
struct Body {
    lang: &'static str,
    subject: String,
    lead: Option<String>,
    cards: Vec<Card>,
    open: String,
    foot: String,
}

/// One alert.
struct Card {
    heading: String,
    rows: Vec<(String, String)>,
    link: String,
}

impl Letters {
    /// The letter as it travels, to one mailbox. Its id comes from the message's, so that a repeat is
    /// known by it.
    ///
    /// # Errors
    /// When a header cannot be written.
    pub fn write(&self, to: &Address, message: &Message<'_>) -> Result<Vec<u8>> {
        let body = self.body(message);
        let domain = self.from.email.domain();
        // A digest is another letter than the one that its first alert would have been alone.
        let kind = if message.is_digest() {
            "digest"
        } else {
            "alert"
        };
        let id = format!("<{kind}.{}@{domain}>", message.id);
        let list = match message.is_digest() {
            true => format!("<alerts.{domain}>"),
            false => format!("<{}.alerts.{domain}>", message.alert.sector),
        };
        let mut letter = Envelope::builder()
            .from(self.from.clone())
            .to(to.clone().into())
            .subject(body.subject.clone())
            .date(system_time(message.now))
            .message_id(Some(id))
            .raw_header(header("List-Id", list)?)
            .raw_header(header("Auto-Submitted", "auto-generated".into())?)
            .raw_header(header("X-Auto-Response-Suppress", "All".into())?);
        if !message.is_digest() {
            // All letters of an incident stand together in a mail program.
            letter = letter.references(format!("<incident.{}@{domain}>", message.alert.incident));
        }
        let html = body.render().context("cannot write the letter's HTML")?;
        let parts = MultiPart::alternative()
            .boundary(format!("otklik-{}", message.id))
            .singlepart(SinglePart::plain(body.text()))
            .singlepart(SinglePart::html(html));
        let letter = letter.multipart(parts).context("cannot write the letter")?;
        Ok(letter.formatted())
    }

    fn body(&self, message: &Message<'_>) -> Body {
        let words = self.words;
        let digest = message.is_digest();
        let cards = match digest {
            true => message.gathered.iter().map(|a| self.card(a)).collect(),
            false => vec![self.card(message.alert)],
        };
        Body {
            lang: words.code(),
            subject: match digest {
                true => words.with("mail-subject-digest", [("count", cards.len().into())]),
                false => self.subject(message.alert),
            },
            lead: digest.then(|| words.text("mail-digest")),
            cards,
            open: words.text("mail-open"),
            foot: words.text("mail-foot"),
        }
    }

    fn subject(&self, alert: &Alert) -> String {
        let mut values = self.names(alert);
        match self.place(alert) {
            Some(place) => {
                values[3] = ("place", place.into());
                self.words.with("mail-subject", values)
            }
            None => self.words.with("mail-subject-nowhere", values),
        }
    }

    /// Sector, number and event; the place is still empty.
    fn names(
        &self,
        alert: &Alert,
    ) -> [(
        &'static str,
        fluent_templates::fluent_bundle::FluentValue<'static>,
    ); 4] {
        [
            ("sector", self.sector(&alert.sector).into()),
            // As text: a number would be grouped by thousands.
            ("number", alert.number.to_string().into()),
            ("event", self.words.event(&alert.event).into()),
            ("place", "".into()),
        ]
    }

    fn card(&self, alert: &Alert) -> Card {
        let due = match alert.event.as_str() {
            "incident.overdue" => "mail-missed",
            _ => "mail-due",
        };
        let rows = [
            ("mail-problem", Some(one_line(&alert.title))),
            ("mail-topic", self.topic(&alert.topic)),
            ("mail-place", self.place(alert)),
            (due, alert.due.map(|due| self.moment(due))),
        ];
        let shown = rows.into_iter();
        Card {
            heading: self.words.with("mail-heading", self.names(alert)),
            rows: shown
                .filter_map(|(label, value)| Some((self.words.text(label), value?)))
                .collect(),
            link: format!("{}{}", self.public_url, alert.link),
        }
    }

    fn sector(&self, code: &str) -> String {
        let label = self.catalogue.sector(code);
        let label = label.map(|s| self.words.choose(&s.label, &s.label_en));
        one_line(label.unwrap_or(code))
    }

    fn topic(&self, code: &str) -> Option<String> {
        let topic = self.catalogue.topic(code)?;
        Some(one_line(self.words.choose(&topic.label, &topic.label_en)))
    }

    /// «ул. Речная, г. о. Светлореченск».
    fn place(&self, alert: &Alert) -> Option<String> {
        let municipality = alert.municipality.as_deref().and_then(|code| {
            let mut places = self.region.places.iter();
            places.find(|p| p.kind == PlaceKind::Municipality && p.code == code)
        });
        let parts = [alert.place.clone(), municipality.map(|place| place.label())];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| one_line(&parts.join(", ")))
    }

    /// «22.11.2026 19:00 (+03)».
    fn moment(&self, moment: Timestamp) -> String {
        let form = self
            .words
            .choose("%d.%m.%Y %H:%M (%Z)", "%Y-%m-%d %H:%M (%Z)");
        moment.in_zone(&self.zone).strftime(form).to_string()
    }
}

impl Body {
    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(line) = &self.lead {
            text += &format!("{line}\n\n");
        }
        for card in &self.cards {
            text += &format!("{}\n", card.heading);
            for (label, value) in &card.rows {
                text += &format!("{label}: {value}\n");
            }
            text += &format!("{}\n\n", card.link);
        }
        text + "-- \n" + &self.foot + "\n"
    }
}

fn header(name: &'static str, value: String) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).context("a header's name")?;
    Ok(HeaderValue::new(name, value))
}

/// Headers and rows are one line each, whatever stands in a catalogue.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn system_time(moment: Timestamp) -> SystemTime {
    let millis = u64::try_from(moment.as_millis()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

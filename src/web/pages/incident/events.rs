//! What happened to an incident, as sentences.

use super::Frame;
use crate::{
    store::incidents::EventRow,
    web::{Shared, locale::args},
};

/// An event.
pub(super) struct EventView {
    pub at: String,
    pub machine: String,
    pub icon: &'static str,
    pub words: String,
    pub line: String,
}

/// An event as a shape, a sentence and a quiet line.
pub(super) fn view(
    app: &Shared,
    f: &Frame,
    name: &impl Fn(&str) -> String,
    event: EventRow,
) -> EventView {
    let lang = f.tr.lang;
    let sector = |code: &Option<String>| {
        code.as_deref()
            .map(|code| app.sector_label(code, lang))
            .unwrap_or_default()
    };
    let clock = |code: &Option<String>| f.code("clock", code.as_deref().unwrap_or("first"));
    let (icon, words) = match event.kind.as_str() {
        "opened" => ("new", f.v("event-opened", sector(&event.to_value))),
        "joined" => ("new", f.t("event-joined")),
        "take" => ("part", f.t("event-take")),
        "pass" => (
            "arrow",
            f.tr.with(
                "event-pass",
                args![
                    from = sector(&event.from_value),
                    to = sector(&event.to_value)
                ],
            ),
        ),
        "answer" => ("done", f.t("event-answer")),
        "decline" => ("off", f.t("event-decline")),
        "close" => ("done", f.t("event-close")),
        "reopen" => ("new", f.t("event-reopen")),
        "overdue" => ("late", f.v("event-overdue", clock(&event.to_value))),
        other => ("new", other.to_owned()),
    };
    let who = match event.who.as_str() {
        "machine" => f.t("who-machine"),
        who if who.starts_with("service:") => f.t("who-system"),
        who => name(who),
    };
    let note = match event.kind.as_str() {
        "opened" => event.note.map(|topic| app.topic_label(&topic, lang)),
        _ => event.note,
    };
    EventView {
        at: f.words.moment(event.at.into()),
        machine: f.words.machine(event.at.into()),
        icon,
        words,
        line: [Some(who), note]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
    }
}

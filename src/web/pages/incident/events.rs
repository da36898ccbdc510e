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
    let (icon, words) = told(app, f, &event);
    let who = match event.who.as_str() {
        "machine" => f.t("who-machine"),
        who if who.starts_with("service:") => f.t("who-system"),
        who => name(who),
    };
    let note = match event.kind.as_str() {
        "opened" => event.note.map(|topic| app.topic_label(&topic, f.tr.lang)),
        _ => event.note,
    };
    let line = [Some(who), note].into_iter().flatten();
    let line: Vec<String> = line.filter(|part| !part.is_empty()).collect();
    EventView {
        at: f.words.moment(event.at.into()),
        machine: f.words.machine(event.at.into()),
        icon,
        words,
        line: line.join(" · "),
    }
}

/// Its shape and its sentence.
fn told(app: &Shared, f: &Frame, event: &EventRow) -> (&'static str, String) {
    let sector = |code: &Option<String>| {
        let label = code.as_deref();
        let label = label.map(|code| app.sector_label(code, f.tr.lang));
        label.unwrap_or_default()
    };
    let (from, to) = (&event.from_value, &event.to_value);
    match event.kind.as_str() {
        "opened" => ("new", f.v("event-opened", sector(to))),
        "joined" => ("new", f.t("event-joined")),
        "take" => ("part", f.t("event-take")),
        "pass" => {
            let between = args![from = sector(from), to = sector(to)];
            ("arrow", f.tr.with("event-pass", between))
        }
        "answer" => ("done", f.t("event-answer")),
        "decline" => ("off", f.t("event-decline")),
        "close" => ("done", f.t("event-close")),
        "reopen" => ("new", f.t("event-reopen")),
        "overdue" => {
            let clock = f.code("clock", to.as_deref().unwrap_or("first"));
            ("late", f.v("event-overdue", clock))
        }
        other => ("new", other.to_owned()),
    }
}

//! The queue's saved views with their counts, and its line of totals.

use super::{
    Frame,
    figures::Stock,
    filter::{Chosen, DONE, OPEN, OWED},
};
use crate::{domain::incident::IncidentState, web::locale::args};

/// A saved view.
pub(super) struct View {
    pub href: &'static str,
    pub label: String,
    pub count: i64,
    pub current: bool,
}

/// The views in order, and «47 ждут ответа · 2 просрочены · у 4 срок до конца дня».
pub(super) fn all(f: &Frame, chosen: &Chosen, stock: &Stock) -> (Vec<View>, String) {
    let choices = [
        ("open", "/queue", with(OPEN)),
        ("me", "/queue?holder=me", held_by("me")),
        ("nobody", "/queue?holder=nobody", held_by("nobody")),
        ("overdue", "/queue?due=overdue", due("overdue")),
        ("today", "/queue?due=today", due("today")),
        (
            "answered",
            "/queue?state=answered",
            with(&[IncidentState::Answered]),
        ),
        ("closed", "/queue?state=closed&state=declined", with(DONE)),
    ];
    let views = choices.into_iter().map(|(name, href, choice)| View {
        href,
        label: f.code("view", name),
        count: stock.count(&choice),
        current: chosen.view() == name,
    });
    let args = args![
        open = stock.count(&with(OWED)),
        overdue = stock.count_overdue(&with(OWED)),
        today = stock.count(&due("today"))
    ];
    (views.collect(), f.tr.with("queue-totals", args))
}

fn with(states: &[IncidentState]) -> Chosen {
    Chosen {
        states: states.to_vec(),
        ..Chosen::default()
    }
}

fn held_by(holder: &'static str) -> Chosen {
    Chosen {
        holder: Some(holder),
        ..with(OPEN)
    }
}

/// Due at a word's moment, among what is owed.
fn due(word: &'static str) -> Chosen {
    Chosen {
        due: Some(word),
        ..with(OWED)
    }
}

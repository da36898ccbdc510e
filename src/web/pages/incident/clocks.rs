//! The promises of an incident, each with how it is counted.

use super::{Error, Frame};
use crate::{domain::incident::ClockKind, store::incidents::ClockRow, web::words::Deadline};

/// A promise.
pub(super) struct ClockView {
    pub label: String,
    pub norm: String,
    pub deadline: Deadline,
    /// The first answer's: shown large.
    pub main: bool,
    /// Open the explanation at once: late, or nearly.
    pub open: bool,
    pub sums: Vec<(String, String)>,
}

/// The clocks, the first answer's on top.
pub(super) fn views(f: &Frame, rows: &[ClockRow]) -> Result<Vec<ClockView>, Error> {
    let mut views = Vec::new();
    for row in rows {
        let clock = row.promise()?;
        let main = clock.kind == ClockKind::First;
        views.push(view(f, &clock, main));
    }
    views.sort_by_key(|view| !view.main);
    Ok(views)
}

fn view(f: &Frame, clock: &crate::domain::incident::PromiseClock, main: bool) -> ClockView {
    let w = &f.words;
    let norm = clock.due.since(clock.starts);
    let until = clock.stopped.unwrap_or(w.now);
    let mut deadline = w.deadline(clock.starts, clock.due, clock.stopped);
    if let (Some(stopped), true) = (clock.stopped, clock.kind == ClockKind::Taken) {
        let key = match stopped > clock.due {
            true => "deadline-taken-late",
            false => "deadline-taken",
        };
        deadline.left = f.v(key, w.span(stopped.since(clock.starts)));
    }
    let left = clock.due.since(until);
    let rest = match left.as_millis() < 0 {
        true => f.t("clock-over"),
        false => f.t("clock-left"),
    };
    ClockView {
        label: f.code("clock", clock.kind.code()),
        norm: f.v("clock-norm", w.span(norm)),
        open: main && clock.stopped.is_none() && matches!(deadline.tone, "late" | "soon"),
        deadline,
        main,
        sums: vec![
            (f.t("clock-starts"), w.moment(clock.starts)),
            (f.t("clock-passed"), w.span(until.since(clock.starts))),
            (rest, w.span(left)),
            (f.t("clock-due"), w.moment(clock.due)),
        ],
    }
}

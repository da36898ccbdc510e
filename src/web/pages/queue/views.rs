//! The queue's saved views with their counts, and its line of totals.

use super::{
    Frame,
    filter::{Chosen, DONE, OPEN, OWED},
};
use crate::{
    domain::incident::IncidentState,
    store::{
        Tx,
        incidents::{QueueFilter, count_by_state},
    },
    web::{Error, Shared, auth::session::Visitor, locale::args},
};

/// A saved view.
pub(super) struct View {
    pub href: &'static str,
    pub label: String,
    pub count: i64,
    pub current: bool,
}

/// Incidents and overdue ones among them.
type Counts = (i64, i64);

/// The views in order, and «47 ждут ответа · 2 просрочены · у 4 срок до конца дня».
pub(super) async fn all(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    f: &Frame,
    chosen: &Chosen,
) -> Result<(Vec<View>, String), Error> {
    let (_, overdue) = count(app, tx, visitor, with(OWED)).await?;
    let filters = [
        ("open", "/queue", with(OPEN)),
        ("me", "/queue?holder=me", held_by(&visitor.scope.who)),
        ("nobody", "/queue?holder=nobody", held_by("")),
        ("overdue", "/queue?due=overdue", overdue_at(f)),
        ("today", "/queue?due=today", due_today(f)),
        (
            "answered",
            "/queue?state=answered",
            with(&[IncidentState::Answered]),
        ),
        ("closed", "/queue?state=closed&state=declined", with(DONE)),
    ];
    let mut views = Vec::with_capacity(filters.len());
    for (name, href, filter) in filters {
        views.push(View {
            href,
            label: f.code("view", name),
            count: count(app, tx, visitor, filter).await?.0,
            current: chosen.view() == name,
        });
    }
    let totals = totals(app, tx, visitor, f, overdue).await?;
    Ok((views, totals))
}

async fn totals(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    f: &Frame,
    overdue: i64,
) -> Result<String, Error> {
    let (owed, _) = count(app, tx, visitor, with(OWED)).await?;
    let (today, _) = count(app, tx, visitor, due_today(f)).await?;
    let args = args![open = owed, overdue = overdue, today = today];
    Ok(f.tr.with("queue-totals", args))
}

async fn count(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    filter: QueueFilter,
) -> Result<Counts, Error> {
    let counts = count_by_state(tx, &visitor.scope, &filter, app.now()).await?;
    let add = |(all, overdue): Counts, c: &crate::store::incidents::StateCount| {
        (all + c.incidents, overdue + c.overdue)
    };
    Ok(counts.iter().fold((0, 0), add))
}

fn with(states: &[IncidentState]) -> QueueFilter {
    QueueFilter {
        states: states.to_vec(),
        ..QueueFilter::default()
    }
}

fn held_by(login: &str) -> QueueFilter {
    QueueFilter {
        holder: Some(login.to_owned()),
        ..with(OPEN)
    }
}

/// Due by the end of the day, and not late yet.
fn due_today(f: &Frame) -> QueueFilter {
    QueueFilter {
        due_after: Some(f.words.now),
        due_before: Some(f.words.end_of_today()),
        ..with(OWED)
    }
}

fn overdue_at(f: &Frame) -> QueueFilter {
    QueueFilter {
        overdue_at: Some(f.words.now),
        ..with(OWED)
    }
}

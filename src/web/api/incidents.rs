//! `/api/v1/incidents`: the queue, nearest promise first, and one incident by its number.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::{Deserialize, Serialize};

use super::{Answer, Items, moment, note, number, words};
use crate::{
    domain::incident::IncidentState,
    store::{
        audit::AuditKind,
        incidents::{self, EventRow, IncidentRow, QueueFilter},
    },
    web::{Error, Shared, auth::session::Program},
};

/// Filters; several codes are written with commas.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    sector: Option<String>,
    municipality: Option<String>,
    state: Option<String>,
    topic: Option<String>,
    overdue: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// An incident (Open311 service request), without its posts' texts.
#[derive(Debug, Serialize)]
pub(super) struct Incident {
    number: i64,
    /// Open311: `open` while anything is owed to people, else `closed`.
    status: &'static str,
    state: String,
    sector: String,
    topic: String,
    title: String,
    municipality: Option<String>,
    place: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    posts: i64,
    platforms: Vec<String>,
    holder: Option<String>,
    cycle: i64,
    opened: String,
    updated: String,
    /// When the first answer is promised.
    due: Option<String>,
    overdue: bool,
    answered: Option<String>,
    answer_url: Option<String>,
    /// Path of the page.
    link: String,
}

/// One incident with its events.
#[derive(Debug, Serialize)]
pub(super) struct Whole {
    #[serde(flatten)]
    incident: Incident,
    events: Vec<Event>,
}

#[derive(Debug, Serialize)]
struct Event {
    at: String,
    who: String,
    kind: String,
    from: Option<String>,
    to: Option<String>,
    note: Option<String>,
}

pub(super) async fn list(
    State(app): State<Shared>,
    program: Program,
    Query(asked): Query<Asked>,
) -> Answer<Items<Incident>> {
    let limit = number(asked.limit.as_deref(), "limit", 50, 1..=500)?;
    let filter = filter(&app, &asked, limit + 1)?;
    let mut tx = app.store.read().await?;
    let mut rows = incidents::list(&mut tx, &program.0.scope, &filter).await?;
    drop(tx);
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let detail = format!("{} rows", rows.len());
    note(
        &app,
        &program,
        AuditKind::Exported,
        "api:incidents",
        &detail,
    )
    .await?;
    let next = rows.last().filter(|_| more).map(|row| {
        let (due, number) = incidents::position(row);
        format!("{due}.{number}")
    });
    let items = rows.into_iter().map(|row| incident(&app, row)).collect();
    Ok(Json(Items { items, next }))
}

pub(super) async fn show(
    State(app): State<Shared>,
    program: Program,
    Path(number): Path<String>,
) -> Answer<Whole> {
    let number: i64 = number.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.store.read().await?;
    let row = incidents::find_by_number(&mut tx, &program.0.scope, number)
        .await?
        .ok_or(Error::NotFound)?;
    let events = incidents::list_events(&mut tx, &program.0.scope, &row).await?;
    drop(tx);
    let subject = format!("incident:{number}");
    note(&app, &program, AuditKind::Viewed, &subject, "").await?;
    Ok(Json(Whole {
        incident: incident(&app, row),
        events: events.into_iter().map(event).collect(),
    }))
}

fn filter(app: &Shared, asked: &Asked, limit: i64) -> Result<QueueFilter, Error> {
    let states = words(asked.state.as_deref())
        .iter()
        .map(|code| IncidentState::from_code(code).ok_or(Error::Invalid("state", "unknown")))
        .collect::<Result<_, _>>()?;
    let overdue_at = match asked.overdue.as_deref() {
        None | Some("" | "false" | "0") => None,
        Some("true" | "1") => Some(app.now()),
        Some(_) => return Err(Error::Invalid("overdue", "not_a_truth_value")),
    };
    Ok(QueueFilter {
        sectors: words(asked.sector.as_deref()),
        municipalities: words(asked.municipality.as_deref()),
        topics: words(asked.topic.as_deref()),
        states,
        overdue_at,
        limit,
        after: asked.cursor.as_deref().map(position).transpose()?,
        ..QueueFilter::default()
    })
}

fn position(cursor: &str) -> Result<(i64, i64), Error> {
    cursor
        .split_once('.')
        .and_then(|(due, number)| Some((due.parse().ok()?, number.parse().ok()?)))
        .ok_or(Error::Invalid("cursor", "unknown"))
}

fn incident(app: &Shared, row: IncidentRow) -> Incident {
    let platforms = row.platforms.as_deref();
    Incident {
        status: if row.state().is_open() {
            "open"
        } else {
            "closed"
        },
        overdue: row.is_overdue(app.now()),
        link: format!("/incidents/{}", row.number),
        platforms: words(platforms),
        opened: moment(row.opened),
        updated: moment(row.updated),
        due: row.due.map(moment),
        answered: row.answered.map(moment),
        number: row.number,
        state: row.state,
        sector: row.sector,
        topic: row.topic,
        title: row.title,
        municipality: row.municipality,
        place: row.place_name,
        lat: row.lat,
        lon: row.lon,
        posts: row.posts,
        holder: row.holder,
        cycle: row.cycle,
        answer_url: row.answer_url,
    }
}

fn event(row: EventRow) -> Event {
    Event {
        at: moment(row.at),
        who: row.who,
        kind: row.kind,
        from: row.from_value,
        to: row.to_value,
        note: row.note,
    }
}

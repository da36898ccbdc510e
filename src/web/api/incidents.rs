//! `/api/v1/incidents`: the queue, nearest promise first or by what changed, and one incident by its
//! number, with its events and its posts.

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Items, Moment,
    answer::Conditions,
    asked::{self, Cursor, Nothing, Params, codes, known, number, truth},
    moment, note,
    posts::Post,
};
use crate::{
    domain::{incident::IncidentState, post::Platform},
    store::{
        Tx,
        audit::AuditKind,
        incidents::{self, EventRow, IncidentRow, Order, QueueFilter},
        posts,
    },
    web::{Error, Shared, auth::session::Program},
};

/// Rows of the largest page.
const MOST: i64 = 500;

/// Filters; several codes are written with commas.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Sectors' codes, with commas between.
    sector: Option<String>,
    /// Municipalities' codes, with commas between.
    municipality: Option<String>,
    /// States, with commas between.
    state: Option<String>,
    /// Topics' codes, with commas between.
    topic: Option<String>,
    /// Platforms of any of its posts.
    platform: Option<String>,
    /// Only those past their promise.
    #[param(value_type = Option<bool>)]
    overdue: Option<String>,
    /// Only those opened at or after this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    opened_since: Option<String>,
    /// Only those changed at or after this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_since: Option<String>,
    /// `due`: the nearest promise first. `updated`: what changed longest ago first, to follow changes; ask
    /// again from a minute before the last change seen.
    #[param(value_type = Option<String>)]
    order: Option<String>,
    /// Items of a page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
    /// Where the page begins: `next` of the one before, with the same filters and order.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    cursor: Option<String>,
}

/// An incident (Open311 service request), without its posts' texts.
#[derive(Debug, Serialize, ToSchema)]
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
    /// Reposts of them without a word of their own.
    reposts: i64,
    platforms: Vec<String>,
    holder: Option<String>,
    cycle: i64,
    opened: Moment,
    updated: Moment,
    /// When the first answer is promised.
    due: Option<Moment>,
    overdue: bool,
    answered: Option<Moment>,
    answer_url: Option<String>,
    /// Path of the page.
    link: String,
}

/// One incident with its events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Whole {
    #[serde(flatten)]
    incident: Incident,
    events: Vec<Event>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Event {
    at: Moment,
    who: String,
    kind: String,
    from: Option<String>,
    to: Option<String>,
    note: Option<String>,
}

/// Incidents within reach. Needs `read_incidents`.
#[utoipa::path(get, path = "/api/v1/incidents", operation_id = "listIncidents", tag = "incidents",
    params(Asked), responses((status = 200, description = "A page of incidents.", body = Items<Incident>)))]
pub(super) async fn list(
    State(app): State<Shared>,
    program: Program,
    Params(asked): Params<Asked>,
    conditions: Conditions,
) -> Answer {
    let limit = number(asked.limit.as_deref(), "limit", 50, 1..=MOST)?;
    let filter = filter(&app, &asked, limit + 1)?;
    let order = filter.order;
    let mut tx = app.store.read().await?;
    let mut rows = incidents::list(&mut tx, &program.scope, &filter).await?;
    drop(tx);
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let (kind, detail) = (AuditKind::Exported, format!("{} rows", rows.len()));
    note(&app, &program, kind, "api:incidents", &detail).await?;
    let next = rows.last().filter(|_| more).map(|row| {
        let (first, number) = incidents::position_in(order, row);
        Cursor(first, number).to_text()
    });
    let items = rows.into_iter().map(|row| incident(&app, row)).collect();
    conditions.page(items, next)
}

/// One incident with its events. Needs `read_incidents`.
#[utoipa::path(get, path = "/api/v1/incidents/{number}", operation_id = "getIncident", tag = "incidents",
    params(("number" = i64, Path, minimum = 1, description = "The number that people use.")),
    responses((status = 200, description = "The incident.", body = Whole)))]
pub(super) async fn show(
    State(app): State<Shared>,
    program: Program,
    Path(number): Path<String>,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    let mut tx = app.store.read().await?;
    let row = find(&mut tx, &program, &number).await?;
    let events = incidents::list_events(&mut tx, &program.scope, &row).await?;
    drop(tx);
    let subject = format!("incident:{}", row.number);
    note(&app, &program, AuditKind::Viewed, &subject, "").await?;
    conditions.one(&Whole {
        incident: incident(&app, row),
        events: events.into_iter().map(event).collect(),
    })
}

/// The posts of an incident, masked, in the order in which they joined. Needs `read_incidents` and
/// `read_posts`.
#[utoipa::path(get, path = "/api/v1/incidents/{number}/posts", operation_id = "listPostsOfIncident",
    tag = "incidents",
    params(("number" = i64, Path, minimum = 1, description = "The number that people use.")),
    responses((status = 200, description = "Its posts, at most 500.", body = Items<Post>)))]
pub(super) async fn posts(
    State(app): State<Shared>,
    program: Program,
    Path(number): Path<String>,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    let mut tx = app.store.read().await?;
    let row = find(&mut tx, &program, &number).await?;
    let rows = posts::list_of_incident(&mut tx, &program.scope, &row).await?;
    drop(tx);
    let subject = format!("incident:{}", row.number);
    note(&app, &program, AuditKind::Viewed, &subject, "posts").await?;
    conditions.all(rows.into_iter().map(Post::of).collect())
}

async fn find(tx: &mut Tx, program: &Program, number: &str) -> Result<IncidentRow, Error> {
    let number = number.parse().map_err(|_| Error::NotFound)?;
    let found = incidents::find_by_number(tx, &program.scope, number).await?;
    found.ok_or(Error::NotFound)
}

fn filter(app: &Shared, asked: &Asked, limit: i64) -> Result<QueueFilter, Error> {
    let overdue = truth(asked.overdue.as_deref(), "overdue")?;
    let order = match asked.order.as_deref() {
        None | Some("due") => Order::Due,
        Some("updated") => Order::Updated,
        Some(_) => return Err(Error::Invalid("order", "unknown")),
    };
    let cursor = Cursor::read(asked.cursor.as_deref())?;
    Ok(QueueFilter {
        sectors: codes(asked.sector.as_deref(), "sector")?,
        municipalities: codes(asked.municipality.as_deref(), "municipality")?,
        topics: codes(asked.topic.as_deref(), "topic")?,
        states: known(asked.state.as_deref(), "state", IncidentState::from_code)?,
        platforms: platforms(asked.platform.as_deref())?,
        overdue_at: overdue.then(|| app.now()),
        opened_after: asked::moment(asked.opened_since.as_deref(), "opened_since")?,
        updated_after: asked::moment(asked.updated_since.as_deref(), "updated_since")?,
        order,
        limit,
        after: cursor.map(|Cursor(first, number)| (first, number)),
        ..QueueFilter::default()
    })
}

fn platforms(text: Option<&str>) -> Result<Vec<String>, Error> {
    let platforms = known(text, "platform", Platform::from_code)?.into_iter();
    Ok(platforms
        .map(|platform| platform.code().to_owned())
        .collect())
}

fn incident(app: &Shared, row: IncidentRow) -> Incident {
    let platforms = row.platforms().map(|platform| platform.code().to_owned());
    let mut platforms: Vec<String> = platforms.collect();
    platforms.sort_unstable();
    Incident {
        status: if row.state().is_open() {
            "open"
        } else {
            "closed"
        },
        overdue: row.is_overdue(app.now()),
        link: format!("/incidents/{}", row.number),
        platforms,
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
        reposts: row.reposts,
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

//! Reading incidents, within a scope.

use sqlx::FromRow;

use crate::{
    domain::{
        id::{IncidentId, PostId},
        incident::{ClockKind, IncidentState, PromiseClock},
        time::Timestamp,
        user::{Field, Permission},
    },
    store::{
        Error, Result, Sql, Tx,
        rows::Query,
        scope::Scope,
        sql::{fetch, statements},
    },
};

statements! {
    LIST_CLOCKS = Sql::both("select kind, starts, due, stopped, raised from clock
        where incident = $1 and cycle = $2 order by due");
    LIST_EVENTS = Sql::both("select at, who, kind, from_value, to_value, note
        from incident_event where incident = $1 order by at desc, id desc limit 500");
    LIST_POST_IDS = Sql::both("select post from incident_post where incident = $1
        order by joined, post limit 500");
    OF_POST = Sql::both("select incident from incident_post where post = $1");
    LIST_CANDIDATES = Sql::both("select id, municipality, place, lat, lon, state, last_post
        from incident
        where topic = $1 and coalesce(municipality, '') = coalesce($2, '')
          and state in ('new', 'assigned', 'in_progress') and last_post >= $3
        order by last_post desc limit 50");
}

/// An incident with its present cycle's first clock and answer. Fields that the reader does not see are
/// empty.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct IncidentRow {
    pub id: String,
    pub number: i64,
    pub sector: String,
    pub topic: String,
    pub title: String,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub place_name: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub state: String,
    pub holder: Option<String>,
    pub cycle: i64,
    pub posts: i64,
    pub opened: i64,
    pub updated: i64,
    pub last_post: i64,
    /// When the first answer is promised (first clock of the present cycle).
    pub due: Option<i64>,
    /// When that clock began.
    pub starts: Option<i64>,
    /// When the promise was kept.
    pub stopped: Option<i64>,
    pub answer: Option<String>,
    pub answer_url: Option<String>,
    pub answered: Option<i64>,
    pub answered_by: Option<String>,
    /// Platforms of its posts, `,` between: `vk,telegram`.
    pub platforms: Option<String>,
    /// Whether somebody holds it, also when the reader does not see who.
    #[sqlx(skip)]
    pub held: bool,
}

impl IncidentRow {
    /// Without what the scope does not see. One's own name everybody sees.
    fn seen_by(mut self, scope: &Scope) -> Self {
        self.held = self.holder.is_some();
        if self.hides(scope, Field::Text) {
            self.title.clear();
        }
        if self.hides(scope, Field::Place) {
            (self.place, self.place_name) = (None, None);
            (self.lat, self.lon) = (None, None);
        }
        if self.hides(scope, Field::Staff) {
            let own = |login: &String| *login == scope.who;
            self.holder = self.holder.filter(own);
            self.answered_by = self.answered_by.filter(own);
        }
        self
    }

    fn hides(&self, scope: &Scope, field: Field) -> bool {
        !scope.shows(field, Some(&self.sector), self.municipality.as_deref())
    }

    /// Its state; a broken row reads as new, so that a person looks at it.
    pub fn state(&self) -> IncidentState {
        IncidentState::from_code(&self.state).unwrap_or(IncidentState::New)
    }

    /// Past the promised first answer while it is still owed.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.stopped.is_none() && self.due.is_some_and(|due| now.as_millis() > due)
    }
}

/// What the queue is filtered by; empty lists do not filter.
#[derive(Debug, Clone, Default)]
pub struct QueueFilter {
    /// Sectors' codes.
    pub sectors: Vec<String>,
    /// Municipalities' codes.
    pub municipalities: Vec<String>,
    /// Topics' codes.
    pub topics: Vec<String>,
    /// States.
    pub states: Vec<IncidentState>,
    /// Platforms of any of its posts.
    pub platforms: Vec<String>,
    /// The holder's login; `Some("")` is «nobody».
    pub holder: Option<String>,
    /// Only overdue at this moment.
    pub overdue_at: Option<Timestamp>,
    /// Only due before this moment.
    pub due_before: Option<Timestamp>,
    /// Only due at or after this moment.
    pub due_after: Option<Timestamp>,
    /// Only opened at or after this moment.
    pub opened_after: Option<Timestamp>,
    /// Only changed at or after this moment.
    pub updated_after: Option<Timestamp>,
    /// Only those that the asker may take, answer and close.
    pub to_handle: bool,
    /// Which comes first.
    pub order: Order,
    /// Rows of the page, at most 501: a page of 500, and the sign that there is a next one.
    pub limit: i64,
    /// The last row of the page before: its [`position`].
    pub after: Option<(i64, i64)>,
}

/// The order of a list of incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The nearest promise first; a kept or missing promise last.
    #[default]
    Due,
    /// What changed longest ago first: for programs that follow changes.
    Updated,
}

const READ: Permission = Permission::ReadIncidents;
const SECTOR: &str = "i.sector";
const MUNICIPALITY: &str = "i.municipality";

/// Incidents without a running promise come last.
const NEVER: i64 = i64::MAX;

const HEAD: &str = "select i.id, i.number, i.sector, i.topic, i.title, i.municipality, i.place,
        i.place_name, i.lat, i.lon, i.state, i.holder, i.cycle, i.posts, i.opened, i.updated,
        i.last_post, c.due, c.starts, c.stopped, y.answer, y.answer_url, y.answered, y.answered_by,
        (select ";
const PLATFORMS: &str = "(distinct p.platform) from incident_post ip
            join post p on p.id = ip.post where ip.incident = i.id) as platforms
    from incident i
    left join clock c on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
    left join cycle y on y.incident = i.id and y.number = i.cycle
    where 1 = 1";

fn base(tx: &Tx) -> Query {
    // The one function that gathers text has two names.
    let gather = match tx {
        Tx::Sqlite(..) => "group_concat",
        Tx::Postgres(..) => "string_agg",
    };
    let platforms = match tx {
        Tx::Sqlite(..) => PLATFORMS.to_owned(),
        Tx::Postgres(..) => PLATFORMS.replacen("p.platform)", "p.platform, ',')", 1),
    };
    Query::new(format!("{HEAD}{gather}{platforms}"))
}

fn in_list(query: &mut Query, column: &str, values: &[String]) {
    if !values.is_empty() {
        query.push(" and ").push(column).push(" in (");
        query.bind_list(values.iter().map(String::as_str)).push(")");
    }
}

fn filter(query: &mut Query, scope: &Scope, f: &QueueFilter) {
    scope.restrict(query, READ, SECTOR, MUNICIPALITY);
    if f.to_handle {
        scope.restrict(query, Permission::HandleIncidents, SECTOR, MUNICIPALITY);
    }
    in_list(query, "i.sector", &f.sectors);
    in_list(query, "i.municipality", &f.municipalities);
    in_list(query, "i.topic", &f.topics);
    let states: Vec<String> = f.states.iter().map(|s| s.code().to_owned()).collect();
    in_list(query, "i.state", &states);
    if !f.platforms.is_empty() {
        query.push(" and exists (select 1 from incident_post fp join post fq on fq.id = fp.post where fp.incident = i.id");
        in_list(query, "fq.platform", &f.platforms);
        query.push(")");
    }
    match f.holder.as_deref() {
        None => {}
        Some("") => {
            query.push(" and i.holder is null");
        }
        Some(login) => {
            query.push(" and i.holder = ").bind(login);
        }
    }
    if let Some(now) = f.overdue_at {
        query
            .push(" and c.stopped is null and c.due < ")
            .bind(now.as_millis());
    }
    if let Some(moment) = f.due_before {
        query
            .push(" and c.stopped is null and c.due <= ")
            .bind(moment.as_millis());
    }
    if let Some(moment) = f.due_after {
        query
            .push(" and c.stopped is null and c.due >= ")
            .bind(moment.as_millis());
    }
    if let Some(moment) = f.opened_after {
        query.push(" and i.opened >= ").bind(moment.as_millis());
    }
    if let Some(moment) = f.updated_after {
        query.push(" and i.updated >= ").bind(moment.as_millis());
    }
}

/// The queue, in the filter's order.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents, or to handle them when the filter asks.
pub async fn list(tx: &mut Tx, scope: &Scope, f: &QueueFilter) -> Result<Vec<IncidentRow>> {
    scope.require(READ)?;
    if f.to_handle {
        scope.require(Permission::HandleIncidents)?;
    }
    let mut query = base(tx);
    filter(&mut query, scope, f);
    let order = match f.order {
        Order::Due => {
            format!("case when c.stopped is null then coalesce(c.due, {NEVER}) else {NEVER} end")
        }
        Order::Updated => "i.updated".to_owned(),
    };
    if let Some((due, number)) = f.after {
        query.push(" and (").push(&order).push(", i.number) > (");
        query.bind(due).push(", ").bind(number).push(")");
    }
    query
        .push(" order by ")
        .push(&order)
        .push(", i.number limit ");
    query.bind(f.limit.clamp(1, 501));
    let rows: Vec<IncidentRow> = query.fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| row.seen_by(scope)).collect())
}

/// The position of a row in [`list`]'s order by promise, for [`QueueFilter::after`].
pub fn position(row: &IncidentRow) -> (i64, i64) {
    position_in(Order::Due, row)
}

/// The position of a row in an order of [`list`], for [`QueueFilter::after`].
pub fn position_in(order: Order, row: &IncidentRow) -> (i64, i64) {
    let first = match order {
        Order::Due => row.due.filter(|_| row.stopped.is_none()).unwrap_or(NEVER),
        Order::Updated => row.updated,
    };
    (first, row.number)
}

/// One incident within the scope.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &IncidentId) -> Result<Option<IncidentRow>> {
    let row = find_where(tx, scope, " and i.id = ", id.as_str().into()).await?;
    Ok(row.map(|row| row.seen_by(scope)))
}

/// One incident whole, to be acted upon and never shown: a field that the scope does not see is there.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents, or to handle this one.
pub async fn find_to_handle(
    tx: &mut Tx,
    scope: &Scope,
    id: &IncidentId,
) -> Result<Option<IncidentRow>> {
    scope.require(Permission::HandleIncidents)?;
    let row = find_where(tx, scope, " and i.id = ", id.as_str().into()).await?;
    row.map(|row| require_handling(scope, &row).map(|()| row))
        .transpose()
}

/// One incident by the number that people use.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents.
pub async fn find_by_number(
    tx: &mut Tx,
    scope: &Scope,
    number: i64,
) -> Result<Option<IncidentRow>> {
    let row = find_where(tx, scope, " and i.number = ", number.into()).await?;
    Ok(row.map(|row| row.seen_by(scope)))
}

/// The right to take, answer and close this incident, or a refusal.
///
/// # Errors
/// [`Error::Denied`].
pub fn require_handling(scope: &Scope, row: &IncidentRow) -> Result<()> {
    let right = Permission::HandleIncidents;
    match scope.covers(right, Some(&row.sector), row.municipality.as_deref()) {
        true => Ok(()),
        false => Err(Error::Denied(right.code())),
    }
}

async fn find_where(
    tx: &mut Tx,
    scope: &Scope,
    condition: &str,
    value: crate::store::rows::Value,
) -> Result<Option<IncidentRow>> {
    scope.require(READ)?;
    let mut query = base(tx);
    scope.restrict(&mut query, READ, SECTOR, MUNICIPALITY);
    query.push(condition).bind(value);
    Ok(query.fetch_all(tx).await?.pop())
}

/// How many incidents stand in a group.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct StateCount {
    pub sector: String,
    pub topic: String,
    pub municipality: Option<String>,
    pub state: String,
    pub incidents: i64,
    pub overdue: i64,
}

/// Counts by sector, topic, municipality and state under a filter, of incidents that the asker may
/// list: the source of the queue's counts and facets.
///
/// # Errors
/// [`Error::Denied`] without the right to read incidents.
pub async fn count_by_state(
    tx: &mut Tx,
    scope: &Scope,
    f: &QueueFilter,
    now: Timestamp,
) -> Result<Vec<StateCount>> {
    scope.require(READ)?;
    let mut query = counting(now);
    filter(&mut query, scope, f);
    count(tx, query).await
}

/// The same for who sees totals. There is no filter: by moving one, a total could be narrowed down to
/// a single incident and its holder.
///
/// # Errors
/// [`Error::Denied`] without the right to read totals.
pub async fn totals(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Vec<StateCount>> {
    scope.require(Permission::ReadStats)?;
    let mut query = counting(now);
    scope.restrict(&mut query, Permission::ReadStats, SECTOR, MUNICIPALITY);
    count(tx, query).await
}

fn counting(now: Timestamp) -> Query {
    let mut query = Query::new(
        "select i.sector, i.topic, i.municipality, i.state, count(*) as incidents,
            cast(sum(case when c.stopped is null and c.due < ",
    );
    query.bind(now.as_millis()).push(
        " then 1 else 0 end) as bigint) as overdue
        from incident i
        left join clock c on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
        where 1 = 1",
    );
    query
}

async fn count(tx: &mut Tx, mut query: Query) -> Result<Vec<StateCount>> {
    query.push(" group by i.sector, i.topic, i.municipality, i.state");
    query.fetch_all(tx).await
}

/// A clock as stored.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct ClockRow {
    pub kind: String,
    pub starts: i64,
    pub due: i64,
    pub stopped: Option<i64>,
    pub raised: Option<i64>,
}

impl ClockRow {
    /// The clock as a plain type.
    ///
    /// # Errors
    /// [`Error::Broken`] for an unknown kind.
    pub fn promise(&self) -> Result<PromiseClock> {
        Ok(PromiseClock {
            kind: ClockKind::from_code(&self.kind)
                .ok_or_else(|| Error::Broken(format!("clock kind {}", self.kind)))?,
            starts: self.starts.into(),
            due: self.due.into(),
            stopped: self.stopped.map(Timestamp::from_millis),
        })
    }
}

/// The clocks of a cycle. The caller has found the incident within its scope.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_clocks(tx: &mut Tx, of: &IncidentRow) -> Result<Vec<ClockRow>> {
    Ok(fetch!(fetch_all ClockRow, tx, LIST_CLOCKS, of.id.as_str(), of.cycle)?)
}

/// An event of an incident.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct EventRow {
    pub at: i64,
    pub who: String,
    pub kind: String,
    pub from_value: Option<String>,
    pub to_value: Option<String>,
    pub note: Option<String>,
}

impl EventRow {
    /// Without colleagues' names and notes. What the machine did, and an answer's link, all see.
    fn hidden(mut self, names: bool, notes: bool, own: &str) -> Self {
        let person = self.who != "machine" && !self.who.starts_with("service:");
        if names && person && self.who != own {
            self.who.clear();
        }
        if notes && !matches!(self.kind.as_str(), "opened" | "answer") {
            self.note = None;
        }
        self
    }
}

/// The events, newest first. The caller has found the incident within its scope.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_events(tx: &mut Tx, scope: &Scope, of: &IncidentRow) -> Result<Vec<EventRow>> {
    let (names, notes) = (of.hides(scope, Field::Staff), of.hides(scope, Field::Notes));
    let rows = fetch!(fetch_all EventRow, tx, LIST_EVENTS, of.id.as_str())?.into_iter();
    Ok(rows
        .map(|event| event.hidden(names, notes, &scope.who))
        .collect())
}

/// The posts of an incident, in the order in which they joined.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_post_ids(tx: &mut Tx, of: &IncidentRow) -> Result<Vec<PostId>> {
    let rows = fetch!(fetch_all(String,), tx, LIST_POST_IDS, of.id.as_str())?;
    Ok(rows.into_iter().map(|(id,)| PostId(id)).collect())
}

/// The incident that a post belongs to. For routing.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_post(tx: &mut Tx, post: &PostId) -> Result<Option<IncidentId>> {
    Ok(fetch!(fetch_optional(String,), tx, OF_POST, post.as_str())?.map(|(id,)| IncidentId(id)))
}

/// An open incident that a post may join.
#[derive(Debug, Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct Candidate {
    pub id: String,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub state: String,
    pub last_post: i64,
}

/// Open incidents of a topic in a municipality with a post since a moment. For routing.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_candidates(
    tx: &mut Tx,
    topic: &str,
    municipality: Option<&str>,
    since: Timestamp,
) -> Result<Vec<Candidate>> {
    Ok(fetch!(fetch_all Candidate, tx, LIST_CANDIDATES, topic, municipality, since.as_millis())?)
}

//! The incident queue: a list of promises, the nearest first.
//!
//! Filters are a GET form; counts obey the reader's scope. Start with [`show`].

mod facets;
mod filter;
mod rows;

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
};

use super::{Frame, note, note_view, page, statics};
use crate::{
    domain::{id::IncidentId, incident::IncidentState, time::Timestamp, user::Permission},
    incidents::act::{ActError, Command, act},
    store::{
        self, Priority, accounts,
        audit::AuditKind,
        incidents::{self, QueueFilter, count_by_state},
    },
    web::{
        Error, Shared,
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
        locale::args,
    },
};
use facets::Facet;
use filter::Chosen;
use rows::Group;

pub(in crate::web) use rows::{StateWords, holder_words, state_words};

/// Rows of a page.
const ROWS: i64 = 50;
/// Rows of an export.
const EXPORT: usize = 20_000;

#[derive(Template)]
#[template(path = "queue.html", config = "src/web/askama.toml")]
struct QueuePage {
    f: Frame,
    totals: String,
    views: Vec<View>,
    facets: Vec<Facet>,
    hidden: Vec<(String, String)>,
    any_chosen: bool,
    groups: Vec<Group>,
    shown: String,
    next: Option<String>,
    export: String,
    fresh: String,
    may_handle: bool,
    waiting: Option<String>,
}

struct View {
    href: &'static str,
    label: String,
    count: i64,
    current: bool,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let mut f = asked.frame(
        &app,
        About {
            place: "/queue",
            keys: keys::QUEUE,
            ..About::default()
        },
    );
    f.title = title(&app, &asked, &f);
    let scope = &asked.visitor.scope;
    let now = app.now();
    let chosen = Chosen::of(&asked.query, &f.words, &scope.who);
    let mut tx = app.store.read().await?;
    let names = accounts::list_names(&mut tx).await?;
    let mut filter = chosen.filter(ROWS + 1);
    let mut list = incidents::list(&mut tx, scope, &filter).await?;
    let more = list.len() as i64 > ROWS;
    list.truncate(ROWS as usize);
    let next = list.last().filter(|_| more).map(incidents::position);
    filter.after = None;
    let counts = count_by_state(&mut tx, scope, &filter, now).await?;
    let matching: i64 = counts.iter().map(|c| c.incidents).sum();
    let facets = facets::all(&app, &mut tx, &asked.visitor, &f, &chosen).await?;
    let (views, totals) = overview(&app, &mut tx, &asked, &f, &chosen).await?;
    let waiting = match asked.visitor.may(Permission::Triage) {
        true => Some(store::routing::count_triage(&mut tx).await?).filter(|n| *n > 0),
        false => None,
    };
    drop(tx);
    note_view(&app, &asked.visitor, "page:queue").await?;
    let shown = list.len() as i64;
    let groups = rows::groups(&app, &f, &names, &scope.who, list);
    page(QueuePage {
        totals,
        views,
        facets,
        hidden: chosen.pairs_without(&facets::NAMES),
        any_chosen: chosen.any(),
        groups,
        shown: f.tr.with("queue-shown", args![n = shown, all = matching]),
        next: next
            .map(|(due, number)| chosen.address("/queue", &[("after", format!("{due},{number}"))])),
        export: chosen.address("/queue.csv", &[]),
        fresh: chosen.address(
            "/queue/fresh",
            &[("since", (now.as_millis() + 1).to_string())],
        ),
        may_handle: asked.visitor.may(Permission::HandleIncidents),
        waiting: waiting.map(|n| f.tr.n("queue-triage", n)),
        f,
    })
}

/// «Очередь: ЖКХ» for somebody with one sector.
fn title(app: &Shared, asked: &Asked, f: &Frame) -> String {
    use crate::store::scope::Reach;
    match &asked.visitor.scope.sectors {
        Reach::Only(codes) if codes.len() == 1 => {
            f.v("queue-title-sector", app.sector_label(&codes[0], f.tr.lang))
        }
        _ => f.t("queue-title"),
    }
}

/// The saved views with their counts, and the line of totals.
async fn overview(
    app: &Shared,
    tx: &mut store::Tx,
    asked: &Asked,
    f: &Frame,
    chosen: &Chosen,
) -> Result<(Vec<View>, String), Error> {
    let (scope, now) = (&asked.visitor.scope, app.now());
    let count = async |tx: &mut store::Tx, filter: QueueFilter| {
        let counts = count_by_state(tx, scope, &filter, now).await?;
        let all: i64 = counts.iter().map(|c| c.incidents).sum();
        let overdue: i64 = counts.iter().map(|c| c.overdue).sum();
        Ok::<_, Error>((all, overdue))
    };
    let with = |states: &[IncidentState]| QueueFilter {
        states: states.to_vec(),
        ..QueueFilter::default()
    };
    let (owed, overdue) = count(tx, with(filter::OWED)).await?;
    let mine = QueueFilter {
        holder: Some(scope.who.clone()),
        ..with(filter::OWED)
    };
    let nobody = QueueFilter {
        holder: Some(String::new()),
        ..with(filter::OWED)
    };
    let today = QueueFilter {
        due_before: Some(f.words.end_of_today()),
        ..with(filter::OWED)
    };
    let due_today = count(tx, today).await?.0 - overdue;
    let view = |href, key: &str, count, current| View {
        href,
        label: f.t(key),
        count,
        current,
    };
    let at = chosen.view();
    let views = vec![
        view(
            "/queue",
            "view-open",
            count(tx, with(filter::OPEN)).await?.0,
            at == "open",
        ),
        view(
            "/queue?holder=me",
            "view-mine",
            count(tx, mine).await?.0,
            at == "me",
        ),
        view(
            "/queue?holder=nobody",
            "view-nobody",
            count(tx, nobody).await?.0,
            at == "nobody",
        ),
        view(
            "/queue?due=overdue",
            "view-overdue",
            overdue,
            at == "overdue",
        ),
        view(
            "/queue?state=answered",
            "view-answered",
            count(tx, with(&[IncidentState::Answered])).await?.0,
            at == "answered",
        ),
        view(
            "/queue?state=closed&state=declined",
            "view-closed",
            count(tx, with(filter::DONE)).await?.0,
            at == "closed",
        ),
    ];
    let totals = f.tr.with(
        "queue-totals",
        args![open = owed, overdue = overdue, today = due_today],
    );
    Ok((views, totals))
}

/// «3 новых»: how many were opened since the page was made. A fragment; empty when there are none.
pub(super) async fn fresh(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::default());
    let scope = &asked.visitor.scope;
    let since: i64 = asked.query.get("since").parse().unwrap_or(i64::MAX);
    let chosen = Chosen::of(&asked.query, &f.words, &scope.who);
    let filter = QueueFilter {
        opened_after: Some(Timestamp::from_millis(since)),
        ..chosen.filter(1)
    };
    let mut tx = app.store.read().await?;
    let counts = count_by_state(&mut tx, scope, &filter, app.now()).await?;
    let new: i64 = counts.iter().map(|c| c.incidents).sum();
    let fragment = Fresh {
        words: (new > 0).then(|| f.tr.n("queue-fresh", new)),
        href: chosen.address("/queue", &[]),
        f,
    };
    Ok(Html(fragment.render()?).into_response())
}

#[derive(Template)]
#[template(path = "fresh.html", config = "src/web/askama.toml")]
struct Fresh {
    f: Frame,
    words: Option<String>,
    href: String,
}

/// Takes the incident with the nearest promise that nobody holds, and shows it.
pub(super) async fn take_next(
    State(app): State<Shared>,
    posted: Posted,
) -> Result<Response, Error> {
    let scope = &posted.visitor.scope;
    let free = QueueFilter {
        states: vec![IncidentState::New, IncidentState::Assigned],
        limit: 5,
        ..QueueFilter::default()
    };
    for _ in 0..3 {
        let mut tx = app.store.write(Priority::Person).await?;
        let Some(row) = incidents::list(&mut tx, scope, &free)
            .await?
            .into_iter()
            .next()
        else {
            return Ok(go_on(&app, "/queue", "queue-empty"));
        };
        let id = IncidentId(row.id);
        match act(&mut tx, &app.desk, scope, &id, &Command::Take, app.now()).await {
            Err(ActError::Store(store::Error::Conflict(_))) => continue,
            other => other?,
        };
        let subject = format!("incident:{}", row.number);
        note(
            &app,
            &mut tx,
            &posted.visitor,
            AuditKind::Decided,
            &subject,
            "take",
        )
        .await?;
        tx.commit().await?;
        return Ok(go_on(&app, &format!("/incidents/{}", row.number), "taken"));
    }
    Err(Error::Conflict)
}

/// The selection as a table, noted as an export.
pub(super) async fn export(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::default());
    let scope = &asked.visitor.scope;
    let chosen = Chosen::of(&asked.query, &f.words, &scope.who);
    let mut filter = chosen.filter(500);
    let mut tx = app.store.read().await?;
    let mut all = Vec::new();
    while all.len() < EXPORT {
        let part = incidents::list(&mut tx, scope, &filter).await?;
        let Some(last) = part.last() else { break };
        filter.after = Some(incidents::position(last));
        all.extend(part);
    }
    drop(tx);
    let mut tx = app.store.write(Priority::Person).await?;
    let detail = format!("{} rows", all.len());
    note(
        &app,
        &mut tx,
        &asked.visitor,
        AuditKind::Exported,
        "page:queue",
        &detail,
    )
    .await?;
    tx.commit().await?;
    let name = "attachment; filename=\"otklik-incidents.csv\"";
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, rows::table(&app, &f, &all)?).into_response())
}

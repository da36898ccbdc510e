//! The incident queue: a list of promises, the nearest first.
//!
//! Filters are a GET form; counts obey the reader's scope. Start with [`show`].

mod export;
mod facets;
mod figures;
mod filter;
mod rows;
mod views;

use askama::Template;
use axum::{
    extract::State,
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
use figures::Figures;
use filter::Chosen;
use rows::Group;
use views::View;

pub(super) use export::export;
pub(in crate::web) use rows::{StateWords, holder_words, state_words};

/// Rows of a page.
const ROWS: i64 = 50;

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

const ABOUT: About = About::new("/queue", "queue-title", keys::QUEUE);

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let mut f = asked.frame(&app, ABOUT);
    f.title = title(&app, &asked, &f);
    let scope = &asked.visitor.scope;
    let now = app.now();
    let chosen = Chosen::of(&asked.query, &f.words, &scope.who);
    let mut tx = app.store.read().await?;
    let names = accounts::list_names(&mut tx).await?;
    let mut list = incidents::list(&mut tx, scope, &chosen.filter(ROWS + 1)).await?;
    let more = list.len() as i64 > ROWS;
    list.truncate(ROWS as usize);
    let next = list.last().filter(|_| more).map(incidents::position);
    let figures = Figures::read(&mut tx, scope, &chosen, chosen.moments()).await?;
    let waiting = match asked.visitor.may(Permission::Triage) {
        true => Some(store::routing::count_triage(&mut tx, scope).await?).filter(|n| *n > 0),
        false => None,
    };
    drop(tx);
    note_view(&app, &asked.visitor, "page:queue").await?;
    let shown = list.len() as i64;
    let matching = figures.chosen.count(&chosen);
    let (views, totals) = views::all(&f, &chosen, &figures.all);
    let facets = facets::all(&app, &f, &chosen, &figures);
    let all = rows::All {
        overdue: figures.chosen.count_overdue(&chosen),
        more,
    };
    let groups = rows::groups(&app, &f, &names, &scope.who, list, all);
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
    let reach = asked.visitor.scope.reach(Permission::ReadIncidents);
    match reach.only_sector() {
        Some(sector) => f.v("queue-title-sector", app.sector_label(sector, f.tr.lang)),
        None => f.t("queue-title"),
    }
}

/// «3 новых»: how many were opened since the page was made. A fragment; empty when there are none.
pub(super) async fn fresh(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, ABOUT);
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
        to_handle: true,
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

//! One incident: its posts, what was done, its promises, and what can be done next.
//!
//! Start with [`show`]; the actions are in `act.rs`, the answer in `answer.rs` and `editor.rs`.

mod act;
mod answer;
mod around;
mod clocks;
mod editor;
mod events;
mod kept;
mod posts;
mod reason;
mod wordings;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{Frame, note, page_with, queue, statics};
use crate::{
    domain::{
        incident::{Action, IncidentState, next_state},
        user::Permission,
    },
    store::{
        Priority, Tx, accounts,
        audit::AuditKind,
        incidents::{self, IncidentRow},
    },
    web::{Error, Shared, auth::session::Visitor, form::Asked, frame::About, keys, locale::args},
};
use around::Similar;
use clocks::ClockView;
use editor::Editor;
use events::EventView;
use kept::KeptView;
use posts::PostView;
pub(super) use posts::share;
use queue::{StateWords, holder_words, state_words};

pub(super) use act::{answer as post_answer, close, take};
pub(super) use reason::{ask as ask_reason, give as give_reason};

#[derive(Template)]
#[template(path = "incident.html", config = "src/web/askama.toml")]
struct IncidentPage {
    f: Frame,
    number: i64,
    sector: String,
    topic: String,
    again: bool,
    state: StateWords,
    state_code: &'static str,
    posts_words: String,
    /// Who works on it; nobody does once it is answered.
    holder: Option<String>,
    mine: bool,
    actions: Vec<ActionView>,
    editor: Option<Editor>,
    answer: Option<AnswerView>,
    posts: Vec<PostView>,
    kept: Vec<KeptView>,
    /// «репостов: 3».
    reposts: Option<String>,
    hidden_posts: i64,
    events: Vec<EventView>,
    clocks: Vec<ClockView>,
    municipality: Option<String>,
    place: Option<String>,
    point: Option<String>,
    team: String,
    hours: String,
    similar: Vec<Similar>,
    previous: Option<i64>,
    next: Option<i64>,
}

struct ActionView {
    code: &'static str,
    label: String,
    /// A form of its own is shown first.
    asks: bool,
    main: bool,
    key: &'static str,
    cap: &'static str,
}

struct AnswerView {
    text: String,
    url: Option<String>,
    who: String,
    at: String,
}

impl IncidentPage {
    /// The footer tells only of keys that press something in this state.
    fn keep_keys(&mut self) {
        let actions: Vec<&str> = self.actions.iter().map(|action| action.key).collect();
        let original = self.posts.first().is_some_and(|post| post.out.is_some());
        let (previous, next) = (self.previous.is_some(), self.next.is_some());
        self.f.keys.retain(|key| match key.code {
            "KeyJ" => next,
            "KeyK" => previous,
            "KeyO" => original,
            "Slash" => true,
            code => actions.contains(&code),
        });
    }
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(number): Path<String>,
    asked: Asked,
) -> Result<Response, Error> {
    let template = asked.query.get("template").to_owned();
    let draft = answer::Draft {
        template,
        ..answer::Draft::default()
    };
    render(
        &app,
        &asked.visitor,
        &asked.headers,
        &number,
        draft,
        StatusCode::OK,
    )
    .await
}

/// The incident behind a number of an address.
async fn find(tx: &mut Tx, visitor: &Visitor, number: &str) -> Result<IncidentRow, Error> {
    let number: i64 = number.parse().map_err(|_| Error::NotFound)?;
    incidents::find_by_number(tx, &visitor.scope, number)
        .await?
        .ok_or(Error::NotFound)
}

async fn render(
    app: &Shared,
    visitor: &Visitor,
    headers: &HeaderMap,
    number: &str,
    draft: answer::Draft,
    status: StatusCode,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let row = find(&mut tx, visitor, number).await?;
    let about = About::new("/queue", "nav-queue", keys::INCIDENT);
    let mut f = Frame::new(app, visitor, headers, about);
    f.title = app.incident_title(row.title.clone(), &row.topic, visitor.lang);
    let mut page = describe(app, visitor, f, &row, draft);
    let names = accounts::list_names(&mut tx).await?;
    let who = visitor.scope.who.clone();
    let f = page.f.clone();
    let name = |login: &str| holder_words(&f, &names, &who, Some(login));
    let in_work = row.state() == IncidentState::InProgress;
    page.holder = (row.held && in_work).then(|| match &row.holder {
        Some(login) => name(login),
        None => f.t("somebody"),
    });
    page.answer = given(&f, &row, &name);
    let (evidence, kept) = kept::list(&mut tx, &f, visitor, &row).await?;
    page.posts = posts::list(&mut tx, &f, visitor, &row, &evidence).await?;
    page.kept = kept;
    page.clocks = clocks::views(&f, &incidents::list_clocks(&mut tx, &row).await?)?;
    let happened = incidents::list_events(&mut tx, &visitor.scope, &row)
        .await?
        .into_iter();
    page.events = happened
        .map(|event| events::view(app, &f, &name, event))
        .collect();
    page.similar = around::similar(app, &mut tx, visitor, &f, &row).await?;
    (page.previous, page.next) = incidents::neighbours(&mut tx, &visitor.scope, &row).await?;
    drop(tx);
    page.keep_keys();
    note_view(app, visitor, &row, page.posts.len() + page.kept.len()).await?;
    page_with(status, page)
}

/// What the row alone tells.
fn describe(
    app: &Shared,
    visitor: &Visitor,
    f: Frame,
    row: &IncidentRow,
    draft: answer::Draft,
) -> IncidentPage {
    let lang = visitor.lang;
    let sector = app.catalogue.sector(&row.sector);
    let actions = actions(visitor, &f, row);
    let may_answer = actions.iter().any(|a| a.code == "answer");
    let municipality = row.municipality.as_deref();
    let reads_posts = visitor
        .scope
        .covers(Permission::ReadPosts, Some(&row.sector), municipality);
    let line = args![n = row.posts, last = f.words.moment(row.last_post.into())];
    IncidentPage {
        number: row.number,
        sector: app.sector_label(&row.sector, f.tr.lang),
        topic: app.topic_label(&row.topic, f.tr.lang),
        again: row.cycle > 1,
        state: state_words(&f, row.state()),
        state_code: row.state().code(),
        posts_words: f.tr.with("incident-posts-line", line),
        mine: row.holder.as_deref() == Some(visitor.scope.who.as_str()),
        editor: may_answer.then(|| editor::editor(app, row, lang, draft)),
        actions,
        hidden_posts: if reads_posts { 0 } else { row.posts },
        municipality: row
            .municipality
            .as_deref()
            .map(|m| app.municipality_label(m)),
        point: row
            .lat
            .zip(row.lon)
            .map(|(lat, lon)| format!("{lat:.4}, {lon:.4}")),
        place: row.place_name.clone(),
        team: sector
            .map(|s| lang.choose(&s.team, &s.team_en).to_owned())
            .unwrap_or_default(),
        hours: sector
            .map(|s| lang.choose(&s.hours, &s.hours_en).to_owned())
            .unwrap_or_default(),
        holder: None,
        answer: None,
        posts: Vec::new(),
        kept: Vec::new(),
        reposts: (row.reposts > 0).then(|| f.tr.n("incident-reposts", row.reposts)),
        events: Vec::new(),
        clocks: Vec::new(),
        similar: Vec::new(),
        previous: None,
        next: None,
        f,
    }
}

/// The answer that was given.
fn given(f: &Frame, row: &IncidentRow, name: &impl Fn(&str) -> String) -> Option<AnswerView> {
    Some(AnswerView {
        text: row.answer.clone()?,
        url: row.answer_url.clone(),
        who: row
            .answered_by
            .as_deref()
            .map_or_else(|| f.t("somebody"), name),
        at: row
            .answered
            .map(|t| f.words.moment(t.into()))
            .unwrap_or_default(),
    })
}

/// The view of an incident, and of its posts, is noted before anything is shown.
async fn note_view(
    app: &Shared,
    visitor: &Visitor,
    row: &IncidentRow,
    posts: usize,
) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let subject = format!("incident:{}", row.number);
    let detail = format!("{posts} posts");
    note(app, &mut tx, visitor, AuditKind::Viewed, &subject, &detail).await?;
    Ok(tx.commit().await?)
}

/// What this person may do in this state, the main action last.
fn actions(visitor: &Visitor, f: &Frame, row: &IncidentRow) -> Vec<ActionView> {
    const ALL: [(Action, bool, &str, &str); 6] = [
        (Action::Pass, true, "KeyM", "M"),
        (Action::Decline, true, "KeyD", "D"),
        (Action::Reopen, true, "", ""),
        (Action::Take, false, "KeyE", "E"),
        (Action::Close, false, "", ""),
        (Action::Answer, false, "KeyA", "A"),
    ];
    if incidents::require_handling(&visitor.scope, row).is_err() {
        return Vec::new();
    }
    let state = row.state();
    let main = match state {
        IncidentState::New | IncidentState::Assigned => Action::Take,
        IncidentState::InProgress => Action::Answer,
        IncidentState::Answered => Action::Close,
        IncidentState::Closed | IncidentState::Declined => Action::Reopen,
    };
    let mut actions: Vec<ActionView> = ALL
        .into_iter()
        .filter(|(action, ..)| next_state(state, *action).is_ok())
        .map(|(action, asks, key, cap)| ActionView {
            code: action.code(),
            label: f.code("action", action.code()),
            asks,
            main: action == main,
            key,
            cap,
        })
        .collect();
    actions.sort_by_key(|action| action.main);
    actions
}

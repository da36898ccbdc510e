//! The review of claim suggestions: a post beside a reviewed claim, what is equal and what clashes,
//! five decisions. None is chosen beforehand, and an earlier decision is never shown.
//!
//! Start with [`show`]; the two texts are `claims/pair.rs`.

mod marks;
mod pair;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{Frame, field_words, note, note_view, page, page_with, statics};
use crate::{
    domain::{
        claim::Decision,
        id::{ClaimId, PostId},
    },
    store::{
        Priority, Tx,
        audit::AuditKind,
        claims::{self, MatchRow},
        posts,
    },
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
        locale::{Tr, args},
    },
};
use pair::Pair;

/// A reason that a second reader can use, in characters.
const SHORTEST_REASON: usize = 5;
/// Suggestions looked at for a place in the queue.
const QUEUE: i64 = 500;

#[derive(Template)]
#[template(path = "claims.html", config = "src/web/askama.toml")]
struct ClaimPage {
    f: Frame,
    totals: String,
    pair: Option<Pair>,
    choices: Vec<Choice>,
    skip: usize,
    skip_to: usize,
    reason: String,
    problem: Option<String>,
    wrong: &'static str,
}

struct Choice {
    code: &'static str,
    label: String,
    note: String,
    key: String,
    cap: usize,
    chosen: bool,
}

/// What somebody has chosen and written, with what was wrong.
#[derive(Default)]
struct Draft {
    decision: String,
    reason: String,
    problem: Option<(&'static str, String)>,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let skip = asked.query.get("skip").parse().unwrap_or(0);
    let (visitor, headers) = (&asked.visitor, &asked.headers);
    let view = view(&app, visitor, headers, skip, Draft::default()).await?;
    note_pair(&app, visitor, &view).await?;
    page(view)
}

async fn note_pair(app: &Shared, visitor: &Visitor, view: &ClaimPage) -> Result<(), Error> {
    match &view.pair {
        Some(pair) => note_view(app, visitor, &format!("post:{}", pair.post)).await,
        None => Ok(()),
    }
}

async fn view(
    app: &Shared,
    visitor: &Visitor,
    headers: &HeaderMap,
    skip: usize,
    draft: Draft,
) -> Result<ClaimPage, Error> {
    let about = About::new("/claims", "claims-title", keys::CLAIM);
    let mut f = Frame::new(app, visitor, headers, about);
    let mut tx = app.store.read().await?;
    let open = claims::list_open(&mut tx, &visitor.scope, QUEUE).await?;
    let at = if skip < open.len() { skip } else { 0 };
    let pair = match open.get(at) {
        Some(found) => find_pair(app, &mut tx, visitor, &f, found).await?,
        None => None,
    };
    if let Some(pair) = &pair {
        f.title = f.v("claims-title-of", &pair.claim);
    }
    Ok(ClaimPage {
        totals: totals(&f, at, open.len()),
        pair,
        choices: choices(&f, &draft.decision),
        skip: at,
        skip_to: if at + 1 < open.len() { at + 1 } else { 0 },
        reason: draft.reason,
        wrong: draft.problem.as_ref().map_or("", |(field, _)| field),
        problem: draft.problem.map(|(_, words)| words),
        f,
    })
}

/// The suggestion's post and claim, unless one of them has gone meanwhile.
async fn find_pair(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    f: &Frame,
    found: &MatchRow,
) -> Result<Option<Pair>, Error> {
    let post = posts::find(tx, &visitor.scope, &PostId(found.post.clone())).await?;
    let mut all = claims::list(tx).await?.into_iter();
    let claim = all.find(|claim| claim.id.as_str() == found.claim);
    let both = post.zip(claim);
    Ok(both.map(|(post, claim)| Pair::of(app, f, found, post, &claim)))
}

fn totals(f: &Frame, at: usize, open: usize) -> String {
    match open {
        0 => f.t("claims-none"),
        n => {
            f.tr.with("claims-totals", args![at = at as i64 + 1, n = n as i64])
        }
    }
}

fn choices(f: &Frame, chosen: &str) -> Vec<Choice> {
    let all = Decision::ALL.iter().enumerate();
    all.map(|(i, decision)| Choice {
        code: decision.code(),
        label: f.code("decision", decision.code()),
        note: f.code("decision-note", decision.code()),
        key: format!("Digit{}", i + 1),
        cap: i + 1,
        chosen: decision.code() == chosen,
    })
    .collect()
}

/// Records a decision and goes on to the next suggestion.
pub(super) async fn decide(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let (visitor, fields) = (&posted.visitor, &posted.fields);
    let skip = fields.get("skip").parse().unwrap_or(0);
    let reason = fields.get("reason");
    let decision = match read(fields.get("decision"), reason) {
        Ok(decision) => decision,
        Err((field, problem)) => {
            let tr = Tr { lang: visitor.lang };
            let draft = Draft {
                decision: fields.get("decision").to_owned(),
                reason: reason.to_owned(),
                problem: Some((field, field_words(tr, field, problem))),
            };
            let view = view(&app, visitor, &headers, skip, draft).await?;
            note_pair(&app, visitor, &view).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, view);
        }
    };
    let of = (fields.get("post").into(), fields.get("claim").into());
    record(&app, visitor, of, decision, reason).await?;
    Ok(go_on(&app, &format!("/claims?skip={skip}"), "decided"))
}

/// The decision, or the field that is wrong and how.
fn read(decision: &str, reason: &str) -> Result<Decision, (&'static str, &'static str)> {
    let decision = Decision::from_code(decision).ok_or(("decision", "missing"))?;
    match reason.chars().count() < SHORTEST_REASON {
        true => Err(("why", "too_short")),
        false => Ok(decision),
    }
}

async fn record(
    app: &Shared,
    visitor: &Visitor,
    (post, claim): (PostId, ClaimId),
    decision: Decision,
    reason: &str,
) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let of = (&post, &claim);
    claims::decide(&mut tx, &visitor.scope, of, decision, reason, app.now()).await?;
    let (kind, subject) = (AuditKind::Decided, format!("claim:{claim} post:{post}"));
    note(app, &mut tx, visitor, kind, &subject, decision.code()).await?;
    Ok(tx.commit().await?)
}

//! Posts that the machine was unsure of: a person gives the sector by one key, or says that there
//! is nothing to do. The machine's best guess is a hint; nothing is chosen beforehand.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Frame, incident::share, note, note_posts, page, statics};
use crate::{
    domain::id::PostId,
    incidents::triage,
    store::{Priority, audit::AuditKind, posts, posts::PostRow, routing},
    web::{
        Error, Shared,
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
        locale::args,
        text::{LangAttr, Piece, pieces},
    },
};

/// Posts of a page.
const ROWS: i64 = 20;
/// Nobody pages on from here: whoever has so many waiting begins at the top again.
const DEEPEST: i64 = 1_000_000;

#[derive(Template)]
#[template(path = "triage.html", config = "src/web/askama.toml")]
struct TriagePage {
    f: Frame,
    totals: String,
    rows: Vec<Row>,
    sectors: Vec<Digit>,
    shown: String,
    next: Option<i64>,
}

/// A sector under a digit.
struct Digit {
    code: String,
    label: String,
    key: String,
    cap: usize,
}

struct Row {
    id: String,
    tag: String,
    source: String,
    at: String,
    machine: String,
    place: Option<String>,
    /// The post's language, where the page's is another.
    lang: LangAttr,
    pieces: Vec<Piece>,
    out: Option<String>,
    hint: Option<String>,
    /// The words that told most, quoted.
    words: String,
    reason: String,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::new("/triage", "triage-title", keys::TRIAGE));
    let scope = &asked.visitor.scope;
    let offset: i64 = asked.query.get("from").parse().unwrap_or(0);
    let offset = offset.clamp(0, DEEPEST);
    let mut tx = app.store.read().await?;
    let mut waiting = routing::list_triage(&mut tx, scope, ROWS + 1, offset).await?;
    let more = waiting.len() as i64 > ROWS;
    waiting.truncate(ROWS as usize);
    let total = routing::count_triage(&mut tx, scope).await?;
    let ids: Vec<PostId> = waiting.iter().map(|(id, _)| id.clone()).collect();
    let mut found = posts::list(&mut tx, scope, &ids).await?;
    drop(tx);
    let shown = found.iter().map(|post| post.id.as_str());
    note_posts(&app, &asked.visitor, "page:triage", shown).await?;
    let rows: Vec<Row> = waiting
        .into_iter()
        .filter_map(|(id, reason)| {
            let at = found.iter().position(|post| post.id == id.0)?;
            Some(view(&app, &f, found.swap_remove(at), &reason))
        })
        .collect();
    let (from, to) = (offset + 1, offset + rows.len() as i64);
    page(TriagePage {
        totals: f.tr.n("triage-totals", total),
        shown: f
            .tr
            .with("triage-shown", args![from = from, to = to, all = total]),
        rows,
        sectors: digits(&app, &f),
        next: more.then_some(offset + ROWS),
        f,
    })
}

/// The first nine sectors that have a team, under 1 to 9; the rest have buttons without a key.
fn digits(app: &Shared, f: &Frame) -> Vec<Digit> {
    let teams = app.catalogue.sectors().iter().filter(|s| !s.triage);
    teams
        .enumerate()
        .map(|(i, sector)| Digit {
            code: sector.code.clone(),
            label: f.tr.lang.choose(&sector.label, &sector.label_en).to_owned(),
            key: if i < 9 {
                format!("Digit{}", i + 1)
            } else {
                String::new()
            },
            cap: i + 1,
        })
        .collect()
}

fn view(app: &Shared, f: &Frame, post: PostRow, reason: &str) -> Row {
    let lang = f.tr.lang;
    let guess = post
        .sector
        .as_deref()
        .zip(post.sector_score)
        .map(|(sector, score)| {
            f.tr.with(
                "triage-hint",
                args![
                    sector = app.sector_label(sector, lang),
                    score = share(f, score)
                ],
            )
        });
    let words: Vec<String> = serde_json::from_str(&post.reasons).unwrap_or_default();
    let telling = words.iter().filter(|word| word.chars().count() > 3);
    let quoted: Vec<String> = telling.take(5).map(|w| f.v("quoted", w)).collect();
    let place = [
        post.municipality
            .as_deref()
            .map(|m| app.municipality_label(m)),
        post.place_name,
    ];
    let place: Vec<String> = place.into_iter().flatten().collect();
    Row {
        tag: f.code("tag", &post.platform),
        source: post.source_name.unwrap_or(post.source),
        at: f.words.moment(post.published.into()),
        machine: f.words.machine(post.published.into()),
        place: (!place.is_empty()).then(|| place.join(", ")),
        lang: LangAttr::of(f.tr, &post.language),
        pieces: pieces(&post.text),
        out: post.opens.then(|| format!("/out/{}", post.id)),
        hint: guess,
        words: quoted.join(", "),
        reason: f.code("triage-reason", reason),
        id: post.id,
    }
}

/// A sector's code, or `none` for «nothing to do».
pub(super) async fn decide(
    State(app): State<Shared>,
    Path(post): Path<String>,
    posted: Posted,
) -> Result<Response, Error> {
    let given = posted.fields.get("sector");
    let sector = match given {
        "" => return Err(Error::Invalid("sector", "unknown")),
        "none" => None,
        code => Some(code),
    };
    let visitor = &posted.visitor;
    let id = PostId(post);
    let mut tx = app.store.write(Priority::Person).await?;
    triage::decide(&mut tx, &app.desk, &visitor.scope, &id, sector, app.now()).await?;
    let subject = format!("post:{id}");
    note(&app, &mut tx, visitor, AuditKind::Decided, &subject, given).await?;
    tx.commit().await?;
    app.store.hints.jobs.notify_one();
    app.store.hints.changes.notify_one();
    let flash = if sector.is_some() {
        "triaged"
    } else {
        "nothing"
    };
    Ok(go_on(&app, "/triage", flash))
}

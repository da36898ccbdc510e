//! Official pages: the mark «Госорганизация», and how active they are against the norm.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Frame, at, note, page, statics};
use crate::{
    domain::{page::GosOrg, post::Platform, user::Permission, widget::WidgetVerdict},
    store::{
        Priority,
        audit::AuditKind,
        pages::{self, PageRow},
    },
    web::{
        Error, Shared,
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
        locale::args,
        shape::Weeks,
    },
};

/// The shortest note that tells others why.
const SHORTEST_NOTE: usize = 10;

#[derive(Template)]
#[template(path = "official.html", config = "src/web/askama.toml")]
struct OfficialPages {
    f: Frame,
    totals: String,
    figures: Vec<Figure>,
    rows: Vec<Row>,
    may_edit: bool,
    marks: Vec<(&'static str, String)>,
}

struct Figure {
    label: String,
    value: i64,
    tone: &'static str,
    note: String,
}

struct Row {
    code: String,
    body: String,
    tag: String,
    class: String,
    municipality: Option<String>,
    address: Option<String>,
    members: Option<String>,
    mark: &'static str,
    mark_words: String,
    tone: &'static str,
    checked: String,
    weeks: Option<Weeks>,
    activity: String,
    low: bool,
    first: String,
    note: String,
    /// A site has no mark: the widget of the state feedback platform stands in its place.
    site: bool,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::new("/pages", "official-title", keys::PLAIN));
    let scope = &asked.visitor.scope;
    let mut tx = app.store.read().await?;
    let list = pages::list(&mut tx, scope).await?;
    let activity = pages::list_activity(&mut tx, scope, app.now()).await?;
    let rows: Vec<Row> = list
        .into_iter()
        .map(|row| {
            let weeks = row
                .source
                .as_ref()
                .map(|s| activity.get(s).copied().unwrap_or_default());
            view(&app, &f, row, weeks)
        })
        .collect();
    page(OfficialPages {
        totals: f.tr.n("official-totals", rows.len() as i64),
        figures: figures(&f, &rows),
        may_edit: asked.visitor.may(Permission::EditPages),
        marks: GosOrg::ALL
            .iter()
            .map(|m| (m.code(), f.code("mark", m.code())))
            .collect(),
        rows,
        f,
    })
}

fn figures(f: &Frame, rows: &[Row]) -> Vec<Figure> {
    let count = |test: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| test(row)).count() as i64;
    let figure = |key: &str, value, tone| Figure {
        label: f.t(&format!("official-{key}")),
        note: f.t(&format!("official-{key}-note")),
        tone: if value > 0 { tone } else { "" },
        value,
    };
    vec![
        figure("confirmed", count(&|r| r.mark == "confirmed"), ""),
        figure("lost", count(&|r| r.mark == "lost"), "late"),
        figure("requested", count(&|r| r.mark == "requested"), ""),
        figure("absent", count(&|r| r.mark == "none" && !r.site), "soon"),
        figure("low", count(&|r| r.low), "soon"),
    ]
}

fn view(app: &Shared, f: &Frame, row: PageRow, weeks: Option<[i64; 8]>) -> Row {
    let mark = GosOrg::from_code(&row.gosorg).unwrap_or(GosOrg::Absent);
    let norm = row.posts_per_week_norm;
    let last = weeks.map(|weeks| weeks[7]);
    let low = last.is_some_and(|last| last < norm);
    let state = match row.network == Platform::Site.code() {
        true => of_site(f, &row, low),
        false => of_page(f, mark, low),
    };
    let checked = row.pos_checked.filter(|_| state.site);
    let checked = checked.or(row.gosorg_checked).map_or_else(
        || f.t("official-never-checked"),
        |t| f.v("official-checked", f.words.day(at(t))),
    );
    Row {
        tag: f.code("tag", &row.network),
        class: f.code("class", &row.class),
        municipality: row
            .municipality
            .as_deref()
            .map(|m| app.municipality_label(m)),
        address: link(&row.address),
        members: row.members.map(|n| {
            f.tr.with("official-members", args![n = n, shown = f.words.count(n)])
        }),
        mark: mark.code(),
        mark_words: state.words,
        tone: state.tone,
        checked,
        weeks: weeks.map(|weeks| Weeks {
            counts: weeks.to_vec(),
            norm,
            label: f.t("official-weeks-label"),
        }),
        activity: match last {
            Some(last) => f.tr.with("official-week", args![n = last, norm = norm]),
            None => f.tr.with("official-not-crawled", args![norm = norm]),
        },
        low,
        first: f.t(state.first),
        site: state.site,
        note: row.note,
        code: row.code,
        body: row.body,
    }
}

/// How a page stands, and what is to be done first, as a locale key.
struct Standing {
    words: String,
    tone: &'static str,
    first: &'static str,
    site: bool,
}

fn of_page(f: &Frame, mark: GosOrg, low: bool) -> Standing {
    Standing {
        words: f.code("mark", mark.code()),
        tone: tone(mark),
        first: first_task(mark, low),
        site: false,
    }
}

/// A site stands as its widget does.
fn of_site(f: &Frame, row: &PageRow, low: bool) -> Standing {
    let verdict = row.pos_widget.as_deref().and_then(WidgetVerdict::from_code);
    let (tone, first) = match verdict {
        Some(WidgetVerdict::Present) if low => ("ok", "official-first-low"),
        Some(WidgetVerdict::Present) => ("ok", "official-first-nothing"),
        Some(WidgetVerdict::Partial) => ("part", "official-first-form"),
        Some(WidgetVerdict::LinkOnly | WidgetVerdict::Absent) => ("none", "official-first-widget"),
        None => ("none", "official-first-nothing"),
    };
    let words = match (verdict, row.pos_form) {
        (Some(verdict), Some(form)) => f.v(&format!("widget-{verdict}"), form.to_string()),
        (Some(verdict), None) => f.t(&format!("widget-{verdict}")),
        (None, _) => f.t("widget-unknown"),
    };
    Standing {
        words,
        tone,
        first,
        site: true,
    }
}

fn tone(mark: GosOrg) -> &'static str {
    match mark {
        GosOrg::Confirmed => "ok",
        GosOrg::Requested => "part",
        GosOrg::Absent => "none",
        GosOrg::Lost => "late",
    }
}

/// What is to be done first, as a locale key.
fn first_task(mark: GosOrg, low: bool) -> &'static str {
    match (mark, low) {
        (GosOrg::Lost, _) => "official-first-lost",
        (GosOrg::Absent, _) => "official-first-absent",
        (GosOrg::Requested, _) => "official-first-requested",
        (_, true) => "official-first-low",
        _ => "official-first-nothing",
    }
}

/// Only addresses that a browser may follow.
fn link(address: &str) -> Option<String> {
    let http = address.starts_with("https://") || address.starts_with("http://");
    http.then(|| address.to_owned())
}

pub(super) async fn mark(
    State(app): State<Shared>,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Error> {
    let word = |name| GosOrg::from_code(posted.fields.get(name));
    let seen = word("seen").ok_or(Error::Invalid("mark", "unknown"))?;
    let wanted = word("mark").ok_or(Error::Invalid("mark", "unknown"))?;
    let reason = posted.fields.get("note");
    if reason.chars().count() < SHORTEST_NOTE {
        return Err(Error::Invalid("note", "too_short"));
    }
    let visitor = &posted.visitor;
    let mut tx = app.store.write(Priority::Person).await?;
    pages::mark(
        &mut tx,
        &visitor.scope,
        &code,
        seen,
        wanted,
        reason,
        app.now(),
    )
    .await?;
    let detail = format!("{seen} > {wanted}");
    note(
        &app,
        &mut tx,
        visitor,
        AuditKind::Changed,
        &format!("page:{code}"),
        &detail,
    )
    .await?;
    tx.commit().await?;
    Ok(go_on(&app, "/pages", "marked"))
}

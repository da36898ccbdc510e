//! Sources and their health, in words: what happened and what to do next.

use std::collections::HashSet;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, at, page, statics};
use crate::{
    domain::{
        source::SourceState,
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{
        budget,
        sources::{self, SourceRow},
        watch::{self, FindingRow},
    },
    web::{
        Error, Shared,
        form::Asked,
        frame::About,
        keys,
        locale::{Tr, args},
        shape::Bar,
        words::Words,
    },
};

/// A source is silent when it brought nothing for so long.
const SILENT: Span = Span::days(7);

#[derive(Template)]
#[template(path = "sources.html", config = "src/web/askama.toml")]
struct SourcesPage {
    f: Frame,
    totals: String,
    found: usize,
    may_change: bool,
    groups: Vec<Group>,
    budgets: Vec<BudgetLine>,
    loops: Vec<LoopLine>,
}

struct Group {
    label: String,
    rows: Vec<Row>,
}

pub(super) struct Row {
    pub code: String,
    pub name: String,
    pub tag: String,
    pub about: String,
    pub tone: &'static str,
    /// As [`health_of`] says, or what the self-checks found.
    pub health: &'static str,
    pub state: String,
    pub posts: i64,
    pub last_post: String,
    pub last_visit: String,
    pub next_visit: String,
    pub words: String,
    pub error: Option<String>,
}

pub(super) struct BudgetLine {
    pub domain: String,
    pub method: String,
    pub used: String,
    pub limit: String,
    pub left: String,
    pub bar: Bar,
    pub exhausted: Option<String>,
}

struct LoopLine {
    name: String,
    tone: &'static str,
    state: String,
    error: Option<String>,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::new("/sources", "sources-title", keys::PLAIN));
    let mut tx = app.store.read().await?;
    let rows = sources::list(&mut tx, &asked.visitor.scope).await?;
    let found = watch::list_open(&mut tx, &asked.visitor.scope).await?;
    let day = app.now().in_zone(app.zone()).date().to_string();
    let used = budget::list_used(&mut tx, &day).await?;
    let total = rows.len() as i64;
    let posts: i64 = rows.iter().map(|row| row.posts).sum();
    let groups = groups(&f, rows, &found);
    let troubled: HashSet<&str> = found.iter().map(|row| row.source.as_str()).collect();
    let view = SourcesPage {
        totals: f.tr.with(
            "sources-totals",
            args![n = total, posts = posts, shown = f.words.count(posts)],
        ),
        budgets: used
            .into_iter()
            .map(|line| budget_line(&app, &f.words, line))
            .collect(),
        loops: loops(&app, &f),
        found: troubled.len(),
        may_change: asked.visitor.may(Permission::Administer),
        groups,
        f,
    };
    page(view)
}

fn groups(f: &Frame, rows: Vec<SourceRow>, found: &[FindingRow]) -> Vec<Group> {
    let (mut attention, mut well, mut off) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let finding = found.iter().find(|finding| finding.source == row.code);
        let row = view(f, row, finding.map(|finding| finding.kind.as_str()));
        let group = match row.health {
            "off" => &mut off,
            "active" | "waiting" => &mut well,
            _ => &mut attention,
        };
        group.push(row);
    }
    [
        ("sources-attention", attention),
        ("sources-well", well),
        ("sources-off", off),
    ]
    .into_iter()
    .filter(|(_, rows)| !rows.is_empty())
    .map(|(label, rows)| Group {
        label: f.t(label),
        rows,
    })
    .collect()
}

/// One word for how a source is doing; also part of locale keys.
fn health_of(row: &SourceRow, now: Timestamp) -> &'static str {
    let late = |due: i64| now.since(at(due)) > Span::millis(row.interval_ms * 2);
    match SourceState::from_code(&row.state) {
        _ if row.stopped.is_some() => "off",
        Some(SourceState::Off) => "off",
        Some(SourceState::Gone) => "gone",
        Some(SourceState::Parked) => "parked",
        _ if row.failures > 0 => "failing",
        _ if row.last_visit.is_none() => "waiting",
        _ if late(row.next_visit) => "behind",
        _ if row.last_post.is_some_and(|t| now.since(at(t)) > SILENT) => "silent",
        _ => "active",
    }
}

/// A source, and what the self-checks found of it.
pub(super) fn view(f: &Frame, row: SourceRow, finding: Option<&str>) -> Row {
    let health = match (health_of(&row, f.words.now), finding) {
        ("active" | "silent", Some("parser_broken")) => "broken",
        ("active", Some("silent")) => "unlike",
        (health, _) => health,
    };
    let w = &f.words;
    let never = || f.t("never");
    let next = at(row.next_visit);
    let when = |moment: Option<i64>| moment.map_or_else(never, |t| w.ago(at(t)));
    let tone = match health {
        "gone" | "failing" | "broken" => "late",
        "parked" | "behind" | "silent" | "unlike" => "soon",
        "off" => "hold",
        "waiting" => "none",
        _ => "ok",
    };
    Row {
        tag: f.code("tag", &row.platform),
        about: source_about(f, &row),
        tone,
        state: f.code(
            "source-state",
            if health == "unlike" { "silent" } else { health },
        ),
        health,
        posts: row.posts,
        last_post: when(row.last_post),
        last_visit: when(row.last_visit),
        next_visit: match health {
            "off" => String::new(),
            _ if next <= w.now.plus(Span::minutes(1)) => f.t("source-next-now"),
            _ => f.v("source-next", w.span(next.since(w.now))),
        },
        words: f.code("source-words", health),
        error: row.note.or(row.last_error).filter(|_| tone != "ok"),
        name: row.name,
        code: row.code,
    }
}

/// «страница органа, раз в 10 мин».
fn source_about(f: &Frame, row: &SourceRow) -> String {
    let kind = match (row.official != 0, row.platform.as_str()) {
        (true, _) => "source-kind-official",
        (_, "import") => "source-kind-import",
        (_, "feed" | "site") => "source-kind-media",
        _ => "source-kind-community",
    };
    let every = f.words.interval(Span::millis(row.interval_ms));
    f.tr.with("source-about", args![kind = f.t(kind), every = every])
}

pub(super) fn budget_line(
    app: &Shared,
    words: &Words,
    (domain, method, used, exhausted): (String, String, i64, i64),
) -> BudgetLine {
    let collect = &app.settings.collect;
    let limit = match domain.as_str() {
        d if d.starts_with("vk") => collect.vk_limit(&method),
        "tme" => collect.telegram_per_day,
        d if d.starts_with("ok:") => collect.ok.per_day,
        d if d.starts_with("max:") => collect.max.per_day,
        _ => collect.host_per_day,
    };
    let part = used as f64 / limit.max(1) as f64;
    let until = at(exhausted);
    BudgetLine {
        domain: budget_domain(words.tr, &domain),
        method: match method.as_str() {
            "get" => words.tr.t("sources-budget-get"),
            "robots" => "robots.txt".to_owned(),
            _ => method,
        },
        used: words.count(used),
        limit: words.count(limit),
        left: words.count((limit - used).max(0)),
        bar: Bar {
            part,
            tone: if part > 0.9 { "soon" } else { "plain" },
        },
        exhausted: (until > words.now).then(|| words.moment(until)),
    }
}

/// Whom a budget's name means: a network, or a site by its host.
fn budget_domain(tr: Tr, name: &str) -> String {
    match name.split_once(':') {
        _ if name == "tme" => tr.t("platform-telegram"),
        Some((network @ ("vk" | "ok" | "max"), _)) => tr.t(&format!("platform-{network}")),
        Some(("host", host)) => host.to_owned(),
        _ => name.to_owned(),
    }
}

fn loops(app: &Shared, f: &Frame) -> Vec<LoopLine> {
    let list = app.health.list();
    list.into_iter()
        .map(|(name, health)| LoopLine {
            name: f.code("loop", name),
            tone: match health.state {
                "running" => "ok",
                "failing" => "late",
                _ => "hold",
            },
            state: f.code("loop-state", health.state),
            error: health.last_error.filter(|_| health.state == "failing"),
        })
        .collect()
}

//! The lines of a source's page: figures, findings, errors, gaps and backfills, each as a sentence that
//! says what happened and what to do.

use super::{Known, ago, at};
use crate::{
    domain::{
        source::PageFacts,
        time::{Span, Timestamp},
    },
    store::{
        backfills::BackfillRow,
        sources::SourceRow,
        watch::{ErrorRow, GapRow},
    },
    web::{Shared, frame::Frame, locale::args, shape::Bar},
};

/// Something that waits for somebody.
pub(super) struct Problem {
    pub tone: &'static str,
    pub title: String,
    pub words: String,
    pub since: String,
}

/// A figure with its note.
pub(super) struct Figure {
    pub label: String,
    pub value: String,
    pub note: String,
    pub tone: &'static str,
}

/// Errors of one kind in a row.
pub(super) struct ErrorLine {
    pub when: String,
    pub machine: String,
    pub times: String,
    pub title: String,
    pub words: String,
    pub message: String,
}

/// Where posts may be missing.
pub(super) struct GapLine {
    pub tone: &'static str,
    pub state: String,
    pub span: String,
    pub words: String,
    pub found: String,
}

/// A period that is read again.
pub(super) struct BackfillLine {
    pub id: String,
    pub tone: &'static str,
    pub state: String,
    pub span: String,
    pub bar: Option<Bar>,
    pub progress: String,
    pub words: String,
    pub outlived: Option<String>,
    pub who: String,
    pub open: bool,
}

pub(super) fn problems(f: &Frame, known: &Known) -> Vec<Problem> {
    let problem = |kind: &str, found: i64| Problem {
        tone: if kind == "parser_broken" {
            "bad"
        } else {
            "soon"
        },
        title: f.code("finding", &kind.replace('_', "-")),
        words: f.code("finding-words", &kind.replace('_', "-")),
        since: f.v("source-since", ago(f, found)),
    };
    let findings = known.findings.iter();
    findings.map(|row| problem(&row.kind, row.found)).collect()
}

pub(super) fn figures(f: &Frame, known: &Known) -> Vec<Figure> {
    let (coverage, source) = (&known.coverage, &known.source);
    let interval = Span::millis(source.interval_ms);
    let share = coverage.share;
    let late = |last: i64| f.words.now.since(at(last)) > Span::millis(source.interval_ms * 3);
    let soon = |bad: bool| if bad { "soon" } else { "" };
    let posts_a_day = known.check.posts_a_day();
    vec![
        Figure {
            label: f.t("source-coverage"),
            value: share.map_or_else(|| "—".into(), |share| f.v("percent", percent(share))),
            note: f.tr.with(
                "source-coverage-note",
                args![n = coverage.made, of = coverage.expected],
            ),
            tone: soon(share.is_some_and(|share| share < 0.9)),
        },
        Figure {
            label: f.t("source-blind"),
            value: coverage.blind.to_string(),
            note: f.t("source-blind-note"),
            tone: soon(coverage.blind > 2),
        },
        Figure {
            label: f.t("source-lag"),
            value: source.last_success.map_or_else(
                || "—".into(),
                |last| f.words.span(f.words.now.since(at(last))),
            ),
            note: f.v(
                "source-lag-note",
                f.words.interval(Span::millis(interval.as_millis() / 2)),
            ),
            tone: soon(source.state != "off" && source.last_success.is_some_and(late)),
        },
        Figure {
            label: f.t("source-rate"),
            value: rate(posts_a_day, f),
            note: source.last_post.map_or_else(
                || f.t("source-rate-none"),
                |last| f.v("source-rate-note", ago(f, last)),
            ),
            tone: "",
        },
        Figure {
            label: f.t("sources-posts"),
            value: f.words.count(source.posts),
            note: f.t("source-posts-note"),
            tone: "",
        },
    ]
}

fn percent(share: f64) -> String {
    // Ninety-nine and a half is not everything.
    ((share * 100.0).floor() as i64).to_string()
}

fn rate(a_day: f64, f: &Frame) -> String {
    match a_day {
        a_day if a_day < 0.05 => "—".to_owned(),
        a_day if a_day < 9.95 => {
            let digits = format!("{a_day:.1}");
            f.tr.lang
                .choose(&digits.replace('.', ","), &digits)
                .to_owned()
        }
        a_day => f.words.count(a_day.round() as i64),
    }
}

pub(super) fn errors(f: &Frame, rows: &[ErrorRow]) -> Vec<ErrorLine> {
    let line = |row: &ErrorRow| ErrorLine {
        when: f.words.moment(at(row.last)),
        machine: f.words.machine(at(row.last)),
        times: match row.times {
            1 => String::new(),
            times => f.tr.with(
                "source-error-times",
                args![n = times, since = f.words.moment(at(row.first))],
            ),
        },
        title: f.code("error-class", &row.class),
        words: f.code("error-class-do", &row.class),
        message: row.message.clone(),
    };
    rows.iter().map(line).collect()
}

pub(super) fn gaps(f: &Frame, rows: &[GapRow]) -> Vec<GapLine> {
    let line = |row: &GapRow| {
        let state = match (row.closed, row.kind.as_str()) {
            (Some(_), "lost") | (None, "lost") => "lost",
            (Some(_), _) => "closed",
            (None, "skipped") if row.backfill.is_none() => "waits",
            (None, _) => "open",
        };
        GapLine {
            tone: match state {
                "closed" => "ok",
                "lost" => "late",
                _ => "soon",
            },
            state: f.code("gap-state", state),
            span: span(f, row.since, row.until),
            words: f.code("gap-words", &row.kind),
            found: ago(f, row.found),
        }
    };
    rows.iter().map(line).collect()
}

fn span(f: &Frame, since: i64, until: i64) -> String {
    let (since, until) = (f.words.moment(at(since)), f.words.moment(at(until)));
    f.tr.with("source-span", args![since = since, until = until])
}

pub(super) fn backfills(f: &Frame, rows: &[BackfillRow]) -> Vec<BackfillLine> {
    rows.iter().map(|row| backfill(f, row)).collect()
}

fn backfill(f: &Frame, row: &BackfillRow) -> BackfillLine {
    let open = row.ended.is_none();
    let state = match (open, row.reason.is_some(), row.requests) {
        (true, true, _) => "held",
        (true, false, 0) => "waiting",
        (true, false, _) => "running",
        _ => row.state.as_str(),
    };
    BackfillLine {
        id: row.id.clone(),
        tone: match state {
            "done" => "ok",
            "failed" => "late",
            "held" => "soon",
            "stopped" => "hold",
            _ => "none",
        },
        state: f.code("backfill-state", state),
        span: span(f, row.since, row.until),
        bar: open.then(|| Bar {
            part: part(row),
            tone: "plain",
        }),
        progress: f.tr.with(
            "backfill-progress",
            args![
                found = row.found,
                kept = row.kept,
                requests = row.requests,
                reached = reached(f, row),
            ],
        ),
        words: words(f, row, open),
        outlived: (row.outlived > 0).then(|| f.tr.n("backfill-outlived", row.outlived)),
        who: match row.who.as_str() {
            "service:selfcheck" => f.t("backfill-by-selfcheck"),
            "service:cli" => f.t("backfill-by-command"),
            login => login.to_owned(),
        },
        open,
    }
}

fn reached(f: &Frame, row: &BackfillRow) -> String {
    match row.reached {
        Some(reached) => f.words.moment(at(reached.max(row.since))),
        None => f.t("never"),
    }
}

/// How much of the period lies behind it.
fn part(row: &BackfillRow) -> f64 {
    let whole = (row.until - row.since).max(1) as f64;
    row.reached
        .map_or(0.0, |reached| (row.until - reached) as f64 / whole)
}

fn words(f: &Frame, row: &BackfillRow, open: bool) -> String {
    match (&row.reason, open) {
        (Some(reason), true) => {
            let why = f.code("error-class", reason);
            let again = f.words.moment(at(row.not_before));
            f.tr.with("backfill-held", args![why = why, again = again])
        }
        (Some(reason), false) if row.state == "done" => {
            f.code("backfill-end", &reason.replace('_', "-"))
        }
        (Some(reason), false) if row.state == "failed" => f.code("error-class-do", reason),
        _ => String::new(),
    }
}

/// How far back this source can be read, and how far it is worth it.
pub(super) fn reach(f: &Frame, source: &SourceRow, oldest: Timestamp) -> String {
    let kept = f.v("backfill-kept", f.words.day(oldest));
    let platform = match source.platform.as_str() {
        "vk" if source.comments != 0 => "backfill-reach-vk-comments",
        "vk" => "backfill-reach-vk",
        "telegram" => "backfill-reach-telegram",
        "feed" => "backfill-reach-feed",
        _ => return f.t("backfill-reach-none"),
    };
    format!("{} {kept}", f.t(platform))
}

pub(super) fn about(app: &Shared, f: &Frame, known: &Known) -> Vec<(String, String)> {
    let source = &known.source;
    let facts: PageFacts = source
        .facts
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let place = source.municipality.as_deref();
    let yes = |is: i64| f.t(if is != 0 { "yes" } else { "no" });
    let mut about = vec![
        ("source-about-code", source.code.clone()),
        ("source-about-address", address(source)),
    ];
    if let Some(place) = place {
        about.push(("source-about-place", app.municipality_label(place)));
    }
    if let Some(members) = facts.members {
        about.push(("source-about-members", f.words.count(members)));
    }
    if source.platform == "vk" {
        about.push(("source-about-comments", yes(source.comments)));
    }
    let origin = match known.is_added {
        true => "source-about-added",
        false => "source-about-file",
    };
    about.push(("source-about-origin", f.t(origin)));
    about
        .into_iter()
        .map(|(key, value)| (f.t(key), value))
        .collect()
}

fn address(source: &SourceRow) -> String {
    match (source.platform.as_str(), &source.screen_name) {
        ("vk", Some(name)) => format!("vk.com/{name}"),
        ("vk", None) => format!("vk.com/club{}", source.owner.trim_start_matches('-')),
        ("telegram", _) => format!("t.me/{}", source.owner.trim_start_matches('@')),
        _ => source.owner.clone(),
    }
}

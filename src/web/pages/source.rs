//! One source: how much of its time was watched, how late, at what cost; its errors and what the
//! self-checks found, in words; and the buttons of who keeps it. Start with [`show`]; what the buttons do
//! is in `source/act.rs`, the lines are made in `source/lines.rs`.

mod act;
mod address;
mod edit;
mod lines;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use self::lines::{BackfillLine, ErrorLine, Figure, GapLine, Problem};
pub(super) use self::{
    act::act,
    edit::{add, ask, blank, change},
};
use super::{
    Frame, at, page, page_with, sources,
    sources::{BudgetLine, Row},
    statics,
};
use crate::{
    collect::selfcheck::Check,
    domain::{
        coverage::Coverage,
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{
        Tx, backfills, budget,
        sources::SourceRow,
        watch::{self, ErrorRow, FindingRow, GapRow},
    },
    web::{Error, Shared, auth::session::Visitor, form::Asked, frame::About, keys, shape::Hours},
};

#[derive(Template)]
#[template(path = "source.html", config = "src/web/askama.toml")]
struct SourcePage {
    f: Frame,
    code: String,
    row: Row,
    may_change: bool,
    is_added: bool,
    is_off: bool,
    problems: Vec<Problem>,
    figures: Vec<Figure>,
    hours: Hours,
    hours_from: String,
    budgets: Vec<BudgetLine>,
    errors: Vec<ErrorLine>,
    gaps: Vec<GapLine>,
    backfills: Vec<BackfillLine>,
    form: Form,
    about: Vec<(String, String)>,
}

/// The form of a backfill, as it was sent.
#[derive(Default)]
struct Form {
    from: String,
    to: String,
    earliest: String,
    latest: String,
    hint: String,
    problem: Option<String>,
    can: bool,
}

/// What is known of a source.
struct Known {
    source: SourceRow,
    check: Check,
    coverage: Coverage,
    errors: Vec<ErrorRow>,
    findings: Vec<FindingRow>,
    gaps: Vec<GapRow>,
    backfills: Vec<backfills::BackfillRow>,
    used: Vec<(String, String, i64, i64)>,
    /// It was added on the page, and may be changed there.
    is_added: bool,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(code): Path<String>,
    asked: Asked,
) -> Result<Response, Error> {
    let f = asked.frame(&app, About::new("/sources", "sources-title", keys::PLAIN));
    let known = read(&app, &asked.visitor, &code).await?;
    let form = Form {
        from: day(&f, f.words.now.minus(Span::days(7))),
        to: day(&f, f.words.now),
        ..Form::default()
    };
    page(view(&app, f, &asked.visitor, known, form))
}

/// The page again, with what is wrong about the dates.
async fn show_again(
    app: &Shared,
    visitor: &Visitor,
    mut f: Frame,
    code: &str,
    form: Form,
) -> Result<Response, Error> {
    f.flash = None;
    let known = read(app, visitor, code).await?;
    let view = view(app, f, visitor, known, form);
    page_with(StatusCode::UNPROCESSABLE_ENTITY, view)
}

async fn read(app: &Shared, visitor: &Visitor, code: &str) -> Result<Known, Error> {
    let now = app.now();
    let mut tx = app.store.read().await?;
    let source = watch::source(&mut tx, &visitor.scope, code).await?;
    let kept = watch::find_check(&mut tx, code).await?;
    let check = Check::from_text(kept.as_deref());
    let hours = watch::list_hours(&mut tx, code).await?;
    let coverage = Coverage::of(
        &hours,
        check.began,
        source.last_success.map(Timestamp::from_millis),
        Span::millis(source.interval_ms),
        now,
    );
    Ok(Known {
        check,
        coverage,
        errors: watch::list_errors(&mut tx, code).await?,
        findings: watch::open_of(&mut tx, code).await?,
        gaps: watch::list_gaps(&mut tx, code).await?,
        backfills: backfills::list(&mut tx, code).await?,
        used: used(app, &mut tx, &source).await?,
        is_added: edit::added_here(app, &mut tx, code).await?.is_some(),
        source,
    })
}

/// The lines of today's budget that this source draws on.
async fn used(
    app: &Shared,
    tx: &mut Tx,
    source: &SourceRow,
) -> Result<Vec<(String, String, i64, i64)>, Error> {
    let day = app.now().in_zone(app.zone()).date().to_string();
    let host = url::Url::parse(&source.owner).ok();
    let host = host
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or_default();
    let host = format!("host:{host}");
    let of_source = |domain: &str| match source.platform.as_str() {
        "vk" => domain.starts_with("vk"),
        "telegram" => domain == "tme",
        "ok" | "max" => domain.starts_with(&source.platform),
        _ => domain == host,
    };
    let used = budget::list_used(tx, &day).await?;
    Ok(used.into_iter().filter(|line| of_source(&line.0)).collect())
}

fn view(app: &Shared, mut f: Frame, visitor: &Visitor, known: Known, form: Form) -> SourcePage {
    f.title.clone_from(&known.source.name);
    let from = f.words.now.minus(Span::days(7));
    let oldest = f.words.now.minus(kept_for(app));
    let budgets = known.used.iter().cloned();
    let reads = matches!(known.source.platform.as_str(), "vk" | "telegram" | "feed");
    SourcePage {
        may_change: visitor.may(Permission::Administer),
        is_added: known.is_added,
        is_off: known.source.state == "off",
        problems: lines::problems(&f, &known),
        figures: lines::figures(&f, &known),
        hours: Hours {
            cells: known.coverage.cells.clone(),
            label: f.tr.n("source-hours-label", known.coverage.blind),
        },
        hours_from: f.words.day(from),
        budgets: budgets
            .map(|line| sources::budget_line(app, &f.words, line))
            .collect(),
        errors: lines::errors(&f, &known.errors),
        gaps: lines::gaps(&f, &known.gaps),
        backfills: lines::backfills(&f, &known.backfills),
        form: Form {
            earliest: day(&f, oldest),
            latest: day(&f, f.words.now),
            hint: lines::reach(&f, &known.source, oldest),
            can: reads,
            ..form
        },
        about: lines::about(app, &f, &known),
        code: known.source.code.clone(),
        row: sources::view(&f, known.source, None),
        f,
    }
}

/// How long posts are kept: nothing older is read.
fn kept_for(app: &Shared) -> Span {
    Span::days(app.settings.retention.posts_days)
}

/// A day as date fields hold it.
fn day(f: &Frame, moment: Timestamp) -> String {
    moment.in_zone(&f.words.zone).date().to_string()
}

/// «4 мин назад».
fn ago(f: &Frame, moment: i64) -> String {
    f.words.ago(at(moment))
}

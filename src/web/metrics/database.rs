//! What the database tells: work that waits, budgets, sizes, purges.

use prometheus_client::metrics::{counter::Counter, family::Family};

use super::{
    App,
    process::{file_bytes, seconds},
    sheet::Sheet,
};
use crate::{
    config::settings::Collect,
    domain::{time::Timestamp, watch::Finding},
    meters::Labels,
    store::{
        self, budget,
        changes::Position,
        figures::{self, Figures},
        settings, watch,
    },
};

/// What the database knows.
pub(super) struct Read {
    figures: Figures,
    used: Vec<(String, String, i64, i64)>,
    behind: i64,
    backup: Option<Timestamp>,
    findings: Vec<(String, i64)>,
    gaps: i64,
}

pub(super) async fn from_database(app: &App) -> store::Result<Read> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    let position = app.index.position().unwrap_or_default();
    let position = Position {
        xid: position.xid,
        seq: position.seq,
    };
    let day = now.in_zone(&app.zone()).date().to_string();
    Ok(Read {
        figures: figures::read(&mut tx, now).await?,
        used: budget::list_used(&mut tx, &day).await?,
        behind: figures::behind(&mut tx, position).await?,
        backup: settings::find_moment(&mut tx, settings::BACKUP_MADE).await?,
        findings: watch::count_open(&mut tx).await?,
        gaps: watch::count_gaps(&mut tx).await?,
    })
}

pub(super) fn of_database(sheet: &mut Sheet, app: &App, read: &Read) {
    let now = app.clock.now();
    of_stages(sheet, &read.figures, now);
    of_watch(sheet, read);
    let alerts = read.figures.alerts;
    let states = [
        ("delivered", alerts.delivered),
        ("failed", alerts.failed),
        ("waiting", alerts.waiting),
    ];
    sheet.gauges(
        "alerts",
        "Alerts that the database keeps, by what became of them",
        states.map(|(state, count)| (vec![("state", state.to_owned())], count as f64)),
    );
    sheet.gauges(
        "network_budget_left_requests",
        "Requests left of today's budget, by network domain and method, as far as any went today",
        budget_left(app, &read.used),
    );
    let log = app.settings.data_dir.join("otklik.db-wal");
    let log = if app.store.is_postgres() {
        0
    } else {
        file_bytes(&log)
    };
    sheet.one(
        "database_bytes",
        "Size of the database on disk, SQLite's log included, bytes",
        read.figures.bytes as f64 + log as f64,
    );
    sheet.one(
        "index_lag_changes",
        "Changes in the log that this process's index has still to read, counted up to 100000",
        read.behind as f64,
    );
    if let Some(made) = read.backup {
        sheet.one(
            "backup_last_timestamp_seconds",
            "When `otklik backup` last ended well, Unix time",
            seconds(made),
        );
    }
    of_purges(sheet, &read.figures);
}

fn of_watch(sheet: &mut Sheet, read: &Read) {
    let found = |kind: &Finding| {
        let open = read.findings.iter().find(|(open, _)| open == kind.code());
        let labels = vec![("kind", kind.code().to_owned())];
        (labels, open.map_or(0, |(_, count)| *count) as f64)
    };
    sheet.gauges(
        "source_findings",
        "Sources about which the self-checks found something that is not mended: parser_broken, \
         silent, gap (posts were skipped, a backfill reads them), lost (a feed pushed posts out)",
        Finding::ALL.iter().map(found),
    );
    sheet.one(
        "source_gaps",
        "Periods of sources in which posts may be missing and which are not read yet",
        read.gaps as f64,
    );
}

fn of_stages(sheet: &mut Sheet, figures: &Figures, now: Timestamp) {
    let stage = |b: &figures::Backlog| vec![("stage", b.stage.clone())];
    sheet.gauges(
        "backlog_items",
        "What waits before a stage, counted up to 100000: sources to visit, posts to understand and \
         to route, deadlines to raise, alerts to deliver; triage and claims wait for people",
        figures.backlog.iter().map(|b| (stage(b), b.waiting as f64)),
    );
    sheet.gauges(
        "backlog_age_seconds",
        "How long the oldest item has waited before a stage; 0 when none waits",
        figures.backlog.iter().map(|b| {
            let waited = b.oldest.map_or(0, |since| (now.as_millis() - since).max(0));
            (stage(b), waited as f64 / 1000.0)
        }),
    );
    sheet.gauges(
        "sources",
        "Sources by platform and state: active, parked (waits), gone, off",
        figures.sources.iter().map(|s| {
            let labels = vec![("platform", s.platform.clone()), ("state", s.state.clone())];
            (labels, s.sources as f64)
        }),
    );
}

fn of_purges(sheet: &mut Sheet, figures: &Figures) {
    let purged = Family::<Labels, Counter>::default();
    for row in &figures.purges {
        let labels = vec![("class", row.class.clone())];
        purged.get_or_create(&labels).inc_by(row.gone.max(0) as u64);
    }
    let help = "Rows that retention has purged since the installation began, by class";
    sheet.0.register("otklik_purged_rows", help, purged);
    sheet.gauges(
        "purge_last_timestamp_seconds",
        "When retention last purged rows of a class, Unix time",
        figures.purges.iter().filter_map(|row| {
            Some((
                vec![("class", row.class.clone())],
                row.last? as f64 / 1000.0,
            ))
        }),
    );
}

fn budget_left(app: &App, used: &[(String, String, i64, i64)]) -> Vec<(Labels, f64)> {
    let mut left: Vec<(Labels, f64)> = Vec::new();
    for (domain, method, used, _) in used {
        let domain_label = app.store.meters.domain(domain);
        let labels = vec![("domain", domain_label), ("method", method.clone())];
        let rest = (per_day(&app.settings.collect, domain, method) - used).max(0) as f64;
        match left.iter_mut().find(|(known, _)| *known == labels) {
            Some((_, least)) => *least = least.min(rest),
            None => left.push((labels, rest)),
        }
    }
    left
}

fn per_day(settings: &Collect, domain: &str, method: &str) -> i64 {
    match domain {
        _ if domain.starts_with("vk:") => settings.vk_limit(method),
        "tme" => settings.telegram_per_day,
        "ok:app" => settings.ok.per_day,
        "max:bot" => settings.max.per_day,
        _ => settings.host_per_day,
    }
}

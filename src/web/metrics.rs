//! `/metrics` in OpenMetrics' text: what this process counted, and what the database tells now. Open to
//! whoever holds `metrics.token`, or on a listener of its own. Start with [`text`].
//!
//! A database that is away is itself a figure (`otklik_database_up`): the scrape goes on without it.

use std::{path::Path, sync::atomic::AtomicU64};

use anyhow::{Context, Result};
use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use secrecy::ExposeSecret;

use super::{App, Error, Shared, auth, table};
use crate::{
    config::settings::Collect,
    domain::time::Timestamp,
    meters::Labels,
    store::{
        self, budget,
        changes::Position,
        figures::{self, Figures},
        settings,
    },
};

/// What Prometheus asks for since its version 2.5.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

table::routes! {
    get "/metrics" => show,
}

/// On requests that came by the listener of the figures' own.
#[derive(Clone, Copy)]
struct OwnListener;

/// `/metrics` alone, for a listener of its own. Without a token in the settings it asks for none: the
/// settings allow that on loopback only.
pub fn router(app: App) -> Router {
    routes()
        .layer(Extension(OwnListener))
        .with_state(Shared::new(app))
}

async fn show(
    State(app): State<Shared>,
    own: Option<Extension<OwnListener>>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let token = app.settings.metrics.token.expose_secret();
    if token.is_empty() && own.is_none() {
        return Err(Error::NotFound);
    }
    let given = auth::session::bearer(&headers).unwrap_or_default();
    if !token.is_empty() && !auth::same_secret(token, given) {
        return Err(Error::Unauthorized);
    }
    let text = text(&app).await.map_err(|error| {
        tracing::error!("the metrics could not be written: {error:#}");
        Error::Internal
    })?;
    Ok(([(header::CONTENT_TYPE, KIND)], text).into_response())
}

/// Everything, in OpenMetrics' text.
///
/// # Errors
/// When a file of the index or the folder of data cannot be read.
pub async fn text(app: &App) -> Result<String> {
    let mut sheet = Sheet::default();
    of_process(&mut sheet, app);
    let read = from_database(app).await;
    sheet.one(
        "database_up",
        "1 while the database answers, else 0",
        f64::from(u8::from(read.is_ok())),
    );
    match read {
        Ok(read) => of_database(&mut sheet, app, &read),
        Err(error) => tracing::warn!("the metrics lack the database's figures: {error}"),
    }
    let mut text = String::new();
    app.store.meters.encode(&mut text)?;
    encode_registry(&mut text, &sheet.0)?;
    encode_eof(&mut text)?;
    Ok(text)
}

/// What the database knows.
struct Read {
    figures: Figures,
    used: Vec<(String, String, i64, i64)>,
    behind: i64,
    backup: Option<Timestamp>,
}

async fn from_database(app: &App) -> store::Result<Read> {
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
    })
}

/// A registry of one scrape.
#[derive(Default)]
struct Sheet(Registry);

type Number = Gauge<f64, AtomicU64>;

impl Sheet {
    /// A gauge with a series for each set of labels.
    fn gauges(&mut self, name: &str, help: &str, series: impl IntoIterator<Item = (Labels, f64)>) {
        let family = Family::<Labels, Number>::default();
        for (labels, value) in series {
            family.get_or_create(&labels).set(value);
        }
        self.0.register(format!("otklik_{name}"), help, family);
    }

    fn one(&mut self, name: &str, help: &str, value: f64) {
        let gauge = Number::default();
        gauge.set(value);
        self.0.register(format!("otklik_{name}"), help, gauge);
    }
}

fn of_process(sheet: &mut Sheet, app: &App) {
    let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    sheet.gauges(
        "build_info",
        "1, with the program's version",
        [(version, 1.0)],
    );
    let loops = app.health.list();
    let named = |name: &&'static str| vec![("loop", (*name).to_owned())];
    sheet.gauges(
        "loop_up",
        "1 while a loop of this process runs well, 0 while it fails or when it stopped",
        loops
            .iter()
            .map(|(name, health)| (named(name), f64::from(u8::from(health.state == "running")))),
    );
    sheet.gauges(
        "loop_failures",
        "Failures of a loop in a row; 0 after a good tick",
        loops
            .iter()
            .map(|(name, health)| (named(name), f64::from(health.failures))),
    );
    sheet.gauges(
        "loop_last_success_timestamp_seconds",
        "When a loop last ended a tick well, Unix time",
        loops
            .iter()
            .filter_map(|(name, h)| Some((named(name), seconds(h.last_good?)))),
    );
    sheet.gauges(
        "loop_last_work_timestamp_seconds",
        "When a loop last found something to do and did it, Unix time",
        loops
            .iter()
            .filter_map(|(name, h)| Some((named(name), seconds(h.last_worked?)))),
    );
    let data = &app.settings.data_dir;
    sheet.one(
        "index_bytes",
        "Size of this process's search index on disk, bytes",
        folder_bytes(&data.join("index")) as f64,
    );
    sheet.one(
        "index_posts",
        "Posts that this process's search index can find",
        app.index.count() as f64,
    );
    if let Ok(disk) = rustix::fs::statvfs(data) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        sheet.one(
            "disk_free_bytes",
            "Free space where the data folder lies, bytes",
            free as f64,
        );
    }
}

fn of_database(sheet: &mut Sheet, app: &App, read: &Read) {
    let now = app.clock.now();
    of_stages(sheet, &read.figures, now);
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
        _ => settings.host_per_day,
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1000.0
}

fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// Files that go while they are counted count nothing.
fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder).context("no index yet") else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| file_bytes(&entry.path()))
        .sum()
}

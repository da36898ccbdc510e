//! The database and what it knows: schema, clock, sources, alerts, backups, and the index beside it.

use super::Findings;
use crate::{
    config::settings::Settings,
    domain::{
        source::SourceState,
        time::{Clock, Span, Timestamp},
    },
    index,
    store::{
        self, Store, Tx,
        changes::Position,
        figures::{self, Figures},
        scope::Scope,
        settings as facts,
        sources::{self, SourceRow},
    },
};

/// Clocks that differ by less agree.
pub(super) const SKEW: Span = Span::seconds(30);
/// Alerts that wait longer do not arrive.
const LATE: Span = Span::hours(1);
/// An index with more changes before it is behind.
const BEHIND: i64 = 20_000;
/// Visits that a source may miss before it is called silent.
const MISSED: i64 = 20;
/// Names of sources in one sentence.
const NAMED: usize = 5;

/// True when the database can be read.
pub(super) async fn examine(
    found: &mut Findings,
    settings: &Settings,
    store: &Store,
    clock: &Clock,
) -> bool {
    match read(found, settings, store, clock).await {
        Ok(sound) => sound,
        Err(error) => {
            found.add("database", error.to_string(), "see the log of the database");
            false
        }
    }
}

async fn read(
    found: &mut Findings,
    settings: &Settings,
    store: &Store,
    clock: &Clock,
) -> store::Result<bool> {
    if !schema(found, store.schema_version().await?) {
        return Ok(false);
    }
    let now = clock.now();
    let mut tx = store.read().await?;
    let asked = clock.now();
    skew(found, figures::now(&mut tx).await?, asked, clock.now());
    let all = sources::list(&mut tx, &Scope::service("doctor")).await?;
    of_sources(found, &all, now);
    let figures = figures::read(&mut tx, now).await?;
    alerts(found, &figures, now);
    backups(found, settings, &mut tx, now).await?;
    of_index(found, settings, &mut tx).await?;
    Ok(true)
}

/// True when this program may read the rest.
fn schema(found: &mut Findings, version: i64) -> bool {
    let known = Store::latest_schema();
    if version == known {
        return true;
    }
    let what = format!("the database has schema version {version}, this program wants {known}");
    match version > known {
        true => found.add(
            "schema",
            what,
            "run the newer program, or restore a backup from before",
        ),
        false => found.add(
            "schema",
            what,
            "back up, then run `otklik migrate`; `serve` does it too",
        ),
    }
    false
}

fn skew(found: &mut Findings, database: Timestamp, asked: Timestamp, now: Timestamp) {
    let ahead = asked.since(database).max(database.since(now));
    if ahead > SKEW {
        let what = format!(
            "the clocks of this machine and of the database differ by {} s",
            ahead.as_millis() / 1000
        );
        found.add(
            "clock",
            what,
            "set both by NTP (timedatectl, chronyc): deadlines depend on them",
        );
    }
}

fn of_sources(found: &mut Findings, all: &[SourceRow], now: Timestamp) {
    let in_state = |state: SourceState| all.iter().filter(move |s| s.state == state.code());
    let speaks_of_token = |s: &&SourceRow| {
        s.failures > 0 && s.note.as_deref().is_some_and(|note| note.contains("token"))
    };
    let token = names(all.iter().filter(speaks_of_token));
    if let Some((names, why)) = token {
        let what = format!("a network refuses the token of {names}: {why}");
        found.add(
            "token",
            what,
            "renew it and set collect.vk.token, then restart",
        );
    }
    let parked = in_state(SourceState::Parked).filter(|s| !speaks_of_token(s));
    if let Some((names, why)) = names(parked) {
        let what = format!("parked sources: {names}: {why}");
        found.add(
            "source-parked",
            what,
            "they go on by themselves when the cause has gone",
        );
    }
    if let Some((names, why)) = names(in_state(SourceState::Gone)) {
        let what = format!("dead sources: {names}: {why}");
        found.add(
            "source-gone",
            what,
            "mend or remove them in the catalogue; they are tried weekly",
        );
    }
    let silent = in_state(SourceState::Active).filter(|s| is_silent(s, now));
    if let Some((names, why)) = names(silent) {
        let what = format!("sources without a good visit for long: {names}: {why}");
        found.add(
            "source-silent",
            what,
            "is `otklik serve` running, and does the host answer?",
        );
    }
}

fn is_silent(source: &SourceRow, now: Timestamp) -> bool {
    let since = now.as_millis()
        - source
            .last_success
            .or(source.last_visit)
            .unwrap_or(source.next_visit);
    source.stopped.is_none()
        && source.interval_ms > 0
        && since > source.interval_ms.saturating_mul(MISSED).max(3_600_000)
}

/// The first few by code, with the last error of the first.
fn names<'a>(sources: impl Iterator<Item = &'a SourceRow>) -> Option<(String, String)> {
    let all: Vec<&SourceRow> = sources.collect();
    let first = all.first()?;
    let named: Vec<&str> = all.iter().take(NAMED).map(|s| s.code.as_str()).collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let why = first.last_error.clone().or(first.note.clone());
    Some((
        named.join(", ") + &more,
        why.unwrap_or_else(|| "never visited".to_owned()),
    ))
}

fn alerts(found: &mut Findings, figures: &Figures, now: Timestamp) {
    let next = "see /alerts for the reasons; mend the receiver, then have them sent again there";
    let failed = figures.alerts.failed;
    if failed > 0 {
        found.add(
            "alerts-failed",
            format!("{failed} alerts were given up"),
            next,
        );
    }
    let waiting = figures.backlog.iter().find(|b| b.stage == "deliver");
    let oldest = waiting.and_then(|b| b.oldest).map(Timestamp::from_millis);
    if let Some(oldest) = oldest.filter(|at| now.since(*at) > LATE) {
        let minutes = now.since(oldest).as_millis() / 60_000;
        let what = format!("the oldest alert has waited for {minutes} minutes");
        found.add(
            "alerts-late",
            what,
            "does the receiver answer, and is `otklik serve` running?",
        );
    }
}

async fn backups(
    found: &mut Findings,
    settings: &Settings,
    tx: &mut Tx,
    now: Timestamp,
) -> store::Result<()> {
    let expected = Span::hours(settings.backup.expected_hours);
    if expected <= Span::ZERO {
        return Ok(());
    }
    let made = facts::find_moment(tx, facts::BACKUP_MADE).await?;
    let since = match made {
        Some(made) => made,
        None => match figures::first_capture(tx).await? {
            Some(first) => first,
            None => return Ok(()), // nothing to lose yet
        },
    };
    if now.since(since) > expected {
        let what = match made {
            Some(made) => format!("the last backup is of {}", made.to_rfc3339()),
            None => "no backup was ever made".to_owned(),
        };
        let next =
            "run `otklik backup DIR` daily (a timer or cron), or set backup.expected_hours to 0";
        found.add("backup-old", what, next);
    }
    Ok(())
}

async fn of_index(found: &mut Findings, settings: &Settings, tx: &mut Tx) -> store::Result<()> {
    let folder = settings.data_dir.join("index");
    if !folder.exists() {
        return Ok(()); // the next start makes it
    }
    let opened = index::open_reader(&folder).and_then(|index| index.position());
    match opened {
        Err(error) => found.add(
            "index",
            format!("{error:#}"),
            "stop `otklik serve`, then run `otklik reindex`",
        ),
        Ok(at) => {
            let position = Position {
                xid: at.xid,
                seq: at.seq,
            };
            let behind = figures::behind(tx, position).await?;
            if behind > BEHIND {
                let what = format!("search is {behind} changes behind the database");
                found.add(
                    "index-behind",
                    what,
                    "is `otklik serve` running? it catches up by itself",
                );
            }
        }
    }
    Ok(())
}

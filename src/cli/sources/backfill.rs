//! `otklik sources backfill`: has a running server read a period of a source again, tells how far it is,
//! and stops it. The work lies in the database; nothing is asked of the network here.

use std::{io::Write, process::ExitCode};

use anyhow::Result;
use jiff::{civil::Date, tz::TimeZone};
use otklik::{
    app,
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Span, Timestamp},
    },
    store::{
        Priority, Store,
        backfills::{self, BackfillRow, NewBackfill},
        sources,
    },
};
use serde_json::{Value, json};

use crate::cli::{BadArguments, SettingsFile, json_line, noted::note, region, runtime};

/// Reads a period of a source again: posts that are not known are kept, those older than their retention
/// term are not. A running server does it within the day's budget, a page at a time. Without --from it
/// tells how the last backfills of the source do, a JSON object each.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik sources backfill vk-svetlorechensk-ryadom --from 2026-11-01\n\
    Example: otklik sources backfill vk-svetlorechensk-ryadom | jq .state"
)]
pub struct Backfill {
    /// The source's code, as `otklik sources` lists it.
    code: String,
    /// The first day, in the region's zone.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day; now when left out.
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<Date>,
    /// Stops those that are under way; what was read stays.
    #[arg(long, conflicts_with = "from")]
    stop: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

impl Backfill {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let settings = self.settings.load()?;
        let rows = runtime()?.block_on(self.go(&settings))?;
        let mut out = std::io::stdout().lock();
        for row in &rows {
            writeln!(out, "{}", json_line(&line(row))?)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn go(&self, settings: &Settings) -> Result<Vec<BackfillRow>> {
        let clock = Clock::System;
        let region = region(settings, &clock)?;
        let zone = app::zone(settings, &region)?;
        let ids = Ids::random();
        let (store, _) = app::open_store(settings, &region, &clock, &ids).await?;
        let found = sources::find(&mut store.read().await?, &self.code).await?;
        if found.is_none() {
            let sentence = "there is no such source; `otklik sources` lists their codes";
            return Err(BadArguments(sentence.into()).into());
        }
        let now = clock.now();
        if let Some(from) = self.from {
            let period = self.period(from, &zone, now)?;
            self.add(&store, &ids, period, now).await?;
        }
        if self.stop {
            self.stop(&store, &ids, now).await?;
        }
        let rows = backfills::list(&mut store.read().await?, &self.code).await?;
        store.close().await;
        Ok(rows)
    }

    fn period(
        &self,
        from: Date,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<(Timestamp, Timestamp)> {
        let begin =
            |day: Date| -> Result<Timestamp> { Ok(day.to_zoned(zone.clone())?.timestamp().into()) };
        let until = match self.to {
            Some(to) => begin(to.tomorrow()?)?.minus(Span::millis(1)).min(now),
            None => now,
        };
        let since = begin(from)?;
        if since >= until {
            let sentence = "--from has to lie before --to, and not in the future";
            return Err(BadArguments(sentence.into()).into());
        }
        Ok((since, until))
    }

    async fn add(
        &self,
        store: &Store,
        ids: &Ids,
        (since, until): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<()> {
        let id = ids.ulid(now);
        let new = NewBackfill {
            id: &id,
            source: &self.code,
            since,
            until,
            who: "service:cli",
        };
        let mut tx = store.write(Priority::Person).await?;
        backfills::add(&mut tx, &new, now).await?;
        let detail = format!("backfill {} {}", since.to_rfc3339(), until.to_rfc3339());
        self.note(&mut tx, ids, now, &detail).await?;
        Ok(tx.commit().await?)
    }

    async fn stop(&self, store: &Store, ids: &Ids, now: Timestamp) -> Result<()> {
        let mut tx = store.write(Priority::Person).await?;
        for row in backfills::list(&mut tx, &self.code).await? {
            if backfills::stop(&mut tx, &self.code, &row.id, now).await? {
                self.note(&mut tx, ids, now, "backfill stopped").await?;
            }
        }
        Ok(tx.commit().await?)
    }

    async fn note(
        &self,
        tx: &mut otklik::store::Tx,
        ids: &Ids,
        now: Timestamp,
        detail: &str,
    ) -> Result<()> {
        Ok(note(tx, ids, now, &format!("source:{}", self.code), detail).await?)
    }
}

fn line(row: &BackfillRow) -> Value {
    let moment = |millis: i64| Timestamp::from_millis(millis).to_rfc3339();
    json!({
        "id": row.id,
        "source": row.source,
        "from": moment(row.since),
        "to": moment(row.until),
        "by": row.who,
        "state": row.state,
        "reason": row.reason,
        "note": row.note,
        "reached": row.reached.map(moment),
        "requests": row.requests,
        "posts": row.found,
        "new": row.kept,
        "too_old_to_keep": row.outlived,
        "created": moment(row.created),
        "next": row.ended.is_none().then(|| moment(row.not_before)),
        "ended": row.ended.map(moment),
    })
}

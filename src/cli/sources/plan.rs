//! `otklik sources plan`: when each source will be visited, how late its posts will be found, and what
//! the day's budgets have no room for; a table, or JSON.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use jiff::{civil::Date, tz::TimeZone};
use otklik::{
    app::{
        self,
        plan::{DayPlan, DomainPlan, SourcePlan, day_plan},
    },
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Span, Timestamp},
    },
};
use serde_json::{Value, json};

use crate::cli::{SettingsFile, json_line, region, runtime};

/// Visits told in a line of the table.
const TOLD: usize = 6;

/// Tells when each source will be visited, the expected delay from publication to capture, and what the
/// day's budgets have no room for. Asks nobody: database and catalogue are enough.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik sources plan --day 2026-12-31\n\
    Example: otklik sources plan --json | jq '.domains[].planned'")]
pub struct Plan {
    /// The day in the region's zone; the rest of today when left out.
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// JSON instead of a table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

impl Plan {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let settings = self.settings.load()?;
        let (plan, zone) = runtime()?.block_on(self.make(&settings))?;
        let mut out = io::stdout().lock();
        match self.json {
            true => writeln!(out, "{}", json_line(&as_json(&plan))?)?,
            false => print(&mut out, &plan, &zone)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn make(&self, settings: &Settings) -> Result<(DayPlan, TimeZone)> {
        let clock = Clock::System;
        let region = region(settings, &clock)?;
        let zone = app::zone(settings, &region)?;
        let (store, _) = app::open_store(settings, &region, &clock, &Ids::random()).await?;
        let plan = day_plan(&store, settings, &zone, clock.now(), self.day).await?;
        store.close().await;
        Ok((plan, zone))
    }
}

fn print(out: &mut impl Write, plan: &DayPlan, zone: &TimeZone) -> io::Result<()> {
    let begin = plan.from.in_zone(zone).strftime("%Y-%m-%d %H:%M");
    let end = plan.until.in_zone(zone).strftime("%Y-%m-%d %H:%M %Z");
    writeln!(out, "Visits from {begin} to {end}")?;
    if let Some(since) = plan.stopped {
        let since = since.to_rfc3339();
        writeln!(
            out,
            "All collecting has been stopped since {since}: nothing of this will happen."
        )?;
    }
    for (name, domain) in &plan.domains {
        print_domain(out, name, domain, zone)?;
    }
    if !plan.domains.is_empty() {
        writeln!(
            out,
            "\n* comes first, ! finds no room in the budget; times of {}",
            zone_name(zone)
        )?;
    }
    for (code, platform) in &plan.unvisited {
        writeln!(
            out,
            "{code}: no visit of this {platform} source can be planned, look at its owner"
        )?;
    }
    Ok(())
}

fn print_domain(
    out: &mut impl Write,
    name: &str,
    domain: &DomainPlan,
    zone: &TimeZone,
) -> io::Result<()> {
    let share = &domain.share;
    let part = 100.0 * share.requests / share.limit.max(1) as f64;
    writeln!(
        out,
        "\n{name} {}: {:.0} visits a day planned with {:.0} of {} requests ({part:.0} %), {} used; \
         {} sources, posts wait {} on the average",
        share.method,
        share.visits,
        share.requests,
        share.limit,
        domain.used,
        share.sources,
        span(domain.delay),
    )?;
    if let Some((until, why)) = &domain.held {
        writeln!(out, "  left alone until {}: {why}", hour(*until, zone))?;
    }
    if share.over() >= 0.5 {
        writeln!(
            out,
            "  {:.0} requests a day do not fit, even at the longest intervals: {} sources wait longer \
             than they should. Raise the budget, lengthen intervals, or stop some.",
            share.over(),
            domain.sources.iter().filter(|source| !source.fits).count(),
        )?;
    }
    writeln!(
        out,
        "    {:<36} {:>9} {:>6} {:>9}  when",
        "source", "posts", "visits", "delay"
    )?;
    for source in &domain.sources {
        print_source(out, source, zone)?;
    }
    Ok(())
}

fn print_source(out: &mut impl Write, source: &SourcePlan, zone: &TimeZone) -> io::Result<()> {
    let visits = &source.day.visits;
    let told: Vec<String> = visits.iter().take(TOLD).map(|at| hour(*at, zone)).collect();
    let more = if visits.len() > TOLD { " …" } else { "" };
    let mark = match (source.fits, source.first) {
        (false, _) => "! ",
        (true, true) => "* ",
        (true, false) => "  ",
    };
    writeln!(
        out,
        "  {mark}{:<36} {:>9.1} {:>6} {:>9}  {}{more}",
        source.code,
        source.day.posts,
        visits.len(),
        span(source.day.delay),
        told.join(" "),
    )
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("the region")
}

fn hour(at: Timestamp, zone: &TimeZone) -> String {
    at.in_zone(zone).strftime("%H:%M").to_string()
}

/// «1 h 05 min».
fn span(span: Option<Span>) -> String {
    let Some(span) = span else {
        return "-".into();
    };
    let minutes = span.as_millis() / 60_000;
    match minutes {
        0..60 => format!("{minutes} min"),
        _ => format!("{} h {:02} m", minutes / 60, minutes % 60),
    }
}

fn as_json(plan: &DayPlan) -> Value {
    let domains = plan.domains.iter().map(|(name, domain)| {
        let share = &domain.share;
        json!({
            "domain": name,
            "method": share.method,
            "limit": share.limit,
            "used": domain.used,
            "visits": share.visits.round(),
            "planned": share.requests.round(),
            "does_not_fit": share.over().round(),
            "factor": share.factor,
            "held_until": domain.held.as_ref().map(|(until, _)| until.to_rfc3339()),
            "expected_delay_seconds": seconds(domain.delay),
            "sources": domain.sources.iter().map(source_json).collect::<Vec<_>>(),
        })
    });
    json!({
        "from": plan.from.to_rfc3339(),
        "until": plan.until.to_rfc3339(),
        "stopped": plan.stopped.map(Timestamp::to_rfc3339),
        "domains": domains.collect::<Vec<_>>(),
        "not_visited": plan.unvisited.iter().map(|(code, _)| code).collect::<Vec<_>>(),
    })
}

fn source_json(source: &SourcePlan) -> Value {
    json!({
        "code": source.code,
        "name": source.name,
        "first": source.first,
        "fits": source.fits,
        "posts": (source.day.posts * 10.0).round() / 10.0,
        "expected_delay_seconds": seconds(source.day.delay),
        "visits": source.day.visits.iter().map(|at| at.to_rfc3339()).collect::<Vec<_>>(),
    })
}

fn seconds(span: Option<Span>) -> Option<i64> {
    span.map(|span| span.as_millis() / 1000)
}

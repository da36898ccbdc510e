//! `otklik import table`: a table that another system exports, read by a mapping of its columns.

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use otklik::{
    app::{self, Centre, import::bring_through},
    collect::import::table::{Look, Plan, Proposal, SHOWN, look, tells_of_person},
    config::{catalogue::Catalogue, settings::Settings},
    domain::{
        id::Ids,
        plain::one_line,
        post::Platform,
        table::{Mapping, is_name},
        time::Clock,
    },
    store::{
        Priority, Store,
        posts::Keys,
        scope::Scope,
        tables::{
            imports::{self, Chosen, Counts, ImportState},
            mappings,
        },
    },
    understand::mask::mask,
    work::{
        lock::Busy,
        tables::{Desk, Progress, Task, run},
    },
};

use super::{Args, BadArguments};

/// Characters of a cell that are shown.
const SHORT: usize = 24;

pub(super) fn import(args: &Args, settings: Settings) -> Result<ExitCode> {
    if args.propose {
        return propose(args);
    }
    let Some(name) = &args.mapping else {
        let wanted =
            "name a mapping (--mapping NAME), or see what the columns seem to hold (--propose)";
        return Err(BadArguments(wanted.into()).into());
    };
    let bar = super::bar();
    let counts = super::super::runtime()?.block_on(store(args, settings, name, &bar));
    bar.finish_and_clear();
    let counts = counts?;
    let dry = if args.dry_run { "would be: " } else { "" };
    eprintln!(
        "{dry}read {}, new {}, updated {}, unchanged {}, refused {}",
        counts.seen, counts.added, counts.changed, counts.same, counts.refused
    );
    let nothing = counts.seen == counts.refused;
    Ok(ExitCode::from(u8::from(nothing)))
}

/// Prints what the columns seem to hold: a mapping's file, with notes on each column, and the first rows.
fn propose(args: &Args) -> Result<ExitCode> {
    let look = look_at(&args.file, args.sheet.as_deref().unwrap_or_default())?;
    let proposal = look.propose();
    let mut out = String::new();
    tell_columns(&mut out, &look, &proposal);
    let mapping = mapping_of(args, &look, &proposal)?;
    out += &toml::to_string(&mapping)?;
    out += "\n# The first rows, without columns that tell of people:\n";
    for row in look.rows.iter().take(SHOWN) {
        out += &format!("# line {}: {}\n", row.number, cells(&look, row));
    }
    print!("{}", super::super::shown(&out));
    println!();
    Ok(ExitCode::SUCCESS)
}

fn tell_columns(out: &mut String, look: &Look, proposal: &Proposal) {
    *out += "# Save this as tables/NAME.toml in config_dir, or give the columns on the page «Импорт».\n";
    *out += &format!("# The heading stands on line {}.\n", look.heading);
    for sheet in &look.about.hidden {
        *out += &format!(
            "# The sheet «{}» is hidden and is not read.\n",
            one_line(sheet)
        );
    }
    for (column, proposed) in look.columns.iter().zip(&proposal.columns) {
        let meaning = match (column.person, proposed.field) {
            (Some(person), _) => format!("not read: tells of people ({person})"),
            (_, Some(field)) => format!("{field}, {:.0} %", proposed.confidence * 100.0),
            (_, None) => "not read".to_owned(),
        };
        *out += &format!("#   «{}»: {meaning}\n", column.name);
    }
}

fn mapping_of(args: &Args, look: &Look, proposal: &Proposal) -> Result<Mapping> {
    let stem = args.file.file_stem().and_then(|stem| stem.to_str());
    let name = stem.filter(|stem| is_name(stem)).unwrap_or("table");
    let pairs = look.columns.iter().zip(&proposal.columns);
    let fields = pairs.filter_map(|(column, p)| Some((p.field?, column.name.clone())));
    Ok(Mapping {
        name: name.to_owned(),
        kind: proposal.kind,
        source: args.source.clone().unwrap_or_else(|| name.to_owned()),
        platform: Platform::Import,
        sheet: args.sheet.clone().unwrap_or_default(),
        period: proposal.period.clone(),
        columns: fields.collect(),
    })
}

/// A row on a line: short, masked, without columns that tell of people.
fn cells(look: &Look, row: &otklik::collect::import::table::Line) -> String {
    let cell = |at: usize| {
        if tells_of_person(row.cell(at)) {
            return "…".to_owned();
        }
        let short: String = mask(row.cell(at)).chars().take(SHORT).collect();
        one_line(&short).into_owned()
    };
    let open = look.columns.iter().enumerate();
    let open = open.filter(|(_, column)| column.person.is_none());
    open.map(|(at, _)| cell(at)).collect::<Vec<_>>().join(" | ")
}

fn look_at(file: &Path, sheet: &str) -> Result<Look> {
    look(file, sheet).with_context(|| file.display().to_string())
}

async fn store(args: &Args, settings: Settings, name: &str, bar: &ProgressBar) -> Result<Counts> {
    let (clock, ids) = (Clock::System, Ids::random());
    let region = super::super::region(&settings, &clock)?;
    let opened = Centre::open(settings.clone(), region.clone(), clock.clone(), ids.clone()).await;
    match opened {
        Err(error) if error.is::<Busy>() => {
            eprintln!(
                "note: another process works on {}: the rows are stored, the rest is its work",
                settings.data_dir.display()
            );
            let (store, keys) = app::open_store(&settings, &region, &clock, &ids).await?;
            let catalogue = Catalogue::load(settings.catalogues())?;
            let zone = app::zone(&settings, &region)?;
            let desk = desk(&store, app::post_keys(&keys), &clock, zone, &settings);
            one(args, &desk, &ids, &catalogue, name, bar).await
        }
        centre => {
            let centre = centre?;
            let zone = centre.zone()?;
            let desk = desk(&centre.store, centre.post_keys(), &clock, zone, &settings);
            let storing = one(args, &desk, &ids, &centre.catalogue, name, bar);
            let all_stored = || bar.set_message("understanding, routing, indexing");
            let counts = bring_through(&centre, storing, all_stored).await?;
            centre.store.close().await;
            Ok(counts)
        }
    }
}

fn desk(
    store: &Store,
    keys: Keys,
    clock: &Clock,
    zone: jiff::tz::TimeZone,
    settings: &Settings,
) -> Desk {
    Desk {
        store: store.clone(),
        keys,
        clock: clock.clone(),
        zone,
        max_age: settings.incidents.max_age(),
    }
}

/// One import from beginning to end, with its line among the imports.
async fn one(
    args: &Args,
    desk: &Desk,
    ids: &Ids,
    catalogue: &Catalogue,
    name: &str,
    bar: &ProgressBar,
) -> Result<Counts> {
    let mut mapping = find(desk, catalogue, name).await?;
    if let Some(sheet) = &args.sheet {
        mapping.sheet.clone_from(sheet);
    }
    if let Some(source) = &args.source {
        mapping.source.clone_from(source);
    }
    let look = look_at(&args.file, &mapping.sheet)?;
    let used: Vec<&String> = mapping.columns.values().collect();
    let names = look.columns.iter().map(|column| column.name.clone());
    let unread: Vec<String> = names.filter(|name| !used.contains(&name)).collect();
    if !unread.is_empty() {
        let list: Vec<_> = unread.iter().map(|name| format!("«{name}»")).collect();
        let list = super::super::shown(&list.join(", "));
        bar.suspend(|| eprintln!("note: not read: {list}"));
    }
    let plan = Plan::of(&look, mapping.clone(), desk.zone.clone()).map_err(|wrong| {
        let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        BadArguments(wrong.join("; "))
    })?;
    let (scope, id) = (Scope::service("command"), ids.ulid(desk.clock.now()));
    let file = args.file.file_name().and_then(|name| name.to_str());
    let file = one_line(file.unwrap_or("table")).into_owned();
    let chosen = Chosen {
        mapping: &mapping,
        unread: &unread,
    };
    let now = desk.clock.now();
    let mut tx = desk.store.write(Priority::Bulk).await?;
    imports::begin(&mut tx, &scope, &id, &file, Some(chosen), now).await?;
    // in hand at once: a server on this database must not look for its file
    imports::lease(&mut tx, &id, now, otklik::domain::time::Span::hours(24)).await?;
    tx.commit().await?;
    let task = Task {
        id: &id,
        position: 0,
        dry: args.dry_run,
        alerts: args.alert,
    };
    let tell = |progress: Progress<'_>| tell(bar, &progress);
    let done = run(desk, &args.file, plan, task, &tell).await;
    let state = match (&done, args.dry_run) {
        (Ok(_), false) => ImportState::Done,
        (Ok(_), true) => ImportState::Dropped,
        (Err(_), _) => ImportState::Failed,
    };
    let mut tx = desk.store.write(Priority::Bulk).await?;
    imports::end(&mut tx, &id, state, "", desk.clock.now()).await?;
    tx.commit().await?;
    Ok(done?)
}

fn tell(bar: &ProgressBar, progress: &Progress<'_>) {
    match progress {
        Progress::Refused(row) => bar.suspend(|| eprintln!("line {}: {row}", row.line)),
        Progress::Done(counts) => bar.set_message(format!("{} rows done", counts.seen)),
    }
}

/// A mapping of the catalogue's folder, or one that was saved on the page.
async fn find(desk: &Desk, catalogue: &Catalogue, name: &str) -> Result<Mapping> {
    if let Some(mapping) = catalogue
        .tables()
        .iter()
        .find(|mapping| mapping.name == name)
    {
        return Ok(mapping.clone());
    }
    let scope = Scope::service("command");
    let mut tx = desk.store.read().await?;
    if let Some(saved) = mappings::find(&mut tx, &scope, name).await? {
        return Ok(saved.read()?);
    }
    let saved = mappings::list(&mut tx, &scope).await?;
    let known = saved.iter().map(|row| row.name.as_str());
    let known: Vec<&str> = known
        .chain(catalogue.tables().iter().map(|m| m.name.as_str()))
        .collect();
    let known = match known.is_empty() {
        true => "none is saved yet; see --propose".to_owned(),
        false => format!("there are «{}»", known.join("», «")),
    };
    Err(BadArguments(format!("there is no mapping «{name}»: {known}")).into())
}

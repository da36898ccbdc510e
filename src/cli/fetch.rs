//! `otklik fetch`: one polite visit of one configured source.

use std::{io::Write, process::ExitCode};

use anyhow::anyhow;
use otklik::{
    app,
    collect::{politeness::Haste, poll::Collector},
    config::{region::RegionCatalogue, secrets::KeyRing, settings::Settings},
    domain::{
        id::Ids,
        plain::one_line,
        post::{CapturedPost, Platform, Wall},
        source::{Cursor, SourceConfig},
        time::{Clock, Span},
    },
    store::{
        Priority, Store, settings as identity,
        sources::{self, SourceRow},
    },
    understand::mask::mask,
    work::collecting::{Ages, Collecting, config_of},
};
use serde::Serialize;

use super::{BadArguments, SettingsFile, open_store, runtime};

/// Visits one source through the ordinary gates and prints its new posts, masked and without
/// authors.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik fetch vk-svetlorechensk-ryadom --dry-run")]
pub struct Args {
    /// The source's code in sources.toml.
    source: String,
    /// Print only: keep nothing, leave the position where it is.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Sources suggested for one that is not known.
const NEAREST: usize = 3;

/// A post as a line of output.
#[derive(Serialize)]
struct Line<'a> {
    platform: &'a str,
    owner: &'a str,
    kind: &'a str,
    id: &'a str,
    parent: Option<&'a str>,
    published: Option<String>,
    text: String,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = args.settings.load()?;
    let region = RegionCatalogue::load_if_there(settings.catalogues(), Clock::System.now())?;
    runtime()?.block_on(visit(args, &settings, &region))?;
    Ok(ExitCode::SUCCESS)
}

async fn visit(args: &Args, settings: &Settings, region: &RegionCatalogue) -> anyhow::Result<()> {
    let (clock, ids) = (Clock::System, Ids::random());
    let store = open_store(settings).await?;
    let (row, config) = find(&args.source, settings, region, &store, &clock).await?;
    let keys = KeyRing::load(settings, &ids)?;
    let visitor = visitor(&store, &keys, settings, region, clock, ids)?;
    let cursor = Cursor(row.cursor.clone());
    let polled = visitor
        .collector()
        .poll(&config, &cursor, Haste::Urgent)
        .await;
    if let Ok(page) = &polled {
        print(&page.posts)?;
        let tell = |note: &String| eprintln!("{}", super::shown(&one_line(note)));
        page.notes.iter().for_each(tell);
    }
    match polled {
        Ok(_) if args.dry_run => Ok(()),
        Err(error) if args.dry_run => Err(error.into()),
        Ok(page) => {
            let mut tx = store.write(Priority::Person).await?;
            identity::claim_identity(&mut tx, keys.identity_fingerprint()).await?;
            tx.commit().await?;
            let kept = visitor.keep(&row, page).await?;
            let (new, updated, known) = (kept.new, kept.updated, kept.unchanged);
            eprintln!("new {new}, updated {updated}, known {known}");
            Ok(())
        }
        Err(error) => {
            visitor.fail(&row, &config, &error).await?;
            Err(error.into())
        }
    }
}

/// The same collecting as the service's, over the same gates.
fn visitor(
    store: &Store,
    keys: &KeyRing,
    settings: &Settings,
    region: &RegionCatalogue,
    clock: Clock,
    ids: Ids,
) -> anyhow::Result<Collecting> {
    let collector = Collector::new(
        &settings.collect,
        app::zone(settings, region)?,
        store.clone(),
        clock.clone(),
        ids.clone(),
    )?;
    let keys = app::post_keys(keys);
    let ages = Ages::of(settings);
    Ok(Collecting::new(
        store.clone(),
        collector,
        keys,
        ages,
        clock,
        ids,
    ))
}

/// The source's row; one that the catalogue names and the database does not know yet is added.
async fn find(
    code: &str,
    settings: &Settings,
    region: &RegionCatalogue,
    store: &Store,
    clock: &Clock,
) -> anyhow::Result<(SourceRow, SourceConfig)> {
    let mut tx = store.write(Priority::Person).await?;
    let listed = region
        .sources
        .iter()
        .find(|source| source.code.as_str() == code);
    if let Some(source) = listed {
        let interval = source
            .interval_seconds
            .unwrap_or(settings.collect.interval_seconds);
        let telegram = source.platform == Platform::Telegram && !settings.collect.telegram;
        let enabled = source.enabled.unwrap_or(true) && !telegram;
        sources::put(
            &mut tx,
            source,
            enabled,
            Span::seconds(interval),
            clock.now(),
        )
        .await?;
    }
    let row = sources::find(&mut tx, code).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| BadArguments(unknown(code, &region.sources)))?;
    let config = config_of(&row).ok_or_else(|| anyhow!("{code} is of an unknown platform"))?;
    Ok((row, config))
}

fn unknown(code: &str, sources: &[SourceConfig]) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(known, &code.to_lowercase());
    let codes = sources.iter().map(|source| source.code.as_str());
    let mut near: Vec<(f64, &str)> = codes.map(|known| (likeness(known), known)).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    // the nearest, and with it what is about as near
    let least = near.first().map_or(0.0, |(most, _)| most - 0.03);
    let near = near.iter().take_while(|(likeness, _)| *likeness >= least);
    let near: Vec<&str> = near.map(|(_, known)| *known).take(NEAREST).collect();
    if near.is_empty() {
        return format!(
            "there is no source {code}; no sources are configured: set config_dir to a folder with \
             sources.toml"
        );
    }
    let near = near.join(" or ");
    format!("there is no source {code}; did you mean {near}? `otklik sources` lists them all")
}

/// What stands on personal walls is neither kept nor shown.
fn print(posts: &[CapturedPost]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for post in posts.iter().filter(|post| post.wall == Wall::Public) {
        writeln!(out, "{}", super::json_line(&line(post))?)?;
    }
    Ok(())
}

fn line(post: &CapturedPost) -> Line<'_> {
    let whole = match &post.title {
        Some(title) => format!("{title}\n\n{}", post.text),
        None => post.text.clone(),
    };
    Line {
        platform: post.key.platform.code(),
        owner: &post.key.owner,
        kind: post.key.kind.code(),
        id: &post.key.external_id,
        parent: post
            .parent
            .as_ref()
            .map(|parent| parent.external_id.as_str()),
        published: post.published.map(|moment| moment.to_rfc3339()),
        text: mask(&whole).into_owned(),
    }
}

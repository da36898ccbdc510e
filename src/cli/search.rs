//! `otklik search`: the posts that say something, from the index of this machine.

use std::{collections::HashMap, io::Write, process::ExitCode};

use anyhow::{Context, Result};
use otklik::{
    config::settings::Settings,
    domain::{
        id::{Ids, PostId},
        plain::one_line,
        time::{Clock, Timestamp},
    },
    index::{
        self,
        query::{Found, Hit, Search},
        snippet::{Part, snippet},
    },
    store::{
        Priority, Store,
        audit::{self, AuditKind, Entry},
        posts::{self, PostRow},
        scope::Scope,
    },
};
use serde_json::{Value, json};

use super::{BadArguments, SettingsFile, lines::rounded, open_store, runtime};

/// Most hits that are told at once.
const MOST: usize = 500;
/// Characters of a snippet.
const SNIPPET: usize = 200;
/// Who asks, in the journal.
const WHO: &str = "command-line";

/// Searches the indexed posts. Words in any form; "phrases"; OR; -word for without.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik search '\"горячая вода\" -отопление' --limit 5 --json\n\n\
    Finds what `serve`, `import` or `reindex` have indexed. A query that begins with a minus goes \
    after --."
)]
pub struct Args {
    /// What to look for.
    query: String,
    /// How many posts at most, up to 500.
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// JSON Lines: id, score, published, sector, topic, place, snippet.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    if args.limit == 0 || args.limit > MOST {
        let message = format!("--limit is from 1 to {MOST}, not {}", args.limit);
        return Err(BadArguments(message).into());
    }
    let settings = args.settings.load()?;
    let index = index::open_reader(&settings.data_dir.join("index"))?;
    let found = index.search(&Search {
        words: args.query.clone(),
        reach: Scope::service(WHO).search_reach(),
        limit: args.limit,
        ..Search::default()
    })?;
    let rows = runtime()?.block_on(read(&settings, &found))?;
    let mut out = std::io::stdout().lock();
    let shown = found
        .hits
        .iter()
        .filter_map(|hit| Some((hit, rows.get(hit.id.as_str())?)));
    for (hit, row) in shown {
        let parts = snippet(&row.text, &found.stems, SNIPPET);
        match args.json {
            true => writeln!(out, "{}", super::json_line(&told(hit, row, &parts))?),
            false => writeln!(out, "{}", shown_to_people(row, &parts)),
        }
        .context("cannot write to stdout")?;
    }
    eprintln!("{} posts found", found.total);
    Ok(ExitCode::SUCCESS)
}

/// The found posts that are still there, by id.
async fn read(settings: &Settings, found: &Found) -> Result<HashMap<String, PostRow>> {
    let store = open_store(settings).await?;
    note(&store, found.total).await?;
    let ids: Vec<PostId> = found.hits.iter().map(|hit| hit.id.clone()).collect();
    let scope = Scope::service(WHO);
    let rows = posts::list(&mut store.read().await?, &scope, &ids).await?;
    let there = rows.into_iter().filter(|row| row.deleted.is_none());
    Ok(there.map(|row| (row.id.clone(), row)).collect())
}

/// Searches are noted, without their words.
async fn note(store: &Store, total: usize) -> Result<()> {
    let entry = Entry {
        who: &Scope::service(WHO).who,
        kind: AuditKind::Searched,
        subject: "search",
        detail: &format!("{total} found"),
    };
    let mut tx = store.write(Priority::Person).await?;
    audit::append(&mut tx, &Ids::random(), Clock::System.now(), &entry).await?;
    Ok(tx.commit().await?)
}

fn told(hit: &Hit, row: &PostRow, parts: &[Part]) -> Value {
    json!({
        "id": hit.id,
        "score": rounded(hit.score),
        "published": Timestamp::from_millis(row.published).to_rfc3339(),
        "sector": row.sector,
        "topic": row.topic,
        "place": row.place_name,
        "snippet": text_of(parts),
    })
}

/// One post on a line: when, what about, where, and the words around the match.
fn shown_to_people(row: &PostRow, parts: &[Part]) -> String {
    let about = row
        .topic
        .as_deref()
        .or(row.sector.as_deref())
        .unwrap_or("—");
    let place = row.place_name.as_deref().unwrap_or("—");
    let published = Timestamp::from_millis(row.published).to_rfc3339();
    let snippet = text_of(parts);
    let snippet = one_line(&snippet);
    format!("{published}  {about}  {place}\n    {snippet}")
}

fn text_of(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

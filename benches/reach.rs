//! How far Otklik reaches: queue, incidents and search over 1,000,000 incidents and 3,000,000 posts, on
//! SQLite and on the PostgreSQL server of TEST_POSTGRES when it is set.
//!
//! `cargo bench --bench reach -- WHAT…` prints p50 and p99 in milliseconds: `functions` of the store
//! beside the bare SQL of the same result, `pages` through the real router, `serve` with the memory and
//! the start of the real program; all of them without a word, `fill` only fills. OTKLIK_REACH_INCIDENTS
//! names another size, OTKLIK_REACH_ONLY one database (`sqlite`, `postgres`). `scripts/reach` starts a
//! PostgreSQL that keeps what was filled. It asserts only that bare and ours are the same rows.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a report, not a service"
)]

#[path = "reach/bare.rs"]
mod bare;
#[path = "reach/fill.rs"]
mod fill;
#[path = "reach/functions.rs"]
mod functions;
#[path = "reach/measure.rs"]
mod measure;
#[path = "reach/pages.rs"]
mod pages;
#[path = "reach/region.rs"]
mod region;
#[path = "reach/serve.rs"]
mod serve;
#[path = "reach/tables.rs"]
mod tables;

use anyhow::Result;
use otklik::{
    app::Centre,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{id::Ids, time::Clock},
};

use fill::Place;
use region::{NOW, Region};

const INCIDENTS: u64 = 1_000_000;

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let size = std::env::var("OTKLIK_REACH_INCIDENTS").ok();
    let size = size.and_then(|n| n.parse().ok()).unwrap_or(INCIDENTS);
    let only = std::env::var("OTKLIK_REACH_ONLY").unwrap_or_default();
    let server = std::env::var("TEST_POSTGRES").ok();
    let region = Region::new(size)?;
    let runtime = tokio::runtime::Runtime::new()?;
    for (name, word, server) in [
        ("SQLite", "sqlite", None),
        ("PostgreSQL", "postgres", server.as_deref()),
    ] {
        let is_asked = only.is_empty() || only == word;
        if is_asked && (server.is_some() || word == "sqlite") {
            println!("\n{name}, {size} incidents, {} posts", region.posts());
            let place = runtime.block_on(fill::ready(&region, server))?;
            report(&runtime, &region, &place, &wanted)?;
        }
    }
    Ok(())
}

fn report(
    runtime: &tokio::runtime::Runtime,
    region: &Region,
    place: &Place,
    wanted: &[String],
) -> Result<()> {
    let wants = |what: &str| wanted.is_empty() || wanted.iter().any(|word| word == what);
    runtime.block_on(async {
        let centre = open(place).await?;
        pages::hire(&centre, region).await?;
        if wants("functions") {
            measure::head("functions of the store");
            functions::report(&centre, region, bare::Bare::open(place).await?).await?;
        }
        if wants("pages") {
            measure::head("pages (rows are bytes)");
            pages::report(&centre, region).await?;
        }
        centre.store.close().await;
        anyhow::Ok(())
    })?;
    match wants("serve") {
        true => serve::report(place, region),
        false => Ok(()),
    }
}

async fn open(place: &Place) -> Result<Centre> {
    let environment = [
        ("OTKLIK_DATA_DIR", place.data_dir.display().to_string()),
        ("OTKLIK_DATABASE_URL", place.url.clone()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value));
    let settings = Settings::load(None, environment)?;
    let mut places = RegionCatalogue::svetlorechye(NOW)?;
    places.sources.clear();
    Centre::open(settings, places, Clock::manual(NOW), Ids::random()).await
}

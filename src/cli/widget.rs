//! `otklik sources widget`: whether sites show the widget of the state feedback platform (ПОС).

use std::{io::Write, process::ExitCode};

use anyhow::Result;
use otklik::{
    app,
    collect::poll::Collector,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{id::Ids, source::FetchError, time::Clock, widget::Widget},
};
use serde_json::{Value, json};

use super::{SettingsFile, open_store, runtime};

/// Looks for the ПОС widget on pages of sites, a JSON object each: present, partial (no number of a
/// form), link_only or absent (not in the markup; a person looks).
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik sources widget https://gorod.example/ | jq -c 'select(.form == null)'"
)]
pub struct Args {
    /// Addresses of pages, as a browser shows them.
    #[arg(required = true, value_name = "URL")]
    addresses: Vec<String>,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command: exit code 1 when a page could not be had.
pub fn run(args: &Args) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    runtime()?.block_on(look(args, &settings))
}

async fn look(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let region = RegionCatalogue::load_if_there(settings.catalogues(), Clock::System.now())?;
    let store = open_store(settings).await?;
    let collector = Collector::new(
        &settings.collect,
        app::zone(settings, &region)?,
        store.clone(),
        Clock::System,
        Ids::random(),
    )?;
    let mut all_had = true;
    for address in &args.addresses {
        let found = collector.widget_on(address).await;
        all_had &= found.is_ok();
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", super::json_line(&line(address, found))?)?;
    }
    store.close().await;
    Ok(ExitCode::from(u8::from(!all_had)))
}

fn line(address: &str, found: Result<Widget, FetchError>) -> Value {
    match found {
        Ok(widget) => json!({"address": address, "verdict": widget.verdict, "form": widget.form}),
        Err(error) => json!({"address": address, "error": error.message}),
    }
}

//! `otklik check`: are the settings and every catalogue sound?

use std::{path::PathBuf, process::ExitCode};

use otklik::config::{catalogue::Catalogue, settings::Settings};

/// Checks settings and catalogues; mistakes are told with file and line.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik check --config /etc/otklik/settings.toml")]
pub struct Args {
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = Settings::load_from_process(args.config.as_deref())?;
    let folder = Some(settings.config_dir.as_path()).filter(|p| !p.as_os_str().is_empty());
    let catalogue = Catalogue::load(folder)?;
    eprintln!(
        "settings are sound; {} sectors, {} topics",
        catalogue.sectors().len(),
        catalogue.topics().len()
    );
    Ok(ExitCode::SUCCESS)
}

//! `otklik check`: are the settings and every catalogue sound?

use std::process::ExitCode;

use otklik::{
    config::{
        catalogue::{Catalogue, CatalogueError},
        region::RegionCatalogue,
    },
    domain::time::Clock,
};

use super::SettingsFile;

/// Checks settings and catalogues; mistakes are told with file and line.
///
/// The settings in force go to stdout as one line of JSON, secrets masked; all else to stderr. Opens
/// no database and makes nothing. Exit code 1 when something is wrong.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik check --config /etc/otklik/settings.toml")]
pub struct Args {
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let settings = args.settings.load()?;
    println!("{}", super::json_line(&settings)?);
    let mut problems = settings.problems();
    let catalogue = checked(Catalogue::load(settings.catalogues()), &mut problems);
    let unsent = catalogue
        .as_ref()
        .and_then(|c| settings.alerts.lacks_server(c));
    problems.extend(unsent);
    let region = checked(
        RegionCatalogue::load_if_there(settings.catalogues(), Clock::System.now()),
        &mut problems,
    );
    if let (Some(c), Some(r)) = (&catalogue, &region) {
        problems.extend(settings.web.oidc.unknown_reach(c, r));
    }
    if let Some(region) = &region {
        problems.extend(settings.collect.misfits(region));
    }
    for problem in &problems {
        eprintln!("{}", super::shown(problem));
    }
    if !problems.is_empty() {
        eprintln!("{} to mend", count(problems.len(), "mistake"));
        return Ok(ExitCode::FAILURE);
    }
    if let (Some(c), Some(r)) = (catalogue, region) {
        let counts = [
            count(c.sectors().len(), "sector"),
            count(c.topics().len(), "topic"),
            count(r.places.len(), "place"),
            count(r.sources.len(), "source"),
            count(r.pages.len(), "official page"),
            count(r.claims.len(), "reviewed claim"),
        ];
        eprintln!("settings are sound; {}", counts.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// What was read, or its mistakes with file and line.
fn checked<T>(read: Result<T, CatalogueError>, problems: &mut Vec<String>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(error) => {
            problems.extend(error.to_string().lines().map(str::to_owned));
            None
        }
    }
}

fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

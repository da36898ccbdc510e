//! `otklik restore`: put a backup in the place of the database.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use otklik::{
    app::{backup, restore},
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
};

use super::SettingsFile;

/// Puts a backup in the place of the database.
///
/// Checksums are compared first; the schema is migrated; what was purged since the backup, or is past
/// its term by now, is purged again. A database that is there already is replaced only with --force,
/// in one step at the end: a restore that is cut off leaves it as it was. The search index builds
/// itself anew. Alerts that were sent after the backup are sent once more, under the same ids.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik restore /var/backups/otklik --config /etc/otklik/settings.toml"
)]
pub struct Args {
    /// A backup, or a folder of backups: then the newest.
    dir: PathBuf,
    /// Replace a database that is there already, with everything in it.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    super::log_as(settings.log.format);
    let kept = backup::find(&args.dir)?;
    let (clock, ids) = (Clock::System, Ids::random());
    let restore = restore::run(&settings, &kept, &clock, &ids, args.force);
    let done = super::runtime()?.block_on(restore)?;
    eprintln!(
        "restored {} of {}",
        kept.folder.display(),
        done.made.to_rfc3339()
    );
    let days = settings.retention.backups_days;
    if clock.now().since(done.made) > Span::days(days) {
        eprintln!(
            "THIS BACKUP IS OLDER THAN {days} DAYS (retention.backups_days): posts that were deleted at \
             their source since may have come back"
        );
    }
    if done.schema.0 != done.schema.1 {
        eprintln!(
            "the database went from version {} to {}",
            done.schema.0, done.schema.1
        );
    }
    eprintln!(
        "{} posts were purged since and are gone again",
        done.purged_since
    );
    let (put, other) = done.secrets;
    if !put.is_empty() {
        eprintln!("put the keys {} into data_dir/secrets", put.join(", "));
    }
    if !other.is_empty() {
        eprintln!(
            "LEFT ALONE the keys {}: this installation has others",
            other.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}

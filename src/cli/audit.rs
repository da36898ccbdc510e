//! `otklik audit`: is the journal whole, and taking it elsewhere to ask there.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use otklik::{
    config::{secrets::KeyRing, settings::Settings},
    domain::{
        id::Ids,
        journal::{
            check::{Broken, Figures, Verifier},
            key::PublicKey,
            lines::Reader,
        },
        time::Clock,
    },
    store::{
        Priority, Store,
        audit::{self, AuditKind, Entry, Export},
        scope::Scope,
    },
    work::journal::witness,
};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{SettingsFile, open_store, runtime};

/// The journal: who saw, opened, decided and changed what.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik audit verify --config /etc/otklik/settings.toml")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Verify(Verify),
    Export(ExportTo),
    Key(Key),
}

/// Checks that nothing in the journal was changed, removed or put in.
///
/// Needs no running service and changes nothing. A line of JSON goes to stdout: figures
/// (`unsealed`: entries after the last checkpoint, chained and not yet signed), or the first broken
/// link and exit code 1.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  otklik audit verify --config /etc/otklik/settings.toml\n  \
    otklik audit verify journal.jsonl --key 6ab1…"
)]
struct Verify {
    /// A file that `audit export` or the journal's page wrote; the database when left out.
    file: Option<PathBuf>,
    /// A public key to trust beside this installation's; repeat for several.
    #[arg(long, value_name = "HEX")]
    key: Vec<PublicKey>,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Writes the whole journal to a new file, which `audit verify` checks on any machine.
///
/// The export is noted in the journal and signed with it.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik audit export journal.jsonl")]
struct ExportTo {
    /// The file; `-` for stdout.
    file: PathBuf,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Prints the public key that checks this installation's signatures, as `{"key"}`.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik audit key")]
struct Key {
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Command::Verify(verify) => {
            let settings = verify.settings.load()?;
            let mut keys = verify.key.clone();
            keys.extend(KeyRing::find_journal(&settings)?.map(|key| key.public()));
            tell(match &verify.file {
                Some(file) => verify_file(file, keys)?,
                None => runtime()?.block_on(verify_store(&settings, keys))?,
            })
        }
        Command::Export(to) => {
            let settings = to.settings.load()?;
            runtime()?.block_on(export(&to.file, settings))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Key(key) => {
            let settings = key.settings.load()?;
            let key = KeyRing::load(&settings, &Ids::random())?.journal.public();
            say(&json!({ "key": key.to_string() }))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn say(line: &serde_json::Value) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}").context("cannot write to stdout")
}

fn tell(found: Result<Figures, Broken>) -> Result<ExitCode> {
    match found {
        Ok(figures) => {
            say(&serde_json::to_value(figures)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            say(&json!({ "broken": broken }))?;
            eprintln!("the journal is broken: {broken}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn verify_file(path: &Path, keys: Vec<PublicKey>) -> Result<Result<Figures, Broken>> {
    let cannot = || format!("cannot read {}", path.display());
    let mut input = BufReader::new(File::open(path).with_context(cannot)?);
    let is_own = keys.is_empty();
    let mut reader = Reader::new(keys);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line).with_context(cannot)? > 0 {
        if let Err(broken) = reader.line(&line) {
            return Ok(Err(broken));
        }
        line.clear();
    }
    let header = reader.header().cloned();
    let found = reader.finish();
    if let (Ok(_), Some(header)) = (&found, header) {
        if is_own {
            eprintln!(
                "checked with the key that the file itself names, {}; compare it with `otklik audit \
                 key` of the installation, or give that by --key",
                header.key
            );
        }
        if header.selection {
            eprintln!("a selection: each entry is as it was written; what is left out is not told");
        }
    }
    Ok(found)
}

async fn verify_store(
    settings: &Settings,
    keys: Vec<PublicKey>,
) -> Result<Result<Figures, Broken>> {
    let url = settings.database_url.expose_secret();
    let file = settings.data_dir.join("otklik.db");
    if url.is_empty() && !file.is_file() {
        bail!(
            "there is no database {}; name its settings by --config",
            file.display()
        );
    }
    let store = Store::open(url, &settings.data_dir).await?;
    if store.schema_version().await? < audit::SCHEMA {
        bail!("this journal was not chained yet; run `otklik migrate` first");
    }
    let verifier = Verifier::new(keys, witness::find(&settings.data_dir)?);
    let found = audit::verify(&mut store.read().await?, verifier).await?;
    store.close().await;
    Ok(found)
}

/// The export itself is noted, and all before it signed, so that the file has no unsigned end.
async fn export(path: &Path, settings: Settings) -> Result<()> {
    let (ids, now) = (Ids::random(), Clock::System.now());
    let scope = Scope::service("command-line");
    let key = KeyRing::load(&settings, &ids)?.journal;
    let store = open_store(&settings).await?;
    let mut tx = store.write(Priority::Person).await?;
    let entry = Entry {
        who: &scope.who,
        kind: AuditKind::Exported,
        subject: "page:audit",
        detail: "",
    };
    audit::append(&mut tx, &ids, now, &entry).await?;
    let signed = audit::sign(&mut tx, &key, now).await?;
    tx.commit().await?;
    if let Some(made) = signed {
        witness::keep_for(&mut store.read().await?, &settings.data_dir, &made).await?;
    }
    let mut out = create(path)?;
    let mut tx = store.read().await?;
    let mut export = Export::whole(&mut tx, &scope, key, now).await?;
    while let Some(lines) = export.next(&mut tx).await? {
        out.write_all(lines.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    out.flush()
        .with_context(|| format!("cannot write {}", path.display()))?;
    drop(tx);
    store.close().await;
    Ok(())
}

/// A new file: an old journal is not overwritten.
fn create(path: &Path) -> Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdout().lock()));
    }
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let file = file.with_context(|| format!("cannot make {}", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}

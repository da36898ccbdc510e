//! `otklik import`: rows of a file become posts, understood, indexed and routed.

mod table;

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::ValueEnum;
use encoding_rs::Encoding;
use indicatif::{ProgressBar, ProgressStyle};
use otklik::{
    app::{self, Centre, import},
    collect::{
        charset,
        import::{Field, Format, Options, Rows, Unreadable, read},
    },
    config::settings::Settings,
    domain::{id::Ids, plain::one_line, time::Clock},
    work::{
        importing::{Event, Origin, Summary},
        lock::Busy,
    },
};

use super::{BadArguments, SettingsFile};

/// Stores the rows of a file as posts and brings them through to incidents.
///
/// Fields: id, text, published, url, author, parent, place, lat, lon; only text is required. A row
/// that cannot be read is refused with its line; a second run adds nothing.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  otklik import csv appeals.csv --map text=message --map id=number\n  \
    otklik import jsonl - --source hotline < hotline.jsonl\n  \
    otklik import telegram result.json --source svetlorechensk_news\n  \
    otklik import table appeals.xlsx --propose\n  \
    otklik import table appeals.xlsx --mapping ПОС"
)]
pub struct Args {
    /// What kind of file it is.
    format: Kind,
    /// The file; `-` for stdin.
    file: PathBuf,
    /// Whose rows these are: ids of two sources do not meet [default: the file's name without its
    /// ending; «import» for stdin].
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Let incidents of these posts alert agencies.
    #[arg(long)]
    alert: bool,
    /// A field stands in a column (or under a key) of another name.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = parse_map)]
    map: Vec<(Field, String)>,
    /// What stands between cells: one character, or `tab` [default: what splits the header best].
    #[arg(long, value_parser = parse_delimiter)]
    delimiter: Option<u8>,
    /// The character set, as `windows-1251` [default: what the bytes look like].
    #[arg(long, value_parser = parse_encoding)]
    encoding: Option<&'static Encoding>,
    /// table: read by the mapping of this name: a file tables/*.toml of config_dir, or one saved on the
    /// page «Импорт».
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,
    /// table: print what the columns seem to hold, and the first rows; store nothing.
    #[arg(long, conflicts_with = "mapping")]
    propose: bool,
    /// table: the sheet of a workbook [default: the mapping's, or the first that is not hidden].
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// table: tell what would be new, updated and refused; store nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    settings: SettingsFile,
    /// Where the data lives, instead of the settings' data_dir.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A table with a header line.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// `result.json` of Telegram Desktop: public channels and groups.
    Telegram,
    /// An export of another system (xlsx, csv, JSON Lines), read by a mapping of its columns.
    Table,
}

impl Kind {
    /// The format of rows that become posts as they stand; a table is read by its mapping.
    fn format(self) -> Option<Format> {
        match self {
            Kind::Csv => Some(Format::Csv),
            Kind::Jsonl => Some(Format::Jsonl),
            Kind::Telegram => Some(Format::Telegram),
            Kind::Table => None,
        }
    }
}

/// Runs the command: exit code 1 when no row could be read.
pub fn run(args: &Args) -> Result<ExitCode> {
    super::log();
    let mut settings = args.settings.load()?;
    if let Some(folder) = &args.data {
        settings.data_dir.clone_from(folder);
    }
    let Some(format) = args.format.format() else {
        return table::import(args, settings);
    };
    let bar = bar();
    let summary = super::runtime()?.block_on(import(args, settings, format, &bar));
    bar.finish_and_clear();
    let summary = summary?;
    eprintln!(
        "read {}, new {}, updated {}, refused {}",
        summary.read, summary.new, summary.updated, summary.refused
    );
    let nothing = summary.read == summary.refused;
    Ok(ExitCode::from(u8::from(nothing)))
}

async fn import(
    args: &Args,
    settings: Settings,
    format: Format,
    bar: &ProgressBar,
) -> Result<Summary> {
    let clock = Clock::System;
    let ids = Ids::random();
    let region = super::region(&settings, &clock)?;
    let rows = open(args, format, app::zone(&settings, &region)?, bar)?;
    for note in &rows.notes {
        eprintln!("note: {}", super::shown(&one_line(note)));
    }
    let origin = Origin {
        source: name(args)?,
        alerts: args.alert,
        max_age: settings.incidents.max_age(),
    };
    let bar = bar.clone();
    let tell = move |event: Event<'_>| tell(&bar, event);
    match Centre::open(settings.clone(), region.clone(), clock.clone(), ids.clone()).await {
        Err(error) if error.is::<Busy>() => {
            eprintln!(
                "note: another process works on {}: the rows are stored, the rest is its work",
                settings.data_dir.display()
            );
            let (store, keys) = app::open_store(&settings, &region, &clock, &ids).await?;
            let keys = app::post_keys(&keys);
            import::into_store(&store, &keys, &clock, rows, &origin, &tell).await
        }
        centre => {
            let centre = centre?;
            let summary = import::into_centre(&centre, rows, &origin, &tell).await?;
            centre.store.close().await;
            Ok(summary)
        }
    }
}

fn name(args: &Args) -> Result<String> {
    let given = args.source.as_deref().map(str::trim);
    let name = given.unwrap_or_else(|| match args.file.file_stem().and_then(|s| s.to_str()) {
        Some(stem) if !is_stdin(&args.file) => stem,
        _ => "import",
    });
    match name.is_empty() {
        true => Err(BadArguments("--source wants a name".into()).into()),
        false => Ok(name.to_owned()),
    }
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn open(args: &Args, format: Format, zone: jiff::tz::TimeZone, bar: &ProgressBar) -> Result<Rows> {
    let input: Box<dyn Read + Send> = match is_stdin(&args.file) {
        true => Box::new(std::io::stdin()),
        false => {
            let file = File::open(&args.file)
                .with_context(|| format!("cannot open {}", args.file.display()))?;
            bar.set_length(file.metadata().map_or(0, |m| m.len()));
            Box::new(bar.wrap_read(file))
        }
    };
    let owner = match args.format {
        // a chat has its own number, which holds whatever the file is called
        Kind::Telegram => args.source.as_deref().map(|name| name.trim().to_owned()),
        Kind::Csv | Kind::Jsonl | Kind::Table => Some(name(args)?),
    };
    let options = Options {
        owner,
        columns: args.map.clone(),
        delimiter: args.delimiter,
        encoding: args.encoding,
        zone,
    };
    read(format, input, options).map_err(|error| match error {
        Unreadable::Options(sentence) => BadArguments(sentence).into(),
        error => anyhow::Error::from(error).context(args.file.display().to_string()),
    })
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {percent}%  {msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length().with_style(style)
}

fn tell(bar: &ProgressBar, event: Event<'_>) {
    match event {
        Event::Refused(refused) => {
            let reason = super::shown(&one_line(&refused.reason));
            bar.suspend(|| eprintln!("line {}: {reason}", refused.line));
        }
        Event::Stored(summary) => bar.set_message(format!("{} rows stored", summary.read)),
        Event::AllStored => bar.set_message("understanding, routing, indexing"),
    }
}

fn parse_map(text: &str) -> Result<(Field, String), String> {
    let Some((name, column)) = text.split_once('=') else {
        return Err("write FIELD=COLUMN, as text=message".into());
    };
    match Field::from_code(name.trim()) {
        Some(field) => Ok((field, column.to_owned())),
        None => {
            let fields: Vec<&str> = Field::ALL.iter().map(|field| field.code()).collect();
            let fields = fields.join(", ");
            Err(format!("«{name}» is no field; the fields are {fields}"))
        }
    }
}

fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] => Err("a quote or a line end cannot part cells".into()),
        [one] => Ok(*one),
        _ => Err("write one ASCII character, or tab".into()),
    }
}

fn parse_encoding(text: &str) -> Result<&'static Encoding, String> {
    charset::find(text).ok_or_else(|| format!("«{text}» is no character set; one is windows-1251"))
}

//! `otklik doctor`: what is wrong, and what to do.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};
use otklik::{
    app::doctor::{Reach, examine},
    domain::{id::Ids, time::Clock},
};

use super::SettingsFile;

/// The longest a probe waits.
const PROBE: Duration = Duration::from_secs(6);

/// Examines an installation and tells what is wrong and what to do.
///
/// Asks the disk, the database, the index and, politely, a few networks for their clocks. Changes
/// nothing; safe while the service runs. Exit code 0 when all is sound, 1 when something is not.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik doctor --json | jq -r .finding")]
pub struct Args {
    /// A JSON line per finding on stdout, instead of words.
    #[arg(long)]
    json: bool,
    /// Ask no networks.
    #[arg(long)]
    offline: bool,
    /// Only ask the running service of this machine whether it is healthy, as a container's probe does.
    #[arg(long, conflicts_with_all = ["json", "offline"])]
    health: bool,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<ExitCode> {
    let settings = args.settings.load()?;
    if args.health {
        return ask_health(&settings.web.listen);
    }
    let reach = if args.offline {
        Reach::Here
    } else {
        Reach::Networks
    };
    let (clock, ids) = (Clock::System, Ids::random());
    let findings = super::runtime()?.block_on(examine(
        &settings,
        args.settings.path(),
        &clock,
        &ids,
        reach,
    ));
    for finding in &findings {
        match args.json {
            true => println!("{}", serde_json::to_string(finding)?),
            false => println!("{}: {}\n  {}", finding.finding, finding.what, finding.next),
        }
    }
    match findings.len() {
        0 => eprintln!("all is sound"),
        n => eprintln!("{n} to mend"),
    }
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}

/// `/health` of the service that listens at `listen`: 0 when it says 200.
fn ask_health(listen: &str) -> Result<ExitCode> {
    let near = listen
        .replace("0.0.0.0:", "127.0.0.1:")
        .replace("[::]:", "[::1]:");
    let asked = || -> std::io::Result<String> {
        let mut service = TcpStream::connect(&near)?;
        service.set_read_timeout(Some(PROBE))?;
        write!(service, "GET /health HTTP/1.0\r\nHost: {near}\r\n\r\n")?;
        let mut answer = String::new();
        service.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = asked().with_context(|| format!("the service at {near} does not answer"))?;
    let status = answer.split_whitespace().nth(1).unwrap_or_default();
    eprintln!("{near}/health says {status}");
    Ok(ExitCode::from(u8::from(status != "200")))
}

//! `otklik user add`: a member of staff with a role.

use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use otklik::{
    config::{catalogue::Catalogue, settings::Settings},
    domain::{
        id::{Ids, UserId},
        time::Clock,
        user::{Needs, Role},
    },
    store::{
        Error, Priority,
        accounts::{self, NewAccount},
        audit::{self, AuditKind, Entry},
    },
    web::auth::password::{self, Cost},
};

use crate::cli::{BadArguments, open_store, runtime};

/// Adds a member of staff; the password is asked, or read from stdin when it is not a terminal.
#[derive(clap::Args)]
#[command(
    after_help = "Example: otklik user add vershinina --role block_employee --sector housing"
)]
pub struct Add {
    /// The name they sign in with: letters, digits, dot, dash, underscore.
    login: String,
    /// One of: curator, executor, centre_head, direction_head, block_lead, block_head,
    /// block_employee, content_centre, media_lead, municipal_head, leadership, auditor,
    /// administrator.
    #[arg(long)]
    role: String,
    /// A sector they may see; repeat for several, leave out for all. The block roles need one.
    #[arg(long, value_name = "CODE")]
    sector: Vec<String>,
    /// A municipality they may see; repeat for several, leave out for all. A municipal head needs one.
    #[arg(long, value_name = "CODE")]
    municipality: Vec<String>,
    /// How colleagues see them; the login when left out.
    #[arg(long)]
    name: Option<String>,
    /// Settings file; the defaults when left out.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub fn run(add: &Add) -> anyhow::Result<ExitCode> {
    let settings = Settings::load_from_process(add.config.as_deref())?;
    let role = check(add, &settings)?;
    let ids = Ids::random();
    let hash = password::hash(&super::read_password()?, Cost::STRONG, &ids)
        .map_err(|weak| BadArguments(weak.to_string()))?;
    runtime()?.block_on(keep(add, role, &hash, &settings, &ids))?;
    let login = add.login.to_lowercase();
    eprintln!("{login} may sign in as {role}");
    if let Some(option) = missing(role, add) {
        eprintln!(
            "{login} sees nothing yet: the role {role} reaches only what {option} names; add another \
             login with it"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The option without which the role reaches nothing.
fn missing(role: Role, add: &Add) -> Option<&'static str> {
    match role.needs() {
        Needs::Sector if add.sector.is_empty() => Some("--sector"),
        Needs::Municipality if add.municipality.is_empty() => Some("--municipality"),
        _ => None,
    }
}

fn check(add: &Add, settings: &Settings) -> anyhow::Result<Role> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if add.login.is_empty() || add.login.len() > 64 || !add.login.chars().all(plain) {
        bail!(BadArguments(format!(
            "the login {} must be 1 to 64 Latin letters, digits, dots, dashes or underscores",
            add.login
        )));
    }
    let role = Role::from_code(&add.role).ok_or_else(|| {
        let known: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        BadArguments(format!(
            "there is no role {}; choose one of {}",
            add.role,
            known.join(", ")
        ))
    })?;
    let folder = Some(settings.config_dir.as_path()).filter(|path| !path.as_os_str().is_empty());
    let catalogue = Catalogue::load(folder)?;
    for code in &add.sector {
        if catalogue.sector(code).is_none() {
            let known: Vec<_> = catalogue
                .sectors()
                .iter()
                .map(|s| s.code.as_str())
                .collect();
            bail!(BadArguments(format!(
                "there is no sector {code}; choose from {}",
                known.join(", ")
            )));
        }
    }
    let known = crate::cli::region(settings, &Clock::System)?.municipalities();
    for code in &add.municipality {
        if !known.is_empty() && !known.contains(code) {
            let mut known: Vec<_> = known.iter().map(String::as_str).collect();
            known.sort_unstable();
            bail!(BadArguments(format!(
                "there is no municipality {code}; choose from {}",
                known.join(", ")
            )));
        }
    }
    Ok(role)
}

async fn keep(
    add: &Add,
    role: Role,
    hash: &str,
    settings: &Settings,
    ids: &Ids,
) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let (now, login) = (Clock::System.now(), add.login.to_lowercase());
    let new = NewAccount {
        id: UserId(ids.ulid(now)),
        login: &login,
        name: add.name.as_deref().unwrap_or(&login),
        password: hash,
        role,
        sectors: &add.sector,
        municipalities: &add.municipality,
    };
    let mut tx = store.write(Priority::Person).await?;
    match accounts::create(&mut tx, &new, now).await {
        Err(Error::Conflict(_)) => bail!("there is an account {login} already; choose another"),
        other => other?,
    }
    let entry = Entry {
        who: "service:cli",
        kind: AuditKind::Changed,
        subject: &format!("account:{login}"),
        detail: &format!("added as {role}"),
    };
    audit::append(&mut tx, ids, now, &entry).await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

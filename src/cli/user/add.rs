//! `otklik user add`: a member of staff with a role.

use std::process::ExitCode;

use anyhow::bail;
use otklik::{
    config::settings::Settings,
    domain::{
        id::{Ids, UserId},
        time::Clock,
        user::{Needs, Role},
    },
    store::{
        Error, Priority,
        accounts::{self, NewAccount},
    },
    web::auth::password::{self, Cost},
};

use crate::cli::{BadArguments, SettingsFile, known, noted::note, open_store, runtime};

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
    #[command(flatten)]
    settings: SettingsFile,
}

/// Runs the command.
pub fn run(add: &Add) -> anyhow::Result<ExitCode> {
    let settings = add.settings.load()?;
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

/// The role, when all that was given makes sense.
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
        let known = known.join(", ");
        BadArguments(format!(
            "there is no role {}; choose one of {known}",
            add.role
        ))
    })?;
    known::check_reach(settings, &add.sector, &add.municipality)?;
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
    note(
        &mut tx,
        ids,
        now,
        &format!("account:{login}"),
        &format!("added as {role}"),
    )
    .await?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

//! `otklik user password|disable|enable|end-sessions|reset-totp`: changes to one account, each an event of the
//! journal. Start with [`change`].

use std::process::ExitCode;

use anyhow::Result;
use otklik::{
    domain::{
        id::{Ids, UserId},
        time::{Clock, Timestamp},
    },
    store::{
        Priority, Tx,
        accounts::{self, AccountRow},
        factors, providers, sessions,
    },
    web::auth::password::{self, Cost},
};

use crate::cli::{BadArguments, SettingsFile, noted::note, open_store, runtime};

/// Whose account.
#[derive(clap::Args)]
struct Whose {
    /// The name they sign in with.
    login: String,
    #[command(flatten)]
    settings: SettingsFile,
}

/// Gives an account a new password and ends its sessions; the password is asked, or read from stdin
/// when it is not a terminal.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik user password vershinina")]
pub struct Password {
    #[command(flatten)]
    whose: Whose,
}

/// Switches an account off: nobody signs in with it, its sessions end, its API tokens rest.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik user disable vershinina")]
pub struct Disable {
    #[command(flatten)]
    whose: Whose,
}

/// Switches an account on again.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik user enable vershinina")]
pub struct Enable {
    #[command(flatten)]
    whose: Whose,
}

/// Ends every session of an account: they have to sign in again.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik user end-sessions vershinina")]
pub struct EndSessions {
    #[command(flatten)]
    whose: Whose,
}

/// Takes an account's second factor and recovery codes away, for somebody who lost their telephone, and
/// ends its sessions. Where the role asks for one, the next sign-in sets it up anew.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik user reset-totp vershinina")]
pub struct ResetTotp {
    #[command(flatten)]
    whose: Whose,
}

impl Password {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let given = super::read_password()?;
        let hash = password::hash(&given, Cost::STRONG, &Ids::random())
            .map_err(|weak| BadArguments(weak.to_string()))?;
        change(&self.whose, "password", async |tx, id, _| {
            if providers::is_of_provider(tx, id).await? {
                let why = "they sign in at the provider and have no password here";
                return Err(BadArguments(why.to_owned()).into());
            }
            accounts::set_password(tx, id, &hash).await?;
            let ended = end_all(tx, id).await?;
            Ok(format!("has a new password; {ended} sessions ended"))
        })
    }
}

impl Disable {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        change(&self.whose, "switched_off", async |tx, id, now| {
            accounts::set_disabled(tx, id, Some(now)).await?;
            let ended = end_all(tx, id).await?;
            Ok(format!("is switched off; {ended} sessions ended"))
        })
    }
}

impl Enable {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        change(&self.whose, "switched_on", async |tx, id, _| {
            accounts::set_disabled(tx, id, None).await?;
            Ok("may sign in again".to_owned())
        })
    }
}

impl EndSessions {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        change(&self.whose, "sessions_ended", async |tx, id, _| {
            let ended = end_all(tx, id).await?;
            Ok(format!("has to sign in again; {ended} sessions ended"))
        })
    }
}

impl ResetTotp {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        change(&self.whose, "second_factor_reset", async |tx, id, _| {
            if !factors::remove(tx, id).await? {
                return Ok("has no second factor".to_owned());
            }
            let ended = end_all(tx, id).await?;
            Ok(format!(
                "has no second factor any more; {ended} sessions ended"
            ))
        })
    }
}

/// Ends every session, also of somebody who is between password and code.
async fn end_all(tx: &mut Tx, id: &UserId) -> Result<u64> {
    factors::close_pending_of(tx, id).await?;
    Ok(sessions::close_others(tx, id, "").await?)
}

/// Finds the account, does the work, notes it, and tells what was done.
fn change(
    whose: &Whose,
    detail: &str,
    work: impl AsyncFnOnce(&mut Tx, &UserId, Timestamp) -> Result<String>,
) -> Result<ExitCode> {
    let settings = whose.settings.load()?;
    let login = whose.login.to_lowercase();
    runtime()?.block_on(async {
        let store = open_store(&settings).await?;
        let now = Clock::System.now();
        let mut tx = store.write(Priority::Person).await?;
        let Some(AccountRow { id, .. }) = accounts::find_by_login(&mut tx, &login).await? else {
            return Err(BadArguments(format!("there is no account {login}")).into());
        };
        let told = work(&mut tx, &UserId(id), now).await?;
        note(
            &mut tx,
            &Ids::random(),
            now,
            &format!("account:{login}"),
            detail,
        )
        .await?;
        tx.commit().await?;
        store.close().await;
        eprintln!("{login} {told}");
        Ok(ExitCode::SUCCESS)
    })
}

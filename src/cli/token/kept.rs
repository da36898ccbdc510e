//! `otklik token list` and `revoke`: the tokens that there are, without their secrets.

use std::{io::Write, process::ExitCode};

use anyhow::{Context, bail};
use otklik::{
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Timestamp},
    },
    store::{
        Priority,
        tokens::{self, TokenRow},
    },
};
use serde_json::{Value, json};

use crate::cli::{SettingsFile, noted::note, open_store, runtime};

/// Prints each token as a line of JSON: `id`, `who`, `created`, `expires`, `used`, `revoked`; of an
/// integration also what it may do, see and reach.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik token list")]
pub struct List {
    #[command(flatten)]
    settings: SettingsFile,
}

impl List {
    /// Runs the command.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let settings = self.settings.load()?;
        let rows = runtime()?.block_on(async {
            let store = open_store(&settings).await?;
            let rows = tokens::list(&mut store.read().await?).await?;
            store.close().await;
            anyhow::Ok(rows)
        })?;
        let mut out = std::io::stdout().lock();
        for row in &rows {
            writeln!(out, "{}", line(row)?).context("cannot write to stdout")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line(row: &TokenRow) -> anyhow::Result<Value> {
    let moment = |millis: Option<i64>| millis.map(|m| Timestamp::from_millis(m).to_rfc3339());
    let mut line = json!({
        "id": row.id,
        "who": row.who(),
        "created": moment(Some(row.created)),
        "expires": moment(row.expires),
        "used": moment(row.used),
        "revoked": moment(row.revoked),
    });
    if let Some(allows) = row.allowance()? {
        line["may"] = json!(allows.permissions);
        line["see"] = json!(allows.fields);
        line["sectors"] = json!(allows.sectors);
        line["municipalities"] = json!(allows.municipalities);
    }
    Ok(line)
}

/// Revokes a token by the id that `otklik token list` shows. It is refused from the next request on.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik token revoke h0Yk3bVx_dQ2")]
pub struct Revoke {
    /// The token's id.
    #[arg(allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    settings: SettingsFile,
}

impl Revoke {
    /// Runs the command.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let settings = self.settings.load()?;
        runtime()?.block_on(self.revoke(&settings))?;
        eprintln!("the token {} is revoked", self.id);
        Ok(ExitCode::SUCCESS)
    }

    async fn revoke(&self, settings: &Settings) -> anyhow::Result<()> {
        let store = open_store(settings).await?;
        let (ids, now) = (Ids::random(), Clock::System.now());
        let mut tx = store.write(Priority::Person).await?;
        let row = tokens::list(&mut tx).await?.into_iter();
        let row = row
            .filter(|row| row.revoked.is_none())
            .find(|row| row.id == self.id);
        let Some(row) = row else {
            bail!(
                "there is no token {} that works; look for it with `otklik token list`",
                self.id
            );
        };
        tokens::revoke(&mut tx, &row.id, now).await?;
        let subject = match row.login {
            Some(login) => format!("account:{login}"),
            None => row.who(),
        };
        note(&mut tx, &ids, now, &subject, "a token was revoked").await?;
        tx.commit().await?;
        store.close().await;
        Ok(())
    }
}

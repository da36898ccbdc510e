//! `otklik token add`: a token of an account, or of an integration with a reach of its own.

use std::{io::Write, process::ExitCode};

use anyhow::{Context, bail};
use otklik::{
    config::settings::Settings,
    domain::{
        id::{Ids, UserId},
        time::{Clock, Span, Timestamp},
        user::{Field, Permission},
    },
    store::{Priority, Tx, accounts, scope::Allowance, tokens},
    web::auth::{hash_secret, new_secret},
};

use crate::cli::{BadArguments, SettingsFile, known, noted::note, open_store, runtime};

/// How long the token of an integration is good when nothing is said.
const YEAR: i64 = 365;

/// Prints a new token as `{"token"}`, the only time that it is seen. That of an account sees and does
/// what the account may; that of an integration what `--may`, `--see`, `--sector` and `--municipality`
/// name. No token decides anything: answers and closures carry the name of a person.
#[derive(clap::Args)]
#[command(after_help = "Example: otklik token add vershinina\n\
    Example: otklik token add --integration pos --may submit_posts --municipality 99701000")]
pub struct Add {
    /// The account's login.
    #[arg(required_unless_present = "integration")]
    login: Option<String>,
    /// Makes a token of an integration with this name: Latin letters, digits, dash.
    #[arg(long, value_name = "NAME", conflicts_with = "login", requires = "may")]
    integration: Option<String>,
    /// What it may do: read_incidents, read_posts, read_stats, read_sources, submit_posts; repeat for
    /// several.
    #[arg(long, value_name = "PERMISSION", requires = "integration")]
    may: Vec<String>,
    /// What it sees of people: text, source, voice, place, staff, notes; repeat for several.
    #[arg(long, value_name = "FIELD", requires = "integration")]
    see: Vec<String>,
    /// A sector within its reach; repeat for several, leave out for all.
    #[arg(long, value_name = "CODE", requires = "integration")]
    sector: Vec<String>,
    /// A municipality within its reach; repeat for several, leave out for all.
    #[arg(long, value_name = "CODE", requires = "integration")]
    municipality: Vec<String>,
    /// Days that the token is good; an integration's is good for a year when left out, 0 is for ever.
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..=36_500))]
    days: Option<i64>,
    #[command(flatten)]
    settings: SettingsFile,
}

impl Add {
    /// Runs the command.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let settings = self.settings.load()?;
        let token = runtime()?.block_on(self.keep(&settings))?;
        let line = serde_json::json!({ "token": token });
        writeln!(std::io::stdout().lock(), "{line}").context("cannot write to stdout")?;
        Ok(ExitCode::SUCCESS)
    }

    async fn keep(&self, settings: &Settings) -> anyhow::Result<String> {
        let allows = self.allowance(settings)?;
        let store = open_store(settings).await?;
        let (ids, now) = (Ids::random(), Clock::System.now());
        let token = new_secret(&ids);
        let mut tx = store.write(Priority::Person).await?;
        let subject = match &self.integration {
            Some(name) => {
                let (hash, expires) = (hash_secret(&token), self.expires(YEAR, now));
                tokens::add_integration(&mut tx, &hash, name, &allows, expires, now).await?;
                format!("integration:{name}")
            }
            None => self.keep_of_account(&mut tx, &token, now).await?,
        };
        note(&mut tx, &ids, now, &subject, "a token was added").await?;
        tx.commit().await?;
        store.close().await;
        Ok(token)
    }

    async fn keep_of_account(
        &self,
        tx: &mut Tx,
        token: &str,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let login = self.login.as_deref().unwrap_or_default().to_lowercase();
        let account = accounts::find_by_login(tx, &login).await?;
        let account = account.with_context(|| {
            format!("there is no account {login}; add it with `otklik user add`")
        })?;
        let (hash, expires) = (hash_secret(token), self.expires(0, now));
        tokens::add(tx, &hash, &UserId(account.id), expires, now).await?;
        Ok(format!("account:{login}"))
    }

    fn expires(&self, default: i64, now: Timestamp) -> Option<Timestamp> {
        let days = self.days.unwrap_or(default);
        (days > 0).then(|| now.plus(Span::days(days)))
    }

    /// What an integration's token names, checked against the catalogues.
    fn allowance(&self, settings: &Settings) -> anyhow::Result<Allowance> {
        let Some(name) = &self.integration else {
            return Ok(Allowance::default());
        };
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=40).contains(&name.len()) || !name.bytes().all(plain) {
            bail!(BadArguments(format!(
                "the name {name} must be 1 to 40 small Latin letters, digits or dashes"
            )));
        }
        known::check_reach(settings, &self.sector, &self.municipality)?;
        let permissions: Vec<&str> = Permission::FOR_PROGRAMS.iter().map(|p| p.code()).collect();
        known::check("permission of an integration", &self.may, &permissions)?;
        let fields: Vec<&str> = Field::ALL.iter().map(|field| field.code()).collect();
        known::check("field", &self.see, &fields)?;
        let of = |list: &[String]| list.iter().filter_map(|c| Field::from_code(c)).collect();
        let may = self.may.iter().filter_map(|c| Permission::from_code(c));
        Ok(Allowance {
            permissions: may.collect(),
            fields: of(&self.see),
            sectors: self.sector.clone(),
            municipalities: self.municipality.clone(),
        })
    }
}

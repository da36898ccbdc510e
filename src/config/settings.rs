//! The settings: `config/settings.toml` (complete, built in), then the operator's file, then the
//! environment. Unknown keys are refused with the nearest known one.
//!
//! Serialising [`Settings`] masks every secret: a secret without a mask does not compile. Whether
//! the values make sense together is [`Settings::problems`].

mod alerts;
mod file;
mod masked;
mod oidc;
mod operate;
mod problems;
mod web;
mod wrong;

use std::{
    ffi::OsString,
    io::Read,
    path::{Path, PathBuf},
};

pub use alerts::{Alerts, Smtp, Tls};
use anyhow::{Context, Result, bail};
use figment::{
    Figment, Profile,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};
use file::File;
pub use oidc::{Oidc, RoleRule};
pub use operate::{Backup, Log, LogFormat, Metrics};
pub use problems::is_listen;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
pub use web::{Limits, SignIn, Web};

use super::catalogue::STEERS;
use crate::domain::{plain::is_steering, time::Span};

/// The shipped settings, complete and commented.
pub const DEFAULTS: &str = include_str!("../../config/settings.toml");

/// OTKLIK_LOG says what is logged, before there are settings: it is none of them.
const LOG: &str = "LOG";

/// All settings. Each field is explained in `config/settings.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Settings {
    pub data_dir: PathBuf,
    #[serde(serialize_with = "masked::url")]
    pub database_url: SecretString,
    pub config_dir: PathBuf,
    pub region: Region,
    pub secrets: Secrets,
    pub web: Web,
    pub collect: Collect,
    pub understand: Understand,
    pub incidents: Incidents,
    pub alerts: Alerts,
    pub retention: Retention,
    pub journal: Journal,
    pub metrics: Metrics,
    pub log: Log,
    pub backup: Backup,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Region {
    pub name: String,
    pub timezone: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Secrets {
    #[serde(serialize_with = "masked::whole")]
    pub identity_key: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub author_key: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub sign_in_key: SecretString,
    #[serde(serialize_with = "masked::whole")]
    pub journal_key: SecretString,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Collect {
    pub enabled: bool,
    pub user_agent: String,
    pub allow_private_addresses: bool,
    pub telegram: bool,
    pub connect_timeout_seconds: u64,
    pub timeout_seconds: u64,
    pub vk_per_second: f64,
    pub telegram_per_second: f64,
    pub host_per_second: f64,
    pub vk_per_day: i64,
    pub telegram_per_day: i64,
    pub host_per_day: i64,
    pub interval_seconds: i64,
    pub pages_per_visit: u32,
    pub base: Base,
    pub vk: Vk,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Base {
    pub vk: String,
    pub vk_site: String,
    pub telegram: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Vk {
    #[serde(serialize_with = "masked::whole")]
    pub token: SecretString,
    pub version: String,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Understand {
    pub model_dir: PathBuf,
    pub min_sector_score: f32,
    pub claim_suggest: f32,
    pub claim_strong: f32,
    pub min_claim_length: usize,
    pub duplicate_bits: u32,
    pub duplicate_hours: i64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Incidents {
    pub clock_starts: ClockStart,
    pub max_age_days: i64,
    pub join_hours: i64,
    pub join_metres: f64,
}

/// How long each class of rows is kept; see `store::retention`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Retention {
    pub deleted_hours: i64,
    pub posts_days: i64,
    pub waiting_days: i64,
    pub flagged_days: i64,
    pub incidents_days: i64,
    pub deliveries_days: i64,
    pub backups_days: i64,
}

impl Retention {
    /// How long the log of changes remembers what was purged: as long as a backup may bring it back.
    pub fn tombstones(&self) -> Span {
        Span::days(self.backups_days.saturating_add(1))
    }
}

impl Incidents {
    /// Posts older than this at capture open nothing.
    pub fn max_age(&self) -> Span {
        Span::days(self.max_age_days)
    }
}

/// Which moment starts the first clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// When we captured the post.
    Capture,
    /// When it was published.
    Publication,
}

/// When the journal is signed and checked, and how long it is kept.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Journal {
    pub sign_minutes: i64,
    pub sign_entries: i64,
    pub verify_hours: i64,
    pub keep_days: i64,
}

impl Settings {
    /// Reads defaults, then `file`, then `OTKLIK_…` variables of `environment`.
    ///
    /// # Errors
    /// A sentence that names the file or variable, the unknown key and the nearest known one.
    pub fn load<I>(file: Option<&Path>, environment: I) -> Result<Settings>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        let defaults: Dict = figment
            .extract()
            .context("the built-in settings are broken")?;
        if let Some(path) = file {
            let file = File::read(path)?;
            refuse_unknown(&file.given, &defaults, "", &path.display().to_string())?;
            figment = figment.merge(file);
        }
        let given = from_environment(environment, &defaults)?;
        refuse_unknown(&given, &defaults, "", "the environment (OTKLIK_…)")?;
        figment = figment.merge(Layer(given));
        figment
            .extract()
            .map_err(|e| anyhow::anyhow!("settings: {}", wrong::sentence(e)))
    }

    /// The folder of the operator's catalogues; none means the built-in ones.
    pub fn catalogues(&self) -> Option<&Path> {
        Some(self.config_dir.as_path()).filter(|path| !path.as_os_str().is_empty())
    }

    /// [`Settings::load`] with the process's environment.
    ///
    /// # Errors
    /// As there.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn load_from_process(file: Option<&Path>) -> Result<Settings> {
        Self::load(file, texts(std::env::vars_os())?)
    }
}

/// Our variables as text. Other programs' may hold any bytes, on which `std::env::vars` would panic.
fn texts(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Vec<(String, String)>> {
    let own = variables.filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        name.starts_with("OTKLIK_").then_some((name, value))
    });
    own.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => bail!("{name} is not UTF-8: set it again as plain text"),
    })
    .collect()
}

/// A dictionary as a layer of settings.
struct Layer(Dict);

impl figment::Provider for Layer {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::named("the environment")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.0.clone())]))
    }
}

/// `OTKLIK_COLLECT__VK__TOKEN_FILE=/x` becomes `collect.vk.token` with the file's first line.
fn from_environment(
    variables: impl IntoIterator<Item = (String, String)>,
    defaults: &Dict,
) -> Result<Dict> {
    let mut given = Dict::new();
    for (name, value) in variables {
        let Some(key) = name.strip_prefix("OTKLIK_").filter(|key| *key != LOG) else {
            continue;
        };
        if key.matches("__").count() > DEEPEST {
            bail!("the environment (OTKLIK_…): no setting has a name of so many parts");
        }
        if value.chars().any(is_steering) {
            bail!("{name} {STEERS}");
        }
        let key = key.to_lowercase();
        let (key, value) = match key.strip_suffix("_file") {
            None => {
                let value = parse_value(&value, &key, defaults);
                (key, value)
            }
            Some(key) => {
                let text = short_text(&value)
                    .with_context(|| format!("{name} names {value}, which cannot be read"))?;
                (key.to_owned(), Value::from(text.trim()))
            }
        };
        let nested = figment::util::nest(&key.replace("__", "."), value);
        if let Some(dict) = nested.into_dict() {
            given = merge(given, dict);
        }
    }
    Ok(given)
}

/// Parts of a setting's name.
const DEEPEST: usize = 8;
/// Bytes of a file that a variable names: the longest secrets are keys of a few kilobytes.
const LONGEST: u64 = 64 * 1024;

/// A small file's text; one without end, such as a device, is not read to its end.
fn short_text(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(LONGEST + 1)
        .read_to_string(&mut text)?;
    match text.len() as u64 > LONGEST {
        true => Err(std::io::Error::other("it is larger than 64 KiB")),
        false => Ok(text),
    }
}

/// A number or a truth value where the setting is one, a list of what commas part where it is a list,
/// else the text itself: a password of digits stays text.
fn parse_value(text: &str, key: &str, defaults: &Dict) -> Value {
    let known = Value::from(defaults.clone());
    match known.find_ref(&key.replace("__", ".")) {
        Some(Value::String(..)) => return Value::from(text),
        Some(Value::Array(..)) => {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            return Value::from(parts.collect::<Vec<_>>());
        }
        _ => {}
    }
    match (
        text.parse::<bool>(),
        text.parse::<i64>(),
        text.parse::<f64>(),
    ) {
        (Ok(truth), ..) => Value::from(truth),
        (_, Ok(whole), _) => Value::from(whole),
        (_, _, Ok(number)) => Value::from(number),
        _ => Value::from(text),
    }
}

fn merge(mut under: Dict, over: Dict) -> Dict {
    for (key, value) in over {
        let merged = match (under.remove(&key), value) {
            (Some(Value::Dict(tag, a)), Value::Dict(_, b)) => Value::Dict(tag, merge(a, b)),
            (_, value) => value,
        };
        under.insert(key, merged);
    }
    under
}

fn refuse_unknown(given: &Dict, known: &Dict, path: &str, origin: &str) -> Result<()> {
    for (key, value) in given {
        let full = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match (known.get(key), value) {
            (None, _) => {
                let nearest = known
                    .keys()
                    .max_by(|a, b| {
                        strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key))
                    })
                    .map(|k| {
                        if path.is_empty() {
                            k.clone()
                        } else {
                            format!("{path}.{k}")
                        }
                    });
                let hint = nearest
                    .map(|n| format!("; did you mean {n}?"))
                    .unwrap_or_default();
                bail!("{origin}: unknown setting {full}{hint}");
            }
            (Some(Value::Dict(_, known)), Value::Dict(_, given)) => {
                refuse_unknown(given, known, &full, origin)?;
            }
            _ => {}
        }
    }
    Ok(())
}

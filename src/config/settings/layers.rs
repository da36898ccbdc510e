//! Where settings come from: what is built in, the operator's file over it, the environment over
//! both. Start with [`read`].

use std::{ffi::OsString, io::Read, path::Path};

use anyhow::{Context, Result, bail};
use figment::{
    Figment, Profile,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use super::{DEFAULTS, Settings, file::File, wrong};
use crate::{config::catalogue::STEERS, domain::plain::is_steering};

/// OTKLIK_LOG says what is logged, before there are settings: it is none of them.
const LOG: &str = "LOG";
/// Tables whose keys the operator chooses.
const OPEN: &[&str] = &["collect.vk.community_tokens", "collect.vk.per_day"];
/// Parts of a setting's name.
const DEEPEST: usize = 8;
/// Bytes of a file that a variable names: the longest secrets are keys of a few kilobytes.
const LONGEST: u64 = 64 * 1024;

/// Defaults, then `file`, then `OTKLIK_…` variables of `environment`.
///
/// # Errors
/// A sentence that names the file or variable, the unknown key and the nearest known one.
pub(super) fn read<I>(file: Option<&Path>, environment: I) -> Result<Settings>
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

/// Our variables as text. Other programs' may hold any bytes, on which `std::env::vars` would panic.
///
/// # Errors
/// One of ours is no text.
pub(super) fn texts(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>> {
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

/// Refuses keys that the defaults lack; `path` is where both dictionaries stand.
fn refuse_unknown(given: &Dict, known: &Dict, path: &str, origin: &str) -> Result<()> {
    for (key, value) in given {
        match (known.get(key), value) {
            (Some(Value::Dict(..)), Value::Dict(..))
                if OPEN.contains(&&*format!("{path}{key}")) => {}
            (None, _) => {
                let hint = nearest(key, known)
                    .map(|nearest| format!("; did you mean {path}{nearest}?"))
                    .unwrap_or_default();
                bail!("{origin}: unknown setting {path}{key}{hint}");
            }
            (Some(Value::Dict(_, known)), Value::Dict(_, given)) => {
                refuse_unknown(given, known, &format!("{path}{key}."), origin)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn nearest<'a>(key: &str, known: &'a Dict) -> Option<&'a String> {
    let likeness = |known: &String| strsim::jaro_winkler(known, key);
    known
        .keys()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

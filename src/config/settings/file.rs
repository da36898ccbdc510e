//! A settings file as a layer. A mistake of form is told by its line's number alone: the line may hold
//! a secret, and the parser's own words would quote it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use figment::{
    Metadata, Profile, Provider, Source,
    value::{Dict, Map, Value},
};

use crate::{config::catalogue::STEERS, domain::plain::steering_line};

/// What a file gives.
pub(super) struct File {
    path: PathBuf,
    /// Its keys and values.
    pub(super) given: Dict,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// A sentence with the file, and the line when it is not in form.
    pub(super) fn read(path: &Path) -> Result<File> {
        let place = path.display();
        if !path.is_file() {
            bail!("there is no settings file {place}");
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {place}"))?;
        if let Some(line) = steering_line(&text) {
            bail!("{place}:{line}: {STEERS}");
        }
        let table: toml::Table = match toml::from_str(&text) {
            Ok(table) => table,
            Err(error) => {
                let before = text.get(..error.span().map_or(0, |at| at.start));
                let line = 1 + before.unwrap_or_default().matches('\n').count();
                bail!("{place}:{line}: {}", error.message());
            }
        };
        let value = Value::serialize(table).with_context(|| format!("cannot read {place}"))?;
        Ok(File {
            path: path.to_owned(),
            given: value.into_dict().unwrap_or_default(),
        })
    }
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        Metadata::named("the settings file").source(Source::File(self.path.clone()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.given.clone())]))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use crate::config::settings::Settings;

    #[test]
    fn a_line_that_is_not_in_form_is_numbered_and_never_quoted() {
        for line in [
            "token = hush-hush",
            "token = \"hush-hush",
            "token \"hush-hush\"",
            "hush-hush",
            "token = \"hush\\-hush-hush\"",
            "token = 'hush-hush'hush",
            "token = 3hush-hush",
            "token = [\"hush-hush\"",
            "token = {hush-hush}",
            "[hush-hush",
        ] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            write!(file, "# ours\n[collect.vk]\n{line}\n").unwrap();
            let error = Settings::load(Some(file.path()), []).unwrap_err();
            let told = format!("{error:#} {error:?}");
            assert!(!told.contains("hush"), "{told}");
            let place = file.path().display().to_string();
            assert!(
                told.contains(&place) && told.contains(":3: "),
                "{line}: {told}"
            );
        }
    }
}

//! The words of letters: Fluent files under `locale/`, compiled in; Russian is written first and
//! English is complete. The words of pages are the web's. Start with [`Words`].

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{
    LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader,
};

static_loader! {
    static LOCALES = {
        locales: "./src/notify/locale",
        fallback_language: "ru",
        // Marks of direction around each value only disturb copying: both languages run one way.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static RUSSIAN: LanguageIdentifier = langid!("ru");
static ENGLISH: LanguageIdentifier = langid!("en");

/// The words of one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Words {
    /// Russian, unless the settings say another.
    #[default]
    Russian,
    /// English.
    English,
}

impl Words {
    /// The words of `alerts.mail_language`.
    pub fn of(language: &str) -> Words {
        match language {
            "en" => Words::English,
            _ => Words::Russian,
        }
    }

    /// The language's code.
    pub fn code(self) -> &'static str {
        self.choose("ru", "en")
    }

    /// One of two texts.
    pub fn choose<'a>(self, russian: &'a str, english: &'a str) -> &'a str {
        match self {
            Words::English if !english.is_empty() => english,
            _ => russian,
        }
    }

    /// A text; a key that is missing shows itself, so that it is seen and mended.
    pub fn text(self, key: &str) -> String {
        self.with(key, [])
    }

    /// A text with values.
    pub fn with<'a, const N: usize>(
        self,
        key: &str,
        values: [(&'static str, FluentValue<'a>); N],
    ) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'a>> =
            values.map(|(name, value)| (name.into(), value)).into();
        self.find(key, &values).unwrap_or_else(|| key.to_owned())
    }

    /// What happened, by an alert's event: «новый инцидент».
    pub fn event(self, event: &str) -> String {
        let key = format!("mail-{}", event.replace('.', "-"));
        let found = self.find(&key, &HashMap::new());
        found.unwrap_or_else(|| self.text("mail-unknown"))
    }

    fn find(
        self,
        key: &str,
        values: &HashMap<Cow<'static, str>, FluentValue<'_>>,
    ) -> Option<String> {
        let language = match self {
            Words::Russian => &RUSSIAN,
            Words::English => &ENGLISH,
        };
        LOCALES.try_lookup_with_args(language, key, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<(&str, Vec<&str>)> {
        text.split("\nmail-")
            .map(|entry| {
                let key = entry.split(" =").next().unwrap_or_default();
                let mut values: Vec<&str> = entry
                    .split('$')
                    .skip(1)
                    .filter_map(|rest| rest.split_whitespace().next())
                    .collect();
                values.sort_unstable();
                values.dedup();
                (key.trim_start_matches("mail-"), values)
            })
            .collect()
    }

    #[test]
    fn english_has_every_word_of_russian_with_the_same_values() {
        let (ru, en) = (
            include_str!("locale/ru/mail.ftl"),
            include_str!("locale/en/mail.ftl"),
        );
        assert_eq!(keys(ru), keys(en));
        assert!(keys(ru).len() > 10);
    }

    #[test]
    fn an_event_of_a_newer_version_is_an_alert() {
        assert_eq!(Words::Russian.event("incident.opened"), "новый инцидент");
        assert_eq!(Words::of("en").event("incident.folded"), "alert");
    }
}

//! Languages and the words of the pages: Fluent files under `locale/`, compiled in.
//!
//! Russian is written first, English is complete (a test compares them). Start with [`Tr`].

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{
    LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader,
};

static_loader! {
    static LOCALES = {
        locales: "./src/web/locale",
        fallback_language: "ru",
        // Marks of direction around each value only disturb copying: both languages run one way.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static RUSSIAN: LanguageIdentifier = langid!("ru");
static ENGLISH: LanguageIdentifier = langid!("en");

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Russian, unless somebody asks for another.
    #[default]
    Ru,
    /// English.
    En,
}

impl Lang {
    /// Both languages.
    pub const ALL: [Lang; 2] = [Lang::Ru, Lang::En];

    /// The code of pages and cookies.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    /// The language of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The language that a browser likes best of the two, from `Accept-Language`.
    pub fn from_accept(header: &str) -> Self {
        let wish = |part: &str| {
            let mut pieces = part.trim().split(';');
            let code = pieces.next()?.trim().get(..2)?.to_ascii_lowercase();
            let weight = pieces
                .find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok())
                .unwrap_or(1.0);
            Some((Self::from_code(&code)?, weight))
        };
        let mut best = (Self::Ru, 0.0);
        for (lang, weight) in header.split(',').filter_map(wish) {
            if weight > best.1 {
                best = (lang, weight);
            }
        }
        best.0
    }

    /// One of two texts.
    pub fn choose<'a>(self, russian: &'a str, english: &'a str) -> &'a str {
        match self {
            Lang::En if !english.is_empty() => english,
            _ => russian,
        }
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Lang::Ru => &RUSSIAN,
            Lang::En => &ENGLISH,
        }
    }
}

/// A value inside a sentence.
pub type Arg<'a> = (&'static str, FluentValue<'a>);

/// The words of one language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tr {
    /// The language.
    pub lang: Lang,
}

impl Tr {
    /// A text without values. A key that is missing shows itself, so that it is seen and mended.
    pub fn t(&self, key: &str) -> String {
        let found = LOCALES.try_lookup(self.lang.id(), key);
        found.unwrap_or_else(|| key.to_owned())
    }

    /// A text with one whole number, `$n`.
    pub fn n(&self, key: &str, n: impl Into<i64>) -> String {
        self.with(key, &[("n", FluentValue::from(n.into()))])
    }

    /// A text with one other text, `$v`.
    pub fn v(&self, key: &str, value: impl AsRef<str>) -> String {
        self.with(key, &[("v", FluentValue::from(value.as_ref()))])
    }

    /// A text with several values.
    pub fn with(&self, key: &str, args: &[Arg<'_>]) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> = args
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
            .collect();
        let found = LOCALES.try_lookup_with_args(self.lang.id(), key, &args);
        found.unwrap_or_else(|| key.to_owned())
    }

    /// The word of a code: `group` and `code` joined, `_` as `-`.
    pub fn code(&self, group: &str, code: &str) -> String {
        self.t(&format!("{group}-{}", code.replace('_', "-")))
    }
}

/// Values for [`Tr::with`]: `args![place = name, n = 3]`.
macro_rules! args {
    ($($name:ident = $value:expr),* $(,)?) => {
        &[$((stringify!($name), fluent_templates::fluent_bundle::FluentValue::from($value))),*]
    };
}
pub(crate) use args;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_choose_by_weight_and_russian_is_the_default() {
        assert_eq!(Lang::from_accept("en-GB,en;q=0.9,ru;q=0.5"), Lang::En);
        assert_eq!(Lang::from_accept("en;q=0.3, ru-RU;q=0.8"), Lang::Ru);
        assert_eq!(Lang::from_accept("tt, ba"), Lang::Ru);
        assert_eq!(Lang::from_accept(""), Lang::Ru);
        assert_eq!(Lang::from_accept("€;q=0.3"), Lang::Ru);
    }
}

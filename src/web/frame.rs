//! What every page has around it: the bar, the flash, the footer with its keys.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Shared,
    auth::session::{FLASH, Visitor, cookie},
    keys::{self, Hint, Key},
    locale::{Lang, Tr},
    shape::Icon,
    text::LangAttr,
    words::Words,
};
use crate::domain::{
    time::Span,
    user::{Permission, Role},
};

/// An item of the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NavItem {
    pub href: &'static str,
    pub label: String,
    pub current: bool,
}

/// The places of the bar, with what opens them.
const PLACES: &[(&str, &str, &[Permission])] = &[
    ("/overview", "nav-overview", &[Permission::ReadStats]),
    ("/queue", "nav-queue", &[Permission::ReadIncidents]),
    ("/triage", "nav-triage", &[Permission::Triage]),
    ("/claims", "nav-claims", &[Permission::ReviewClaims]),
    ("/search", "nav-search", &[Permission::ReadPosts]),
    ("/pages", "nav-pages", &[Permission::ReadPages]),
    ("/sources", "nav-sources", &[Permission::ReadSources]),
    ("/alerts", "nav-alerts", &[Permission::ReadAlerts]),
    ("/import", "nav-import", &[Permission::ImportTables]),
    ("/audit", "nav-audit", &[Permission::ReadAudit]),
];

/// Six items are what a person keeps in view; the rest is reached from the search field and from the
/// sources page.
const MOST: usize = 6;

/// Where somebody may go, home first.
pub(crate) fn places(visitor: &Visitor) -> Vec<(&'static str, &'static str)> {
    let mut open: Vec<_> = PLACES
        .iter()
        .filter(|(.., needed)| needed.iter().all(|permission| visitor.may(*permission)))
        .map(|(href, label, _)| (*href, *label))
        .collect();
    let works_in_queue = visitor
        .scope
        .roles
        .iter()
        .any(|role| matches!(role, Role::BlockEmployee | Role::BlockHead | Role::Executor));
    if works_in_queue && let Some(at) = open.iter().position(|(href, _)| *href == "/overview") {
        let overview = open.remove(at);
        open.push(overview);
    }
    for spare in ["/search", "/alerts", "/import"] {
        if open.len() > MOST {
            open.retain(|(href, _)| *href != spare);
        }
    }
    open
}

/// What a page says about itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About {
    place: &'static str,
    title: &'static str,
    keys: &'static [Key],
}

impl About {
    /// The place in the bar, the locale key of the title (also the heading), and the page's keys.
    pub(crate) const fn new(
        place: &'static str,
        title: &'static str,
        keys: &'static [Key],
    ) -> Self {
        Self { place, title, keys }
    }
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub tr: Tr,
    pub words: Words,
    pub title: String,
    pub region: String,
    pub nav: Vec<NavItem>,
    pub signed_in: bool,
    pub may_search: bool,
    pub may_see_alerts: bool,
    pub may_import: bool,
    pub name: String,
    pub role: String,
    pub csrf: String,
    pub flash: Option<String>,
    pub keys: Vec<Key>,
}

impl Frame {
    /// The frame of somebody's page.
    pub(crate) fn new(app: &Shared, visitor: &Visitor, headers: &HeaderMap, about: About) -> Self {
        let tr = Tr { lang: visitor.lang };
        let mut frame = Self::bare(app, visitor.lang, tr.t(about.title));
        frame.nav = places(visitor)
            .into_iter()
            .map(|(href, label)| NavItem {
                href,
                label: tr.t(label),
                current: href == about.place,
            })
            .collect();
        frame.signed_in = true;
        frame.may_search = visitor.may(Permission::ReadPosts);
        frame.may_see_alerts = visitor.may(Permission::ReadAlerts);
        frame.may_import = visitor.may(Permission::ImportTables);
        frame.name.clone_from(&visitor.name);
        frame.role = role_words(app, visitor);
        frame.csrf.clone_from(&visitor.csrf);
        frame.flash = told(app, tr, headers);
        frame.keys = about.keys.to_vec();
        if !frame.may_search {
            frame.keys.retain(|key| key.code != "Slash");
        }
        frame
    }

    /// A page before anybody signed in.
    pub(crate) fn bare(app: &Shared, lang: Lang, title: String) -> Self {
        let tr = Tr { lang };
        Self {
            tr,
            words: Words {
                tr,
                zone: app.zone().clone(),
                now: app.now(),
            },
            title,
            region: app.region_name(lang),
            nav: Vec::new(),
            signed_in: false,
            may_search: false,
            may_see_alerts: false,
            may_import: false,
            name: String::new(),
            role: String::new(),
            csrf: String::new(),
            flash: None,
            keys: Vec::new(),
        }
    }

    /// A text.
    pub(crate) fn t(&self, key: &str) -> String {
        self.tr.t(key)
    }

    /// A text with a number.
    pub(crate) fn n(&self, key: &str, n: &usize) -> String {
        self.tr.n(key, *n as i64)
    }

    /// A text with another text.
    pub(crate) fn v(&self, key: &str, value: impl AsRef<str>) -> String {
        self.tr.v(key, value)
    }

    /// The word of a code.
    pub(crate) fn code(&self, group: &str, code: &str) -> String {
        self.tr.code(group, code)
    }

    /// ` lang="ru"` on an English page: names, places and words of people stay Russian there.
    pub(crate) fn ru(&self) -> LangAttr {
        LangAttr::of(self.tr, "rus")
    }

    /// Now, for `<time datetime>`.
    pub(crate) fn machine_now(&self) -> String {
        self.words.machine(self.words.now)
    }

    /// A shape.
    pub(crate) fn icon(&self, name: &'static str) -> Icon {
        Icon(name)
    }

    /// The footer's hints.
    pub(crate) fn hints(&self) -> Vec<Hint> {
        keys::hints(&self.keys)
    }

    /// The other language and its name.
    pub(crate) fn other_lang(&self) -> (&'static str, &'static str) {
        match self.tr.lang {
            Lang::Ru => ("en", "English"),
            Lang::En => ("ru", "Русский"),
        }
    }
}

/// «Блок ЖКХ, сотрудник»: the role with its sectors or municipalities, when they are few.
fn role_words(app: &Shared, visitor: &Visitor) -> String {
    let tr = Tr { lang: visitor.lang };
    let Some(role) = visitor.scope.roles.first() else {
        return String::new();
    };
    let role = tr.code("role", role.code());
    let reach = visitor.scope.whole_reach();
    let reach = match (reach.only_sector(), reach.only_municipality()) {
        (Some(sector), _) => app.sector_label(sector, tr.lang),
        (_, Some(municipality)) => app.municipality_label(municipality),
        _ => return role,
    };
    format!("{reach}, {role}")
}

/// What has just been done. A flash is a word of this list, never a text from the cookie.
const FLASHES: &[&str] = &[
    "taken",
    "passed",
    "answered",
    "declined",
    "closed",
    "reopened",
    "decided",
    "skipped-all",
    "triaged",
    "nothing",
    "marked",
    "queue-empty",
    "retried",
    "source-visit",
    "source-backfill",
    "source-ceased",
    "source-added",
    "source-changed",
    "signed-out",
    "session-ended",
    "sessions-ended",
    "password-changed",
    "factor-removed",
];

/// What has just been done, if the last page said so.
pub(crate) fn told(app: &Shared, tr: Tr, headers: &HeaderMap) -> Option<String> {
    cookie(headers, &app.cookie(FLASH)).and_then(|code| flash_words(tr, code))
}

fn flash_words(tr: Tr, code: &str) -> Option<String> {
    let known = FLASHES.iter().find(|known| **known == code)?;
    Some(tr.t(&format!("flash-{known}")))
}

/// Goes on to a page, which tells once what was done.
pub(crate) fn go_on(app: &Shared, path: &str, flash: &'static str) -> Response {
    debug_assert!(FLASHES.contains(&flash), "{flash} has no words");
    let mut response = Redirect::to(path).into_response();
    let cookie = app.set_cookie(FLASH, Some(flash), Some(Span::minutes(1)));
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flashes_places_and_keys_have_words_in_both_languages() {
        let flashes = FLASHES.iter().map(|code| format!("flash-{code}"));
        let places = PLACES.iter().map(|(_, key, _)| (*key).to_owned());
        let hints = keys::ALL.iter().flat_map(|table| table.iter());
        let hints = hints.map(|key| key.hint.to_owned());
        for key in flashes.chain(places).chain(hints) {
            for lang in Lang::ALL {
                assert_ne!(Tr { lang }.t(&key), key, "{lang:?} has no words");
            }
        }
    }
}

//! Pages and the JSON API over the store: what people and programs see of Otklik.
//!
//! Pages are typed templates and plain forms that work without JavaScript; words come from
//! `locale/`. Nothing here decides what an incident does next (`crate::incidents`), and nothing runs
//! in the background. Start with [`router`], then `pages/queue.rs`.

mod api;
pub mod auth;
mod error;
mod form;
mod frame;
pub mod guard;
mod keys;
mod limits;
mod listen;
pub mod locale;
pub mod metrics;
mod pages;
mod patience;
mod receive;
mod shape;
mod statics;
pub mod table;
mod text;
mod words;

use std::{sync::Arc, time::Duration};

use axum::Router;
use jiff::tz::TimeZone;

use crate::{
    config::{
        catalogue::Catalogue, region::RegionCatalogue, secrets::SignInKey, settings::Settings,
    },
    domain::{
        health::Health,
        id::Ids,
        journal::key::SigningKey,
        place::{Place, PlaceKind},
        time::{Clock, Span, Timestamp},
    },
    incidents::Desk,
    index::Index,
    store::{Store, posts::Keys},
};

pub use error::Error;
pub use listen::{Patience, serve};

/// What the pages need. Cheap to clone.
#[derive(Clone)]
#[allow(missing_docs, reason = "each is named after its type")]
pub struct App {
    pub store: Store,
    pub clock: Clock,
    pub ids: Ids,
    pub settings: Arc<Settings>,
    pub catalogue: Arc<Catalogue>,
    pub region: Arc<RegionCatalogue>,
    pub desk: Desk,
    pub index: Index,
    pub health: Health,
    /// Signs journals that are taken out.
    pub journal: SigningKey,
    /// How hard passwords are hashed; light in tests.
    pub passwords: auth::password::Cost,
    /// What the keys of signing in are made from.
    pub sign_in: SignInKey,
    /// Identities and pseudonyms of posts that programs hand in.
    pub keys: Keys,
}

impl App {
    /// The region's time zone; UTC when the settings name one that does not exist.
    pub(crate) fn zone(&self) -> TimeZone {
        let named = self.region.info.as_ref().map(|info| info.timezone.as_str());
        let zone = named.unwrap_or(&self.settings.region.timezone);
        TimeZone::get(zone).unwrap_or(TimeZone::UTC)
    }
}

/// [`App`] with what is made once from it.
pub(crate) struct Inner {
    app: App,
    zone: TimeZone,
    limits: limits::Limits,
    /// Asks the sign-in provider, when there is one.
    fetch: Option<auth::provider::Fetch>,
    /// A hash that no password fits, of the same cost as people's.
    nobody: String,
    /// Two passwords are checked at a time: each takes tens of megabytes.
    checking: tokio::sync::Semaphore,
    https: bool,
}

/// The state that handlers take.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

impl std::ops::Deref for Shared {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0.app
    }
}

impl Shared {
    fn new(app: App) -> Self {
        Self(Arc::new(Inner {
            zone: app.zone(),
            fetch: fetch(&app.settings),
            limits: limits::Limits::new(&app.settings.web.limits, &app.clock),
            nobody: auth::password::of_nobody(app.passwords, &app.ids),
            checking: tokio::sync::Semaphore::new(2),
            https: app.settings.web.public_url.starts_with("https://"),
            app,
        }))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    fn https(&self) -> bool {
        self.0.https
    }

    fn fetch(&self) -> Option<&auth::provider::Fetch> {
        self.0.fetch.as_ref()
    }

    fn limits(&self) -> &limits::Limits {
        &self.0.limits
    }

    fn nobody(&self) -> &str {
        &self.0.nobody
    }

    /// A cookie's name. `__Host-` ties it to this host, to all its paths and to https.
    fn cookie(&self, name: &str) -> String {
        match self.https() {
            true => format!("__Host-{name}"),
            false => name.to_owned(),
        }
    }

    /// The text of a `Set-Cookie`; `None` removes it.
    fn set_cookie(&self, name: &str, value: Option<&str>, life: Option<Span>) -> String {
        auth::session::set_cookie(&self.cookie(name), value, life, self.https())
    }

    fn checking(&self) -> &tokio::sync::Semaphore {
        &self.0.checking
    }

    fn session_life(&self) -> Span {
        Span::hours(self.settings.web.session_hours.max(1))
    }

    fn longest_session(&self) -> Span {
        Span::days(self.settings.web.longest_session_days.max(1))
    }

    /// The region's name in a language; empty when nobody gave one.
    fn region_name(&self, lang: locale::Lang) -> String {
        let given = &self.settings.region.name;
        match (&self.region.info, lang) {
            (Some(info), locale::Lang::En)
                if !info.name_en.is_empty() && (given.is_empty() || *given == info.name) =>
            {
                info.name_en.clone()
            }
            _ if !given.is_empty() => given.clone(),
            (Some(info), _) => info.name.clone(),
            (None, _) => String::new(),
        }
    }

    /// A sector's label; its code when the catalogue no longer knows it.
    fn sector_label(&self, code: &str, lang: locale::Lang) -> String {
        self.catalogue.sector(code).map_or_else(
            || code.to_owned(),
            |sector| lang.choose(&sector.label, &sector.label_en).to_owned(),
        )
    }

    /// A topic's label.
    fn topic_label(&self, code: &str, lang: locale::Lang) -> String {
        self.catalogue.topic(code).map_or_else(
            || code.to_owned(),
            |topic| lang.choose(&topic.label, &topic.label_en).to_owned(),
        )
    }

    /// The line by which an incident is known, with what is masked said in words; its topic once its
    /// words were deleted, and for who may not see them.
    fn incident_title(&self, title: String, topic: &str, lang: locale::Lang) -> String {
        match title.is_empty() {
            true => self.topic_label(topic, lang),
            false => text::title(locale::Tr { lang }, &title),
        }
    }

    /// A municipality's name as people write it: «г. о. Светлореченск».
    fn municipality_label(&self, code: &str) -> String {
        let found = self
            .region
            .places
            .iter()
            .find(|place| place.kind == PlaceKind::Municipality && place.code == code);
        found.map_or_else(|| code.to_owned(), Place::label)
    }
}

/// What asks the sign-in provider; none when there is none, or when it cannot be made.
fn fetch(settings: &Settings) -> Option<auth::provider::Fetch> {
    let oidc = &settings.web.oidc;
    let within = Duration::from_secs(oidc.timeout_seconds);
    let made = oidc
        .is_on()
        .then(|| auth::provider::Fetch::new(&oidc.issuer, within))?;
    made.inspect_err(|error| tracing::error!(%error, "no way to ask the sign-in provider"))
        .ok()
}

/// All pages, the API and the static files.
pub fn router(app: App) -> Router {
    let shared = Shared::new(app);
    let routes = pages::routes()
        .merge(api::routes())
        .merge(metrics::routes())
        .merge(receive::routes())
        .merge(statics::routes());
    guard::around(routes, shared)
}

//! The composition root: opens, builds and starts; alone in knowing every part.
//!
//! [`Centre::open`] prepares an installation, [`Centre::all_loops`] gives its background work,
//! [`Centre::serve`] runs it until told to stop.

pub mod backup;
pub mod doctor;
pub mod import;
mod loops;
mod noted;
pub mod plan;
pub mod restore;
mod serve;
mod staff;

pub use serve::{Half, listen};

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;

use crate::{
    config::{catalogue::Catalogue, region::RegionCatalogue, secrets::KeyRing, settings::Settings},
    domain::{
        claim::Claim,
        health::Health,
        id::Ids,
        place::PlaceKind,
        source::SourceConfig,
        time::{Clock, Span},
    },
    incidents::Desk,
    index,
    store::{self, Priority, Store, posts::Keys},
    understand::{claims::ClaimBook, places::Gazetteer, topics::Model, understander::Understander},
    work::lock::WorkLock,
};

/// A running installation: everything that was opened and built.
#[derive(Clone)]
pub struct Centre {
    /// The resolved settings.
    pub settings: Arc<Settings>,
    /// The clock.
    pub clock: Clock,
    /// New ids and chance.
    pub ids: Ids,
    /// The database.
    pub store: Store,
    /// The keys of the installation.
    pub keys: KeyRing,
    /// Sectors and topics.
    pub catalogue: Arc<Catalogue>,
    /// The region's places, sources, pages and claims.
    pub region: Arc<RegionCatalogue>,
    /// The models.
    pub understander: Arc<Understander>,
    /// What incident work needs.
    pub desk: Desk,
    /// How the loops are doing.
    pub health: Health,
    /// This process's index.
    pub index: index::Index,
    writer: Arc<Mutex<index::Writer>>,
    lock: Arc<WorkLock>,
}

impl Centre {
    /// Opens everything: keys, database (migrated), catalogues, models, index. Sources, official
    /// pages and claims of the catalogue are brought into the database.
    ///
    /// # Errors
    /// [`Busy`](crate::work::lock::Busy) while another process works on the same data folder; a
    /// sentence with what failed and where.
    pub async fn open(
        settings: Settings,
        region: RegionCatalogue,
        clock: Clock,
        ids: Ids,
    ) -> Result<Centre> {
        let lock = WorkLock::take(&settings.data_dir)?;
        let (store, keys) = open_store(&settings, &region, &clock, &ids).await?;
        let catalogue = Arc::new(Catalogue::load(settings.catalogues())?);
        let region = Arc::new(region);
        let claims = store::claims::list(&mut store.read().await?).await?;
        let understander = understander(&settings, &catalogue, &region, claims)?;
        let desk = Desk {
            catalogue: catalogue.clone(),
            settings: settings.incidents.clone(),
            ids: ids.clone(),
            wide_places: Arc::new(wide_places(&region)),
        };
        let (index, writer) = open_index(&settings.data_dir, &store).await?;
        store
            .meters
            .know_hosts(region.sources.iter().filter_map(host));
        let centre = Centre {
            settings: Arc::new(settings),
            clock,
            ids,
            store,
            keys,
            catalogue,
            region,
            understander: Arc::new(understander),
            desk,
            health: Health::default(),
            index,
            writer: Arc::new(Mutex::new(writer)),
            lock: Arc::new(lock),
        };
        centre.note_changes().await?;
        Ok(centre)
    }

    /// The keys that keeping posts needs.
    pub fn post_keys(&self) -> Keys {
        post_keys(&self.keys)
    }

    /// The region's time zone.
    ///
    /// # Errors
    /// When the settings name one that does not exist.
    pub fn zone(&self) -> Result<TimeZone> {
        zone(&self.settings, &self.region)
    }
}

/// The keys that keeping posts needs.
pub fn post_keys(keys: &KeyRing) -> Keys {
    Keys {
        identity: keys.identity.clone(),
        author_master: keys.author.clone(),
    }
}

/// The region's time zone.
///
/// # Errors
/// When the settings name one that does not exist.
pub fn zone(settings: &Settings, region: &RegionCatalogue) -> Result<TimeZone> {
    let named = region.info.as_ref().map(|info| info.timezone.as_str());
    let name = named.unwrap_or(&settings.region.timezone);
    TimeZone::get(name).with_context(|| format!("there is no time zone {name:?}"))
}

/// Opens keys and database alone (migrated, with the catalogue's sources, pages and claims), for
/// commands that need neither models nor index.
///
/// # Errors
/// A sentence with what failed and where.
pub async fn open_store(
    settings: &Settings,
    region: &RegionCatalogue,
    clock: &Clock,
    ids: &Ids,
) -> Result<(Store, KeyRing)> {
    make_folder(&settings.data_dir)?;
    let keys = KeyRing::load(settings, ids)?;
    let url = settings.database_url.expose_secret();
    let store = Store::open(url, &settings.data_dir).await?;
    store.migrate().await?;
    sync(&store, settings, &keys, region, clock).await?;
    Ok((store, keys))
}

/// The models and everything that texts are compared with.
fn understander(
    settings: &Settings,
    catalogue: &Catalogue,
    region: &RegionCatalogue,
    claims: Vec<Claim>,
) -> Result<Understander> {
    let rules = &settings.understand;
    let model = match rules.model_dir.as_os_str().is_empty() {
        true => Model::shipped()?,
        false => Model::open(&rules.model_dir)?,
    };
    let book = ClaimBook::new(&claims, rules.into());
    Ok(Understander::new(catalogue.clone(), model)
        .with_gazetteer(Gazetteer::new(&region.places))
        .with_claims(Box::new(move |text| book.match_text(text)))
        .with_threshold(rules.min_sector_score))
}

fn make_folder(folder: &PathBuf) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))
}

/// The index of this process; one that followed another log of changes is dropped first.
///
/// # Errors
/// The database's; when the folder cannot be written or another process writes there.
async fn open_index(data_dir: &Path, store: &Store) -> Result<(index::Index, index::Writer)> {
    let log = store::settings::find(&mut store.read().await?, store::settings::CHANGE_LOG).await?;
    index::open_for(&data_dir.join("index"), log.as_deref().unwrap_or_default())
}

/// The host of a source that is known by its address.
fn host(source: &SourceConfig) -> Option<String> {
    let address = url::Url::parse(&source.owner).ok()?;
    Some(address.host_str()?.to_lowercase())
}

/// Towns and whole municipalities: too wide for two posts to be «near» each other by them.
fn wide_places(region: &RegionCatalogue) -> HashSet<String> {
    let wide = region.places.iter().filter(|place| match place.kind {
        PlaceKind::Municipality => true,
        PlaceKind::Settlement => place.type_.starts_with('г') || place.type_.starts_with("пгт"),
        PlaceKind::District | PlaceKind::Street | PlaceKind::Object => false,
    });
    wide.map(|place| place.code.clone()).collect()
}

/// Brings the catalogue's sources, pages and claims into the database, and refuses a database that
/// was begun with another identity key.
async fn sync(
    store: &Store,
    settings: &Settings,
    keys: &KeyRing,
    region: &RegionCatalogue,
    clock: &Clock,
) -> Result<()> {
    let mut tx = store.write(Priority::Person).await?;
    store::settings::claim_identity(&mut tx, keys.identity_fingerprint()).await?;
    let now = clock.now();
    let of_files: HashSet<&str> = region.sources.iter().map(|s| s.code.as_str()).collect();
    let added = store::entries::list(&mut tx).await?;
    let added = added.iter().filter(|s| !of_files.contains(s.code.as_str()));
    for source in region.sources.iter().chain(added) {
        let interval = source
            .interval_seconds
            .unwrap_or(settings.collect.interval_seconds);
        let enabled = is_enabled(settings, source);
        store::sources::put(&mut tx, source, enabled, Span::seconds(interval), now).await?;
    }
    for page in &region.pages {
        store::pages::put(&mut tx, page).await?;
    }
    for claim in &region.claims {
        store::claims::put(&mut tx, claim).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Telegram is off until the operator switches it on.
fn is_enabled(settings: &Settings, source: &SourceConfig) -> bool {
    let allowed = match source.platform {
        crate::domain::post::Platform::Telegram => settings.collect.telegram,
        _ => true,
    };
    allowed && source.enabled.unwrap_or(true)
}

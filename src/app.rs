//! The composition root: opens, builds and starts; alone in knowing every part.
//!
//! [`Centre::open`] prepares an installation, [`Centre::loops`] gives its background work,
//! [`Centre::serve`] runs it until told to stop.

pub mod import;

use std::{
    collections::HashSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    collect::poll::Collector,
    config::{catalogue::Catalogue, region::RegionCatalogue, secrets::KeyRing, settings::Settings},
    domain::{
        claim::Claim,
        health::Health,
        id::{Ids, UserId},
        place::PlaceKind,
        source::SourceConfig,
        time::{Clock, Span},
        user::Role,
    },
    incidents::Desk,
    index, notify,
    store::{self, Priority, Store, accounts, annotations, posts::Keys, tokens},
    understand::{
        claims::ClaimBook, duplicates::NearDuplicates, places::Gazetteer, topics::Model,
        understander::Understander,
    },
    web::{
        self,
        auth::{self, password, password::Cost},
    },
    work::{
        Work,
        collecting::Collecting,
        deadlines::Deadlines,
        indexing::{self, Indexing},
        jobs::Jobs,
        lock::WorkLock,
        routing::Routing,
        supervisor::Supervisor,
        understanding::Understanding,
    },
};

/// How long stopping waits for work in hand.
const GRACE: Duration = Duration::from_secs(20);

/// Fingerprints kept for near-duplicates.
const WINDOW: usize = 1_000_000;

/// Which half of the work a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Pages and API, with an index of its own.
    Web,
    /// The loops.
    Work,
    /// Everything.
    Both,
}

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
    _lock: Arc<WorkLock>,
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
        let catalogue = Arc::new(Catalogue::load(config_dir(&settings))?);
        let region = Arc::new(region);
        let claims = store::claims::list(&mut store.read().await?).await?;
        let understander = understander(&settings, &catalogue, &region, claims)?;
        let desk = Desk {
            catalogue: catalogue.clone(),
            settings: settings.incidents.clone(),
            ids: ids.clone(),
            wide_places: Arc::new(wide_places(&region)),
        };
        let (index, writer) = index::open(&settings.data_dir.join("index"))?;
        Ok(Centre {
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
            _lock: Arc::new(lock),
        })
    }

    /// The keys that keeping posts needs.
    pub fn post_keys(&self) -> Keys {
        post_keys(&self.keys)
    }

    /// The loops that turn stored posts into searchable incidents, in the order of the data's way.
    ///
    /// # Errors
    /// When the database cannot tell the texts of the last hours.
    pub async fn inner_loops(&self) -> Result<Vec<Arc<dyn Work>>> {
        let loops: Vec<Arc<dyn Work>> = vec![
            self.understanding().await?,
            self.routing(),
            Arc::new(self.indexing()),
            Arc::new(Deadlines {
                store: self.store.clone(),
                clock: self.clock.clone(),
                ids: self.ids.clone(),
            }),
        ];
        Ok(loops)
    }

    async fn understanding(&self) -> Result<Arc<dyn Work>> {
        Ok(Arc::new(Understanding {
            store: self.store.clone(),
            understander: self.understander.clone(),
            window: Mutex::new(self.near_duplicates().await?),
            clock: self.clock.clone(),
            in_hand: Mutex::default(),
        }))
    }

    fn routing(&self) -> Arc<dyn Work> {
        Arc::new(Routing {
            store: self.store.clone(),
            desk: self.desk.clone(),
            clock: self.clock.clone(),
        })
    }

    /// The window of near-duplicates, filled with the texts of the last hours.
    async fn near_duplicates(&self) -> Result<NearDuplicates> {
        let settings = &self.settings.understand;
        let span = Span::hours(settings.duplicate_hours);
        let mut window = NearDuplicates::new(settings.duplicate_bits, span, WINDOW);
        let mut tx = self.store.read().await?;
        let since = self.clock.now().minus(span);
        for (post, print, at) in annotations::list_prints(&mut tx, since, WINDOW as i64).await? {
            window.insert(print, at, post);
        }
        Ok(window)
    }

    /// Every loop of a working process: the inner ones and those that reach outside.
    ///
    /// # Errors
    /// As [`Centre::inner_loops`]; a webhook address that is none.
    pub async fn all_loops(&self) -> Result<Vec<Arc<dyn Work>>> {
        let mut loops: Vec<Arc<dyn Work>> = vec![Arc::new(self.collecting()?)];
        loops.extend(self.inner_loops().await?);
        let notifier = notify::open(&self.settings, &self.keys.webhook)?;
        loops.push(Arc::new(Jobs::new(
            self.store.clone(),
            notifier,
            &self.settings.alerts,
            self.clock.clone(),
            self.ids.clone(),
        )));
        Ok(loops)
    }

    /// Runs this half of the work until `stop` is cancelled, then stops in order: no new requests,
    /// loops finish what is in hand, the index is committed, the database is closed.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn serve(
        &self,
        listener: Option<TcpListener>,
        half: Half,
        stop: CancellationToken,
    ) -> Result<()> {
        let loops = match half {
            Half::Web => vec![Arc::new(self.indexing()) as Arc<dyn Work>],
            Half::Work | Half::Both => self.all_loops().await?,
        };
        let supervisor = Supervisor::new(
            loops,
            self.health.clone(),
            self.clock.clone(),
            self.ids.clone(),
        );
        let stop_loops = supervisor.stopper();
        let loops = tokio::spawn(supervisor.run(GRACE));
        match listener {
            Some(listener) => self.serve_pages(listener, stop).await?,
            None => stop.cancelled().await,
        }
        stop_loops.cancel();
        loops.await?;
        self.store.close().await;
        Ok(())
    }

    async fn serve_pages(&self, listener: TcpListener, stop: CancellationToken) -> Result<()> {
        let stopped = stop.clone().cancelled_owned();
        let router = web::router(self.pages()).into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
        tokio::select! {
            served = served => served?,
            // A browser may hold its connection for ever: it has had its time to finish.
            () = async { stop.cancelled().await; tokio::time::sleep(GRACE / 4).await } => {}
        }
        Ok(())
    }

    /// What the pages need.
    pub fn pages(&self) -> web::App {
        web::App {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            catalogue: self.catalogue.clone(),
            region: self.region.clone(),
            desk: self.desk.clone(),
            health: self.health.clone(),
            index: self.index.clone(),
            passwords: Cost::STRONG,
        }
    }

    /// Makes an account with a role of full reach, if there is none of that login.
    ///
    /// # Errors
    /// A password that is too short.
    pub async fn ensure_account(
        &self,
        login: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<()> {
        let mut tx = self.store.write(Priority::Person).await?;
        if accounts::find_by_login(&mut tx, login).await?.is_some() {
            return Ok(());
        }
        let now = self.clock.now();
        let hash = password::hash(password, Cost::STRONG, &self.ids)?;
        let account = accounts::NewAccount {
            id: UserId(self.ids.ulid(now)),
            login,
            name,
            password: &hash,
            role,
            sectors: &[],
            municipalities: &[],
        };
        accounts::create(&mut tx, &account, now).await?;
        Ok(tx.commit().await?)
    }

    /// Gives an account an API token; the same one again changes nothing.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn ensure_token(&self, login: &str, token: &str) -> Result<()> {
        let mut tx = self.store.write(Priority::Person).await?;
        let account = accounts::find_by_login(&mut tx, login)
            .await?
            .with_context(|| format!("there is no account {login}"))?;
        let id = UserId(account.id);
        tokens::add(&mut tx, &auth::hash_secret(token), &id, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// The loop that visits sources.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn collecting(&self) -> Result<Collecting> {
        let collector = Collector::new(
            &self.settings.collect,
            self.zone()?,
            self.store.clone(),
            self.clock.clone(),
            self.ids.clone(),
        )?;
        Ok(Collecting::new(
            self.store.clone(),
            collector,
            self.post_keys(),
            self.clock.clone(),
            self.ids.clone(),
        ))
    }

    /// The region's time zone.
    ///
    /// # Errors
    /// When the settings name one that does not exist.
    pub fn zone(&self) -> Result<TimeZone> {
        zone(&self.settings, &self.region)
    }

    fn indexing(&self) -> Indexing {
        Indexing {
            store: self.store.clone(),
            writer: self.writer.clone(),
            batch: indexing::BATCH,
        }
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

/// Binds an address for the pages.
///
/// # Errors
/// A sentence with the address when it is taken or not ours.
pub async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; name another one (web.listen, or --listen)")
    })
}

/// The folder of the operator's catalogues, if one is set.
pub fn config_dir(settings: &Settings) -> Option<&Path> {
    Some(settings.config_dir.as_path()).filter(|path| !path.as_os_str().is_empty())
}

fn make_folder(folder: &PathBuf) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))
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
    for source in &region.sources {
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

//! An office for the stories about pages: staff, posts that were heard, and visitors who click
//! through the router in the same process.

#![allow(dead_code, reason = "each story takes what it needs")]

use std::{
    collections::HashSet,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use otklik::{
    config::{
        catalogue::Catalogue, region::RegionCatalogue, secrets::SignInKey, settings::Settings,
    },
    domain::{
        actor::AuthorRef,
        annotation::{Annotation, MessageKind, Scored},
        claim::{ClaimMatch, Level},
        health::Health,
        id::{Ids, PostId, UserId},
        journal::key::SigningKey,
        place::PlaceMatch,
        post::{CapturedPost, Platform, PostKey, PostKind},
        source::SourceConfig,
        time::{Clock, Span},
        user::Role,
    },
    incidents::{Desk, route::route_batch},
    index::{self, IndexDoc, Position},
    store::{
        Priority,
        accounts::{self, NewAccount},
        annotations::{self, ModelStamp, Understood},
        claims, pages,
        posts::{self, KeepAs},
        sources, tokens,
    },
    web::{
        self, App,
        auth::{
            hash_secret,
            password::{self, Cost},
        },
    },
};
use tower::ServiceExt;

use crate::harness::{START, TestStore, keys};

/// The key that signs the journal.
pub fn journal_key() -> SigningKey {
    SigningKey::from_secret("the journal's key of every story")
}

/// Everybody's password.
pub const PASSWORD: &str = "верный пароль 42";

/// The town in which most stories happen.
pub const TOWN: &str = "99701000";
/// Another municipality.
pub const DISTRICT: &str = "99611000";

pub struct Office {
    pub it: TestStore,
    pub app: App,
    pub router: Router,
    writer: std::sync::Mutex<index::Writer>,
}

/// What somebody wrote, and what the machine made of it.
#[derive(Clone)]
pub struct Said {
    pub id: &'static str,
    pub platform: Platform,
    pub text: &'static str,
    pub masked: Option<&'static str>,
    pub topic: &'static str,
    pub score: f32,
    pub abstained: bool,
    pub municipality: &'static str,
    pub place: Option<&'static str>,
    pub author: &'static str,
    pub age: Span,
    pub claim: Option<&'static str>,
    pub url: Option<&'static str>,
}

pub const HEATING: Said = Said {
    id: "1",
    platform: Platform::Vk,
    text: "На Речной, 14 третий день нет отопления, в квартире +14, дети болеют",
    masked: None,
    topic: "housing.heating",
    score: 0.91,
    abstained: false,
    municipality: TOWN,
    place: Some("ул. Речная, 14"),
    author: "id100",
    age: Span::hours(30),
    claim: None,
    url: Some("https://vk.example/wall-1_1"),
};

pub const RUBBISH: Said = Said {
    id: "2",
    platform: Platform::Telegram,
    text: "Мусор с площадки за гаражами не вывозят вторую неделю, крысы бегают",
    topic: "waste.collection",
    municipality: DISTRICT,
    place: Some("ул. Луговая"),
    author: "id200",
    age: Span::hours(1),
    url: Some("https://t.example/two/2"),
    ..HEATING
};

pub const UNSURE: Said = Said {
    id: "3",
    text: "Ну и что это такое творится у нас под окнами, кто ответит",
    topic: "roads.potholes",
    score: 0.31,
    abstained: true,
    place: None,
    author: "id300",
    age: Span::hours(1),
    url: None,
    ..HEATING
};

impl Office {
    pub async fn open(it: TestStore) -> Office {
        Self::open_with(it, |_| {}).await
    }

    /// An office whose operator changed settings.
    pub async fn open_with(it: TestStore, change: impl FnOnce(&mut Settings)) -> Office {
        let now = START;
        let clock = Clock::manual(START);
        let catalogue = Arc::new(Catalogue::built_in().unwrap());
        let mut settings = Settings::load(None, Vec::new()).unwrap();
        change(&mut settings);
        let settings = Arc::new(settings);
        let ids = Ids::random();
        let desk = Desk {
            catalogue: catalogue.clone(),
            settings: otklik::config::settings::Incidents {
                clock_starts: otklik::config::settings::ClockStart::Publication,
                ..settings.incidents.clone()
            },
            ids: ids.clone(),
            wide_places: Arc::new(HashSet::new()),
        };
        let (index, writer) = index::open(&it.folder.path().join("index")).unwrap();
        let app = App {
            index,
            store: it.store.clone(),
            clock,
            ids,
            settings,
            catalogue,
            region: Arc::new(RegionCatalogue::svetlorechye(now).unwrap()),
            desk,
            health: Health::default(),
            journal: journal_key(),
            passwords: Cost::LIGHT,
            sign_in: SignInKey::new(*b"a key for signing in"),
            keys: keys(),
        };
        let router = web::router(app.clone());
        let office = Office {
            it,
            app,
            router,
            writer: std::sync::Mutex::new(writer),
        };
        office.furnish().await;
        office
    }

    /// The region's sources, pages and claims.
    async fn furnish(&self) {
        let mut tx = self.it.store.write(Priority::Bulk).await.unwrap();
        for source in &self.app.region.sources {
            let source: &SourceConfig = source;
            sources::put(&mut tx, source, true, Span::minutes(10), START)
                .await
                .unwrap();
        }
        for page in &self.app.region.pages {
            pages::put(&mut tx, page).await.unwrap();
        }
        for claim in &self.app.region.claims {
            claims::put(&mut tx, claim).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Hires somebody.
    pub async fn hire(&self, login: &str, role: Role, sectors: &[&str], municipalities: &[&str]) {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let hash = password::hash(PASSWORD, Cost::LIGHT, &self.app.ids).unwrap();
        let id = UserId(self.app.ids.ulid(START));
        let new = NewAccount {
            id: id.clone(),
            login,
            name: "А. Вершинина",
            password: &hash,
            role,
            sectors: &owned(sectors),
            municipalities: &owned(municipalities),
        };
        let mut tx = self.it.store.write(Priority::Person).await.unwrap();
        accounts::create(&mut tx, &new, START).await.unwrap();
        let token = hash_secret(&format!("token of {login}"));
        tokens::add(&mut tx, &token, &id, None, START)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody signs in through the form.
    pub async fn enters(&self, login: &str) -> Visitor {
        let mut visitor = self.stranger();
        visitor.signs_in(login).await;
        visitor
    }

    /// Hires and lets in.
    pub async fn with(&self, role: Role, sectors: &[&str], municipalities: &[&str]) -> Visitor {
        let login = format!(
            "{}_{}",
            role.code(),
            self.app.ids.ulid(START).to_lowercase()
        );
        self.hire(&login, role, sectors, municipalities).await;
        self.enters(&login).await
    }

    /// One more web process on the same database, as after a restart.
    pub fn another_process(&self) -> Router {
        web::router(self.app.clone())
    }

    pub fn stranger(&self) -> Visitor {
        Visitor::before_pages(self.router.clone())
    }

    /// Posts are kept, understood and routed.
    pub async fn hears(&self, said: &[Said]) {
        let now = self.app.clock.now();
        let mut tx = self.it.store.write(Priority::Bulk).await.unwrap();
        for one in said {
            let captured = CapturedPost {
                published: Some(now.minus(one.age)),
                author: Some(AuthorRef::new(one.author)),
                url: one.url.map(str::to_owned),
                ..CapturedPost::new(key(one), one.text)
            };
            let as_ = KeepAs {
                source: "vk-svetlorechensk-ryadom",
                municipality: Some(one.municipality),
                alerts: true,
                now,
                history: now.minus(Span::days(7)),
                oldest: None,
            };
            posts::keep(&mut tx, &keys(), &as_, vec![captured])
                .await
                .unwrap();
        }
        let batch: Vec<Understood> = said
            .iter()
            .map(|one| Understood {
                post: post_id(one),
                version: 1,
                annotation: annotation(one),
                duplicate_of: None,
            })
            .collect();
        let stamp = ModelStamp {
            name: "test".into(),
            revision: 1,
        };
        annotations::save(&mut tx, &stamp, &batch, now)
            .await
            .unwrap();
        route_batch(&mut tx, &self.app.desk, 1000, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.index(said);
    }

    /// What was heard can be searched at once.
    fn index(&self, said: &[Said]) {
        let now = self.app.clock.now();
        let docs = said.iter().map(|one| IndexDoc {
            id: post_id(one).0,
            text: one.masked.unwrap_or(one.text).into(),
            source: "vk-svetlorechensk-ryadom".into(),
            platform: one.platform.code().into(),
            language: "rus".into(),
            kind: "complaint".into(),
            sector: one.topic.split('.').next().map(str::to_owned),
            topic: Some(one.topic.into()),
            municipality: Some(one.municipality.into()),
            place: None,
            published: now.minus(one.age),
        });
        self.put_in_index(docs.collect());
    }

    /// Adds documents to the index.
    pub fn put_in_index(&self, docs: Vec<IndexDoc>) {
        let mut writer = self.writer.lock().unwrap();
        writer.apply(docs, Vec::new()).unwrap();
        writer.commit(Position::default()).unwrap();
    }
}

fn key(said: &Said) -> PostKey {
    PostKey {
        platform: said.platform,
        owner: "-1".into(),
        kind: PostKind::Post,
        external_id: said.id.into(),
    }
}

pub fn post_id(said: &Said) -> PostId {
    keys().identity.post_id(&key(said))
}

pub fn annotation(said: &Said) -> Annotation {
    let scored = |code: &str| Scored {
        code: code.into(),
        label: code.into(),
        score: said.score,
    };
    let sector = said.topic.split('.').next().unwrap();
    let place = said.place.map(|name| PlaceMatch {
        code: format!("{}-{name}", said.municipality),
        name: name.into(),
        municipality: said.municipality.into(),
        score: 0.9,
        lat: Some(56.02),
        lon: Some(61.48),
        implied: false,
    });
    let claims = said.claim.map(|id| ClaimMatch {
        id: id.into(),
        score: 0.83,
        level: Level::Suggest,
        sentence: said.text.into(),
        conflicts: vec!["number".into()],
    });
    Annotation {
        language: "rus".into(),
        kind: MessageKind::Complaint,
        sector: Some(scored(sector)),
        topic: Some(scored(said.topic)),
        alternatives: vec![scored("housing.heating")],
        abstained: said.abstained,
        reasons: vec!["отопления".into(), "третий день".into()],
        places: place.into_iter().collect(),
        claims: claims.into_iter().collect(),
        fingerprint: 0,
        masked: said.masked.unwrap_or(said.text).into(),
    }
}

/// A browser without scripts.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    cookies: Vec<(String, String)>,
    lang: &'static str,
    address: IpAddr,
    agent: &'static str,
}

/// What came back.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// The value of the first hidden field of this name.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.text.split_once(&start).map_or("", |(_, rest)| rest);
        let value = rest.split('"').next().unwrap_or_default();
        value.replace("&#38;", "&").replace("&amp;", "&")
    }

    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |v| v.to_str().unwrap())
    }

    pub fn sees(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Visitor {
    /// Somebody with a browser.
    pub fn before_pages(router: Router) -> Visitor {
        Visitor {
            router,
            cookies: Vec::new(),
            lang: "ru",
            address: [192, 0, 2, 1].into(),
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        }
    }

    /// With everybody's password.
    pub async fn signs_in(&mut self, login: &str) {
        let token = self.get("/signin").await.field("token");
        let fields = [
            ("token", token.as_str()),
            ("login", login),
            ("password", PASSWORD),
        ];
        let page = self.send("/signin", &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    }

    /// The same person with English pages.
    pub fn in_english(mut self) -> Self {
        self.lang = "en";
        self
    }

    /// The same browser before another web process.
    pub fn before(mut self, router: Router) -> Self {
        self.router = router;
        self
    }

    /// A cookie as it stands.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same browser at another address.
    pub fn at(mut self, address: &str) -> Self {
        self.address = address.parse().unwrap();
        self
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.ask(Request::get(path), Body::empty()).await
    }

    /// Posts a form with the token of this person's own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.send(path, &all).await
    }

    /// The token in the bar of every page.
    pub async fn csrf(&mut self) -> String {
        let home = self.get("/").await.location().to_owned();
        for place in [home.as_str(), "/sources"] {
            if place.is_empty() {
                continue; // a role that reaches nothing has no home
            }
            let token = self.get(place).await.field("csrf");
            if !token.is_empty() {
                return token;
            }
        }
        String::new()
    }

    /// Posts a form as it is.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body)).await
    }

    pub async fn ask(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let mut cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        cookies.push(format!("otklik_lang={}", self.lang));
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .header(header::USER_AGENT, self.agent)
            .extension(ConnectInfo(SocketAddr::new(self.address, 40_000)))
            .body(body)
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = to_bytes(body, 8 << 20).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

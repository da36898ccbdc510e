//! A centre with a receiver: routing, deadlines and jobs, by hand and on a standing clock.

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use otklik::{
    config::{
        catalogue::Catalogue,
        region::RegionCatalogue,
        secrets::WebhookSecret,
        settings::{Alerts, ClockStart, Incidents, Settings},
    },
    domain::{
        actor::AuthorRef,
        annotation::{Annotation, MessageKind, Scored},
        id::Ids,
        place::PlaceMatch,
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::{Clock, Span},
    },
    incidents::Desk,
    notify::{self, Channels, Webhook, signature},
    store::{
        Priority,
        annotations::{self, ModelStamp, Understood},
        incidents,
        jobs::{self, Counts, JobRow},
        posts::{self, KeepAs},
        scope::Scope,
    },
    work::{Work, deadlines::Deadlines, jobs::Jobs, routing::Routing, supervisor::settle},
};

use crate::{
    harness::{TestStore, clock, keys},
    receiver::{Receiver, Request},
};

/// What the person wrote; none of it but the title may leave.
const TEXT: &str = "Третий день нет горячей воды во всём доме! Пишите Марине, +7 900 000-00-01";

/// A centre whose incidents tell one agency.
pub struct Centre {
    pub it: TestStore,
    pub clock: Clock,
    pub ids: Ids,
    pub secret: WebhookSecret,
    pub channels: Arc<Channels>,
    pub alerts: Alerts,
}

/// The shipped settings of a centre at https://otklik.example with these of its own.
pub fn settings(given: &[(&str, &str)]) -> Settings {
    let public = [("web__public_url", "https://otklik.example")];
    let named = |(key, value): &(&str, &str)| {
        (
            format!("OTKLIK_{}", key.to_uppercase()),
            (*value).to_owned(),
        )
    };
    let settings = Settings::load(None, public.iter().chain(given).map(named)).unwrap();
    assert_eq!(settings.problems(), Vec::<String>::new());
    settings
}

impl Centre {
    pub fn telling(it: TestStore, receiver: &Receiver) -> Centre {
        Centre::telling_within(it, receiver, Duration::from_secs(10))
    }

    pub fn telling_within(it: TestStore, receiver: &Receiver, within: Duration) -> Centre {
        let mut centre = Centre::with(it, &settings(&[]));
        let public = "https://otklik.example";
        let webhook = Webhook::new(&receiver.url(), centre.secret.clone(), public, within);
        centre.channels = Arc::new(Channels {
            webhook: Some(webhook.unwrap()),
            mail: None,
        });
        centre
    }

    /// A centre that tells those whom the settings name.
    pub fn with(it: TestStore, settings: &Settings) -> Centre {
        let secret = WebhookSecret::generate(&Ids::random());
        let catalogue = Arc::new(Catalogue::built_in().unwrap());
        let region = Arc::new(RegionCatalogue::default());
        let zone = TimeZone::get(&settings.region.timezone).unwrap();
        let channels = notify::open(settings, &secret, &catalogue, &region, zone).unwrap();
        Centre {
            it,
            clock: clock(),
            ids: Ids::random(),
            secret,
            channels: Arc::new(channels),
            alerts: settings.alerts.clone(),
        }
    }

    pub fn jobs(&self) -> Arc<dyn Work> {
        Arc::new(Jobs::new(
            self.it.store.clone(),
            self.channels.clone(),
            &self.alerts,
            self.clock.clone(),
            self.ids.clone(),
        ))
    }

    pub fn loops(&self, jobs: Arc<dyn Work>) -> Vec<Arc<dyn Work>> {
        let store = &self.it.store;
        let settings = Incidents {
            clock_starts: ClockStart::Capture,
            max_age_days: 7,
            join_hours: 72,
            join_metres: 400.0,
        };
        let desk = Desk {
            catalogue: Arc::new(Catalogue::built_in().unwrap()),
            settings,
            ids: self.ids.clone(),
            wide_places: Arc::new(HashSet::new()),
        };
        vec![
            Arc::new(Routing {
                store: store.clone(),
                desk,
                clock: self.clock.clone(),
            }),
            Arc::new(Deadlines {
                store: store.clone(),
                clock: self.clock.clone(),
                ids: self.ids.clone(),
            }),
            jobs,
        ]
    }

    /// Every loop until idle.
    pub async fn settle(&self) {
        settle(&self.loops(self.jobs())).await.unwrap();
    }

    /// Routing and deadlines, with another loop in the place of jobs.
    pub async fn work_with(&self, instead: impl Work) {
        settle(&self.loops(Arc::new(instead))).await.unwrap();
    }

    pub async fn pass(&self, span: Span) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// A complaint about a place of its own arrives; every loop runs.
    pub async fn hears_of_place(&self, place: u32, alerts: bool) {
        self.keep(place, alerts).await;
        self.settle().await;
    }

    pub async fn keep(&self, place: u32, alerts: bool) {
        let now = self.clock.now();
        let key = PostKey {
            platform: Platform::Vk,
            owner: "-1".into(),
            kind: PostKind::Post,
            external_id: place.to_string(),
        };
        let understood = Understood {
            post: keys().identity.post_id(&key),
            version: 1,
            annotation: complaint(place),
            duplicate_of: None,
        };
        let post = CapturedPost {
            author: Some(AuthorRef::new("id777000111")),
            published: Some(now),
            ..CapturedPost::new(key, TEXT)
        };
        let as_ = KeepAs {
            source: "wall",
            municipality: Some("99001"),
            alerts,
            now,
            history: now.minus(Span::days(7)),
            oldest: None,
        };
        let stamp = ModelStamp {
            name: "test".into(),
            revision: 1,
        };
        let mut tx = self.it.store.write(Priority::Bulk).await.unwrap();
        posts::keep(&mut tx, &keys(), &as_, vec![post])
            .await
            .unwrap();
        annotations::save(&mut tx, &stamp, &[understood], now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A person asks for a failed alert to be sent again.
    pub async fn try_again(&self, id: &str) {
        let scope = Scope::service("test");
        let mut tx = self.it.store.write(Priority::Person).await.unwrap();
        jobs::try_again(&mut tx, &scope, id, self.clock.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn alerts(&self) -> Vec<JobRow> {
        let mut tx = self.it.store.read().await.unwrap();
        jobs::list(&mut tx, &Scope::service("test"), None, None, 100)
            .await
            .unwrap()
    }

    pub async fn only_alert(&self) -> JobRow {
        let mut alerts = self.alerts().await;
        assert_eq!(alerts.len(), 1);
        alerts.pop().unwrap()
    }

    pub async fn counts(&self) -> (i64, i64, i64) {
        let mut tx = self.it.store.read().await.unwrap();
        let Counts {
            delivered,
            failed,
            waiting,
        } = jobs::counts(&mut tx, &Scope::service("test"))
            .await
            .unwrap();
        (delivered, failed, waiting)
    }

    pub fn believes(&self, request: &Request) -> bool {
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers = headers.map(|name| request.header(name));
        signature::verify(&self.secret, headers, &request.body, self.clock.now()).is_ok()
    }
}

fn complaint(place: u32) -> Annotation {
    let scored = |code: &str| Scored {
        code: code.into(),
        label: code.into(),
        score: 0.9,
    };
    Annotation {
        language: "rus".into(),
        kind: MessageKind::Complaint,
        sector: Some(scored("housing")),
        topic: Some(scored("housing.hot_water")),
        alternatives: Vec::new(),
        abstained: false,
        reasons: vec!["воды".into()],
        places: vec![PlaceMatch {
            code: format!("street-{place}"),
            name: format!("ул. {place}-я Садовая"),
            municipality: "99001".into(),
            score: 0.9,
            lat: Some(50.0 + f64::from(place) / 10.0),
            lon: Some(61.0),
            implied: false,
        }],
        claims: Vec::new(),
        fingerprint: 0,
        masked: TEXT.into(),
    }
}

impl Centre {
    /// Which clocks became events, sorted.
    pub async fn overdue_events(&self) -> Vec<String> {
        let scope = Scope::service("test");
        let mut tx = self.it.store.read().await.unwrap();
        let incident = incidents::find_by_number(&mut tx, &scope, 1)
            .await
            .unwrap()
            .unwrap();
        let events = incidents::list_events(&mut tx, &scope, &incident)
            .await
            .unwrap();
        let overdue = events.into_iter().filter(|event| event.kind == "overdue");
        let mut kinds: Vec<String> = overdue.filter_map(|event| event.to_value).collect();
        kinds.sort();
        kinds
    }
}

/// A loop that never finds anything.
pub struct Idle;

impl Work for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }

    fn tick(&self) -> otklik::work::TickFuture<'_> {
        Box::pin(async { Ok(otklik::work::Tick::Idle) })
    }
}

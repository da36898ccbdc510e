//! How agencies are told: signed, at least once, under one id, and with visible failures.

use std::{collections::HashSet, sync::Arc, time::Duration};

use otklik::{
    config::{
        catalogue::Catalogue,
        secrets::WebhookSecret,
        settings::{Alerts, ClockStart, Incidents},
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
    notify::{Notifier, Nowhere, Webhook, signature},
    store::{
        Priority,
        annotations::{self, ModelStamp, Understood},
        incidents,
        jobs::{self, Counts, JobRow, JobState},
        posts::{self, KeepAs},
        scope::Scope,
    },
    work::{Work, deadlines::Deadlines, jobs::Jobs, routing::Routing, supervisor::settle},
};

use crate::{
    harness::{TestStore, clock, keys},
    on_each_database,
    receiver::{Answer, Receiver, Request},
};

/// What the person wrote; none of it but the title may leave.
const TEXT: &str = "Третий день нет горячей воды во всём доме! Пишите Марине, подъезд пятый";

/// A centre whose incidents tell one agency.
struct Centre {
    it: TestStore,
    clock: Clock,
    ids: Ids,
    secret: WebhookSecret,
    notifier: Arc<dyn Notifier>,
    max_attempts: i64,
}

impl Centre {
    fn telling(it: TestStore, receiver: &Receiver) -> Centre {
        Centre::telling_within(it, receiver, Duration::from_secs(10))
    }

    fn telling_within(it: TestStore, receiver: &Receiver, within: Duration) -> Centre {
        let secret = WebhookSecret::generate(&Ids::random());
        let public = "https://otklik.example";
        let webhook = Webhook::new(&receiver.url(), secret.clone(), public, within).unwrap();
        Centre {
            it,
            clock: clock(),
            ids: Ids::random(),
            secret,
            notifier: Arc::new(webhook),
            max_attempts: 20,
        }
    }

    fn jobs(&self) -> Arc<dyn Work> {
        let settings = Alerts {
            webhook_url: String::new(),
            webhook_secret: String::new().into(),
            retry_seconds: 5,
            max_attempts: self.max_attempts,
        };
        Arc::new(Jobs::new(
            self.it.store.clone(),
            self.notifier.clone(),
            &settings,
            self.clock.clone(),
            self.ids.clone(),
        ))
    }

    fn loops(&self, jobs: Arc<dyn Work>) -> Vec<Arc<dyn Work>> {
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
    async fn settle(&self) {
        settle(&self.loops(self.jobs())).await.unwrap();
    }

    async fn pass(&self, span: Span) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// A complaint about a place of its own arrives; every loop runs.
    async fn hears_of_place(&self, place: u32, alerts: bool) {
        self.keep(place, alerts).await;
        self.settle().await;
    }

    async fn keep(&self, place: u32, alerts: bool) {
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

    async fn alerts(&self) -> Vec<JobRow> {
        let mut tx = self.it.store.read().await.unwrap();
        jobs::list(&mut tx, &Scope::service("test"), None, None, 100)
            .await
            .unwrap()
    }

    async fn only_alert(&self) -> JobRow {
        let mut alerts = self.alerts().await;
        assert_eq!(alerts.len(), 1);
        alerts.pop().unwrap()
    }

    async fn counts(&self) -> (i64, i64, i64) {
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

    fn believes(&self, request: &Request) -> bool {
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

/// Seconds from now until an alert is tried again.
fn seconds_left(centre: &Centre, alert: &JobRow) -> i64 {
    (alert.not_before - centre.clock.now().as_millis()) / 1000
}

on_each_database! {
    async fn a_new_incident_is_told_signed_and_without_its_author(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;

        let requests = receiver.requests();
        assert_eq!(requests.len(), 1);
        assert!(centre.believes(&requests[0]));
        let body = requests[0].json();
        assert_eq!(body["type"], "incident.opened");
        assert_eq!(body["data"]["place"], "ул. 1-я Садовая");
        assert_eq!(body["data"]["link"], "https://otklik.example/incidents/1");
        assert_eq!(body["data"]["due"], "2026-11-22T16:00:00Z");
        let text = String::from_utf8(requests[0].body.to_vec()).unwrap();
        assert!(!text.contains("author") && !text.contains("Марине"), "{text}");

        let alert = centre.only_alert().await;
        assert_eq!(alert.id, requests[0].header("webhook-id"));
        assert_eq!((alert.state(), alert.event()), (JobState::Delivered, "incident.opened".into()));
        assert_eq!(centre.counts().await, (1, 0, 0));
    }

    async fn a_receiver_that_was_down_is_told_once_when_it_is_up(it: TestStore) {
        let receiver = Receiver::down();
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        let waiting = centre.only_alert().await;
        assert_eq!(waiting.state(), JobState::Waiting);
        assert_eq!(waiting.last_error.as_deref(), Some("the receiver cannot be reached"));

        receiver.listen();
        centre.pass(Span::seconds(10)).await;
        centre.pass(Span::minutes(30)).await;
        let delivered = centre.only_alert().await;
        assert_eq!((delivered.state(), delivered.last_error.clone()), (JobState::Delivered, None));
        assert_eq!(receiver.ids(), [delivered.id]);
    }

    async fn waits_double_and_nothing_is_sent_before_its_moment(it: TestStore) {
        let receiver = Receiver::answering(&[500, 503, 404].map(Answer::Status));
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        for (sent, least) in [(1, 5), (2, 10), (3, 20)] {
            let alert = centre.only_alert().await;
            let left = seconds_left(&centre, &alert);
            assert!((least..=least * 5 / 4).contains(&left), "{left} after {sent}");
            centre.pass(Span::seconds(least - 1)).await;
            assert_eq!(receiver.requests().len(), sent);
            centre.pass(Span::seconds(least)).await;
        }
        assert_eq!(centre.counts().await, (1, 0, 0));
        let ids: HashSet<_> = receiver.ids().into_iter().collect();
        assert_eq!((receiver.requests().len(), ids.len()), (4, 1));
        assert!(centre.believes(receiver.requests().last().unwrap()));
    }

    async fn an_alert_is_given_up_with_its_last_error_and_tried_again_by_a_person(it: TestStore) {
        let receiver = Receiver::answering(&[500, 500, 500].map(Answer::Status));
        let mut centre = Centre::telling(it, &receiver);
        centre.max_attempts = 3;
        centre.hears_of_place(1, true).await;
        for _ in 0..5 {
            centre.pass(Span::minutes(1)).await;
        }
        let failed = centre.only_alert().await;
        assert_eq!((failed.state(), receiver.requests().len()), (JobState::Failed, 3));
        assert_eq!(
            failed.last_error.as_deref(),
            Some("the receiver answered 500 Internal Server Error; given up after 3 attempts")
        );
        assert_eq!(centre.counts().await, (0, 1, 0));

        let scope = Scope::service("test");
        let mut tx = centre.it.store.write(Priority::Person).await.unwrap();
        jobs::try_again(&mut tx, &scope, &failed.id, centre.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        centre.settle().await;
        assert_eq!(centre.counts().await, (1, 0, 0));
    }

    async fn a_receiver_that_does_not_answer_in_time_is_tried_again(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Silence]);
        let centre = Centre::telling_within(it, &receiver, Duration::from_millis(300));
        centre.hears_of_place(1, true).await;
        let alert = centre.only_alert().await;
        assert_eq!(alert.last_error.as_deref(), Some("the receiver did not answer in time"));
        centre.pass(Span::seconds(10)).await;
        assert_eq!(receiver.ids(), [alert.id.clone(), alert.id]);
    }

    async fn a_receiver_that_is_gone_is_left_alone(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Status(410)]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        centre.pass(Span::minutes(30)).await;
        assert_eq!((receiver.requests().len(), centre.counts().await), (1, (0, 1, 0)));
        let told = centre.only_alert().await.last_error.unwrap();
        assert!(told.contains("410 Gone") && told.contains("alerts.webhook_url"), "{told}");
    }

    async fn a_redirect_is_not_followed(it: TestStore) {
        let elsewhere = Receiver::answering(&[]);
        let moved = Answer::With(307, "location", elsewhere.url());
        let receiver = Receiver::answering(&[moved]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        assert_eq!((receiver.requests().len(), elsewhere.requests().len()), (1, 0));
        let told = centre.only_alert().await.last_error.unwrap();
        assert!(told.contains("redirects are not followed"), "{told}");
    }

    async fn a_busy_receiver_is_left_in_peace_as_long_as_it_asks(it: TestStore) {
        let busy = Answer::With(429, "retry-after", "120".into());
        let receiver = Receiver::answering(&[busy]);
        let centre = Centre::telling(it, &receiver);
        let loops = centre.loops(centre.jobs());
        centre.keep(1, true).await;
        settle(&loops).await.unwrap();
        centre.keep(2, true).await;
        centre.clock.advance(Span::seconds(119));
        settle(&loops).await.unwrap();
        assert_eq!(receiver.requests().len(), 1);
        centre.clock.advance(Span::seconds(10));
        settle(&loops).await.unwrap();
        assert_eq!(centre.counts().await, (2, 0, 0));
    }

    async fn a_kill_between_sending_and_noting_repeats_the_same_id(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Silence]);
        let centre = Centre::telling(it, &receiver);
        centre.keep(1, true).await;
        let doomed = centre.loops(centre.jobs());
        let killed = tokio::spawn(async move { settle(&doomed).await });
        receiver.arrival().await;
        killed.abort();
        assert!(killed.await.unwrap_err().is_cancelled());

        centre.settle().await;
        assert_eq!(receiver.requests().len(), 1, "the lease still holds");
        centre.pass(Span::seconds(61)).await;
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Delivered, 2));
        assert_eq!(receiver.ids(), [alert.id.clone(), alert.id]);
    }

    async fn two_workers_send_each_alert_once(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        for place in 1..=40 {
            centre.keep(place, true).await;
        }
        let none = centre.loops(Arc::new(Idle));
        settle(&none).await.unwrap();
        let (one, two) = ([centre.jobs()], [centre.jobs()]);
        let (one, two) = tokio::join!(settle(&one), settle(&two));
        one.and(two).unwrap();
        let ids: HashSet<_> = receiver.ids().into_iter().collect();
        assert_eq!((ids.len(), receiver.requests().len()), (40, 40));
    }

    async fn each_broken_promise_is_told_once(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        centre.pass(Span::hours(1)).await;
        assert_eq!(receiver.requests().len(), 1, "the last moment is in time");
        centre.pass(Span::millis(1)).await;
        centre.pass(Span::minutes(90)).await;
        let told = receiver.requests()[1].json();
        assert_eq!(receiver.requests().len(), 2);
        assert_eq!(told["type"], "incident.overdue");
        assert_eq!(told["data"]["due"], "2026-11-22T13:00:00Z");

        centre.pass(Span::days(30)).await;
        assert_eq!(receiver.requests().len(), 4, "taken, first answer, final answer");
        assert_eq!(centre.overdue_events().await, ["final", "first", "taken"]);
    }

    async fn imported_history_is_marked_overdue_and_tells_nobody(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, false).await;
        centre.pass(Span::days(1)).await;
        assert_eq!(centre.overdue_events().await, ["first", "taken"]);
        assert_eq!((receiver.requests().len(), centre.alerts().await.len()), (0, 0));
    }

    async fn without_a_channel_nothing_waits(it: TestStore) {
        let mut centre = Centre::telling(it, &Receiver::down());
        centre.notifier = Arc::new(Nowhere);
        centre.hears_of_place(1, true).await;
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Skipped, 0));
        assert_eq!(centre.counts().await, (0, 0, 0));
    }

    async fn alerts_are_seen_within_reach_and_in_pages(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Status(410)]);
        let centre = Centre::telling(it, &receiver);
        for place in 1..=3 {
            centre.hears_of_place(place, true).await;
            centre.clock.advance(Span::seconds(1));
        }
        let mut tx = centre.it.store.read().await.unwrap();
        let service = Scope::service("test");
        let first = jobs::list(&mut tx, &service, None, None, 2).await.unwrap();
        let before = first.last().map(|row| row.id.as_str());
        let second = jobs::list(&mut tx, &service, None, before, 2).await.unwrap();
        let numbers: Vec<i64> = first.iter().chain(&second).map(|row| row.number).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let failed = jobs::list(&mut tx, &service, Some(JobState::Failed), None, 9).await.unwrap();
        assert_eq!(failed.iter().map(|row| row.number).collect::<Vec<_>>(), [1]);
        assert!(jobs::list(&mut tx, &Scope::nobody(), None, None, 9).await.is_err());
        assert!(jobs::counts(&mut tx, &Scope::nobody()).await.is_err());
    }
}

impl Centre {
    /// Which clocks became events, sorted.
    async fn overdue_events(&self) -> Vec<String> {
        let scope = Scope::service("test");
        let mut tx = self.it.store.read().await.unwrap();
        let incident = incidents::find_by_number(&mut tx, &scope, 1)
            .await
            .unwrap()
            .unwrap();
        let events = incidents::list_events(&mut tx, &incident).await.unwrap();
        let overdue = events.into_iter().filter(|event| event.kind == "overdue");
        let mut kinds: Vec<String> = overdue.filter_map(|event| event.to_value).collect();
        kinds.sort();
        kinds
    }
}

/// A loop that never finds anything.
struct Idle;

impl Work for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }

    fn tick(&self) -> otklik::work::TickFuture<'_> {
        Box::pin(async { Ok(otklik::work::Tick::Idle) })
    }
}

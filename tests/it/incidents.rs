//! From an understood post to an answered incident, on both databases.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use otklik::{
    config::{
        catalogue::Catalogue,
        settings::{ClockStart, Incidents},
    },
    domain::{
        annotation::{Annotation, MessageKind, Scored},
        id::{Ids, IncidentId, PostId},
        incident::{Action, IncidentState, next_state},
        place::PlaceMatch,
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::{Span, Timestamp},
        user::{Field, Permission, Role},
    },
    incidents::{
        Desk,
        act::{ActError, Command, act},
        route::{Routed, route_batch},
        triage,
    },
    store::{
        Error, Priority, Store,
        annotations::{self, ModelStamp, Understood},
        incidents::{self, IncidentRow, QueueFilter},
        jobs,
        posts::{self, KeepAs},
        routing,
        scope::{Grant, Scope},
    },
};
use proptest::prelude::*;

use crate::{
    harness::{START, keys},
    on_each_database,
};

/// One maker for all, as in one process: its ids grow.
static IDS: LazyLock<Ids> = LazyLock::new(Ids::random);

fn desk() -> Desk {
    Desk {
        catalogue: Arc::new(Catalogue::built_in().unwrap()),
        settings: Incidents {
            clock_starts: ClockStart::Capture,
            max_age_days: 7,
            join_hours: 72,
            join_metres: 400.0,
        },
        ids: IDS.clone(),
        wide_places: Arc::new(HashSet::from(["town".to_owned()])),
    }
}

/// A post and what the machine makes of it.
struct Said {
    id: &'static str,
    text: &'static str,
    topic: &'static str,
    kind: MessageKind,
    place: Option<(&'static str, f64)>,
    municipality: &'static str,
    abstained: bool,
    parent: Option<&'static str>,
    age: Span,
}

const COMPLAINT: Said = Said {
    id: "1",
    text: "На Садовой третий день нет горячей воды, дети мёрзнут",
    topic: "housing.hot_water",
    kind: MessageKind::Complaint,
    place: Some(("street-1", 56.0)),
    municipality: "99001",
    abstained: false,
    parent: None,
    age: Span::hours(1),
};

fn key(id: &str) -> PostKey {
    PostKey {
        platform: Platform::Vk,
        owner: "-1".into(),
        kind: PostKind::Post,
        external_id: id.into(),
    }
}

fn post_id(id: &str) -> PostId {
    keys().identity.post_id(&key(id))
}

fn annotation(said: &Said) -> Annotation {
    let sector = said.topic.split('.').next().unwrap();
    let scored = |code: &str| Scored {
        code: code.into(),
        label: code.into(),
        score: 0.9,
    };
    let place = said.place.map(|(code, lat)| PlaceMatch {
        code: code.into(),
        name: format!("ул. {code}"),
        municipality: said.municipality.into(),
        score: 0.9,
        lat: Some(lat),
        lon: Some(61.0),
        implied: false,
    });
    Annotation {
        language: "rus".into(),
        kind: said.kind,
        sector: Some(scored(sector)),
        topic: Some(scored(said.topic)),
        alternatives: Vec::new(),
        abstained: said.abstained,
        reasons: vec!["воды".into()],
        places: place.into_iter().collect(),
        claims: Vec::new(),
        fingerprint: 0,
        masked: said.text.into(),
    }
}

/// Keeps posts, has them «understood», and routes them.
async fn hear(store: &Store, alerts: bool, revision: i64, said: &[Said], now: Timestamp) -> Routed {
    let captured: Vec<CapturedPost> = said
        .iter()
        .map(|s| CapturedPost {
            parent: s.parent.map(key),
            published: Some(now.minus(s.age)),
            ..CapturedPost::new(key(s.id), s.text)
        })
        .collect();
    let as_ = KeepAs {
        source: "wall",
        municipality: Some("99001"),
        alerts,
        now,
        history: now.minus(Span::days(7)),
        oldest: None,
    };
    let mut tx = store.write(Priority::Bulk).await.unwrap();
    posts::keep(&mut tx, &keys(), &as_, captured).await.unwrap();
    let batch: Vec<Understood> = said
        .iter()
        .map(|s| Understood {
            post: post_id(s.id),
            version: 1,
            annotation: annotation(s),
            duplicate_of: None,
        })
        .collect();
    let stamp = ModelStamp {
        name: "test".into(),
        revision,
    };
    annotations::save(&mut tx, &stamp, &batch, now)
        .await
        .unwrap();
    let routed = route_batch(&mut tx, &desk(), 100, now).await.unwrap();
    tx.commit().await.unwrap();
    routed
}

fn staff(login: &str, sector: Option<&str>, municipality: Option<&str>) -> Scope {
    let grant = Grant {
        role: Role::CentreHead,
        sector: sector.map(str::to_owned),
        municipality: municipality.map(str::to_owned),
        permissions: vec![
            Permission::ReadIncidents,
            Permission::HandleIncidents,
            Permission::ReadPosts,
            Permission::Triage,
        ],
        fields: Field::ALL.to_vec(),
    };
    Scope::of(login, &[grant])
}

async fn queue(store: &Store, scope: &Scope) -> Vec<IncidentRow> {
    let mut tx = store.read().await.unwrap();
    let filter = QueueFilter {
        limit: 100,
        ..QueueFilter::default()
    };
    incidents::list(&mut tx, scope, &filter).await.unwrap()
}

async fn only(store: &Store, scope: &Scope) -> IncidentRow {
    let mut rows = queue(store, scope).await;
    assert_eq!(rows.len(), 1);
    rows.pop().unwrap()
}

async fn do_it(
    store: &Store,
    scope: &Scope,
    row: &IncidentRow,
    command: Command,
    now: Timestamp,
) -> Result<IncidentState, ActError> {
    let mut tx = store.write(Priority::Person).await.unwrap();
    let id = IncidentId::from(row.id.as_str());
    let done = act(&mut tx, &desk(), scope, &id, &command, now).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

async fn jobs_waiting(store: &Store) -> usize {
    let mut tx = store.write(Priority::Bulk).await.unwrap();
    let later = START.plus(Span::days(30));
    jobs::list_unaddressed(&mut tx, later, 100)
        .await
        .unwrap()
        .len()
}

on_each_database! {
    async fn a_complaint_opens_an_incident_with_its_promise(it: TestStore) {
        let routed = hear(&it.store, true, 1, &[COMPLAINT], START).await;
        assert_eq!((routed.opened, routed.joined), (1, 0));
        let row = only(&it.store, &Scope::service("test")).await;
        assert_eq!((row.number, row.sector.as_str(), row.posts), (1, "housing", 1));
        let promised = Catalogue::built_in().unwrap().sector("housing").unwrap().promise;
        assert_eq!(row.due, Some(START.plus(promised.first_answer).as_millis()));
        assert_eq!(row.platforms().collect::<Vec<_>>(), [Platform::Vk]);
        assert_eq!(jobs_waiting(&it.store).await, 1);
    }

    async fn the_same_trouble_near_by_joins(it: TestStore) {
        let near = Said { id: "2", place: Some(("street-2", 56.002)), ..COMPLAINT };
        let far = Said { id: "3", place: Some(("street-3", 56.02)), ..COMPLAINT };
        let routed = hear(&it.store, true, 1, &[COMPLAINT, near, far], START).await;
        assert_eq!((routed.opened, routed.joined), (2, 1));
    }

    async fn never_across_municipalities(it: TestStore) {
        let other = Said { id: "2", municipality: "99002", ..COMPLAINT };
        let routed = hear(&it.store, true, 1, &[COMPLAINT, other], START).await;
        assert_eq!((routed.opened, routed.joined), (2, 0));
    }

    async fn a_whole_town_is_not_near(it: TestStore) {
        let first = Said { place: Some(("town", 56.0)), ..COMPLAINT };
        let second = Said { id: "2", place: Some(("town", 56.0)), ..COMPLAINT };
        let routed = hear(&it.store, true, 1, &[first, second], START).await;
        assert_eq!(routed.opened, 2);
    }

    async fn an_unsure_echo_in_the_thread_joins_its_parent(it: TestStore) {
        let echo = Said {
            id: "2",
            text: "И у нас тоже",
            place: None,
            abstained: true,
            parent: Some("1"),
            age: Span::minutes(5),
            ..COMPLAINT
        };
        let routed = hear(&it.store, true, 1, &[COMPLAINT, echo], START).await;
        assert_eq!((routed.opened, routed.joined, routed.triage), (1, 1, 0));
    }

    async fn an_old_post_opens_nothing(it: TestStore) {
        let old = Said { age: Span::days(8), ..COMPLAINT };
        let recent = Said { id: "2", age: Span::days(6), ..COMPLAINT };
        let routed = hear(&it.store, true, 1, &[old, recent], START).await;
        assert_eq!((routed.posts, routed.opened), (1, 1), "history is passed by at capture");
    }

    async fn imported_posts_alert_nobody(it: TestStore) {
        hear(&it.store, false, 1, &[COMPLAINT], START).await;
        let row = only(&it.store, &Scope::service("test")).await;
        let pass = Command::Pass { sector: "energy".into(), reason: "это к энергетикам".into() };
        do_it(&it.store, &staff("anna", None, None), &row, pass, START).await.unwrap();
        assert_eq!(jobs_waiting(&it.store).await, 0);
    }

    async fn a_new_revision_only_suggests_for_what_was_handled(it: TestStore) {
        hear(&it.store, true, 1, &[COMPLAINT], START).await;
        let moved = Said { topic: "energy.outage", ..COMPLAINT };
        let routed = hear(&it.store, true, 2, &[moved], START).await;
        assert_eq!(routed, Routed::default());
        let row = only(&it.store, &Scope::service("test")).await;
        assert_eq!((row.sector.as_str(), row.posts), ("housing", 1));
        assert_eq!(jobs_waiting(&it.store).await, 1);
    }

    async fn the_whole_way_to_a_closed_incident(it: TestStore) {
        hear(&it.store, true, 1, &[COMPLAINT], START).await;
        let anna = staff("anna", Some("housing"), None);
        let row = only(&it.store, &anna).await;
        let at = |minute| START.plus(Span::minutes(minute));
        let later = at(30);
        do_it(&it.store, &anna, &row, Command::Take, later).await.unwrap();
        let taken = only(&it.store, &anna).await;
        assert_eq!((taken.state.as_str(), taken.holder.as_deref()), ("in_progress", Some("anna")));

        let bad = Command::Answer { text: "Воду дадут к 18:00".into(), url: "javascript:x".into() };
        let refused = do_it(&it.store, &anna, &taken, bad, later).await;
        assert!(matches!(refused, Err(ActError::Invalid { field: "url", .. })));

        let answer = Command::Answer {
            text: "Воду дадут к 18:00".into(),
            url: "https://vk.example/wall-1_9".into(),
        };
        do_it(&it.store, &anna, &taken, answer, at(40)).await.unwrap();
        let answered = only(&it.store, &anna).await;
        assert_eq!(answered.stopped, Some(at(40).as_millis()));
        assert_eq!(answered.answered_by.as_deref(), Some("anna"));
        do_it(&it.store, &anna, &answered, Command::Close, at(50)).await.unwrap();

        let reopen = Command::Reopen { reason: "снова нет воды с утра".into() };
        do_it(&it.store, &anna, &answered, reopen, at(60)).await.unwrap();
        let repeat = only(&it.store, &anna).await;
        assert_eq!((repeat.cycle, repeat.state.as_str()), (2, "assigned"));
        assert!(repeat.due > answered.due && repeat.stopped.is_none());
        let mut tx = it.store.read().await.unwrap();
        let events = incidents::list_events(&mut tx, &anna, &repeat).await.unwrap();
        let kinds: Vec<&str> = events.iter().rev().map(|e| e.kind.as_str()).collect();
        assert_eq!(kinds, ["opened", "take", "answer", "close", "reopen"]);
    }

    async fn the_slower_of_two_people_is_told(it: TestStore) {
        hear(&it.store, true, 1, &[COMPLAINT], START).await;
        let anna = staff("anna", None, None);
        let row = only(&it.store, &anna).await;
        let id = IncidentId::from(row.id.as_str());
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        let (new, taken) = (IncidentState::New, IncidentState::InProgress);
        incidents::change_state(&mut tx, &id, new, taken, Some("anna"), START).await.unwrap();
        let lost = incidents::change_state(&mut tx, &id, new, taken, Some("boris"), START).await;
        assert!(matches!(lost, Err(Error::Conflict(_))));
    }

    async fn each_sees_only_their_sector_and_municipality(it: TestStore) {
        let road = Said { id: "2", topic: "roads.pothole", municipality: "99002", ..COMPLAINT };
        hear(&it.store, true, 1, &[COMPLAINT, road], START).await;
        assert_eq!(queue(&it.store, &staff("a", Some("housing"), None)).await.len(), 1);
        assert_eq!(queue(&it.store, &staff("b", None, Some("99002"))).await.len(), 1);
        assert_eq!(queue(&it.store, &staff("c", Some("roads"), Some("99001"))).await.len(), 0);
        let row = only(&it.store, &staff("a", Some("housing"), None)).await;
        let stranger = staff("d", Some("roads"), None);
        let refused = do_it(&it.store, &stranger, &row, Command::Take, START).await;
        assert!(matches!(refused, Err(ActError::Store(Error::NotFound(_)))));
        let mut tx = it.store.read().await.unwrap();
        let denied = incidents::list(&mut tx, &Scope::nobody(), &QueueFilter::default()).await;
        assert!(matches!(denied, Err(Error::Denied(_))));
    }

    async fn what_the_machine_is_unsure_of_waits_for_one_key(it: TestStore) {
        let unsure = Said { abstained: true, ..COMPLAINT };
        let routed = hear(&it.store, true, 1, &[unsure], START).await;
        assert_eq!((routed.opened, routed.triage), (0, 1));
        let curator = staff("vera", None, None);
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        let waiting = routing::list_triage(&mut tx, &curator, 10, 0).await.unwrap();
        assert_eq!(waiting, [(post_id("1"), "unsure".to_owned())]);
        let elsewhere = staff("oleg", Some("roads"), None);
        assert_eq!(routing::count_triage(&mut tx, &curator).await.unwrap(), 1);
        assert_eq!(routing::count_triage(&mut tx, &elsewhere).await.unwrap(), 0);
        let opened = triage::decide(
            &mut tx, &desk(), &curator, &post_id("1"), Some("roads"), START,
        ).await.unwrap();
        assert!(opened.is_some());
        let again = triage::decide(
            &mut tx, &desk(), &curator, &post_id("1"), Some("roads"), START,
        ).await;
        assert!(again.is_err());
        tx.commit().await.unwrap();
        let row = only(&it.store, &curator).await;
        assert_eq!((row.sector.as_str(), row.posts), ("roads", 1));
    }
}

proptest! {
    #[test]
    fn no_sequence_of_actions_leaves_the_table(steps in prop::collection::vec(0usize..6, 0..40)) {
        let mut state = IncidentState::New;
        let mut answered = false;
        for step in steps {
            let action = Action::ALL[step];
            match next_state(state, action) {
                Ok(next) => {
                    answered = match action {
                        Action::Answer => true,
                        Action::Reopen => false,
                        _ => answered,
                    };
                    prop_assert!(next != IncidentState::New, "nothing becomes new again");
                    prop_assert!(next != IncidentState::Closed || answered, "closed unanswered");
                    state = next;
                }
                Err(refused) => prop_assert_eq!((refused.state, refused.action), (state, action)),
            }
        }
    }
}

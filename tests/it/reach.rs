//! What pages count and how they turn over, against the plain list of all incidents: after any course of
//! events, on both databases.

use std::{collections::HashSet, sync::Arc};

use otklik::{
    config::{
        catalogue::Catalogue,
        settings::{ClockStart, Incidents, Settings},
    },
    domain::{
        id::{Ids, IncidentId, PostId},
        incident::{ClockKind, IncidentState, PromiseClock},
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::{Span, Timestamp},
    },
    incidents::{
        Desk,
        act::{Command, act},
    },
    store::{
        Priority, Store,
        incidents::{self, Facet, IncidentRow, Moments, NewIncident, QueueFilter},
        posts::{self, KeepAs},
        retention::{Class, purge_batch},
        scope::Scope,
    },
};

use crate::{
    harness::{START, keys},
    on_each_database,
};

const INCIDENTS: usize = 60;
const PLACES: [Option<&str>; 3] = [Some("99001"), Some("99002"), None];
const TOPICS: [(&str, &str); 3] = [
    ("housing", "housing.hot_water"),
    ("housing", "housing.heating"),
    ("waste", "waste.collection"),
];
const NETWORKS: [Platform; 3] = [Platform::Vk, Platform::Telegram, Platform::Pos];
const OPEN: [IncidentState; 4] = [
    IncidentState::New,
    IncidentState::Assigned,
    IncidentState::InProgress,
    IncidentState::Answered,
];
const ENDED: [IncidentState; 2] = [IncidentState::Closed, IncidentState::Declined];

fn desk() -> Desk {
    Desk {
        catalogue: Arc::new(Catalogue::built_in().unwrap()),
        settings: Incidents {
            clock_starts: ClockStart::Capture,
            max_age_days: 7,
            join_hours: 72,
            join_metres: 400.0,
        },
        ids: Ids::seeded(14),
        wide_places: Arc::default(),
    }
}

fn person() -> Scope {
    Scope::service("test")
}

/// A post of each network for each incident.
async fn keep_posts(store: &Store) {
    let mut tx = store.write(Priority::Bulk).await.unwrap();
    let as_ = KeepAs {
        source: "wall",
        municipality: None,
        alerts: false,
        now: START,
        history: START.minus(Span::days(7)),
        oldest: None,
    };
    let captured = (0..INCIDENTS).flat_map(|n| NETWORKS.map(|network| key(network, n)));
    let captured = captured.map(|key| CapturedPost {
        published: Some(START),
        ..CapturedPost::new(key, "Во дворе темно")
    });
    posts::keep(&mut tx, &keys(), &as_, captured.collect())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn key(platform: Platform, n: usize) -> PostKey {
    PostKey {
        platform,
        owner: "-1".into(),
        kind: PostKind::Post,
        external_id: n.to_string(),
    }
}

/// Opens an incident with one or two posts, and a clock if it is promised anything.
async fn open(store: &Store, desk: &Desk, n: usize) -> IncidentId {
    let id = IncidentId(desk.ids.ulid(START));
    let (sector, topic) = TOPICS[n % 3];
    let new = NewIncident {
        id: &id,
        sector,
        topic,
        title: "Во дворе темно",
        municipality: PLACES[n / 3 % 3],
        place: None,
        place_name: None,
        point: None,
        last_post: START,
    };
    let mut tx = store.write(Priority::Person).await.unwrap();
    incidents::open(&mut tx, &new, START).await.unwrap();
    for network in [NETWORKS[n % 3], NETWORKS[n * n % 3]] {
        let post: PostId = keys().identity.post_id(&key(network, n));
        let by = ("machine", 0.9);
        incidents::attach(&mut tx, &id, &post, START, by, START)
            .await
            .unwrap();
    }
    if !n.is_multiple_of(6) {
        let clock = PromiseClock {
            kind: ClockKind::First,
            starts: START,
            due: START.plus(Span::hours((n % 11) as i64 * 6 - 12)),
            stopped: None,
        };
        incidents::put_clock(&mut tx, &id, 1, &clock).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

/// What people may do to it, in an order that the number tells; what makes no sense is refused.
async fn handle(store: &Store, desk: &Desk, id: &IncidentId, n: usize) {
    let reason = "вопрос другой службы".to_owned();
    let commands = [
        Command::Take,
        Command::Answer {
            text: "Свет во дворе есть".into(),
            url: "https://network.example/1".into(),
        },
        Command::Close,
        Command::Reopen {
            reason: reason.clone(),
        },
        Command::Decline {
            reason: reason.clone(),
        },
        Command::Pass {
            sector: "roads".into(),
            reason,
        },
    ];
    let mut dice = n * 7919 + 3;
    for _ in 0..n % 8 {
        dice = dice * 1_103_515_245 % 2_147_483_648 + 12_345;
        let command = &commands[dice / 64 % commands.len()];
        let mut tx = store.write(Priority::Person).await.unwrap();
        if act(&mut tx, desk, &person(), id, command, START)
            .await
            .is_ok()
        {
            tx.commit().await.unwrap();
        }
    }
}

async fn all(store: &Store) -> Vec<IncidentRow> {
    let mut tx = store.read().await.unwrap();
    let filter = QueueFilter {
        limit: 500,
        ..QueueFilter::default()
    };
    incidents::list(&mut tx, &person(), &filter).await.unwrap()
}

fn of(states: &[IncidentState]) -> QueueFilter {
    QueueFilter {
        states: states.to_vec(),
        limit: 7,
        ..QueueFilter::default()
    }
}

fn filters() -> Vec<QueueFilter> {
    let mut all = vec![of(&[]), of(&OPEN), of(&ENDED)];
    all.extend(IncidentState::ALL.iter().map(|state| of(&[*state])));
    for states in [&[][..], &OPEN, &ENDED, &[OPEN[3], ENDED[0]]] {
        let with = |change: &dyn Fn(&mut QueueFilter)| {
            let mut filter = of(states);
            change(&mut filter);
            filter
        };
        all.push(with(&|f| {
            f.sectors = vec!["housing".into(), "roads".into()]
        }));
        all.push(with(&|f| f.municipalities = vec!["99002".into()]));
        all.push(with(&|f| f.topics = vec!["waste.collection".into()]));
        all.push(with(&|f| f.platforms = vec!["telegram".into()]));
        all.push(with(&|f| f.platforms = vec!["vk".into(), "pos".into()]));
        all.push(with(&|f| f.platforms = vec!["nowhere".into()]));
        all.push(with(&|f| f.holder = Some(person().who)));
        all.push(with(&|f| f.holder = Some(String::new())));
        all.push(with(&|f| f.overdue_at = Some(START)));
        all.push(with(&|f| f.due_before = Some(START.plus(Span::hours(20)))));
        all.push(with(&|f| f.due_after = Some(START)));
        all.push(with(&|f| f.opened_after = Some(START)));
    }
    all
}

/// The filter's meaning, from the row alone.
fn fits(row: &IncidentRow, f: &QueueFilter) -> bool {
    let within = |codes: &[String], code: Option<&str>| {
        codes.is_empty() || code.is_some_and(|code| codes.iter().any(|known| known == code))
    };
    let owed = row.due.filter(|_| row.stopped.is_none());
    let due = |is: &dyn Fn(i64) -> bool| owed.is_some_and(is);
    let named = |platform: Platform| f.platforms.iter().any(|code| code == platform.code());
    within(&f.sectors, Some(&row.sector))
        && within(&f.topics, Some(&row.topic))
        && within(&f.municipalities, row.municipality.as_deref())
        && (f.states.is_empty() || f.states.contains(&row.state()))
        && (f.platforms.is_empty() || row.platforms().any(named))
        && match f.holder.as_deref() {
            None => true,
            Some("") => row.holder.is_none(),
            Some(who) => row.holder.as_deref() == Some(who),
        }
        && f.overdue_at.is_none_or(|t| due(&|at| at < t.as_millis()))
        && f.due_before.is_none_or(|t| due(&|at| at <= t.as_millis()))
        && f.due_after.is_none_or(|t| due(&|at| at >= t.as_millis()))
        && f.opened_after.is_none_or(|t| row.opened >= t.as_millis())
}

/// Page by page, seven rows each.
async fn turned_over(store: &Store, filter: &QueueFilter) -> Vec<i64> {
    let (mut filter, mut numbers) = (filter.clone(), Vec::new());
    let mut tx = store.read().await.unwrap();
    loop {
        let rows = incidents::list(&mut tx, &person(), &filter).await.unwrap();
        let Some(last) = rows.last() else { break };
        filter.after = Some(incidents::position(last));
        numbers.extend(rows.iter().map(|row| row.number));
    }
    numbers
}

async fn everything_agrees(store: &Store) {
    let rows = all(store).await;
    for filter in filters() {
        let wanted = rows.iter().filter(|row| fits(row, &filter));
        let numbers: Vec<i64> = wanted.clone().map(|row| row.number).collect();
        assert_eq!(turned_over(store, &filter).await, numbers, "{filter:?}");
        let mut tx = store.read().await.unwrap();
        let (scope, n) = (person(), numbers.len() as i64);
        let counts = incidents::count_by_state(&mut tx, &scope, &filter, START).await;
        let counts = counts.unwrap();
        let incidents: i64 = counts.iter().map(|count| count.incidents).sum();
        let overdue: i64 = counts.iter().map(|count| count.overdue).sum();
        let late = wanted.filter(|row| row.is_overdue(START)).count() as i64;
        assert_eq!((incidents, overdue), (n, late), "{filter:?}");
        for by in [Facet::Topic, Facet::Municipality, Facet::State] {
            let counts = incidents::count_by(&mut tx, &scope, &filter, by)
                .await
                .unwrap();
            let sum: i64 = counts.iter().map(|count| count.incidents).sum();
            assert_eq!(sum, n, "{by:?} {filter:?}");
        }
    }
    standing_agrees(store, &rows).await;
    networks_agree(store, &rows).await;
    neighbours_agree(store, &rows).await;
}

async fn standing_agrees(store: &Store, rows: &[IncidentRow]) {
    let moments = Moments {
        now: START,
        today: START.plus(Span::hours(12)),
        tomorrow: START.plus(Span::hours(36)),
    };
    let mut tx = store.read().await.unwrap();
    let filter = QueueFilter::default();
    let groups = incidents::standing(&mut tx, &person(), &filter, moments).await;
    let groups = groups.unwrap();
    let sum = |due: i64| -> i64 {
        let groups = groups.iter().filter(|group| group.due == due);
        groups.map(|group| group.incidents).sum()
    };
    let owed = |from: Timestamp, to: Timestamp| {
        let within = |row: &&IncidentRow| {
            let due = row.due.filter(|_| row.stopped.is_none());
            due.is_some_and(|due| (from.as_millis()..to.as_millis()).contains(&due))
        };
        rows.iter().filter(within).count() as i64
    };
    let next = |moment: Timestamp| moment.plus(Span::millis(1));
    let (now, today, tomorrow) = (moments.now, next(moments.today), next(moments.tomorrow));
    assert_eq!(sum(incidents::OVERDUE), owed(Timestamp::default(), now));
    assert_eq!(sum(incidents::TODAY), owed(now, today));
    assert_eq!(sum(incidents::TOMORROW), owed(today, tomorrow));
    let open = rows
        .iter()
        .filter(|row| OPEN.contains(&row.state()))
        .count() as i64;
    assert_eq!(
        groups.iter().map(|group| group.incidents).sum::<i64>(),
        open
    );
}

async fn networks_agree(store: &Store, rows: &[IncidentRow]) {
    let mut tx = store.read().await.unwrap();
    for holder in [None, Some(person().who)] {
        let filter = QueueFilter {
            holder,
            ..of(&ENDED)
        };
        let counts = incidents::count_ended_networks(&mut tx, &person(), &filter).await;
        for network in NETWORKS {
            let counts = counts.as_ref().unwrap().iter();
            let counted: i64 = counts
                .filter(|count| count.code.as_deref() == Some(network.code()))
                .map(|count| count.incidents)
                .sum();
            let of_network = |row: &&IncidentRow| row.platforms().any(|known| known == network);
            let plain = rows
                .iter()
                .filter(|row| fits(row, &filter))
                .filter(of_network);
            assert_eq!(counted, plain.count() as i64, "{network}");
        }
    }
}

async fn neighbours_agree(store: &Store, rows: &[IncidentRow]) {
    let owed: Vec<&IncidentRow> = rows.iter().filter(|row| row.state().is_open()).collect();
    let number = |at: Option<usize>| Some(owed.get(at?)?.number);
    let mut tx = store.read().await.unwrap();
    for row in rows {
        let found = incidents::neighbours(&mut tx, &person(), row)
            .await
            .unwrap();
        let at = owed.iter().position(|other| other.id == row.id);
        let plain = match at {
            Some(at) => (number(at.checked_sub(1)), number(at.checked_add(1))),
            None => (None, number(Some(0))),
        };
        assert_eq!(found, plain, "{}", row.number);
    }
}

on_each_database! {
    async fn counts_and_pages_agree_with_the_plain_list(it: TestStore) {
        let (store, desk) = (&it.store, desk());
        keep_posts(store).await;
        for n in 0..INCIDENTS {
            let id = open(store, &desk, n).await;
            handle(store, &desk, &id, n).await;
        }
        let states: HashSet<String> = all(store).await.into_iter().map(|row| row.state).collect();
        assert_eq!(states.len(), IncidentState::ALL.len(), "each state is there: {states:?}");
        everything_agrees(store).await;

        let mut tx = store.write(Priority::Bulk).await.unwrap();
        let years = START.plus(Span::days(2000));
        let terms = Settings::load(None, []).unwrap().retention;
        let gone = purge_batch(&mut tx, &desk.ids, Class::Incident, &terms, years, 5).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(gone, 5);
        everything_agrees(store).await;
    }
}

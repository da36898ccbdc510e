//! Each row of VK's errors, met by a visit: how the source stands afterwards, whether its neighbour and
//! other methods are still asked for, and when all is well again.

use std::collections::BTreeSet;

use otklik::{
    collect::sources::vk::{errors, holds},
    domain::{post::Platform, source::SourceConfig, time::Span},
};
use serde_json::{Value, json};

use super::super::{Crawl, WALL};
use crate::{
    collect::{error, post, source, wall},
    harness::{Database, TestStore},
    network::{Network, says, status},
    on_each_database,
};

const GROUPS: &str = "/method/groups.getById";

/// What a failure makes of the source and of those beside it.
#[derive(Debug, Clone, Copy)]
struct Then {
    /// The state of the source.
    state: &'static str,
    /// Its next visit, minutes from now: at least, and at most.
    next: (i64, i64),
    /// Whether the neighbour's wall is asked for.
    neighbour: bool,
    /// Whether the token's other methods are called.
    methods: bool,
    /// After so many minutes the source is read again.
    well: i64,
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Temporary: this source alone, and not sooner than after a good visit.
const SOON: Then = Then {
    state: "active",
    next: (11, 12),
    neighbour: true,
    methods: true,
    well: 1,
};
/// This source is gone; looked at again in a week.
const GONE: Then = Then {
    state: "gone",
    next: (7 * DAY, 7 * DAY),
    well: 7 * DAY,
    ..SOON
};
/// This source is parked.
const PARKED: Then = Then {
    state: "parked",
    next: (HOUR, HOUR),
    well: HOUR,
    ..SOON
};
/// The method is not called by this token.
const METHOD: Then = Then {
    neighbour: false,
    ..PARKED
};
/// The token is not used.
const TOKEN: Then = Then {
    methods: false,
    ..METHOD
};
/// The token is of the wrong kind, and there is no other.
const KIND: Then = Then {
    well: DAY,
    ..METHOD
};
/// The day's quota: probed in an hour.
const QUOTA: Then = Then {
    state: "active",
    next: (HOUR, HOUR + 1),
    ..METHOD
};

/// Codes, and what they make.
const ROWS: &[(&[i64], Then)] = &[
    (&[1, 10, 32, 36], SOON),
    (&[6], SOON),
    (&[2, 4, 5, 17, 24, 25, 34, 35, 38, 42, 101], TOKEN),
    (
        &[1114, 1116, 1117, 1118, 3300, 3301, 3302, 3303, 3304, 3609],
        TOKEN,
    ),
    (&[3, 20, 21, 23, 33], METHOD),
    (&[7, 8, 12, 13, 150, 2000], PARKED),
    (&[9], Then { well: 6, ..SOON }),
    (
        &[14],
        Then {
            state: "parked",
            next: (6 * HOUR, 6 * HOUR + 1),
            well: 6 * HOUR + 1,
            ..TOKEN
        },
    ),
    (&[15, 18, 19, 30, 37, 39, 40, 100, 103, 104, 113, 125], GONE),
    (&[200, 201, 203, 204, 210, 211, 212, 260], GONE),
    (&[27, 28], KIND),
    (&[29, 601], QUOTA),
    (
        &[43],
        Then {
            state: "active",
            next: (30, 31),
            well: 31,
            ..METHOD
        },
    ),
    (
        &[1105],
        Then {
            state: "active",
            next: (HOUR, HOUR + 1),
            well: HOUR + 1,
            ..TOKEN
        },
    ),
];

fn walls() -> [SourceConfig; 2] {
    ["7", "8"].map(|owner| SourceConfig {
        code: format!("vk-{owner}").as_str().into(),
        ..source(Platform::Vk, owner)
    })
}

fn good() -> Value {
    wall(&[post(2, 5), post(1, 10)])
}

fn asked_for(net: &Network, owner: &str) -> usize {
    let of = |form: &std::collections::HashMap<String, String>| {
        form.get("owner_id").is_some_and(|id| id == owner)
    };
    net.asked().iter().filter(|asked| of(&asked.form)).count()
}

/// Meets one failure and looks around.
async fn meets(it: TestStore, name: &str, failure: impl Into<crate::network::Answer>, then: Then) {
    let net = Network::start().await;
    net.on(WALL, failure);
    net.on(
        GROUPS,
        json!({"response": {"groups": [{"id": 9, "name": "Город"}]}}),
    );
    let crawl = Crawl::of(it, &net.base, &walls()).await;
    crawl.step("vk-7").await;
    let met = crawl.row("vk-7").await;
    let now = crawl.clock.now();
    assert_eq!(met.state, then.state, "{name}: {:?}", met.note);
    let note = met.note.unwrap_or_default();
    assert!(
        !note.contains("a-token") && !note.is_empty(),
        "{name}: {note}"
    );
    let wait = Span::millis(met.next_visit - now.as_millis());
    let (least, most) = then.next;
    assert!(
        (Span::minutes(least)..=Span::minutes(most)).contains(&wait),
        "{name}: {wait:?}"
    );
    let before = asked_for(&net, "-7");

    net.clear(WALL).on(WALL, good());
    crawl.step("vk-8").await;
    assert_eq!(
        asked_for(&net, "-8") == 1,
        then.neighbour,
        "{name}: the neighbour"
    );
    let other = crawl.work.collector().resolve_vk("club9").await;
    assert_eq!(other.is_ok(), then.methods, "{name}: {other:?}");
    assert_eq!(asked_for(&net, "-7"), before, "{name}: nobody asked again");

    crawl.clock.advance(Span::minutes(then.well));
    crawl.step("vk-7").await;
    let well = crawl.row("vk-7").await;
    assert_eq!(
        (well.state.as_str(), well.failures),
        ("active", 0),
        "{name}: {:?}",
        well.note
    );
    assert_eq!(
        asked_for(&net, "-7"),
        before + 1,
        "{name}: it is read again"
    );
}

#[tokio::test]
async fn every_error_of_vk_is_met_as_its_row_says() {
    let mut told = BTreeSet::new();
    for (codes, then) in ROWS {
        for code in *codes {
            assert!(told.insert(*code), "{code} stands twice");
            let it = TestStore::start(Database::Sqlite).await;
            meets(it, &format!("error {code}"), error(*code), *then).await;
        }
    }
    let table: BTreeSet<i64> = errors::codes().collect();
    assert_eq!(told, table, "the table and this story");
}

#[tokio::test]
async fn subcodes_statuses_and_garbage_are_met_too() {
    let sub = |subcode: i64| {
        let mut error = error(15);
        error["error"]["error_subcode"] = json!(subcode);
        says(error.to_string())
    };
    let busy = |after: &str| status(429).with("retry-after", after);
    let held = Then {
        state: "active",
        next: (11, 12),
        well: 6,
        ..TOKEN
    };
    for (name, failure, then) in [
        ("15/1133", sub(1133), METHOD),
        ("15/1134", sub(1134), METHOD),
        ("15/9999", sub(9999), GONE),
        ("418", status(418), PARKED),
        ("403", status(403), PARKED),
        ("502", status(502), SOON),
        ("429", status(429), SOON),
        ("429 with a moment", busy("300"), held),
        ("no JSON", says("<html>busy</html>"), SOON),
        ("an array", says("[]"), SOON),
        ("no code", says("{\"error\": {\"error_msg\": \"?\"}}"), SOON),
        ("an unknown code", error(4242).into(), SOON),
    ] {
        let it = TestStore::start(Database::Sqlite).await;
        meets(it, name, failure, then).await;
    }
}

#[tokio::test]
async fn a_code_that_nobody_described_is_skipped_after_two_tries() {
    let net = Network::start().await;
    net.on(WALL, error(4242));
    let it = TestStore::start(Database::Sqlite).await;
    let crawl = Crawl::of(it, &net.base, &walls()).await;
    let mut states = Vec::new();
    for _ in 0..3 {
        crawl.step("vk-7").await;
        crawl.clock.advance(Span::minutes(20));
        states.push(crawl.row("vk-7").await.state);
    }
    assert_eq!(states, ["active", "active", "gone"]);
}

#[tokio::test]
async fn comments_that_fail_strangely_cost_neither_the_wall_nor_every_visit() {
    let net = Network::start().await;
    let mut talked = post(2, 5);
    talked["comments"]["count"] = json!(3);
    net.on(WALL, wall(&[talked, post(1, 10)]));
    net.on("/method/wall.getComments", error(4242));
    let it = TestStore::start(Database::Sqlite).await;
    let town = walls().map(|wall| SourceConfig {
        comments: true,
        ..wall
    });
    let crawl = Crawl::of(it, &net.base, &town[..1]).await;
    crawl.reads_often("vk-7", 6).await;
    assert_eq!(asked_for(&net, "-7"), 6 + 3, "six visits, three tries");
    assert_eq!(crawl.row("vk-7").await.state, "active");
}

#[tokio::test]
async fn what_took_too_long_is_asked_for_in_smaller_pages() {
    let net = Network::start().await;
    net.on(WALL, error(36)).on(WALL, error(36)).on(WALL, good());
    let it = TestStore::start(Database::Sqlite).await;
    let crawl = Crawl::of(it, &net.base, &walls()).await;
    for _ in 0..4 {
        crawl.step("vk-7").await;
        crawl.clock.advance(Span::minutes(20));
    }
    let counts: Vec<String> = net
        .asked()
        .iter()
        .map(|asked| asked.form["count"].clone())
        .collect();
    assert_eq!(counts[..3], ["100", "50", "25"]);
}

#[tokio::test]
async fn a_repeated_flood_waits_longer_and_the_same_call_is_never_sent_sooner() {
    let net = Network::start().await;
    net.on(WALL, error(9));
    let it = TestStore::start(Database::Sqlite).await;
    let crawl = Crawl::of(it, &net.base, &walls()).await;
    for minutes in [5, 10, 20, 40, 60, 60] {
        crawl.step("vk-7").await;
        let before = net.asked().len();
        crawl.clock.advance(Span::seconds(minutes * 60 - 1));
        crawl.step("vk-7").await; // by a person, who does not wait for the next visit
        assert_eq!(net.asked().len(), before, "{minutes}");
        crawl.clock.advance(Span::seconds(1));
    }
}

on_each_database! {
    async fn a_captcha_in_either_form_rests_the_token_and_a_second_one_stops_it(it: TestStore) {
        let old = json!({"error": {"error_code": 14, "error_msg": "Captcha needed",
            "captcha_sid": "123456", "captcha_img": "https://api.vk.example/captcha.php?sid=123456"}});
        let new = json!({"error": {"error_code": 14, "error_msg": "Captcha needed",
            "captcha_sid": "1", "is_refresh_enabled": true, "remixstlid": "s3cret",
            "redirect_uri": "https://id.vk.example/not_robot_captcha?session_token=s3cret"}});
        let net = Network::start().await;
        net.on(WALL, old).on(WALL, new).on(WALL, good());
        let crawl = Crawl::of(it, &net.base, &walls()).await;
        crawl.step("vk-7").await;
        crawl.clock.advance(Span::hours(6));
        crawl.step("vk-8").await;
        assert_eq!(net.asked().len(), 2, "the token rested for six hours");
        let row = crawl.row("vk-8").await;
        let note = row.note.unwrap();
        assert_eq!(row.state, "parked");
        assert!(!note.contains("s3cret") && !note.contains("http"), "{note}");

        for _ in 0..23 {
            crawl.clock.advance(Span::hours(1));
            crawl.step("vk-7").await;
            assert_eq!(crawl.row("vk-7").await.state, "parked");
        }
        assert_eq!(net.asked().len(), 2, "nothing is sent for a day");
        crawl.clock.advance(Span::hours(1));
        crawl.step("vk-7").await;
        assert_eq!((net.asked().len(), crawl.row("vk-7").await.state.as_str()), (3, "active"));
    }

    async fn a_used_up_quota_is_probed_by_one_call_an_hour_until_the_day_ends(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, error(29));
        let crawl = Crawl::of(it, &net.base, &walls()).await; // it is noon
        let mut asked = Vec::new();
        for _ in 0..(12 * 60 + 10) {
            let before = net.asked().len();
            for code in ["vk-7", "vk-8"] {
                crawl.step(code).await;
            }
            if net.asked().len() > before {
                asked.push((crawl.clock.now().to_rfc3339()[11..16].to_owned(), net.asked().len() - before));
            }
            crawl.clock.advance(Span::minutes(1));
        }
        let times: Vec<&str> = asked.iter().map(|(time, _)| time.as_str()).collect();
        let hours = (12..24).map(|hour| format!("{hour}:00"));
        let wanted: Vec<String> = hours.chain(["00:05".to_owned()]).collect();
        assert_eq!(times, wanted);
        assert!(asked.iter().all(|(_, calls)| *calls == 1), "{asked:?}");

        net.clear(WALL).on(WALL, good());
        crawl.clock.advance(Span::hours(1));
        for code in ["vk-7", "vk-8"] {
            crawl.step(code).await;
            assert_eq!(crawl.row(code).await.state, "active");
            assert!(crawl.row(code).await.note.is_none(), "the probe was answered: all go on");
        }
    }

    async fn a_method_that_two_communities_are_denied_is_left_for_all(it: TestStore) {
        let net = Network::start().await;
        net.on(WALL, error(7));
        let nine = SourceConfig { code: "vk-9".into(), ..source(Platform::Vk, "9") };
        let crawl = Crawl::of(it, &net.base, &[walls().to_vec(), vec![nine]].concat()).await;
        for code in ["vk-7", "vk-8", "vk-9"] {
            crawl.step(code).await;
            assert_eq!(crawl.row(code).await.state, "parked");
        }
        assert_eq!(net.asked().len(), 2, "the third is not asked for");
        crawl.clock.advance(holds::PROBE);
        net.clear(WALL).on(WALL, good());
        crawl.step("vk-9").await;
        assert_eq!(crawl.row("vk-9").await.state, "active");
    }
}

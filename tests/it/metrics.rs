//! `/metrics`: each figure says what it means, and moves when the thing happens.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use otklik::{
    app::Centre,
    config::settings::Settings,
    demo::{self, Running},
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
    store::posts,
    web,
    work::{
        Work,
        supervisor::{Supervisor, settle},
    },
};
use prometheus_parse::{Scrape, Value};
use tower::ServiceExt;

use crate::{
    harness::{START, TestStore},
    on_each_database,
};

/// A scrape, read by a parser that is not ours.
struct Sheet(Scrape);

impl Sheet {
    async fn of(centre: &Centre) -> Sheet {
        Sheet::read(&web::metrics::text(&centre.pages()).await.unwrap())
    }

    fn read(text: &str) -> Sheet {
        assert!(text.ends_with("# EOF\n"), "{text}");
        let lines = text.lines().map(|line| Ok(line.to_owned()));
        Sheet(Scrape::parse(lines).unwrap())
    }

    /// The sum of the series whose labels hold these.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let found = self.0.samples.iter().filter(|sample| {
            sample.metric == name && labels.iter().all(|(k, v)| sample.labels.get(k) == Some(v))
        });
        found
            .map(|sample| match &sample.value {
                Value::Counter(n) | Value::Gauge(n) | Value::Untyped(n) => *n,
                other => panic!("{name}: {other:?}"),
            })
            .sum()
    }

    fn value(&self, name: &str) -> f64 {
        self.sum(name, &[])
    }

    /// Every name, with the help that belongs to it.
    fn helps(&self) -> HashMap<String, Option<String>> {
        let known = |name: &str| self.0.docs.get(name).cloned();
        let samples = self.0.samples.iter().map(|s| s.metric.clone());
        samples
            .map(|name| {
                let bare = ["_total", "_bucket", "_sum", "_count"];
                let family = bare.iter().find_map(|end| name.strip_suffix(end));
                let help = known(&name).or_else(|| known(family?));
                (name, help)
            })
            .collect()
    }
}

async fn centre(it: &TestStore) -> (Centre, Running) {
    let clock = Clock::manual(START);
    let ids = Ids::seeded(3);
    let running = demo::start(clock.clone(), START, &ids).await.unwrap();
    let environment = [
        (
            "OTKLIK_DATA_DIR".to_owned(),
            it.folder.path().display().to_string(),
        ),
        ("OTKLIK_DATABASE_URL".to_owned(), it.url.clone()),
        (
            "OTKLIK_METRICS__TOKEN".to_owned(),
            "the scraper's".to_owned(),
        ),
    ];
    let mut settings = Settings::load(None, environment).unwrap();
    running.apply(&mut settings);
    let region = running.region.clone();
    (
        Centre::open(settings, region, clock, ids).await.unwrap(),
        running,
    )
}

/// Lets the supervisor bring every loop to its first rest, and scrapes then; afterwards each has stopped.
async fn scrape_under_way(centre: &Centre, loops: Vec<Arc<dyn Work>>) -> Sheet {
    let names: Vec<&str> = loops.iter().map(|work| work.name()).collect();
    let (clock, ids) = (centre.clock.clone(), centre.ids.clone());
    let supervisor = Supervisor::new(loops, centre.health.clone(), clock, ids);
    let stop = supervisor.stopper();
    let running = tokio::spawn(supervisor.run(Duration::from_secs(20)));
    let ticked = async {
        loop {
            let told = centre.health.list();
            let rested = |name: &&str| told.get(name).is_some_and(|h| h.last_good.is_some());
            if names.iter().all(rested) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let ticked = tokio::time::timeout(Duration::from_secs(30), ticked).await;
    assert!(
        ticked.is_ok(),
        "a loop never rested: {:#?}",
        centre.health.list()
    );
    let sheet = Sheet::of(centre).await;
    stop.cancel();
    running.await.unwrap();
    sheet
}

async fn get(router: axum::Router, path: &str, token: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

on_each_database! {
    async fn each_figure_has_a_meaning_and_moves_when_the_thing_happens(it: TestStore) {
        let (centre, _running) = centre(&it).await;
        let before = Sheet::of(&centre).await;
        assert_eq!(before.value("otklik_posts_captured_total"), 0.0);
        assert!(before.sum("otklik_backlog_items", &[("stage", "visit")]) > 10.0);

        let loops = centre.all_loops().await.unwrap();
        settle(&loops[..1]).await.unwrap(); // visits alone: the rest waits
        centre.clock.advance(Span::minutes(2));
        let waits = Sheet::of(&centre).await;
        let stage = [("stage", "understand")];
        assert!(waits.sum("otklik_backlog_items", &stage) > 100.0);
        assert_eq!(waits.sum("otklik_backlog_age_seconds", &stage), 120.0);
        assert!(waits.value("otklik_index_lag_changes") > 100.0);

        settle(&loops).await.unwrap();
        let count = loops.len() as f64;
        let after = scrape_under_way(&centre, loops).await;
        let stored = posts::count(&mut centre.store.read().await.unwrap()).await.unwrap();
        assert_eq!(after.value("otklik_posts_captured_total"), stored as f64);
        for platform in ["vk", "telegram", "feed"] {
            let labels = [("platform", platform)];
            assert!(after.sum("otklik_posts_captured_total", &labels) > 5.0, "{platform}");
        }
        let understood = after.value("otklik_posts_understood_total");
        assert!(understood >= stored as f64, "{understood}");
        assert!(after.sum("otklik_posts_understood_total", &[("sector", "housing")]) > 3.0);
        for outcome in ["opened", "joined", "triage", "nothing"] {
            let labels = [("outcome", outcome)];
            assert!(after.sum("otklik_posts_routed_total", &labels) > 0.0, "{outcome}");
        }
        assert!(after.sum("otklik_network_requests_total", &[("domain", "vk:token")]) > 5.0);
        assert!(after.value("otklik_network_refusals_total") > 0.0, "one wall is closed");
        let budget = [("domain", "tme"), ("method", "get")];
        let left = after.sum("otklik_network_budget_left_requests", &budget);
        let requests = after.sum("otklik_network_requests_total", &[("domain", "tme")]);
        // the demo's own budget, which no day uses up
        assert!(left < 1_000_000.0 && left >= 1_000_000.0 - requests, "{left} {requests}");
        let delivered = after.sum("otklik_alerts", &[("state", "delivered")]);
        assert!(delivered > 10.0, "{delivered}");
        assert_eq!(after.value("otklik_loop_up"), count);
        assert_eq!(
            after.sum("otklik_loop_last_success_timestamp_seconds", &[("loop", "routing")]),
            centre.clock.now().as_millis() as f64 / 1000.0
        );
        assert_eq!(after.value("otklik_database_up"), 1.0);
        assert!(after.value("otklik_database_bytes") > 100_000.0);
        assert!(after.value("otklik_index_bytes") > before.value("otklik_index_bytes"));
        assert!(after.sum("otklik_sources", &[("state", "active")]) > 5.0);

        centre.clock.advance(Span::days(40));
        settle(&[Arc::new(centre.retention()) as _]).await.unwrap();
        let late = Sheet::of(&centre).await;
        assert_eq!(late.value("otklik_loop_up"), 0.0, "all have stopped");
        assert!(late.sum("otklik_purged_rows_total", &[("class", "nothing")]) > 5.0);
        assert!(late.value("otklik_purge_last_timestamp_seconds") > 0.0);

        let router = web::router(centre.pages());
        let before = "otklik_page_duration_seconds_count";
        assert_eq!(late.value(before), 0.0);
        get(router.clone(), "/signin", None).await;
        get(router, "/incidents/79161234567", None).await;
        let text = web::metrics::text(&centre.pages()).await.unwrap();
        assert!(text.contains("route=\"/incidents/{number}\",status=\"3xx\"}"), "{text}");
        assert!(text.contains("otklik_page_duration_seconds_bucket{le=\"0.05\""), "{text}");
        assert!(!text.contains("79161234567"), "an address of a page is no label");

        for (name, help) in Sheet::read(&text).helps() {
            let help = help.unwrap_or_default();
            assert!(help.len() > 20 || name == "otklik_build_info", "{name}: {help:?}");
        }
    }
}

#[tokio::test]
async fn who_has_no_token_sees_no_figures() {
    let it = TestStore::start(crate::harness::Database::Sqlite).await;
    let (centre, _running) = centre(&it).await;
    for router in [
        web::router(centre.pages()),
        web::metrics::router(centre.pages()),
    ] {
        for wrong in [None, Some(""), Some("the scrapers")] {
            let (status, text) = get(router.clone(), "/metrics", wrong).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{text}");
            assert!(
                !text.contains('<'),
                "a program asks, no page is shown: {text}"
            );
            assert!(!text.contains("otklik_backlog"), "{text}");
        }
        let (status, text) = get(router, "/metrics", Some("the scraper's")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("otklik_backlog_items{"), "{text}");
    }
    let mut settings = (*centre.settings).clone();
    settings.metrics.token = "".into();
    assert!(settings.problems().is_empty());
    let mut pages = centre.pages();
    pages.settings = Arc::new(settings.clone());
    let (status, _) = get(web::router(pages), "/metrics", Some("")).await;
    assert_eq!(
        status,
        StatusCode::NOT_FOUND,
        "pages show none without a token"
    );
    settings.metrics.listen = "0.0.0.0:9464".into();
    let told = settings.problems().join("; ");
    assert!(
        told.contains("set metrics.token, or listen on 127.0.0.1"),
        "{told}"
    );
}

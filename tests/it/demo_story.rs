//! The demo as one story: the ordinary loops crawl the demo's networks on a clock that stands.

use std::{collections::BTreeSet, sync::Arc};

use otklik::{
    app::Centre,
    config::settings::Settings,
    demo::{self, Running, material::Material},
    domain::{
        id::Ids,
        time::{Clock, Span},
    },
    store::{incidents, jobs, posts, scope::Scope},
    work::{Work, supervisor::settle},
};
use serde_json::Value;

use crate::harness;

struct Show {
    centre: Centre,
    clock: Clock,
    loops: Vec<Arc<dyn Work>>,
    running: Running,
    _folder: tempfile::TempDir,
}

impl Show {
    async fn start() -> Show {
        let folder = tempfile::tempdir().unwrap();
        let (clock, ids) = (harness::clock(), Ids::seeded(3));
        let running = demo::start(clock.clone(), harness::START, &ids)
            .await
            .unwrap();
        let nothing: [(String, String); 0] = [];
        let mut settings = Settings::load(None, nothing).unwrap();
        settings.data_dir = folder.path().to_path_buf();
        running.apply(&mut settings);
        let centre = Centre::open(settings, running.region.clone(), clock.clone(), ids)
            .await
            .unwrap();
        Show {
            loops: centre.all_loops().await.unwrap(),
            centre,
            clock,
            running,
            _folder: folder,
        }
    }

    /// Time passes in steps; in each, every loop works until it rests.
    async fn run(&self, steps: usize, step: Span) {
        for _ in 0..steps {
            settle(&self.loops).await.unwrap();
            self.clock.advance(step);
        }
    }

    async fn posts(&self) -> i64 {
        let mut tx = self.centre.store.read().await.unwrap();
        posts::count(&mut tx).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn within_a_minute_every_sector_has_work_and_alerts_arrive() {
    let show = Show::start().await;
    show.run(6, Span::seconds(10)).await;
    let material = Material::built_in().unwrap();
    let past = material
        .entries
        .iter()
        .filter(|e| e.at < Span::ZERO)
        .count() as i64;
    assert!(
        show.posts().await >= past,
        "{} of {past}",
        show.posts().await
    );

    let mut tx = show.centre.store.read().await.unwrap();
    let scope = Scope::service("story");
    let now = show.clock.now();
    let filter = incidents::QueueFilter {
        limit: 500,
        ..Default::default()
    };
    let open = incidents::list(&mut tx, &scope, &filter).await.unwrap();
    let sectors: BTreeSet<&str> = open.iter().map(|i| i.sector.as_str()).collect();
    assert_eq!(sectors.len(), 9, "{sectors:?}");
    let overdue = open.iter().filter(|i| i.is_overdue(now)).count();
    assert!(overdue > 0 && overdue < open.len(), "{overdue}");
    let towns: BTreeSet<_> = open
        .iter()
        .filter_map(|i| i.municipality.as_deref())
        .collect();
    assert!(towns.len() >= 6, "{towns:?}");

    let told = jobs::counts(&mut tx, &scope).await.unwrap();
    let sink = reqwest_get(&format!("{}/deliveries", show.running.sink)).await;
    assert!(told.delivered > 50, "{told:?}");
    assert_eq!(sink["accepted"], told.delivered, "each once");
    assert!(
        sink["attempts"].as_i64() > sink["accepted"].as_i64(),
        "some were retried"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn new_posts_keep_arriving_and_none_comes_twice() {
    let show = Show::start().await;
    show.run(4, Span::seconds(30)).await;
    let before = show.posts().await;
    show.run(10, Span::minutes(2)).await;
    let after = show.posts().await;
    let material = Material::built_in().unwrap();
    assert!(after >= before + 25, "{before} {after}");
    assert!(after <= material.entries.len() as i64);
}

async fn reqwest_get(url: &str) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap();
    client.get(url).send().await.unwrap().json().await.unwrap()
}

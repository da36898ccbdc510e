//! The demo's servers speak the networks' protocols, over real HTTP, on a clock that stands.

mod crawled;
mod feeds;
mod sink;
mod telegram;
mod vk;

use otklik::{
    demo::{material::Material, memory::Memory, server, world::World},
    domain::{
        id::Ids,
        post::Platform,
        time::{Clock, Span},
    },
};
use tokio_util::sync::CancellationToken;

use crate::harness;

/// A demo server with its clock; stopped when dropped.
struct Served {
    base: String,
    clock: Clock,
    http: reqwest::Client,
    _stop: tokio_util::sync::DropGuard,
}

impl Served {
    async fn start(router: impl FnOnce(World) -> axum::Router) -> Served {
        let clock = harness::clock();
        let world = World::new(Material::built_in().unwrap(), clock.clone(), clock.now());
        let stop = CancellationToken::new();
        let address = server::serve(router(world), 0, &stop).await.unwrap();
        Served {
            base: format!("http://{address}"),
            clock,
            http: client(),
            _stop: stop.drop_guard(),
        }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.http
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
    }
}

/// A client for loopback: follows no redirects and needs no certificates.
fn client() -> reqwest::Client {
    // A second call finds the provider there, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_demo_points_the_settings_at_itself() {
    let running = otklik::demo::start(harness::clock(), harness::START, &Ids::seeded(1))
        .await
        .unwrap();
    let nothing: [(String, String); 0] = [];
    let mut settings = otklik::config::settings::Settings::load(None, nothing).unwrap();
    running.apply(&mut settings);
    for address in [
        &settings.collect.base.vk,
        &settings.collect.base.telegram,
        &settings.alerts.webhook_url,
    ] {
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    }
    let feeds = running
        .region
        .sources
        .iter()
        .filter(|s| s.platform == Platform::Feed);
    let paper = feeds.map(|source| source.owner.clone()).next().unwrap();
    assert_eq!(client().get(paper).send().await.unwrap().status(), 200);
    let review = &running.region.claims[0].url;
    assert_eq!(client().get(review).send().await.unwrap().status(), 200);
    for page in &running.region.pages {
        assert_eq!(
            client().get(&page.address).send().await.unwrap().status(),
            200
        );
    }
    drop(running);
}

#[test]
fn a_second_start_on_the_same_data_goes_on_where_the_first_began() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let later = harness::START.plus(Span::hours(1));
    let first = Memory::recall(&data, harness::START, &Ids::seeded(1)).unwrap();
    let second = Memory::recall(&data, later, &Ids::seeded(2)).unwrap();
    assert!(first == second && first.began == harness::START);
    assert_eq!(first.password.len(), 19);
}

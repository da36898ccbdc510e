//! OK and MAX over real HTTP, on both databases: loopback servers that speak their protocols with
//! invented words, and what is kept of them when.

mod identities;
mod max;
mod max_server;
mod ok;
mod ok_server;
mod refusals;

use std::sync::Arc;

use otklik::{
    collect::poll::Collector,
    config::settings::{Collect, Settings},
    domain::{
        id::{Ids, PostId},
        post::{Platform, PostKey, PostKind},
        source::SourceConfig,
        time::{Clock, Span},
    },
    store::{
        Priority, Store,
        changes::{self, ChangeKind},
        posts, sources,
        sources::SourceRow,
    },
    work::{
        Work,
        collecting::{Ages, Collecting},
        supervisor::settle,
    },
};

use crate::harness::{START, TestStore, clock, keys};

/// A centre with its sources, on a clock that stands.
struct Centre {
    it: TestStore,
    clock: Clock,
    settings: Collect,
    work: Collecting,
}

impl Centre {
    /// A centre whose networks are where `change` says.
    async fn of(
        it: TestStore,
        listed: &[SourceConfig],
        change: impl FnOnce(&mut Collect),
    ) -> Centre {
        let mut settings = Settings::load(None, []).unwrap().collect;
        settings.allow_private_addresses = true;
        settings.ok.application_key = "APPLICATION".into();
        settings.ok.access_token = "a-token".into();
        settings.ok.session_secret = ok_server::SECRET.into();
        settings.max.token = max_server::TOKEN.into();
        settings.max.wait_seconds = 0;
        change(&mut settings);
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        for source in listed {
            let every = Span::minutes(10);
            sources::put(&mut tx, source, true, every, START)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let clock = clock();
        let work = collecting(&it, &settings, &clock);
        Centre {
            it,
            clock,
            settings,
            work,
        }
    }

    /// The process is gone without a word, and another one is started on the same data.
    fn is_killed_and_started_again(&mut self) {
        self.work = collecting(&self.it, &self.settings, &self.clock);
    }

    async fn row(&self, code: &str) -> SourceRow {
        let mut tx = self.it.store.read().await.unwrap();
        sources::find(&mut tx, code).await.unwrap().unwrap()
    }

    /// Until nothing is due any more.
    async fn settle(&self) {
        settle(&[Arc::new(self.work.clone()) as Arc<dyn Work>])
            .await
            .unwrap();
    }

    /// The next usual visit of every source.
    async fn visit_later(&self) {
        self.clock.advance(Span::minutes(15));
        self.settle().await;
    }

    /// One step of a visit, as the loop makes it.
    async fn step(&self, code: &str) {
        let row = self.row(code).await;
        self.work.visit(&row).await.unwrap();
    }

    async fn count(&self) -> i64 {
        let mut tx = self.it.store.read().await.unwrap();
        posts::count(&mut tx).await.unwrap()
    }

    /// What the change log tells of a post, in its order.
    async fn told_of(&self, key: &PostKey, wanted: usize) -> Vec<ChangeKind> {
        told_of(&self.it.store, key, wanted).await
    }
}

/// What the change log tells of a post, in its order. On PostgreSQL a transaction of a story beside this
/// one holds the readable horizon back for a moment: it is read until `wanted` came.
pub async fn told_of(store: &Store, key: &PostKey, wanted: usize) -> Vec<ChangeKind> {
    let id: PostId = keys().identity.post_id(key);
    let mut kinds = Vec::new();
    for _ in 0..20_000 {
        let mut tx = store.read().await.unwrap();
        let all = changes::list_after(&mut tx, Default::default(), 1_000_000).await;
        let of = all.unwrap().into_iter().filter(|change| change.post == id);
        kinds = of.map(|change| change.kind).collect();
        if kinds.len() >= wanted {
            break;
        }
        tokio::task::yield_now().await;
    }
    kinds
}

fn collecting(it: &TestStore, settings: &Collect, clock: &Clock) -> Collecting {
    let ids = Ids::seeded(1);
    let zone = jiff::tz::TimeZone::UTC;
    let store = it.store.clone();
    let collector = Collector::new(settings, zone, store, clock.clone(), ids.clone());
    let ages = Ages {
        opens: Span::days(7),
        kept: Span::days(90),
    };
    Collecting::new(
        it.store.clone(),
        collector.unwrap(),
        keys(),
        ages,
        clock.clone(),
        ids,
    )
    .called("the story's worker".into())
}

fn source(platform: Platform, code: &str, owner: &str) -> SourceConfig {
    SourceConfig {
        code: code.into(),
        comments: true,
        ..crate::collect::source(platform, owner)
    }
}

fn key(platform: Platform, owner: &str, kind: PostKind, id: &str) -> PostKey {
    PostKey {
        platform,
        owner: owner.into(),
        kind,
        external_id: id.into(),
    }
}

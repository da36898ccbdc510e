//! Posts and incidents spread over sectors × municipalities: whatever somebody holds, each list, count,
//! facet, hit, snippet and total is what brute force over all rows gives.

mod asker;
mod in_store;
mod on_pages;
mod read;
mod world;

use std::collections::BTreeSet;

use otklik::{
    domain::user::{Permission, Role},
    store::changes::{self, Change, ChangeKind, Position},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::oracle::{Held, Spot};
use crate::{
    office::{DISTRICT, TOWN},
    on_each_database,
};
use world::{Fate, PLACES, SECTORS, World};

/// Each role alone, with each kind of reach.
fn plain_grants() -> Vec<Held> {
    let mut all = Vec::new();
    for role in Role::ALL {
        for (sector, municipality) in [
            (None, None),
            (Some("housing"), None),
            (None, Some(TOWN)),
            (Some("waste"), Some(DISTRICT)),
        ] {
            all.push(Held {
                role: *role,
                sector,
                municipality,
            });
        }
    }
    all
}

fn held() -> impl Strategy<Value = Held> {
    let sector = prop::option::of(prop::sample::select(SECTORS.to_vec()));
    let place = prop::sample::select(PLACES.to_vec());
    let role = prop::sample::select(Role::ALL.to_vec());
    (role, sector, place).prop_map(|(role, sector, municipality)| Held {
        role,
        sector,
        municipality,
    })
}

/// The change log. PostgreSQL shows it when every older transaction of the server has ended.
async fn whole_log(world: &World) -> Vec<Change> {
    loop {
        let mut tx = world.office.it.store.read().await.unwrap();
        let log = changes::list_after(&mut tx, Position::default(), 10_000)
            .await
            .unwrap();
        let last = log.last().map(|change| change.position).unwrap_or_default();
        if !changes::any_after(&mut tx, last).await.unwrap() {
            return log;
        }
        tokio::task::yield_now().await;
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

on_each_database! {
    async fn each_role_with_each_reach_counts_what_brute_force_counts(it: TestStore) {
        let world = World::open(it).await;
        for held in plain_grants() {
            let held = [held];
            let checked = world.hire(&held).await.check().await;
            checked.unwrap_or_else(|difference| panic!("{difference}"));
        }
    }

    async fn any_grants_together_count_what_brute_force_counts(it: TestStore) {
        let world = World::open(it).await;
        let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
        let several = prop::collection::vec(held(), 1..6);
        let found = TestRunner::new(config).run(&several, |held| {
            let checked = now(async { world.hire(&held).await.check().await });
            checked.map_err(TestCaseError::fail)
        });
        found.unwrap_or_else(|difference| panic!("{difference}"));
    }

    async fn a_passed_incident_tells_the_index_of_its_posts(it: TestStore) {
        let world = World::open(it).await;
        let log = whole_log(&world).await;
        let moved = log.into_iter().filter(|change| change.kind == ChangeKind::Moved);
        let moved: BTreeSet<String> = moved.map(|change| change.post.0).collect();
        let want = world.facts.iter().filter(|fact| fact.fate == Fate::Moved);
        assert_eq!(moved, want.map(|fact| fact.id.0.clone()).collect());
    }

    async fn two_roles_do_not_lend_each_other_their_places(it: TestStore) {
        let world = World::open(it).await;
        let held = [
            Held { role: Role::BlockEmployee, sector: Some("roads"), municipality: Some(TOWN) },
            Held { role: Role::BlockEmployee, sector: Some("waste"), municipality: Some(DISTRICT) },
        ];
        let asker = world.hire(&held).await;
        let spots: BTreeSet<Spot> = asker.incidents("read").iter().map(|fact| fact.spot).collect();
        let own = [(Some("roads"), Some(TOWN)), (Some("waste"), Some(DISTRICT))];
        assert_eq!(spots, BTreeSet::from(own), "brute force itself");
        assert!(!asker.scope.covers(Permission::ReadIncidents, Some("roads"), Some(DISTRICT)));
    }
}

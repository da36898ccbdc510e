//! What the store promises, on both databases.

use otklik::{
    domain::{
        actor::AuthorRef,
        post::{CapturedPost, Platform, PostKey, PostKind, Wall},
        source::{Cursor, SourceConfig},
        time::{Span, Timestamp},
    },
    store::{
        self, Error, Priority, Store,
        changes::{self, ChangeKind, Position},
        posts::{self, KeepAs, Kept},
        sources,
    },
};

use crate::{
    harness::{START, keys, project},
    on_each_database,
};

fn post(id: &str, text: &str) -> CapturedPost {
    let key = PostKey {
        platform: Platform::Vk,
        owner: "-900000101".into(),
        kind: PostKind::Post,
        external_id: id.into(),
    };
    CapturedPost {
        author: Some(AuthorRef::new("id777000111")),
        published: Some(START.minus(Span::hours(1))),
        url: Some(format!("https://vk.example/wall-900000101_{id}")),
        ..CapturedPost::new(key, text)
    }
}

async fn keep_from(store: &Store, source: &str, posts: Vec<CapturedPost>, now: Timestamp) -> Kept {
    let as_ = KeepAs {
        source,
        municipality: Some("99001"),
        alerts: true,
        now,
        history: now.minus(Span::days(7)),
        oldest: None,
    };
    let mut tx = store.write(Priority::Bulk).await.unwrap();
    let kept = posts::keep(&mut tx, &keys(), &as_, posts).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

async fn changes_after(store: &Store, position: Position) -> Vec<changes::Change> {
    let mut tx = store.read().await.unwrap();
    changes::list_after(&mut tx, position, 1000).await.unwrap()
}

/// Reads until `wanted` changes can be seen. On PostgreSQL any transaction of the whole server, also
/// of a story beside this one, holds the readable horizon back for a moment.
async fn changes_until(store: &Store, position: Position, wanted: usize) -> Vec<changes::Change> {
    let mut seen = Vec::new();
    for _ in 0..20_000 {
        seen = changes_after(store, position).await;
        if seen.len() >= wanted {
            break;
        }
        tokio::task::yield_now().await;
    }
    seen
}

on_each_database! {
    async fn every_statement_is_understood(it: TestStore) {
        let checked = it.store.prepare_all().await.unwrap();
        assert!(checked > 20, "only {checked} statements are listed");
    }

    async fn two_sources_that_reach_one_post_store_it_once(it: TestStore) {
        let first = keep_from(&it.store, "wall", vec![post("1", "Нет воды")], START).await;
        let second = keep_from(&it.store, "search", vec![post("1", "Нет воды")], START).await;
        assert_eq!((first.new, second.new, second.unchanged), (1, 0, 1));
        let mut tx = it.store.read().await.unwrap();
        assert_eq!(posts::count(&mut tx).await.unwrap(), 1);
    }

    async fn an_edit_keeps_the_first_wording_and_is_told(it: TestStore) {
        keep_from(&it.store, "wall", vec![post("1", "Нет воды")], START).await;
        let before = changes_until(&it.store, Position::default(), 1).await;
        let later = START.plus(Span::hours(1));
        let kept = keep_from(&it.store, "wall", vec![post("1", "Воду дали")], later).await;
        assert_eq!(kept.updated, 1);
        let told = changes_until(&it.store, before.last().unwrap().position, 1).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind, ChangeKind::Edited);
    }

    async fn a_deletion_at_the_source_is_told_once(it: TestStore) {
        keep_from(&it.store, "wall", vec![post("1", "Нет воды")], START).await;
        let gone = CapturedPost { deleted: true, ..post("1", "") };
        keep_from(&it.store, "wall", vec![gone.clone()], START).await;
        keep_from(&it.store, "wall", vec![gone], START).await;
        let told = changes_until(&it.store, Position::default(), 2).await;
        let kinds: Vec<_> = told.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [ChangeKind::New, ChangeKind::Deleted]);
    }

    async fn a_post_whose_term_has_passed_is_not_stored_again_yet_a_known_one_is_kept_up(it: TestStore) {
        keep_from(&it.store, "wall", vec![post("1", "Нет воды")], START).await;
        let later = START.plus(Span::days(40));
        let as_ = KeepAs {
            source: "wall",
            municipality: None,
            alerts: true,
            now: later,
            history: later.minus(Span::days(7)),
            oldest: Some(later.minus(Span::days(30))),
        };
        let mut tx = it.store.write(Priority::Bulk).await.unwrap();
        let seen = vec![post("1", "Воду дали"), post("2", "Нет света"), post("3", "Яма")];
        let kept = posts::keep(&mut tx, &keys(), &as_, seen).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((kept.new, kept.updated, kept.outlived), (0, 1, 2));
    }

    async fn posts_on_personal_walls_are_not_kept(it: TestStore) {
        let personal = CapturedPost { wall: Wall::Personal, ..post("5", "Мой день") };
        let kept = keep_from(&it.store, "search", vec![personal], START).await;
        assert_eq!((kept.personal, kept.new), (1, 0));
        let mut tx = it.store.read().await.unwrap();
        assert_eq!(posts::count(&mut tx).await.unwrap(), 0);
    }

    async fn a_large_batch_with_repeats_is_kept_once(it: TestStore) {
        let batch: Vec<_> = (0..1050).map(|i| post(&(i % 1000).to_string(), "Яма")).collect();
        let kept = keep_from(&it.store, "wall", batch, START).await;
        assert_eq!((kept.new, kept.unchanged), (1000, 50));
        let told = changes_until(&it.store, Position::default(), 1000).await;
        assert_eq!(told.len(), 1000);
    }

    async fn a_later_wording_in_the_same_batch_is_an_edit(it: TestStore) {
        let batch = vec![post("1", "Яма"), post("2", "Лужа"), post("1", "Яму засыпали")];
        let kept = keep_from(&it.store, "wall", batch, START).await;
        assert_eq!((kept.new, kept.updated, kept.unchanged), (2, 1, 0));
        let again = keep_from(&it.store, "wall", vec![post("1", "Яму засыпали")], START).await;
        assert_eq!(again.unchanged, 1, "the last wording stands");
    }

    async fn nul_characters_do_not_stop_the_batch(it: TestStore) {
        let kept = keep_from(&it.store, "wall", vec![post("1", "ноль\0внутри")], START).await;
        assert_eq!(kept.new, 1);
    }

    async fn a_late_commit_is_not_missed(it: TestStore) {
        if !it.store.is_postgres() {
            return; // one writer: nothing commits late
        }
        let as_ = KeepAs { source: "wall", municipality: None, alerts: true, now: START,
            history: START.minus(Span::days(7)), oldest: None, };
        let mut slow = it.store.write(Priority::Bulk).await.unwrap();
        posts::keep(&mut slow, &keys(), &as_, vec![post("1", "первый")]).await.unwrap();
        keep_from(&it.store, "wall", vec![post("2", "второй")], START).await;

        let seen = changes_after(&it.store, Position::default()).await;
        slow.commit().await.unwrap();
        let position = seen.last().map(|change| change.position).unwrap_or_default();
        let after = changes_until(&it.store, position, 2 - seen.len()).await;
        assert_eq!(seen.len() + after.len(), 2, "the late commit was lost");
    }

    async fn a_source_is_advanced_by_one_of_two_visitors(it: TestStore) {
        let mut tx = it.store.write(Priority::Bulk).await.unwrap();
        sources::put(&mut tx, &source(), true, Span::minutes(10), START).await.unwrap();
        let leased = sources::lease(&mut tx, "a", START, Span::minutes(1), 10).await.unwrap();
        let again = sources::lease(&mut tx, "b", START, Span::minutes(1), 10).await.unwrap();
        assert_eq!((leased.len(), again.len()), (1, 0));
        let visit = sources::Visited {
            code: "vk-one",
            cursor_version: leased[0].cursor_version,
            next: &Cursor("{}".into()),
            next_visit: START.plus(Span::minutes(10)),
            new_posts: 3,
            facts: None,
            interval: Span::minutes(10),
            priority: false,
            domain: "vk:token",
        };
        sources::advance(&mut tx, &visit, START).await.unwrap();
        let lost = sources::advance(&mut tx, &visit, START).await;
        assert!(matches!(lost, Err(Error::Conflict(_))));
    }

    async fn a_day_budget_survives_and_is_never_exceeded(it: TestStore) {
        for expected in [Some(1), Some(2), None] {
            let mut tx = it.store.write(Priority::Bulk).await.unwrap();
            let got = store::budget::reserve(&mut tx, "vk", "wall.get", "2026-11-22", 2, START)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            match expected {
                Some(n) => assert_eq!(got, store::budget::Reserved::Granted(n)),
                None => assert_eq!(got, store::budget::Reserved::Ahead(2)),
            }
        }
    }

    async fn no_author_reaches_the_database_files(it: TestStore) {
        keep_from(&it.store, "wall", vec![post("1", "Нет воды")], START).await;
        it.store.close().await;
        for entry in std::fs::read_dir(it.folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let found = bytes.windows(11).any(|window| window == b"id777000111");
            assert!(!found, "the author's own id was written");
        }
    }
}

fn source() -> SourceConfig {
    SourceConfig {
        code: "vk-one".into(),
        platform: Platform::Vk,
        owner: "900000101".into(),
        screen_name: Some("one".into()),
        name: "Один".into(),
        municipality: None,
        official: false,
        comments: true,
        boards: false,
        enabled: None,
        interval_seconds: None,
        site: None,
        open311: None,
    }
}

#[test]
fn every_file_with_statements_is_listed_for_the_check() {
    let folder = project().join("src/store");
    let listed = std::fs::read_to_string(folder.join("statements.rs")).unwrap();
    for name in with_statements(&folder) {
        let line = format!("(\"{name}\", ");
        assert!(listed.contains(&line), "{name} is not in statements()");
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let part = entry.unwrap().path();
        if part.is_dir() {
            let listed = std::fs::read_to_string(part.with_extension("rs")).unwrap();
            for name in with_statements(&part) {
                let all = format!("{name}::ALL");
                assert!(listed.contains(&all), "{all} is not in {}", part.display());
            }
        }
    }
}

/// Names of a folder's files that declare statements.
fn with_statements(folder: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    let sql = files.filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let declares = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        text.contains("\nstatements! {")
    };
    let name = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    sql.filter(declares).map(name).collect()
}

//! The index finds Russian words, obeys reach, counts facets, and can be thrown away.

use std::collections::BTreeMap;

use otklik::{
    domain::{id::PostId, reach::Reach, time::Span},
    index::{
        self, Index, IndexDoc, Position, Writer,
        query::{Found, Search},
    },
};
use proptest::prelude::*;

use crate::harness::START;

fn doc(id: &str, text: &str, sector: &str, municipality: &str) -> IndexDoc {
    IndexDoc {
        id: id.into(),
        text: text.into(),
        source: "wall".into(),
        platform: "vk".into(),
        language: "rus".into(),
        kind: "complaint".into(),
        sector: Some(sector.into()),
        topic: Some(format!("{sector}.x")),
        municipality: Some(municipality.into()),
        place: None,
        published: START.minus(Span::minutes(id.parse().unwrap())),
    }
}

fn at(seq: i64) -> Position {
    Position { xid: 0, seq }
}

fn filled() -> (tempfile::TempDir, Index, Writer) {
    let folder = tempfile::tempdir().unwrap();
    let (index, mut writer) = index::open(&folder.path().join("index")).unwrap();
    let docs = vec![
        doc("1", "На Берёзовой улице нет горячей воды", "housing", "a"),
        doc(
            "2",
            "Вода из крана рыжая, а горячая еле тёплая",
            "housing",
            "b",
        ),
        doc("3", "Яма на дороге у школы", "roads", "a"),
    ];
    writer.apply(docs, Vec::new()).unwrap();
    writer.commit(at(3)).unwrap();
    (folder, index, writer)
}

fn ask(index: &Index, words: &str) -> Found {
    let search = Search {
        words: words.into(),
        reach: Reach::everything(),
        limit: 10,
        ..Search::default()
    };
    index.search(&search).unwrap()
}

fn ids(found: &Found) -> Vec<&str> {
    let mut ids: Vec<&str> = found.hits.iter().map(|hit| hit.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn words_are_found_in_any_form_case_and_spelling_of_yo() {
    let (_folder, index, _writer) = filled();
    assert_eq!(ids(&ask(&index, "вода")), ["1", "2"]);
    assert_eq!(ids(&ask(&index, "БЕРЕЗОВАЯ")), ["1"]);
    assert_eq!(ids(&ask(&index, "\"горячей воды\"")), ["1"]);
    assert_eq!(ids(&ask(&index, "вода -рыжая")), ["1"]);
    assert_eq!(ids(&ask(&index, "яма OR рыжая")), ["2", "3"]);
    assert_eq!(ask(&index, "").total, 3);
}

#[test]
fn hits_and_counts_obey_the_askers_reach() {
    let (_folder, index, _writer) = filled();
    let search = Search {
        reach: Reach::of([(Some("housing"), Some("a")), (Some("roads"), Some("b"))]),
        limit: 10,
        facets: vec!["sector", "municipality"],
        ..Search::default()
    };
    let found = index.search(&search).unwrap();
    assert_eq!((ids(&found), found.total), (vec!["1"], 1));
    assert_eq!(
        found.facets["sector"],
        BTreeMap::from([("housing".to_owned(), 1)])
    );
    assert_eq!(found.facets["municipality"].len(), 1);
    let nothing = Search {
        limit: 10,
        ..Search::default()
    };
    assert_eq!(index.search(&nothing).unwrap().total, 0);
}

#[test]
fn without_words_the_counts_follow_each_commit() {
    let (_folder, index, mut writer) = filled();
    let counts = |since| {
        let search = Search {
            reach: Reach::everything(),
            since,
            facets: vec!["sector", "place", "topic"],
            ..Search::default()
        };
        index.search(&search).unwrap().facets
    };
    let long_ago = Some(START.minus(Span::days(9)));
    for (step, (add, remove)) in [(None, None), (Some("4"), None), (Some("5"), Some("1"))]
        .into_iter()
        .enumerate()
    {
        let added = add.map(|id| doc(id, "Не горит фонарь у почты", "roads", "b"));
        let removed = remove.map(|id: &str| PostId(id.into()));
        writer
            .apply(added.into_iter().collect(), removed.into_iter().collect())
            .unwrap();
        writer.commit(at(4 + step as i64)).unwrap();
        // kept ones, those reckoned anew, and those of every post by the ordinary way
        assert_eq!(counts(None), counts(None));
        assert_eq!(counts(None), counts(long_ago), "after step {step}");
    }
    assert_eq!(counts(None)["sector"]["roads"], 3);
    assert_eq!(counts(None)["sector"]["housing"], 1);
}

#[test]
fn a_score_tells_nothing_of_posts_out_of_reach() {
    let (_folder, index, mut writer) = filled();
    let search = Search {
        words: "горячая вода".into(),
        reach: Reach::of([(None, Some("a"))]),
        limit: 10,
        ..Search::default()
    };
    let before = index.search(&search).unwrap();
    let more = ["11", "12", "13"].map(|id| doc(id, "горячая вода", "housing", "b"));
    writer.apply(more.into(), Vec::new()).unwrap();
    writer.commit(at(4)).unwrap();
    assert_eq!(index.search(&search).unwrap().hits, before.hits);
    assert_eq!(before.hits.len(), 1);
}

#[test]
fn fields_cannot_be_asked_for_by_name() {
    let (_folder, index, _writer) = filled();
    for words in [
        "source:wall",
        "sector:housing",
        "id:1",
        "sector: IN [housing roads]",
    ] {
        assert_eq!(ask(&index, words).total, 0, "{words}");
    }
    assert_eq!(ask(&index, "горячая: вода").total, 2);
}

#[test]
fn filters_dates_and_newest_first() {
    let (_folder, index, _writer) = filled();
    let search = Search {
        reach: Reach::everything(),
        filters: BTreeMap::from([("sector".to_owned(), vec!["housing".to_owned()])]),
        since: Some(START.minus(Span::minutes(2))),
        newest: true,
        limit: 1,
        offset: 1,
        ..Search::default()
    };
    let found = index.search(&search).unwrap();
    assert_eq!((ids(&found), found.total), (vec!["2"], 2));
}

#[test]
fn a_post_is_replaced_and_deleted_whole() {
    let (_folder, index, mut writer) = filled();
    writer
        .apply(
            vec![doc("1", "Воду дали", "housing", "a")],
            vec![PostId::from("3")],
        )
        .unwrap();
    writer.commit(at(5)).unwrap();
    assert_eq!(ask(&index, "горячей").total, 1);
    assert_eq!(ask(&index, "яма").total, 0);
    assert_eq!(index.count(), 2);
}

#[test]
fn the_position_commits_with_the_documents_and_survives() {
    let (folder, index, mut writer) = filled();
    writer
        .apply(vec![doc("9", "не закреплено", "other", "a")], Vec::new())
        .unwrap();
    drop((index, writer));
    let (index, writer) = index::open(&folder.path().join("index")).unwrap();
    assert_eq!(writer.position(), at(3));
    assert_eq!(ask(&index, "закреплено").total, 0);
}

#[test]
fn a_broken_or_older_index_is_built_anew() {
    let (folder, index, writer) = filled();
    drop((index, writer));
    let path = folder.path().join("index");
    std::fs::write(path.join("meta.json"), "broken").unwrap();
    let (index, writer) = index::open(&path).unwrap();
    assert_eq!((writer.position(), index.count()), (Position::default(), 0));
}

#[test]
fn the_files_hold_no_sentence() {
    let (folder, _index, _writer) = filled();
    let needle = "нет горячей воды".as_bytes();
    for entry in std::fs::read_dir(folder.path().join("index")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_query_of_a_person_fails(words in "[ а-яa-z0-9\"():+*\\[\\]{}~^/\\\\-]{0,40}") {
        ask(&SHARED.1, &words);
    }
}

/// Only read: one for all cases.
static SHARED: std::sync::LazyLock<(tempfile::TempDir, Index)> = std::sync::LazyLock::new(|| {
    let (folder, index, _writer) = filled();
    (folder, index)
});

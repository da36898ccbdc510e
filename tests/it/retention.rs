//! Retention: each class goes when its term has passed, not before, and from every file; what an open
//! incident holds stays.

pub(crate) mod canary;
mod compaction;

use std::path::Path;

use otklik::{
    app::Centre,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        actor::AuthorRef,
        id::{Ids, IncidentId},
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::{Clock, Span},
    },
    incidents::act::{Command, act},
    store::{
        Priority,
        incidents::{self, IncidentRow, QueueFilter},
        posts::{self, KeepAs},
        retention::{Class, TotalRow, list_log, list_totals, standing},
        scope::Scope,
    },
    work::supervisor::settle,
};

use crate::{
    harness::{START, TestStore},
    on_each_database,
};

/// A sure complaint: opens an incident. Its odd words occur nowhere else.
const COMPLAINT: &str = "Третью неделю не вывозят мусор, контейнеры переполнены, вонь во дворе, \
    кругом зюзюкинские брымзалки, звоните 8 912 555 77 33";
/// Nothing to do: it is stored and understood.
const THANKS: &str = "Спасибо большое коммунальщикам, всё убрали, пурпырчатые молодцы!";
/// Said nowhere but in those two: by stem, as the index has them.
const PLANTED: [&str; 5] = [
    "зюзюкинск",
    "брымзал",
    "пурпырчат",
    "id777000222",
    "555 77 33",
];

pub(crate) async fn centre(it: &TestStore) -> Centre {
    let environment = [
        (
            "OTKLIK_DATA_DIR".to_owned(),
            it.folder.path().display().to_string(),
        ),
        ("OTKLIK_DATABASE_URL".to_owned(), it.url.clone()),
        (
            "OTKLIK_UNDERSTAND__MIN_SECTOR_SCORE".to_owned(),
            "0.3".to_owned(),
        ),
    ];
    let settings = Settings::load(None, environment).unwrap();
    let region = RegionCatalogue::svetlorechye(START).unwrap();
    Centre::open(settings, region, Clock::manual(START), Ids::seeded(1))
        .await
        .unwrap()
}

fn key(id: &str) -> PostKey {
    PostKey {
        platform: Platform::Vk,
        owner: "-900000107".into(),
        kind: PostKind::Post,
        external_id: id.into(),
    }
}

/// Stores a capture and lets the loops bring it through.
pub(crate) async fn hear(centre: &Centre, post: CapturedPost) {
    keep(centre, vec![post]).await;
    settle(&centre.inner_loops().await.unwrap()).await.unwrap();
}

/// Stores captures of now, as a visit does.
pub(crate) async fn keep(centre: &Centre, said: Vec<CapturedPost>) {
    let now = centre.clock.now();
    let as_ = KeepAs {
        source: "vk-zavodskoy-nash",
        municipality: Some("99701000"),
        alerts: true,
        now,
        history: now.minus(Span::days(7)),
        oldest: None,
    };
    let mut tx = centre.store.write(Priority::Bulk).await.unwrap();
    posts::keep(&mut tx, &centre.post_keys(), &as_, said)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

pub(crate) fn said(centre: &Centre, id: &str, text: &str) -> CapturedPost {
    CapturedPost {
        published: Some(centre.clock.now()),
        author: Some(AuthorRef::new("id777000222")),
        url: Some(format!("https://vk.example/wall-900000107_{id}")),
        ..CapturedPost::new(key(id), text)
    }
}

/// Time passes; the purge and then the index do their work.
pub(crate) async fn pass(centre: &Centre, span: Span) {
    centre.clock.advance(span);
    settle(&[std::sync::Arc::new(centre.retention()) as _])
        .await
        .unwrap();
    settle(&centre.inner_loops().await.unwrap()).await.unwrap();
}

/// Posts in the database, once the index has as many.
async fn count(centre: &Centre) -> i64 {
    let stored = stored(centre).await;
    indexed(centre, stored as u64).await;
    stored
}

pub(crate) async fn stored(centre: &Centre) -> i64 {
    let mut tx = centre.store.read().await.unwrap();
    posts::count(&mut tx).await.unwrap()
}

pub(crate) async fn only(centre: &Centre) -> IncidentRow {
    let mut tx = centre.store.read().await.unwrap();
    let filter = QueueFilter {
        limit: 10,
        ..QueueFilter::default()
    };
    let mut rows = incidents::list(&mut tx, &Scope::service("test"), &filter)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    rows.pop().unwrap()
}

pub(crate) async fn decide(centre: &Centre, command: Command) {
    let id = IncidentId::from(only(centre).await.id.as_str());
    let mut tx = centre.store.write(Priority::Person).await.unwrap();
    let scope = Scope::service("anna");
    act(
        &mut tx,
        &centre.desk,
        &scope,
        &id,
        &command,
        centre.clock.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn totals(centre: &Centre) -> Vec<TotalRow> {
    list_totals(&mut centre.store.read().await.unwrap())
        .await
        .unwrap()
}

/// Waits for the index: on PostgreSQL any transaction of the server, also of a story beside this one,
/// holds the readable horizon back for a moment.
pub(crate) async fn indexed(centre: &Centre, wanted: u64) {
    for _ in 0..2000 {
        settle(&centre.inner_loops().await.unwrap()).await.unwrap();
        if centre.index.count() == wanted {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!(
        "the index holds {} posts, not {wanted}",
        centre.index.count()
    );
}

/// Every word of the text field in every segment file, read past all deletion marks.
pub(crate) fn indexed_terms(folder: &Path) -> Vec<String> {
    let index = tantivy::Index::open_in_dir(folder.join("index")).unwrap();
    let text = index.schema().get_field("text").unwrap();
    let mut found = Vec::new();
    for segment in index.reader().unwrap().searcher().segment_readers() {
        let words = segment.inverted_index(text).unwrap();
        let mut terms = words.terms().stream().unwrap();
        while terms.advance() {
            found.push(String::from_utf8_lossy(terms.key()).into_owned());
        }
    }
    found
}

/// The planted words among them, and files of no living segment.
fn indexed_words(folder: &Path) -> Vec<String> {
    let is_planted = |term: &String| PLANTED.iter().any(|word| term.starts_with(word));
    let mut hits = indexed_terms(folder);
    hits.retain(is_planted);
    let index = tantivy::Index::open_in_dir(folder.join("index")).unwrap();
    let living: Vec<String> = index
        .searchable_segment_ids()
        .unwrap()
        .iter()
        .map(|id| id.uuid_string())
        .collect();
    for entry in std::fs::read_dir(folder.join("index")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_segment = name.len() > 32 && name.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit);
        if is_segment && !living.iter().any(|id| name.starts_with(id.as_str())) {
            hits.push(format!("a file of no segment: {name}"));
        }
    }
    hits
}

/// The files under a folder that hold one of the planted words, with the word.
fn found(folder: &Path) -> Vec<String> {
    let mut hits = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            hits.extend(found(&path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        for word in PLANTED {
            if bytes
                .windows(word.len())
                .any(|window| window == word.as_bytes())
            {
                hits.push(format!("{word} in {}", path.display()));
            }
        }
    }
    hits
}

on_each_database! {
    async fn a_post_that_became_nothing_goes_after_its_days_and_an_incident_holds_its_own(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", THANKS)).await;
        hear(&centre, said(&centre, "2", COMPLAINT)).await;
        assert_eq!(count(&centre).await, 2);
        pass(&centre, Span::days(29)).await;
        assert_eq!(count(&centre).await, 2, "not before its term");
        pass(&centre, Span::days(2)).await;
        assert_eq!(count(&centre).await, 1);
        assert_eq!(only(&centre).await.posts, 1);
        let mut tx = centre.store.read().await.unwrap();
        let log = list_log(&mut tx, Class::Nothing, 5).await.unwrap();
        assert_eq!((log.len(), log[0].rows_gone, log[0].oldest), (1, 1, START.as_millis()));
    }

    async fn a_post_that_waits_for_a_person_has_a_longer_term(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", "Ну и что теперь с этим всем делать вообще непонятно")).await;
        pass(&centre, Span::days(31)).await;
        let mut tx = centre.store.read().await.unwrap();
        let waits = store_waits(&mut tx).await;
        drop(tx);
        assert_eq!((count(&centre).await, waits), (1, 1), "the story needs a post in triage");
        pass(&centre, Span::days(60)).await;
        assert_eq!(count(&centre).await, 0);
    }

    async fn a_deletion_at_the_source_is_honoured_when_no_open_incident_holds_it(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", THANKS)).await;
        hear(&centre, said(&centre, "2", COMPLAINT)).await;
        for id in ["1", "2"] {
            hear(&centre, CapturedPost { deleted: true, ..said(&centre, id, "") }).await;
        }
        indexed(&centre, 0).await;
        pass(&centre, Span::hours(25)).await;
        assert_eq!(stored(&centre).await, 1, "the open incident holds its post");
        decide(&centre, Command::Decline { reason: "Повтор другого обращения".into() }).await;
        pass(&centre, Span::hours(1)).await;
        assert_eq!(count(&centre).await, 0);
        let left = only(&centre).await;
        let shown = (left.title.as_str(), left.state.as_str(), left.posts);
        assert_eq!(shown, ("", "declined", 1), "what was done is known, what was said is not");
    }

    async fn of_an_old_incident_only_totals_are_left(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "2", COMPLAINT)).await;
        let opened = only(&centre).await;
        pass(&centre, Span::days(40)).await;
        decide(&centre, Command::Decline { reason: "Другой район, передано туда".into() }).await;
        pass(&centre, Span::days(1094)).await;
        assert_eq!(count(&centre).await, 1, "not before its term");
        pass(&centre, Span::days(2)).await;
        assert_eq!(count(&centre).await, 0);
        let total = TotalRow {
            month: "2026-11".into(),
            sector: opened.sector,
            topic: opened.topic,
            municipality: "99701000".into(),
            state: "declined".into(),
            incidents: 1,
            posts: 1,
            overdue: 1,
        };
        assert_eq!(totals(&centre).await, [total]);
        pass(&centre, Span::days(1)).await;
        assert_eq!(totals(&centre).await[0].incidents, 1, "counted once");
    }

    async fn what_was_purged_is_in_no_file(it: TestStore) {
        let centre = centre(&it).await;
        for text in [THANKS, COMPLAINT] {
            let id = text.len().to_string();
            hear(&centre, said(&centre, &id, text)).await;
            let edited = CapturedPost { edited: Some(START), ..said(&centre, &id, &format!("{text} UPD")) };
            hear(&centre, edited).await;
        }
        indexed(&centre, 2).await;
        assert!(indexed_words(it.folder.path()).len() > 1, "the search must be able to find");
        assert_eq!(found(it.folder.path()).is_empty(), it.store.is_postgres());
        decide(&centre, Command::Decline { reason: "Повтор другого обращения".into() }).await;
        pass(&centre, Span::days(1100)).await;
        assert_eq!(count(&centre).await, 0);
        let left = [found(it.folder.path()), indexed_words(it.folder.path())].concat();
        assert_eq!(left, Vec::<String>::new());
        let mut tx = centre.store.read().await.unwrap();
        for class in Class::ALL {
            let terms = &centre.settings.retention;
            let now = standing(&mut tx, *class, terms, centre.clock.now(), 10).await.unwrap();
            assert_eq!(now.due, 0, "{class}");
        }
    }
}

async fn store_waits(tx: &mut otklik::store::Tx) -> i64 {
    otklik::store::routing::count_triage(tx, &Scope::service("test"))
        .await
        .unwrap()
}

//! The log of changes stays short, and every index that follows it still holds what the database does,
//! wherever it stood when rows went.

use std::{fs, sync::Arc};

use otklik::{
    index,
    store::changes::{self, Change, ChangeKind, Position},
    work::indexing::Indexing,
};

use super::*;

/// The readable log; on PostgreSQL a story beside this one may hold its end back for a moment.
async fn log(centre: &Centre) -> Vec<Change> {
    for _ in 0..2000 {
        let mut tx = centre.store.read().await.unwrap();
        let all = changes::list_after(&mut tx, Position::default(), 100_000)
            .await
            .unwrap();
        let last = all.last().map(|change| change.position).unwrap_or_default();
        if !changes::any_after(&mut tx, last).await.unwrap() {
            return all;
        }
        tokio::task::yield_now().await;
    }
    panic!("the log never came to its end");
}

fn count_of(log: &[Change], kind: ChangeKind) -> usize {
    log.iter().filter(|change| change.kind == kind).count()
}

/// Days pass one by one, as they do.
async fn days(centre: &Centre, days: i64) {
    for _ in 0..days {
        log(centre).await; // a mark notes what can be read
        pass(centre, Span::days(1)).await;
    }
}

/// The index as it stands, for a process that will be away for a while.
fn leave(it: &TestStore) -> tempfile::TempDir {
    let away = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(it.folder.path().join("index"))
        .unwrap()
        .flatten()
    {
        if entry.path().is_file() && !entry.file_name().to_string_lossy().ends_with(".lock") {
            fs::copy(entry.path(), away.path().join(entry.file_name())).unwrap();
        }
    }
    away
}

/// A process comes back with the index that it left: how many posts it holds when it has caught up,
/// and how many of them speak of the planted word.
async fn come_back(centre: &Centre, folder: &Path) -> (u64, usize) {
    log(centre).await;
    let (index, writer) = index::open(folder).unwrap();
    let work = Indexing {
        store: centre.store.clone(),
        writer: Arc::new(std::sync::Mutex::new(writer)),
        batch: 3,
    };
    for _ in 0..2000 {
        settle(&[Arc::new(Indexing {
            store: work.store.clone(),
            writer: work.writer.clone(),
            batch: 3,
        }) as _])
        .await
        .unwrap();
        if !work.is_behind().await.unwrap() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let held = index.count();
    drop((index, work));
    let shown = tantivy::Index::open_in_dir(folder).unwrap();
    let text = shown.schema().get_field("text").unwrap();
    let searcher = shown.reader().unwrap().searcher();
    let terms = searcher.segment_readers().iter().map(|segment| {
        let words = segment.inverted_index(text).unwrap();
        let mut terms = words.terms().stream().unwrap();
        let mut planted = 0;
        while terms.advance() {
            planted += usize::from(terms.key().starts_with("брымзал".as_bytes()));
        }
        planted
    });
    (held, terms.sum())
}

on_each_database! {
    async fn the_log_of_changes_stays_short_and_every_index_still_follows(it: TestStore) {
        let centre = centre(&it).await;
        for n in 0..12 {
            let id = n.to_string();
            hear(&centre, said(&centre, &id, &format!("{COMPLAINT}, двор {n}"))).await;
        }
        indexed(&centre, 12).await;
        let early = leave(&it);
        for n in 0..12 {
            let id = n.to_string();
            for version in 0..3 {
                let text = format!("{COMPLAINT}, двор {n}, всё ещё {version}");
                let edited = CapturedPost { edited: Some(centre.clock.now()), ..said(&centre, &id, &text) };
                hear(&centre, edited).await;
            }
        }
        indexed(&centre, 12).await;
        let whole = log(&centre).await;
        assert!(whole.len() > 12 * 6, "{}", whole.len());
        pass(&centre, Span::hours(12)).await;
        assert_eq!(log(&centre).await.len(), whole.len(), "a day can be read whole");
        days(&centre, 3).await;
        let short = log(&centre).await;
        assert_eq!(short.len(), 12, "one row a post: {short:?}");
        assert_eq!(count_of(&short, ChangeKind::New), 0);

        hear(&centre, said(&centre, "12", &format!("{COMPLAINT}, двор 12"))).await;
        let fresh = tempfile::tempdir().unwrap();
        for folder in [fresh.path(), early.path()] {
            assert_eq!(come_back(&centre, folder).await.0, 13);
        }
        indexed(&centre, 13).await;
    }

    async fn tombstones_stay_as_long_as_backups_and_an_index_away_for_longer_begins_anew(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", &format!("{THANKS} Все зюзюкинские брымзалки целы!"))).await;
        hear(&centre, said(&centre, "2", "Третью неделю не вывозят мусор, контейнеры переполнены")).await;
        indexed(&centre, 2).await;
        let (away, longer) = (leave(&it), leave(&it));
        assert!(come_back(&centre, away.path()).await.1 > 0, "the story must be able to find");
        days(&centre, 31).await;
        assert_eq!(count(&centre).await, 1);
        assert_eq!(count_of(&log(&centre).await, ChangeKind::Purged), 1);
        days(&centre, 29).await;
        assert_eq!(count_of(&log(&centre).await, ChangeKind::Purged), 1, "a backup may still bring it back");
        assert_eq!(come_back(&centre, away.path()).await, (1, 0), "told by the tombstone");
        days(&centre, 6).await;
        assert_eq!(count_of(&log(&centre).await, ChangeKind::Purged), 0);
        hear(&centre, said(&centre, "3", "Спасибо за лавочки")).await;
        assert_eq!(come_back(&centre, longer.path()).await, (2, 0), "nobody can tell it any more");
        assert_eq!(come_back(&centre, away.path()).await, (2, 0));
        indexed(&centre, 2).await;
    }
}

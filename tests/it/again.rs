//! Posts that are looked at again: gone and back, counters as they grew, an exchanged picture.

use otklik::{
    app::Centre,
    domain::{
        id::PostId,
        post::{CapturedPost, Counters},
        time::{Span, Timestamp},
    },
    store::{
        Priority,
        posts::{self, CounterRow, PostRow},
        scope::Scope,
    },
};

use crate::{
    harness::START,
    on_each_database,
    retention::{centre, hear, indexed, said},
};

const TEXT: &str = "Спасибо большое коммунальщикам, всё убрали, молодцы!";

/// A visit that asked for the post by name does not find it; how many are deleted by that.
async fn is_absent(centre: &Centre, id: &str) -> u64 {
    let keys = [said(centre, id, "").key];
    let mut tx = centre.store.write(Priority::Bulk).await.unwrap();
    let now = centre.clock.now();
    let gone = posts::note_absent(&mut tx, &centre.post_keys(), now, &keys)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    gone
}

fn id_of(centre: &Centre, id: &str) -> PostId {
    let key = said(centre, id, "").key;
    centre.post_keys().identity.post_id(&key)
}

async fn shown(centre: &Centre, id: &str) -> PostRow {
    let mut tx = centre.store.read().await.unwrap();
    let found = posts::find(&mut tx, &Scope::service("test"), &id_of(centre, id)).await;
    found.unwrap().unwrap()
}

/// The post with a number of views and of likes.
fn counted(centre: &Centre, views: i64, likes: Option<i64>) -> CapturedPost {
    CapturedPost {
        published: Some(START),
        counters: Counters {
            views: Some(views),
            likes,
            ..Counters::default()
        },
        ..said(centre, "1", TEXT)
    }
}

async fn series(centre: &Centre) -> Vec<(Timestamp, Option<i64>, Option<i64>)> {
    let mut tx = centre.store.read().await.unwrap();
    let post = id_of(centre, "1");
    let rows = posts::list_counters(&mut tx, &Scope::service("test"), &post).await;
    let told = |row: CounterRow| (row.at.into(), row.views, row.likes);
    rows.unwrap().into_iter().map(told).collect()
}

on_each_database! {
    async fn two_absences_an_hour_apart_are_a_deletion_as_of_the_first(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        assert_eq!(is_absent(&centre, "1").await, 0);
        centre.clock.advance(Span::minutes(59));
        assert_eq!(is_absent(&centre, "1").await, 0, "the same stumble");
        assert_eq!(shown(&centre, "1").await.deleted, None);
        centre.clock.advance(Span::minutes(1));
        assert_eq!(is_absent(&centre, "1").await, 1);
        assert_eq!(shown(&centre, "1").await.deleted, Some(START.as_millis()));
        indexed(&centre, 0).await;
        assert_eq!(is_absent(&centre, "1").await, 0, "told once");
        assert_eq!(is_absent(&centre, "unknown").await, 0);
    }

    async fn a_post_that_is_seen_in_between_was_never_gone(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        is_absent(&centre, "1").await;
        centre.clock.advance(Span::hours(2));
        hear(&centre, said(&centre, "1", TEXT)).await;
        assert_eq!(is_absent(&centre, "1").await, 0, "it counts from here");
        centre.clock.advance(Span::hours(2));
        assert_eq!(is_absent(&centre, "1").await, 1);
    }

    async fn what_comes_back_is_found_again_in_its_old_wording(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        let told = CapturedPost { deleted: true, ..said(&centre, "1", "") };
        hear(&centre, told).await;
        assert!(shown(&centre, "1").await.deleted.is_some(), "the platform's word needs no second");
        indexed(&centre, 0).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        let back = shown(&centre, "1").await;
        assert_eq!((back.deleted, back.edited, back.text.as_str()), (None, None, TEXT));
        indexed(&centre, 1).await;
    }

    async fn counters_are_a_series_of_changes_thinned_with_age(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, counted(&centre, 10, Some(1))).await;
        centre.clock.advance(Span::hours(1));
        hear(&centre, counted(&centre, 10, None)).await;
        assert_eq!(series(&centre).await, [], "nothing changed");
        hear(&centre, counted(&centre, 50, None)).await;
        let first = [(START, Some(10), Some(1)), (START.plus(Span::hours(1)), Some(50), Some(1))];
        assert_eq!(series(&centre).await, first, "a hidden counter stays as it was known");
        let row = shown(&centre, "1").await;
        assert_eq!((row.views, row.likes), (Some(50), Some(1)));

        centre.clock.advance(Span::hours(46));
        hear(&centre, counted(&centre, 60, None)).await;
        centre.clock.advance(Span::hours(30)); // 17:00 of the third day after
        for views in [70, 80, 90] {
            hear(&centre, counted(&centre, views, None)).await;
            centre.clock.advance(Span::hours(2));
        }
        centre.clock.advance(Span::hours(24));
        hear(&centre, counted(&centre, 100, None)).await;
        let views: Vec<_> = series(&centre).await.into_iter().filter_map(|(_, views, _)| views).collect();
        assert_eq!(views, [10, 50, 60, 90, 100], "the last of a day, but all of the first two");
    }

    async fn an_exchanged_picture_is_an_edit(it: TestStore) {
        let centre = centre(&it).await;
        let with = |names: &[&str]| CapturedPost {
            media: names.iter().map(|&name| name.to_owned()).collect(),
            ..said(&centre, "1", TEXT)
        };
        hear(&centre, said(&centre, "1", TEXT)).await;
        hear(&centre, with(&["photo-7_1", "photo-7_2"])).await;
        assert_eq!(shown(&centre, "1").await.edited, None, "their names were not known before");
        hear(&centre, with(&["photo-7_2", "photo-7_1"])).await;
        assert_eq!(shown(&centre, "1").await.edited, None);
        hear(&centre, with(&["photo-7_1", "photo-7_3"])).await;
        assert_eq!(shown(&centre, "1").await.edited, Some(START.as_millis()));
    }
}

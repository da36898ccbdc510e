//! Reposts: without a word of their own they are reach of the original's incident, whichever came first;
//! with own words they are posts like others, and say what they repost.

use axum::Router;
use otklik::{
    app::Centre,
    domain::{post::CapturedPost, user::Role},
    incidents::act::Command,
    store::{
        posts::{self, PostRow},
        routing::count_triage,
        scope::Scope,
    },
    web,
};

use crate::{
    office::{PASSWORD, Visitor},
    on_each_database,
    retention::{centre, decide, hear, only, said},
};

const TEXT: &str = "Третью неделю не вывозят мусор, контейнеры переполнены, вонь во дворе";

/// A repost of a post; what its author says stands before what is reposted.
fn repost(centre: &Centre, id: &str, of: &str, words: &str) -> CapturedPost {
    CapturedPost {
        original: Some(said(centre, of, "").key),
        bare: words.is_empty(),
        ..said(centre, id, format!("{words}\n\n{TEXT}").trim())
    }
}

/// Posts and reposts of the only incident.
async fn counts(centre: &Centre) -> (i64, i64) {
    let row = only(centre).await;
    (row.posts, row.reposts)
}

async fn listed(centre: &Centre) -> Vec<PostRow> {
    let row = only(centre).await;
    let mut tx = centre.store.read().await.unwrap();
    posts::list_of_incident(&mut tx, &Scope::service("test"), &row)
        .await
        .unwrap()
}

async fn waiting(centre: &Centre) -> i64 {
    let mut tx = centre.store.read().await.unwrap();
    count_triage(&mut tx, &Scope::service("test"))
        .await
        .unwrap()
}

/// Somebody who may read all, before the pages.
pub async fn curator(centre: &Centre) -> Visitor {
    let made = centre.ensure_account("vera", "В. Соколова", Role::Curator, PASSWORD);
    made.await.unwrap();
    let router: Router = web::router(centre.pages());
    let mut visitor = Visitor::before_pages(router);
    visitor.signs_in("vera").await;
    visitor
}

on_each_database! {
    async fn bare_reposts_are_reach_and_no_voices(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        for id in ["2", "3"] {
            hear(&centre, repost(&centre, id, "1", "")).await;
        }
        let untold = CapturedPost { bare: false, ..repost(&centre, "4", "1", "") };
        hear(&centre, untold).await; // a connector that cannot tell: the texts are one
        assert_eq!(counts(&centre).await, (1, 3));
        assert_eq!(listed(&centre).await.len(), 1);
        assert_eq!(waiting(&centre).await, 0);
        let page = curator(&centre).await.get("/incidents/1").await.text;
        assert!(page.contains("репостов: 3") && page.contains("1 сообщение"), "{page}");
    }

    async fn a_repost_that_comes_first_is_joined_when_its_original_comes(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, repost(&centre, "2", "1", "")).await;
        assert_eq!(counts(&centre).await, (1, 0), "nobody knows the original yet");
        hear(&centre, said(&centre, "1", TEXT)).await;
        assert_eq!(counts(&centre).await, (1, 1));
        let shown = listed(&centre).await;
        let original = centre.post_keys().identity.post_id(&said(&centre, "1", "").key);
        assert_eq!((shown.len(), shown[0].id.as_str()), (1, original.as_str()));
    }

    async fn a_repost_with_own_words_is_a_post_of_its_own_that_names_the_original(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        hear(&centre, repost(&centre, "2", "1", "У нас на Заводской то же самое")).await;
        assert_eq!(counts(&centre).await, (2, 0));
        let page = curator(&centre).await.get("/incidents/1").await.text;
        assert!(page.contains("репост записи: «Третью неделю"), "{page}");
    }

    async fn a_repost_of_what_became_nothing_or_is_closed_opens_nothing(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, said(&centre, "1", TEXT)).await;
        decide(&centre, Command::Decline { reason: "Повтор другого обращения".into() }).await;
        hear(&centre, repost(&centre, "2", "1", "")).await;
        assert_eq!((counts(&centre).await, waiting(&centre).await), ((1, 0), 0));
        let thanks = "Спасибо большое коммунальщикам, всё убрали, молодцы!";
        hear(&centre, said(&centre, "3", thanks)).await;
        hear(&centre, repost(&centre, "4", "3", "")).await;
        assert_eq!((counts(&centre).await, waiting(&centre).await), ((1, 0), 0));
    }

    async fn when_the_original_is_gone_a_repost_speaks_for_itself(it: TestStore) {
        let centre = centre(&it).await;
        let thanks = "Спасибо большое коммунальщикам, всё убрали, молодцы!";
        hear(&centre, said(&centre, "1", thanks)).await;
        hear(&centre, CapturedPost { deleted: true, ..said(&centre, "1", "") }).await;
        hear(&centre, repost(&centre, "2", "1", "")).await;
        assert_eq!(counts(&centre).await, (1, 0));
    }
}

//! Headlines are masked as texts are: nobody reads, finds or is sent what a headline gave away.

use otklik::{
    domain::post::CapturedPost,
    store::{
        jobs,
        posts::{self, PostRow},
        scope::Scope,
    },
};

use crate::{
    on_each_database,
    retention::{centre, hear, indexed, indexed_terms, only, said},
};

const TEXT: &str = "Третью неделю не вывозят мусор, контейнеры переполнены, вонь во дворе";

on_each_database! {
    async fn a_phone_in_a_headline_reaches_no_page_no_alert_and_no_index(it: TestStore) {
        let centre = centre(&it).await;
        let titled = CapturedPost {
            title: Some("Мусор во дворе, звонить 89125557733".into()),
            ..said(&centre, "1", TEXT)
        };
        let id = centre.post_keys().identity.post_id(&titled.key);
        hear(&centre, titled).await;

        assert_eq!(only(&centre).await.title, "Мусор во дворе, звонить [телефон]");
        let mut tx = centre.store.write(otklik::store::Priority::Bulk).await.unwrap();
        let post: PostRow = posts::find(&mut tx, &Scope::service("test"), &id).await.unwrap().unwrap();
        assert_eq!(post.text, format!("Мусор во дворе, звонить [телефон]\n{TEXT}"), "said once");
        let rows = jobs::list(&mut tx, &Scope::service("test"), None, None, 10).await.unwrap();
        assert!(!rows.is_empty() && !format!("{rows:?}").contains("5557733"));
        drop(tx);
        indexed(&centre, 1).await;
        let terms = indexed_terms(it.folder.path());
        assert!(terms.iter().any(|term| term.starts_with("контейнер")), "{terms:?}");
        assert!(!terms.iter().any(|term| term.contains("5557733")), "{terms:?}");
    }
}

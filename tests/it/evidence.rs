//! Evidence outlives a deletion at the source, for its own term and for those who may see the incident;
//! and earlier wordings are read beside the present one.

use otklik::{
    app::Centre,
    domain::{
        claim::Decision,
        id::{ClaimId, PostId},
        post::CapturedPost,
        time::Span,
        user::{Permission, Role},
    },
    incidents::act::Command,
    store::{
        Priority, claims,
        evidence::list_gone,
        posts,
        retention::{Class, list_log, purge_batch},
        scope::{Allowance, Scope},
    },
    web,
};

use crate::{
    office::{HEATING, Office, PASSWORD, Said, Visitor, post_id},
    on_each_database,
    reposts::curator,
    retention::{centre, decide, hear, only, pass, said, stored},
};

const TEXT: &str = "Третью неделю не вывозят мусор, контейнеры переполнены, вонь во дворе, \
    звоните 8 912 555 77 33";
const SAID: &str = "Опубликованное удалено; сохранено свидетельство от";

/// The complaint, with a picture.
fn complaint(centre: &Centre) -> CapturedPost {
    CapturedPost {
        media: vec!["photo-7_1".into()],
        ..said(centre, "1", TEXT)
    }
}

async fn is_deleted(centre: &Centre) {
    let gone = CapturedPost {
        deleted: true,
        ..complaint(centre)
    };
    hear(centre, gone).await;
}

async fn other_sector(centre: &Centre) -> Visitor {
    let made = centre.ensure_account("foma", "Ф. Громов", Role::MunicipalHead, PASSWORD);
    made.await.unwrap();
    let mut visitor = Visitor::before_pages(web::router(centre.pages()));
    visitor.signs_in("foma").await;
    visitor
}

on_each_database! {
    async fn what_was_published_is_proved_after_it_was_deleted_and_purged(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, complaint(&centre)).await;
        let mut vera = curator(&centre).await;
        let before = vera.get("/incidents/1").await.text;
        assert!(!before.contains(SAID), "it is still there");
        is_deleted(&centre).await;
        let deleted = vera.get("/incidents/1").await.text;
        assert!(deleted.contains(SAID) && deleted.contains("вонь во дворе"), "{deleted}");

        decide(&centre, Command::Decline { reason: "Повтор другого обращения".into() }).await;
        pass(&centre, Span::hours(25)).await;
        assert_eq!(stored(&centre).await, 0, "the deletion is honoured");
        let mut vera = curator(&centre).await;
        let left = vera.get("/incidents/1").await.text;
        for shown in [SAID, "вонь во дворе", "телефон скрыт", "контрольная сумма"] {
            assert!(left.contains(shown), "{shown}: {left}");
        }
        assert!(!left.contains("555 77 33") && !left.contains("photo-7_1"));
        let post = centre.post_keys().identity.post_id(&complaint(&centre).key);
        let away = vera.get(&format!("/out/{post}")).await;
        assert_eq!(away.location(), "https://vk.example/wall-900000107_1");

        pass(&centre, Span::days(365)).await;
        let mut tx = centre.store.read().await.unwrap();
        let row = only(&centre).await;
        assert!(list_gone(&mut tx, &Scope::service("test"), &row).await.unwrap().is_empty());
        let log = list_log(&mut tx, Class::Evidence, 5).await.unwrap();
        assert_eq!((log.len(), log[0].rows_gone), (1, 1));
    }

    async fn an_open_incident_holds_its_evidence(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, complaint(&centre)).await;
        is_deleted(&centre).await;
        pass(&centre, Span::days(700)).await;
        let row = only(&centre).await;
        let mut tx = centre.store.read().await.unwrap();
        let kept = list_gone(&mut tx, &Scope::service("test"), &row).await.unwrap();
        assert_eq!((kept.len(), kept[0].purged, kept[0].version), (1, 0, 1));
    }

    async fn only_who_may_see_the_incident_sees_its_evidence(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, complaint(&centre)).await;
        is_deleted(&centre).await;
        decide(&centre, Command::Decline { reason: "Повтор другого обращения".into() }).await;
        pass(&centre, Span::hours(25)).await;
        let post = centre.post_keys().identity.post_id(&complaint(&centre).key);
        let mut foma = other_sector(&centre).await;
        assert!(!foma.get("/incidents/1").await.status.is_success());
        assert_eq!(foma.get(&format!("/out/{post}")).await.location(), "");
        let row = only(&centre).await;
        let mut tx = centre.store.read().await.unwrap();
        let elsewhere = Allowance {
            permissions: vec![Permission::ReadPosts, Permission::ReadIncidents],
            municipalities: vec!["99611000".into()],
            ..Allowance::default()
        };
        let seen = list_gone(&mut tx, &Scope::integration("elsewhere", &elsewhere), &row).await;
        assert!(seen.unwrap().is_empty());
        let textless = Allowance { municipalities: Vec::new(), ..elsewhere };
        let seen = list_gone(&mut tx, &Scope::integration("textless", &textless), &row).await.unwrap();
        assert_eq!((seen.len(), seen[0].text.as_str(), seen[0].opens), (1, "", false));
    }

    async fn a_flagged_post_leaves_evidence_too(it: TestStore) {
        let office = Office::open(it).await;
        let repeats = Said { claim: Some("c02"), abstained: true, ..HEATING };
        office.hears(std::slice::from_ref(&repeats)).await;
        let (post, scope) = (post_id(&repeats), Scope::service("rita"));
        let store = &office.it.store;
        let now = office.app.clock.now();
        let mut tx = store.write(Priority::Person).await.unwrap();
        claims::decide(&mut tx, &scope, (&post, &ClaimId::from("c02")), Decision::Repeats, "дословно", now)
            .await
            .unwrap();
        assert!(link(&mut tx, &scope, &post).await.is_some());
        let terms = &office.app.settings.retention;
        let later = now.plus(Span::days(terms.flagged_days));
        let gone = purge_batch(&mut tx, &office.app.ids, Class::Flagged, terms, later, 10).await;
        assert_eq!(gone.unwrap(), 1);
        assert_eq!(link(&mut tx, &scope, &post).await.as_deref(), HEATING.url);
        let program = |town: &str| Scope::integration("reader", &Allowance {
            permissions: vec![Permission::ReadPosts, Permission::OpenLinks],
            municipalities: vec![town.into()],
            ..Allowance::default()
        });
        assert_eq!(link(&mut tx, &program("99611000"), &post).await, None);
    }

    async fn earlier_wordings_are_read_with_what_changed(it: TestStore) {
        let centre = centre(&it).await;
        hear(&centre, complaint(&centre)).await;
        centre.clock.advance(Span::hours(1));
        let edited = CapturedPost {
            text: TEXT.replace("Третью неделю", "Месяц").replace("звоните 8 912 555 77 33", "спасите"),
            ..complaint(&centre)
        };
        hear(&centre, edited).await;
        let page = curator(&centre).await.get("/incidents/1").await.text;
        for shown in ["Прежний текст, с сегодня", "<del>Третью неделю </del><ins>Месяц </ins>", "телефон скрыт"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("555 77 33"), "an earlier wording is masked as well");
    }
}

async fn link(tx: &mut otklik::store::Tx, scope: &Scope, post: &PostId) -> Option<String> {
    posts::find_link(tx, scope, post).await.unwrap_or_default()
}

//! The auditor's page: what is chosen, whether the journal is whole, and the file.

use axum::http::{StatusCode, header};
use otklik::{
    domain::{
        journal::{
            check::{Broken, Figures},
            lines::Reader,
        },
        time::Span,
        user::Role,
    },
    work::Work,
};

use super::{keeper, key, tamper::Hand};
use crate::{
    harness::TestStore,
    office::{HEATING, Office, post_id},
    on_each_database,
};

/// An office with a search, a view, and an auditor.
async fn audited(it: TestStore) -> (Office, crate::office::Visitor) {
    let office = Office::open(it).await;
    office.hears(&[HEATING]).await;
    office.hire("vera", Role::Curator, &[], &[]).await;
    let mut vera = office.enters("vera").await;
    vera.get("/incidents/1").await;
    vera.get("/search?q=%D0%BE%D1%82%D0%BE%D0%BF%D0%BB%D0%B5%D0%BD%D0%B8%D0%B5")
        .await;
    office.hire("zimin", Role::Auditor, &[], &[]).await;
    let auditor = office.enters("zimin").await;
    (office, auditor)
}

fn check(text: &str) -> Result<Figures, Broken> {
    let mut reader = Reader::new(vec![key().public()]);
    for line in text.as_bytes().split_inclusive(|b| *b == b'\n') {
        reader.line(line)?;
    }
    reader.finish()
}

on_each_database! {
    async fn the_page_tells_whether_the_journal_is_whole(it: TestStore) {
        let (office, mut auditor) = audited(it).await;
        let page = auditor.get("/audit").await;
        assert!(page.sees("Журнал ещё не проверялся") && page.sees("Журнал ещё не подписан"));
        let keeper = keeper(&office.it, &office.app.clock);
        keeper.tick().await.unwrap();
        let page = auditor.get("/audit").await;
        assert!(page.sees("всё на месте") && page.sees("контрольная точка 1. Подписаны все записи."));
        let mut english = auditor.clone().in_english();
        let page = english.get("/audit").await;
        assert!(page.sees("all in place") && page.sees("All entries are signed"));
        Hand::on(&office.it).await.run("update audit set who = 'nobody' where kind = 'searched'").await;
        office.app.clock.advance(Span::days(1));
        keeper.tick().await.unwrap();
        let page = office.enters("zimin").await.get("/audit").await;
        assert!(page.sees("Журнал нарушен") && page.sees("запись изменена"), "{}", page.text);
    }

    async fn entries_are_chosen_by_who_what_subject_and_period(it: TestStore) {
        let (office, mut auditor) = audited(it).await;
        let rows = |page: &crate::office::Page| page.text.matches("<tr><td><time").count();
        let all = auditor.get("/audit").await;
        assert!(rows(&all) >= 4);
        let post = post_id(&HEATING);
        assert!(all.sees("показано 1") && all.sees(&format!("subject=post%3A{post}")), "which posts a search showed");
        assert_eq!(rows(&auditor.get("/audit?who=vera&kind=viewed").await), 1);
        assert_eq!(rows(&auditor.get("/audit?subject=%E2%84%961").await), 1, "an incident by its number");
        // START is the 22nd of November, a Sunday.
        assert_eq!(rows(&auditor.get("/audit?since=2026-11-22&until=2026-11-22").await), rows(&all));
        let none = auditor.get("/audit?since=2026-11-23").await;
        assert!(none.sees("По этому отбору записей нет") && none.sees("value=\"2026-11-23\""));
        assert_eq!(rows(&auditor.get("/audit?until=2026-11-21").await), 0);
        assert_eq!(rows(&auditor.get("/audit?since=when").await), rows(&all), "what is no day is left out");

        let mut vera = office.enters("vera").await;
        for _ in 0..110 {
            vera.get("/alerts").await;
        }
        let page = auditor.get("/audit?kind=viewed&since=2026-11-22").await;
        assert_eq!(rows(&page), 100);
        let (_, next) = page.text.split_once("class=\"pager\"><a href=\"").unwrap();
        let next = next.split('"').next().unwrap().replace("&#38;", "&");
        assert!(next.contains("since=2026-11-22"), "{next}");
        assert_eq!(rows(&auditor.get(&next).await), 11);
    }

    async fn the_file_can_be_checked_and_is_noted(it: TestStore) {
        let (office, mut auditor) = audited(it).await;
        let page = auditor.get("/audit.jsonl").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("otklik-journal.jsonl"));
        let whole = check(&page.text).unwrap();
        assert_eq!((whole.chains, whole.checkpoints, whole.unsealed), (1, 1, 0));
        assert!(page.sees("\"exported\""), "with its own entry");
        assert!(check(&page.text.replacen("vera", "nora", 1)).is_err());
        let page = auditor.get("/audit.jsonl?kind=searched").await;
        let chosen = check(&page.text).unwrap();
        assert_eq!((chosen.chains, chosen.entries), (0, 1));
        let page = auditor.get("/audit?kind=exported").await;
        assert!(page.sees("весь журнал") && page.sees("отобранные записи"));
        let mut vera = office.enters("vera").await;
        assert_eq!(vera.get("/audit.jsonl").await.status, StatusCode::FORBIDDEN);
    }
}

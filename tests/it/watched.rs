//! The page of one source: what somebody of the content centre reads there, and what its keeper does.

use axum::http::StatusCode;
use otklik::{
    domain::{
        time::Span,
        user::Role,
        watch::{ErrorClass, Finding, GapKind},
    },
    store::{
        Priority, backfills,
        sources::{self, SourceRow},
        watch::{self, NewGap},
    },
};

use crate::{harness::START, office::Office, on_each_database};

const CODE: &str = "vk-svetlorechensk-ryadom";

/// A source that had an error, lost sight of its posts and has a gap.
async fn troubled(office: &Office) -> SourceRow {
    let mut tx = office.it.store.write(Priority::Bulk).await.unwrap();
    let row = sources::find(&mut tx, CODE).await.unwrap().unwrap();
    watch::note_visit(&mut tx, &row, START.minus(Span::hours(3)))
        .await
        .unwrap();
    for hours in [2, 1] {
        let at = START.minus(Span::hours(hours));
        let said = "VK answered 503: <b>busy</b>";
        watch::note_failure(&mut tx, CODE, ErrorClass::Server, said, at)
            .await
            .unwrap();
    }
    watch::raise(&mut tx, "f1", CODE, Finding::ParserBroken, START)
        .await
        .unwrap();
    let gap = NewGap {
        id: "g1",
        source: CODE,
        kind: GapKind::Lost,
        since: START.minus(Span::hours(9)),
        until: START.minus(Span::hours(5)),
        backfill: None,
    };
    watch::open_gap(&mut tx, &gap, START).await.unwrap();
    tx.commit().await.unwrap();
    row
}

on_each_database! {
    async fn the_page_says_what_happened_and_what_to_do(it: TestStore) {
        let office = Office::open(it).await;
        let row = troubled(&office).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let page = curator.get("/sources").await;
        assert!(page.sees("Самопроверка: 1 источник требует внимания"));
        assert!(page.sees(&format!("href=\"/sources/{CODE}\"")));
        let path = format!("/sources/{CODE}");
        let page = curator.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            row.name.as_str(), "записей на ней мы больше не видим", "сменила оформление",
            "На стороне площадки неполадка.", "Делать ничего не нужно", "2 раза с",
            "не вернуть", "Семь дней по часам", "Прочитано вовремя", "С последнего чтения",
            "&#60;b&#62;busy",
        ] {
            assert!(page.sees(words), "no {words}");
        }
        assert!(!page.sees("503: <b>"), "a platform's words are no markup");
        assert!(!page.sees("Прочитать сейчас"), "only who keeps sources has buttons");
        let mut english = curator.in_english();
        let page = english.get(&path).await;
        assert!(page.sees("The platform has trouble of its own.") && page.sees("Hours unread"));
        assert_eq!(page.text.matches("<h1").count(), 1);
        assert!(!page.sees("style=\"") && !page.sees("<script>"));
    }

    async fn a_keeper_has_a_source_read_now_and_its_past_again(it: TestStore) {
        let office = Office::open(it).await;
        let path = format!("/sources/{CODE}");
        let mut keeper = office.with(Role::Administrator, &[], &[]).await;
        assert!(keeper.get(&path).await.sees("Прочитать сейчас"));
        let page = keeper.post(&format!("{path}/visit"), &[]).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, path.as_str()));
        let mut tx = office.it.store.read().await.unwrap();
        let row = sources::find(&mut tx, CODE).await.unwrap().unwrap();
        assert_eq!(row.next_visit, START.as_millis());
        drop(tx);

        let day = |days: i64| START.minus(Span::days(days)).to_rfc3339()[..10].to_owned();
        let backfill = format!("{path}/backfill");
        for (from, to, words) in [
            ("вчера".to_owned(), day(0), "Укажите день"),
            (day(-3), day(0), "раньше последнего"),
            (day(900), day(800), "старше срока хранения"),
        ] {
            let page = keeper.post(&backfill, &[("from", &from), ("to", &to)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.sees(words) && page.sees("role=\"alert\""), "no {words}");
        }
        let fields = [("from", day(5)), ("to", day(1))];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let page = keeper.post(&backfill, &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let page = keeper.get(&path).await;
        assert!(page.sees("Дочитывание начато") && page.sees("в очереди") && page.sees("<svg class=\"bar"));
        let mut tx = office.it.store.read().await.unwrap();
        let wanted = backfills::list(&mut tx, CODE).await.unwrap();
        assert_eq!(wanted.len(), 1);
        drop(tx);

        let cease = format!("{path}/cease");
        let page = keeper.post(&cease, &[("backfill", &wanted[0].id)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(keeper.get(&path).await.sees("остановлено"));
        let page = keeper.post(&cease, &[("backfill", &wanted[0].id)]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "it is over");

        let mut auditor = office.with(Role::Auditor, &[], &[]).await;
        let journal = auditor.get("/audit?kind=changed").await;
        assert!(journal.sees(CODE) && journal.sees("backfill stopped"));
    }

    async fn a_source_is_added_and_changed_on_the_page_with_checks(it: TestStore) {
        let office = Office::open(it).await;
        let mut keeper = office.with(Role::Administrator, &[], &[]).await;
        assert!(keeper.get("/sources").await.sees("href=\"/sources/new\""));
        let fields = |address: &'static str, minutes: &'static str| {
            [("platform", "vk"), ("address", address), ("name", "Берёзовка сегодня"),
             ("municipality", crate::office::DISTRICT), ("comments", "1"), ("minutes", minutes)]
        };
        for (address, minutes, words) in [
            ("https://vk.com/id77", "", "Личные и закрытые страницы мы не читаем"),
            ("https://example.ru/a/b", "", "не адрес сообщества"),
            ("vk.com/berezovka", "1", "от 5 до 1440"),
        ] {
            let page = keeper.post("/sources/new", &fields(address, minutes)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
            assert!(page.sees(words) && page.sees("Берёзовка сегодня"), "no {words}");
        }
        let page = keeper.post("/sources/new", &fields("https://vk.com/berezovka", "30")).await;
        assert_eq!(page.location(), "/sources/vk-berezovka");
        let page = keeper.post("/sources/new", &fields("vk.ru/Berezovka", "30")).await;
        assert!(page.sees("уже среди источников"), "one page is read once");
        let page = keeper.get("/sources/vk-berezovka").await;
        assert!(page.sees("Берёзовка сегодня") && page.sees("добавлен на этой странице"));
        let read = async || {
            let mut tx = office.it.store.read().await.unwrap();
            sources::find(&mut tx, "vk-berezovka").await.unwrap().unwrap()
        };
        let row = read().await;
        assert_eq!((row.platform.as_str(), row.comments, row.interval_ms), ("vk", 1, 30 * 60_000));
        assert_eq!((row.state.as_str(), row.municipality.as_deref()), ("active", Some(crate::office::DISTRICT)));

        let edit = "/sources/vk-berezovka/edit";
        assert!(keeper.get(edit).await.sees("Берёзовка сегодня"));
        let changed = [("address", "vk.com/berezovka_live"), ("name", "Берёзовка"), ("off", "1")];
        let page = keeper.post(edit, &changed).await;
        assert_eq!(page.location(), "/sources/vk-berezovka");
        let row = read().await;
        assert_eq!((row.owner.as_str(), row.name.as_str(), row.state.as_str()), ("berezovka_live", "Берёзовка", "off"));
        assert_eq!((row.cursor.as_str(), row.cursor_version), ("", 1), "it is read from the beginning");

        let page = keeper.get(&format!("/sources/{CODE}")).await;
        assert!(page.sees("из файла источников") && !page.sees(&format!("/sources/{CODE}/edit")));
        let mut auditor = office.with(Role::Auditor, &[], &[]).await;
        assert!(auditor.get("/audit?kind=changed").await.sees("vk-berezovka"));
    }
}

//! The page «Импорт»: a file is uploaded, mapped, tried, stored and gone; who may not, cannot.

use std::sync::atomic::AtomicI64;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jiff::tz::TimeZone;
use otklik::{
    collect::import::table::waiting::FOLDER,
    domain::{time::Span, user::Role},
    store::{
        audit::{self, Filter},
        posts,
        tables::mappings,
    },
    work::{
        Tick, Work,
        tables::{Desk, Tables},
    },
};

use super::{
    books::{self, Book, CANARIES, appeals_book},
    service,
};
use crate::{
    harness::{TestStore, keys},
    office::{Office, Page, Visitor},
    on_each_database,
};

/// An office whose data folder is the story's, with the loop that imports.
pub async fn office(it: TestStore) -> (Office, Tables) {
    let data_dir = it.folder.path().to_owned();
    let office = Office::open_with(it, |settings| {
        settings.data_dir.clone_from(&data_dir);
        settings.import.max_megabytes = 1;
    })
    .await;
    let tables = Tables {
        desk: Desk {
            store: office.it.store.clone(),
            keys: keys(),
            clock: office.app.clock.clone(),
            zone: TimeZone::UTC,
            max_age: Span::days(3650),
        },
        data_dir,
        patience: Span::hours(24),
        looked: AtomicI64::default(),
    };
    (office, tables)
}

const BOUNDARY: &str = "----a-line-between";

/// Uploads a file as a browser does.
pub async fn upload(visitor: &mut Visitor, name: &str, bytes: &[u8]) -> Page {
    let csrf = visitor.csrf().await;
    sends(visitor, &csrf, name, bytes).await
}

async fn sends(visitor: &mut Visitor, csrf: &str, name: &str, bytes: &[u8]) -> Page {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
        --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = Request::post("/import").header(header::CONTENT_TYPE, kind);
    visitor.ask(request, Body::from(body)).await
}

fn files(office: &Office) -> usize {
    let folder = office.it.folder.path().join(FOLDER);
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// The form of a page with what it proposes, as a browser would send it.
fn proposed(page: &Page) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for select in page.text.split("<select ").skip(1) {
        let attribute = |name: &str| {
            let (_, rest) = select.split_once(&format!("{name}=\""))?;
            Some(rest.split('"').next()?.to_owned())
        };
        let chosen = select
            .split("</select>")
            .next()
            .unwrap()
            .split("<option")
            .find(|o| o.contains(" selected"));
        let value =
            chosen.and_then(|o| Some(o.split_once("value=\"")?.1.split('"').next()?.to_owned()));
        if let (Some(name), Some(value)) = (attribute("name"), value) {
            fields.push((name, value));
        }
    }
    fields
}

async fn acts(visitor: &mut Visitor, page: &Page, path: &str, more: &[(&str, &str)]) -> Page {
    let proposed = proposed(page);
    let mut fields: Vec<(&str, &str)> = proposed
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    visitor.post(path, &fields).await
}

on_each_database! {
    async fn a_workbook_goes_from_the_form_to_the_report(it: TestStore) {
        let (office, tables) = office(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let book = office.it.folder.path().join("book.xlsx");
        appeals_book(&book);
        let page = upload(&mut curator, "Обращения.xlsx", &std::fs::read(&book).unwrap()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        let path = page.location().to_owned();
        let page = curator.get(&path).await;
        assert!(page.sees("Столбцы с данными людей не читаются") && page.sees("«ФИО заявителя» (имя)"));
        assert!(page.sees("Скрытые листы не читаются: Служебный"));
        for canary in CANARIES {
            assert!(!page.sees(canary), "{canary}");
        }
        let names = [("name", "ПОС"), ("source", "ПОС"), ("platform", "pos"), ("save", "1"), ("do", "check")];
        let answer = acts(&mut curator, &page, &path, &names).await;
        assert_eq!(answer.location(), path, "{}", answer.text);
        let waits = curator.get(&path).await;
        assert!(waits.sees("Проверяем файл") && waits.headers.contains_key(header::REFRESH));
        assert_eq!(tables.tick().await.unwrap(), Tick::Worked);
        let checked = curator.get(&path).await;
        assert!(checked.sees("Проверка закончена, ничего не записано") && checked.sees("дата поступления: дата не читается"), "{}", checked.text);
        assert_eq!(posts::count(&mut office.it.store.read().await.unwrap()).await.unwrap(), 0);
        let start = [("name", "ПОС"), ("source", "ПОС"), ("do", "start")];
        acts(&mut curator, &checked, &path, &start).await;
        assert_eq!(files(&office), 1);
        assert_eq!(tables.tick().await.unwrap(), Tick::Worked);
        let done = curator.get(&path).await;
        assert!(done.sees("Импорт закончен, файл удалён") && done.sees("строка итогов"), "{}", done.text);
        assert!(done.sees("Не прочитаны столбцы") && done.sees("«№ п/п»"));
        assert_eq!(files(&office), 0, "the file is deleted afterwards");
        assert_eq!(posts::count(&mut office.it.store.read().await.unwrap()).await.unwrap(), 3);
        let again = acts(&mut curator, &checked, &path, &start).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "what is over is over");
        let list = curator.get("/import").await;
        assert!(list.sees("Обращения.xlsx") && list.sees("3 новых · 0 обновлено · 3 не принято") && list.sees("версия 1"));
        let mut tx = office.it.store.read().await.unwrap();
        let saved = mappings::find(&mut tx, &service(), "ПОС").await.unwrap().unwrap();
        assert_eq!(saved.read().unwrap().source, "ПОС");
        let entries = audit::list(&mut tx, &service(), &Filter::default(), 50).await.unwrap();
        let mut details: Vec<&str> = entries.iter().filter(|e| e.subject.starts_with("import:")).map(|e| e.detail.as_str()).collect();
        details.sort_unstable();
        assert_eq!(details, ["started", "tried, mapping saved", "uploaded"]);
    }

    async fn a_second_file_takes_the_saved_mapping(it: TestStore) {
        let (office, tables) = office(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let first = upload(&mut curator, "a.csv", books::three("Новое", "").as_bytes()).await;
        let page = curator.get(first.location()).await;
        let start = [("name", "ПОС"), ("source", "ПОС"), ("save", "1"), ("do", "start"), ("c2", "text")];
        acts(&mut curator, &page, first.location(), &start).await;
        tables.tick().await.unwrap();
        let second = upload(&mut curator, "b.csv", books::three("Решено", "25.11.2026").as_bytes()).await;
        let page = curator.get(&format!("{}?mapping=%D0%9F%D0%9E%D0%A1", second.location())).await;
        assert!(page.sees("value=\"ПОС\"") && page.sees("<option selected>ПОС</option>"), "{}", page.text);
        acts(&mut curator, &page, second.location(), &[("name", "ПОС"), ("source", "ПОС"), ("do", "start")]).await;
        tables.tick().await.unwrap();
        let done = curator.get(second.location()).await;
        let figures: Vec<&str> = done.text.split("<dd class=").skip(1).map(|d| d.split("<b>").nth(1).unwrap().split('<').next().unwrap()).collect();
        assert_eq!(figures, ["3", "0", "1", "2", "0"]);
    }

    async fn what_does_not_suit_is_told_and_the_choices_stay(it: TestStore) {
        let (office, _) = office(it).await;
        let mut curator = office.with(Role::CentreHead, &[], &[]).await;
        let first = upload(&mut curator, "a.csv", books::three("Новое", "").as_bytes()).await;
        let page = curator.get(first.location()).await;
        let wrong = [("name", "Моё"), ("source", ""), ("do", "start"), ("c0", "status"), ("c2", "status")];
        let told = acts(&mut curator, &page, first.location(), &wrong).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.sees("Назовите сопоставление и источник") && told.sees("Укажите столбец: номер (ключ)"));
        assert!(told.sees("Поле «статус» выбрано для двух столбцов") && told.sees("value=\"Моё\""));
        let forged = curator.send(first.location(), &[("csrf", "wrong"), ("do", "drop")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        assert_eq!(curator.post(first.location(), &[("do", "drop")]).await.location(), "/import");
        assert_eq!(files(&office), 0);
        assert!(curator.get(first.location()).await.sees("Файл убран"));
    }

    async fn a_name_is_not_read_though_somebody_asks_for_it(it: TestStore) {
        let (office, _) = office(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await;
        let table = "Номер,Текст,ФИО\n1,Яма на дороге у школы,Канарейкина Вера\n";
        let first = upload(&mut curator, "a.csv", table.as_bytes()).await;
        let page = curator.get(first.location()).await;
        let forced = [("name", "a"), ("source", "a"), ("do", "start"), ("c2", "executor")];
        let told = acts(&mut curator, &page, first.location(), &forced).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.sees("Столбец «ФИО» рассказывает о людях и не читается"));
    }

    async fn what_is_no_table_too_large_or_forged_leaves_no_file(it: TestStore) {
        let (office, _) = office(it).await;
        let mut curator = office.with(Role::Executor, &[], &[]).await;
        let page = upload(&mut curator, "a.pdf", b"%PDF-1.7").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.sees("Это не таблица"), "{}", page.text);
        let large = upload(&mut curator, "a.csv", &vec![b'a'; 2 << 20]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        let forged = sends(&mut curator, "wrong", "a.csv", b"a,b\n").await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        let mut auditor = office.with(Role::Auditor, &[], &[]).await;
        let denied = upload(&mut auditor, "a.csv", b"a,b\n").await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
        assert_eq!(files(&office), 0);
    }

    async fn counts_stand_on_a_page_of_their_own(it: TestStore) {
        let (office, tables) = office(it).await;
        let mut curator = office.with(Role::Curator, &[], &[]).await.in_english();
        let file = office.it.folder.path().join("t.xlsx");
        Book::totals("1 квартал 2026 года", &[("Комитет ЖКХ", "0005.0056", 1204.0)]).save(&file);
        let first = upload(&mut curator, "t.xlsx", &std::fs::read(&file).unwrap()).await;
        let page = curator.get(first.location()).await;
        let start = [("name", "59"), ("source", "59-ФЗ"), ("period", "1 квартал 2026"), ("do", "start")];
        let started = acts(&mut curator, &page, first.location(), &start).await;
        assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
        tables.tick().await.unwrap();
        let page = curator.get("/import/figures").await;
        assert!(page.sees("01.01.2026 – 31.03.2026") && page.sees("1,204") && page.sees("Комитет ЖКХ"), "{}", page.text);
    }
}

//! Tables of other systems: exports of every condition become messages with what is known of them, a
//! second export brings their status up to date, and nobody's name comes along.

pub mod books;
pub mod page;

use std::{
    path::Path,
    sync::{Mutex, atomic::AtomicI64},
};

use jiff::tz::TimeZone;
use otklik::{
    collect::import::table::{Plan, Step, TableFault, look, waiting::file_of},
    domain::{
        id::{Ids, PostId},
        post::{Platform, PostKey, PostKind},
        table::{Item, Mapping, RefusedRow, RowFault, TableField, TableKind},
        time::{Clock, Span},
    },
    store::{
        Priority, posts,
        scope::Scope,
        tables::{
            appeals,
            imports::{self, Chosen, Counts, ImportState},
            mappings, totals,
        },
    },
    work::{
        Tick, Work,
        tables::{Desk, Tables, Task, run},
    },
};

use crate::{
    harness::{START, TestStore, keys},
    hostile::raw::Raw,
    on_each_database,
};
use books::{Book, CANARIES, appeals_book, appeals_csv, bomb};

fn service() -> Scope {
    Scope::service("test")
}

fn desk(it: &TestStore, clock: &Clock) -> Desk {
    Desk {
        store: it.store.clone(),
        keys: keys(),
        clock: clock.clone(),
        zone: TimeZone::UTC,
        max_age: Span::days(3650),
    }
}

/// The mapping that is proposed for a file.
fn proposed(file: &Path, source: &str) -> Mapping {
    let look = look(file, "").unwrap();
    let proposal = look.propose();
    let pairs = look.columns.iter().zip(&proposal.columns);
    Mapping {
        name: source.to_owned(),
        kind: proposal.kind,
        source: source.to_owned(),
        platform: Platform::Pos,
        sheet: String::new(),
        period: proposal.period.clone(),
        columns: pairs
            .filter_map(|(c, p)| Some((p.field?, c.name.clone())))
            .collect(),
    }
}

fn plan(file: &Path, mapping: Mapping) -> Plan {
    Plan::of(&look(file, "").unwrap(), mapping, TimeZone::UTC).unwrap()
}

fn read(file: &Path) -> (Vec<Item>, Vec<RefusedRow>) {
    let (mut items, mut refused) = (Vec::new(), Vec::new());
    let take = |_, row| {
        match row {
            Ok(item) => items.push(item),
            Err(why) => refused.push(why),
        }
        Step::Continue(())
    };
    plan(file, proposed(file, "pos")).read(file, take).unwrap();
    (items, refused)
}

/// Stores a file (or only compares it) as the command does.
async fn imports_file(it: &TestStore, file: &Path, mapping: Mapping, dry: bool) -> Counts {
    let id = Ids::random().ulid(START);
    let chosen = Chosen {
        mapping: &mapping,
        unread: &[],
    };
    let mut tx = it.store.write(Priority::Bulk).await.unwrap();
    imports::begin(&mut tx, &service(), &id, "file", Some(chosen), START)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let task = Task {
        id: &id,
        position: 0,
        dry,
        alerts: false,
    };
    let desk = desk(it, &Clock::manual(START));
    run(&desk, file, plan(file, mapping.clone()), task, &|_| {})
        .await
        .unwrap()
}

fn post_id(number: &str) -> PostId {
    keys().identity.post_id(&PostKey {
        platform: Platform::Pos,
        owner: "pos".into(),
        kind: PostKind::Post,
        external_id: number.into(),
    })
}

fn counts(seen: i64, added: i64, changed: i64, same: i64, refused: i64) -> Counts {
    Counts {
        seen,
        added,
        changed,
        same,
        refused,
    }
}

#[test]
fn a_workbook_and_a_table_of_text_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (book, text) = (folder.path().join("a.xlsx"), folder.path().join("a.csv"));
    appeals_book(&book);
    std::fs::write(&text, encoding_rs::WINDOWS_1251.encode(&appeals_csv()).0).unwrap();
    let (of_book, of_text) = (read(&book), read(&text));
    assert_eq!(of_book.0.len(), 3);
    assert_eq!(of_book.0, of_text.0);
    let Item::Appeal(first) = &of_book.0[0] else {
        panic!("a message is expected")
    };
    assert_eq!(
        first.facts.number, "20260001",
        "a number of a message has no «.0»"
    );
    let published = first.post.published.map(|t| t.to_rfc3339());
    assert_eq!(published.as_deref(), Some("2026-11-20T10:30:00Z"));
    assert_eq!(
        first.facts.deadline.map(|t| t.to_rfc3339()).as_deref(),
        Some("2026-11-30T00:00:00Z")
    );
    assert_eq!(first.post.point, Some((51.73, 36.19)));
    assert_eq!(
        first.post.place_hint.as_deref(),
        Some("г. о. Светлореченск, ул. Речная, 14")
    );
    let look = look(&book, "").unwrap();
    assert_eq!(
        look.about.hidden,
        ["Служебный"],
        "a hidden sheet is told and not read"
    );
    let faults: Vec<RowFault> = of_book.1.iter().map(|row| row.fault).collect();
    assert_eq!(faults, [RowFault::NoText, RowFault::BadDate, RowFault::Sum]);
    assert_eq!(
        of_book.1.iter().map(|row| row.line).collect::<Vec<_>>(),
        [9, 10, 12]
    );
}

#[test]
fn what_is_no_table_is_told_as_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let fault = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        look(&file, "").unwrap_err().fault
    };
    assert_eq!(fault(b""), TableFault::Empty);
    assert_eq!(
        fault(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        TableFault::OldExcel
    );
    assert_eq!(fault(b"%PDF-1.7\n"), TableFault::NotATable);
    assert_eq!(fault(b"PK\x03\x04\x14\0\0\0\x08\0"), TableFault::Damaged);
    assert_eq!(fault(b"1,2,3\n4,5,6\n"), TableFault::NoHeading);
    assert_eq!(
        fault(",a".repeat(1_000_000).as_bytes()),
        TableFault::TooWide
    );
    for (bytes, fault_) in books::hostile() {
        assert_eq!(fault(&bytes), fault_);
    }
    assert_eq!(fault(&bomb()), TableFault::Bomb);
}

on_each_database! {
    async fn a_second_export_changes_the_status_and_doubles_nothing(it: TestStore) {
        let file = it.folder.path().join("pos.csv");
        std::fs::write(&file, books::three("В работе", "")).unwrap();
        let mapping = proposed(&file, "pos");
        let dry = imports_file(&it, &file, mapping.clone(), true).await;
        assert_eq!(dry, counts(3, 3, 0, 0, 0));
        assert_eq!(posts::count(&mut it.store.read().await.unwrap()).await.unwrap(), 0, "nothing was stored");
        assert_eq!(imports_file(&it, &file, mapping.clone(), false).await, dry);
        assert_eq!(imports_file(&it, &file, mapping.clone(), false).await, counts(3, 0, 0, 3, 0));
        std::fs::write(&file, books::three("Решено", "25.11.2026")).unwrap();
        assert_eq!(imports_file(&it, &file, mapping.clone(), true).await, counts(3, 0, 1, 2, 0));
        assert_eq!(imports_file(&it, &file, mapping.clone(), false).await, counts(3, 0, 1, 2, 0));
        let mut tx = it.store.read().await.unwrap();
        assert_eq!(posts::count(&mut tx).await.unwrap(), 3);
        let now = appeals::find(&mut tx, &service(), &post_id("1")).await.unwrap().unwrap();
        assert_eq!((now.status.as_deref(), now.version), (Some("Решено"), 2));
        assert!(now.answered.is_some());
        let before = appeals::history(&mut tx, &service(), &post_id("1")).await.unwrap();
        assert_eq!(before.len(), 1);
        assert_eq!((before[0].status.as_deref(), before[0].answered), (Some("В работе"), None));
        let raw = Raw::open(&it).await;
        assert_eq!(raw.texts("select cast(version as text) from post where version > 1").await, Vec::<String>::new());
    }

    async fn a_number_named_twice_in_one_file_is_one_message(it: TestStore) {
        let file = it.folder.path().join("pos.csv");
        let rows = "Номер обращения,Текст,Статус\n1,Яма на дороге у школы,Новое\n1,Яма на дороге у школы,Решено\n";
        std::fs::write(&file, rows).unwrap();
        let mapping = proposed(&file, "pos");
        assert_eq!(imports_file(&it, &file, mapping.clone(), true).await, counts(2, 1, 1, 0, 0));
        assert_eq!(imports_file(&it, &file, mapping, false).await, counts(2, 1, 1, 0, 0));
        let mut tx = it.store.read().await.unwrap();
        let now = appeals::find(&mut tx, &service(), &post_id("1")).await.unwrap().unwrap();
        assert_eq!(now.status.as_deref(), Some("Решено"));
    }

    async fn an_import_that_was_killed_goes_on_where_it_was(it: TestStore) {
        let file = it.folder.path().join("pos.csv");
        let clock = Clock::manual(START);
        std::fs::write(&file, books::many(700, "")).unwrap();
        let mapping = proposed(&file, "pos");
        let (id, chosen) = ("01K", Chosen { mapping: &mapping, unread: &[] });
        let mut tx = it.store.write(Priority::Bulk).await.unwrap();
        imports::begin(&mut tx, &service(), id, "pos.csv", Some(chosen), START).await.unwrap();
        tx.commit().await.unwrap();
        // the reader breaks in the middle, as a kill does: the second batch never comes
        let task = Task { id, position: 0, dry: false, alerts: false };
        let broken = books::many(700, "\u{0}\"");
        std::fs::write(&file, &broken.as_bytes()[..broken.len() / 2]).unwrap();
        let first = Mutex::new(Counts::default());
        let tell = |progress: otklik::work::tables::Progress<'_>| {
            if let otklik::work::tables::Progress::Done(counts) = progress { *first.lock().unwrap() = counts; }
        };
        run(&desk(&it, &clock), &file, plan(&file, mapping.clone()), task, &tell).await.unwrap();
        let tables = Tables { desk: desk(&it, &clock), data_dir: it.folder.path().to_owned(), patience: Span::hours(24), looked: AtomicI64::default() };
        std::fs::create_dir_all(it.folder.path().join("imports")).unwrap();
        std::fs::write(file_of(it.folder.path(), id), books::many(700, "")).unwrap();
        assert_eq!(tables.tick().await.unwrap(), Tick::Idle, "it is still in somebody's hand");
        clock.advance(Span::minutes(5));
        assert_eq!(tables.tick().await.unwrap(), Tick::Worked);
        let mut tx = it.store.read().await.unwrap();
        let row = imports::find(&mut tx, &service(), id).await.unwrap().unwrap();
        assert_eq!(row.state(), ImportState::Done);
        assert!(first.lock().unwrap().seen > 100);
        assert_eq!(row.counts().seen, 700);
        assert_eq!(posts::count(&mut tx).await.unwrap(), row.counts().added);
        assert!(!file_of(it.folder.path(), id).exists(), "the file is deleted afterwards");
    }

    async fn nobodys_name_phone_or_home_is_kept(it: TestStore) {
        let file = it.folder.path().join("pos.xlsx");
        appeals_book(&file);
        let mut mapping = proposed(&file, "pos");
        let forced = look(&file, "").unwrap();
        let people: Vec<&str> = forced.columns.iter().filter(|c| c.person.is_some()).map(|c| c.name.as_str()).collect();
        assert_eq!(people, ["ФИО заявителя", "Телефон", "Эл. почта", "Адрес проживания", "Куратор"]);
        for name in &people {
            mapping.columns.insert(TableField::Channel, (*name).to_owned());
            assert!(Plan::of(&forced, mapping.clone(), TimeZone::UTC).is_err(), "{name} was read by force");
        }
        mapping.columns.remove(&TableField::Channel);
        imports_file(&it, &file, mapping, false).await;
        let raw = Raw::open(&it).await;
        for text in [
            "select text from post",
            "select coalesce(place_hint, '') || coalesce(title, '') || coalesce(author, '') from post",
            "select owner || external_id || coalesce(url, '') from post_link",
            "select number || coalesce(status, '') || coalesce(category, '') || coalesce(subcategory, '')
                || coalesce(executor, '') || coalesce(channel, '') from appeal",
            "select mapping || unread || file from table_import",
            "select fault || field from table_refused",
            "select body || theme from appeal_total",
        ] {
            for found in raw.texts(text).await {
                for canary in CANARIES {
                    assert!(!found.contains(canary), "{canary} in {text}: {found}");
                }
            }
        }
        assert_eq!(raw.texts("select number from appeal").await.len(), 3);
    }

    async fn counts_of_appeals_are_figures_and_a_later_table_corrects_them(it: TestStore) {
        let file = it.folder.path().join("59.xlsx");
        Book::totals("1 квартал 2026 года", &[("Комитет ЖКХ", "0005.0056", 120.0), ("Комитет дорог", "0003.0034", 17.0)]).save(&file);
        let mapping = Mapping { platform: Platform::Import, ..proposed(&file, "59-ФЗ") };
        assert_eq!(mapping.kind, TableKind::Totals);
        assert_eq!(imports_file(&it, &file, mapping.clone(), true).await, counts(3, 2, 0, 0, 1));
        assert_eq!(imports_file(&it, &file, mapping.clone(), false).await, counts(3, 2, 0, 0, 1));
        Book::totals("1 квартал 2026 года", &[("Комитет ЖКХ", "0005.0056", 121.0), ("Комитет дорог", "0003.0034", 17.0)]).save(&file);
        assert_eq!(imports_file(&it, &file, mapping, false).await, counts(3, 0, 1, 1, 1));
        let mut tx = it.store.read().await.unwrap();
        let rows = totals::list(&mut tx, &service(), 10).await.unwrap();
        assert_eq!((rows.len(), rows[0].appeals), (2, 121));
        assert_eq!((rows[0].first_day.as_str(), rows[0].last_day.as_str()), ("2026-01-01", "2026-03-31"));
        assert_eq!(posts::count(&mut tx).await.unwrap(), 0, "a count is no message");
    }

    async fn a_mapping_is_saved_by_versions(it: TestStore) {
        let file = it.folder.path().join("pos.csv");
        std::fs::write(&file, books::three("Новое", "")).unwrap();
        let mut mapping = proposed(&file, "pos");
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        assert_eq!(mappings::save(&mut tx, &service(), &mapping, START).await.unwrap(), 1);
        assert_eq!(mappings::save(&mut tx, &service(), &mapping, START).await.unwrap(), 1, "the same words");
        mapping.columns.remove(&TableField::Status);
        let later = START.plus(Span::hours(1));
        assert_eq!(mappings::save(&mut tx, &service(), &mapping, later).await.unwrap(), 2);
        let all = mappings::versions(&mut tx, &service(), &mapping.name).await.unwrap();
        assert_eq!((all.len(), all[0].read().unwrap()), (2, mapping));
        assert_eq!(all[1].made_by, "service:test");
        tx.commit().await.unwrap();
    }

    async fn a_file_that_nobody_went_on_with_leaves_the_disk(it: TestStore) {
        let clock = Clock::manual(START);
        let tables = Tables { desk: desk(&it, &clock), data_dir: it.folder.path().to_owned(), patience: Span::hours(24), looked: AtomicI64::default() };
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        imports::begin(&mut tx, &service(), "01L", "a.csv", None, START).await.unwrap();
        tx.commit().await.unwrap();
        std::fs::create_dir_all(it.folder.path().join("imports")).unwrap();
        let file = file_of(it.folder.path(), "01L");
        std::fs::write(&file, books::three("Новое", "")).unwrap();
        tables.tick().await.unwrap();
        assert!(file.exists());
        clock.advance(Span::hours(25));
        tables.tick().await.unwrap();
        assert!(!file.exists());
        let mut tx = it.store.read().await.unwrap();
        let row = imports::find(&mut tx, &service(), "01L").await.unwrap().unwrap();
        assert_eq!(row.state(), ImportState::Dropped);
    }

    async fn a_file_whose_import_is_over_or_never_began_leaves_the_disk(it: TestStore) {
        let clock = Clock::manual(START);
        let ids = Ids::random();
        let tables = Tables { desk: desk(&it, &clock), data_dir: it.folder.path().to_owned(), patience: Span::hours(24), looked: AtomicI64::default() };
        let folder = it.folder.path().join("imports");
        std::fs::create_dir_all(&folder).unwrap();
        let (lost, new, foreign) = (ids.ulid(START.minus(Span::hours(25))), ids.ulid(START), "readme.txt".to_owned());
        let over = ids.ulid(START);
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        imports::begin(&mut tx, &service(), &over, "a.csv", None, START).await.unwrap();
        imports::drop_it(&mut tx, &service(), &over, ImportState::Uploaded, START).await.unwrap();
        tx.commit().await.unwrap();
        for name in [&lost, &new, &foreign, &over] {
            std::fs::write(folder.join(name), "имена").unwrap();
        }
        tables.tick().await.unwrap();
        let left = [&lost, &new, &foreign, &over].map(|name| folder.join(name).exists());
        assert_eq!(left, [false, true, true, false]);
    }

    async fn the_command_proposes_tries_and_imports(it: TestStore) {
        let file = it.folder.path().join("pos.xlsx");
        appeals_book(&file);
        let path = file.display().to_string();
        let told = otklik(&it, &["import", "table", &path, "--propose"]);
        assert!(told.contains("number = \"№ обращения\""), "{told}");
        assert!(told.contains("«ФИО заявителя»: not read: tells of people (name)"), "{told}");
        for canary in CANARIES {
            assert!(!told.contains(canary), "{canary} in {told}");
        }
        let toml: String = told.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        let mapping: Mapping = toml::from_str(&toml).unwrap();
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        mappings::save(&mut tx, &service(), &mapping, START).await.unwrap();
        tx.commit().await.unwrap();
        let dry = otklik(&it, &["import", "table", &path, "--mapping", "pos", "--dry-run"]);
        assert!(dry.contains("would be: read 6, new 3, updated 0, unchanged 0, refused 3"), "{dry}");
        let done = otklik(&it, &["import", "table", &path, "--mapping", "pos"]);
        assert!(done.contains("read 6, new 3, updated 0, unchanged 0, refused 3"), "{done}");
        assert!(done.contains("line 10: date: the date cannot be read"), "{done}");
        let again = otklik(&it, &["import", "table", &path, "--mapping", "pos"]);
        assert!(again.contains("read 6, new 0, updated 0, unchanged 3, refused 3"), "{again}");
        let unknown = otklik(&it, &["import", "table", &path, "--mapping", "Инцидент"]);
        assert!(unknown.contains("there is no mapping «Инцидент»: there are «pos»"), "{unknown}");
    }
}

/// What the program says, on both streams.
fn otklik(it: &TestStore, arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
        .env_clear()
        .args(arguments)
        .env("OTKLIK_DATA_DIR", it.folder.path())
        .env("OTKLIK_DATABASE_URL", &it.url)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

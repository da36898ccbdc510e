//! Import: files of every condition become posts, incidents and finds; nothing is lost or doubled.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use encoding_rs::{Encoding, KOI8_R, UTF_16LE, WINDOWS_1251};
use jiff::tz::{Offset, TimeZone};
use otklik::{
    app::{Centre, import::into_centre},
    collect::import::{Format, Options, Refused, Rows, read},
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        id::Ids,
        post::{CapturedPost, Platform},
        time::Clock,
    },
    store::{incidents, jobs, posts, scope::Scope},
    work::{
        importing::{Origin, Summary},
        lock::WorkLock,
    },
};

use crate::{
    harness::{START, TestStore},
    on_each_database,
};

fn options(owner: &str) -> Options {
    Options {
        owner: Some(owner.to_owned()),
        columns: Vec::new(),
        delimiter: None,
        encoding: None,
        zone: Offset::constant(3).to_time_zone(),
    }
}

fn rows(format: Format, bytes: &[u8], options: Options) -> Rows {
    read(format, std::io::Cursor::new(bytes.to_vec()), options).unwrap()
}

fn csv(bytes: &[u8]) -> (Vec<CapturedPost>, Vec<Refused>) {
    parted(rows(Format::Csv, bytes, options("file")))
}

fn parted(rows: Rows) -> (Vec<CapturedPost>, Vec<Refused>) {
    let (mut posts, mut refused) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(post) => posts.push(post),
            Err(reason) => refused.push(reason),
        }
    }
    (posts, refused)
}

fn texts(posts: &[CapturedPost]) -> Vec<&str> {
    posts.iter().map(|post| post.text.as_str()).collect()
}

#[test]
fn a_spreadsheets_table_is_read_whatever_its_set_and_line_ends() {
    let table = "ID;Текст;Дата;Lat;Lon\r\n\
        7;\"Яма; у дома 5,\r\nвторую неделю «никто» не едет\";20.11.2026 10:30;51,73;36,19\r\n\
        \r\n\
        8;Нет света на всей улице;2026-11-20 08:00;;\r\n";
    let sets: [&'static Encoding; 2] = [WINDOWS_1251, KOI8_R];
    let mut files: Vec<Vec<u8>> = sets
        .iter()
        .map(|set| set.encode(&table.replace(['«', '»'], "")).0.into_owned())
        .collect();
    files.push(table.as_bytes().to_vec());
    files.push([b"\xEF\xBB\xBF", table.as_bytes()].concat());
    files.push(table.replace("\r\n", "\n").into_bytes());
    files.push(
        [0xFF, 0xFE]
            .into_iter()
            .chain(table.encode_utf16().flat_map(u16::to_le_bytes))
            .collect(),
    );
    for file in files {
        let (posts, refused) = csv(&file);
        assert_eq!(refused, [], "{file:?}");
        assert_eq!(posts.len(), 2);
        let first = &posts[0];
        assert!(
            first.text.starts_with("Яма; у дома 5,\nвторую неделю"),
            "{}",
            first.text
        );
        assert_eq!(first.key.external_id, "7");
        assert_eq!(first.point, Some((51.73, 36.19)));
        assert_eq!(
            first.published.map(|t| t.to_rfc3339()).as_deref(),
            Some("2026-11-20T07:30:00Z")
        );
    }
    let told = Options {
        encoding: Some(UTF_16LE),
        ..options("file")
    };
    let bare: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(parted(rows(Format::Csv, &bare, told)).0.len(), 2);
}

#[test]
fn each_bad_row_is_refused_by_its_line_and_nothing_else_is_lost() {
    let table = "id,text,published,lat,lon\n\
        1,\"Первая\nв две строки\",,,\n\
        2,Время не прочесть,вчера,,\n\
        3,  ,,,\n\
        4,\"Кавычка не закрыта,,,\n\
        5,Широта не число,,север,40\n\
        6,Половина координат,,51.5,\n\
        7,Лишние,,,,ячейки,здесь\n\
        8\n\
        9,\0Нули\0 внутри,,,\n\
        10,Хорошая,2026-11-20T10:00:00+03:00,51.5,40\n\
        11,Широта за полюсом,,91,40\n\
        12,Короткая строка";
    let (posts, refused) = csv(table.as_bytes());
    let found: Vec<&str> = posts.iter().map(|p| p.key.external_id.as_str()).collect();
    assert_eq!(found, ["1", "9", "10", "12"]);
    assert_eq!(posts[1].text, "Нули  внутри");
    let lines: Vec<u64> = refused.iter().map(|r| r.line).collect();
    assert_eq!(lines, [4, 5, 6, 7, 8, 9, 10, 13]);
    let reasons: Vec<&str> = refused.iter().map(|r| r.reason.as_str()).collect();
    assert!(reasons[0].contains("«вчера»"), "{reasons:?}");
    assert!(reasons[1].contains("no text"), "{reasons:?}");
    assert!(reasons[2].contains("quote"), "{reasons:?}");
}

#[test]
fn an_unquoted_delimiter_in_a_last_column_of_texts_cuts_nothing_off() {
    let (posts, refused) = csv("id,text\n1,Яма, лужа, темнота\n".as_bytes());
    assert_eq!(
        (texts(&posts), refused.len()),
        (vec!["Яма, лужа, темнота"], 0)
    );
}

#[test]
fn a_file_of_broken_bytes_keeps_its_sound_rows() {
    let sound = "1,Прорвало трубу на Садовой\n".repeat(5);
    let mut file = format!("id,text\n{sound}").into_bytes();
    file.extend_from_slice(b"2,\xff\xfe\xc0 bytes\n3,fine\n");
    let all = rows(Format::Csv, &file, options("file"));
    assert!(all.notes[0].contains("not UTF-8"), "{:?}", all.notes);
    let (posts, _) = parted(all);
    assert_eq!(posts.len(), 7);
    assert_eq!(posts[0].text, "Прорвало трубу на Садовой");
    // beyond the part that is looked at first
    let mut late = format!("id,text\n{}", "1,plain\n".repeat(200_000)).into_bytes();
    late.extend_from_slice(&WINDOWS_1251.encode("2,На Садовой прорвало трубу\n").0);
    let (posts, _) = csv(&late);
    assert_eq!(posts[200_000].text, "На Садовой прорвало трубу");
}

#[test]
fn huge_fields_are_refused_and_the_rest_is_read() {
    let huge = "я".repeat(3_000_000);
    let table = format!("id,text\n1,\"{huge}\n{huge}\"\n2,после\n3,{huge}{huge}{huge}\n4,конец\n");
    let (posts, refused) = csv(table.as_bytes());
    assert_eq!(texts(&posts), ["после", "конец"]);
    assert_eq!(refused.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 5]);
}

#[test]
fn json_lines_take_numbers_and_tell_bad_lines() {
    let lines = "{\"id\":2147483648000,\"text\":\"Яма\",\"published\":1795152600,\"lat\":51.5,\"lon\":40}\n\
        \n\
        нет\n\
        [1]\n\
        {\"text\":{}}\n\
        {\"text\":null}\n\
        {\"text\":\"Нет воды\",\"parent\":2147483648000}\n\
        {\"text\":\"Свет\",\"published\":true}\n";
    let (posts, refused) = parted(rows(Format::Jsonl, lines.as_bytes(), options("lines")));
    assert_eq!(texts(&posts), ["Яма", "Нет воды"]);
    assert_eq!(posts[1].parent.as_ref(), Some(&posts[0].key));
    assert_eq!(posts[1].key.external_id.len(), 32);
    assert_eq!(
        refused.iter().map(|r| r.line).collect::<Vec<_>>(),
        [3, 4, 5, 6, 8]
    );
}

#[test]
fn telegram_keeps_its_own_identity_or_takes_the_channels_name() {
    let export = r#"{"name": "Двор", "type": "public_channel", "id": 77, "messages": [
        {"id": 1, "type": "message", "date_unixtime": "1795152600", "text": "Яма"},
        {"id": 2, "type": "message", "reply_to_message_id": 1, "text": "Да"}]}"#;
    let mut own = options("unused");
    own.owner = None;
    let (posts, _) = parted(rows(Format::Telegram, export.as_bytes(), own));
    assert_eq!(posts[0].key.platform, Platform::Telegram);
    assert_eq!((posts[0].key.owner.as_str(), posts.len()), ("77", 2));
    let (posts, _) = parted(rows(
        Format::Telegram,
        export.as_bytes(),
        options("Dvor_News"),
    ));
    assert_eq!(posts[0].key.owner, "dvor_news");
    assert_eq!(posts[1].parent.as_ref(), Some(&posts[0].key));
}

async fn centre(it: &TestStore) -> Centre {
    let environment = [
        (
            "OTKLIK_DATA_DIR".to_owned(),
            it.folder.path().display().to_string(),
        ),
        ("OTKLIK_DATABASE_URL".to_owned(), it.url.clone()),
    ];
    let settings = Settings::load(None, environment).unwrap();
    let region = RegionCatalogue::svetlorechye(START).unwrap();
    let (clock, ids) = (Clock::manual(START), Ids::seeded(1));
    Centre::open(settings, region, clock, ids).await.unwrap()
}

/// Brings a table through as `source`.
async fn bring(centre: &Centre, source: &str, alerts: bool, table: &str) -> Summary {
    let rows = rows(
        Format::Csv,
        table.as_bytes(),
        Options {
            zone: TimeZone::UTC,
            ..options(source)
        },
    );
    let origin = Origin {
        source: source.to_owned(),
        alerts,
        max_age: centre.settings.incidents.max_age(),
    };
    into_centre(centre, rows, &origin, &|_| {}).await.unwrap()
}

async fn count(centre: &Centre) -> (i64, u64, usize, i64) {
    let mut tx = centre.store.read().await.unwrap();
    let scope = Scope::service("tests");
    let all = incidents::QueueFilter {
        limit: 100,
        ..Default::default()
    };
    (
        posts::count(&mut tx).await.unwrap(),
        centre.index.count(),
        incidents::list(&mut tx, &scope, &all).await.unwrap().len(),
        jobs::count_waiting(&mut tx).await.unwrap(),
    )
}

const TABLE: &str = "id,text,published\n\
    1,\"Когда отремонтируют дорогу? Огромная яма на яме, асфальта нет, машину разбил\",2026-11-22 09:00\n\
    2,\"Третью неделю не вывозят мусор, контейнеры переполнены, вонь во дворе\",2026-11-22 10:00\n\
    3,В нашем доме нет отопления батареи холодные дети мёрзнут,2026-11-01 10:00\n";

on_each_database! {
    async fn a_table_becomes_incidents_and_a_second_run_adds_nothing(it: TestStore) {
        let centre = centre(&it).await;
        let first = bring(&centre, "hotline", false, TABLE).await;
        assert_eq!(first, Summary { read: 3, new: 3, updated: 0, refused: 0 });
        let after = count(&centre).await;
        assert_eq!((after.0, after.1, after.3), (3, 3, 0), "stored, found, no alert");
        assert_eq!(after.2, 2, "the post of three weeks ago opens nothing");

        let second = bring(&centre, "hotline", false, TABLE).await;
        assert_eq!(second, Summary { read: 3, new: 0, updated: 0, refused: 0 });
        assert_eq!(count(&centre).await, after);

        let edited = bring(&centre, "hotline", false, &TABLE.replace("Огромная", "Глубокая")).await;
        assert_eq!((edited.new, edited.updated), (0, 1));
        assert_eq!(count(&centre).await, after);
    }

    async fn ids_of_two_files_do_not_meet_and_alerts_go_out_when_asked_for(it: TestStore) {
        let centre = centre(&it).await;
        bring(&centre, "hotline", false, TABLE).await;
        let other = "id,text,published\n\
            1,\"Маршрутный автобус 17 опять не пришёл, стоим на остановке час, водитель не остановился\",2026-11-22 07:00\n";
        assert_eq!(bring(&centre, "school", true, other).await.new, 1);
        let after = count(&centre).await;
        assert_eq!((after.0, after.1, after.2, after.3), (4, 4, 3, 1));
    }
}

fn otklik(it: &TestStore, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .env_clear()
        .args(arguments)
        .env("OTKLIK_DATA_DIR", it.folder.path())
        .env("OTKLIK_DATABASE_URL", &it.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(stdin).unwrap();
    program.wait_with_output().unwrap()
}

fn last_line(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.lines().last().unwrap_or_default().to_owned()
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

on_each_database! {
    async fn the_command_tells_what_became_of_each_row(it: TestStore) {
        let table = file(it.folder.path(), "calls.csv", "n;body;when\n1;Яма;20.11.2026 10:00\n2;Да;вчера\n");
        let map = ["--map", "text=body", "--map", "id=N", "--map", "published=when", "--delimiter", ";"];
        let arguments = [&["import", "csv", &table][..], &map].concat();
        let done = otklik(&it, &arguments, b"");
        assert_eq!(done.status.code(), Some(0));
        assert_eq!(last_line(&done), "read 2, new 1, updated 0, refused 1");
        assert!(String::from_utf8_lossy(&done.stderr).contains("line 3: "));
        assert!(done.stdout.is_empty());
        let again = otklik(&it, &arguments, b"");
        assert_eq!(last_line(&again), "read 2, new 0, updated 0, refused 1");
        // the same numbers from elsewhere are other posts
        let other = otklik(&it, &["import", "jsonl", "-"], "{\"id\":1,\"text\":\"Яма\"}".as_bytes());
        assert_eq!(last_line(&other), "read 1, new 1, updated 0, refused 0");

        let sources = otklik(&it, &["sources"], b"");
        let listed = String::from_utf8_lossy(&sources.stdout).into_owned();
        let listed: Vec<serde_json::Value> =
            listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let codes: Vec<&str> = listed.iter().filter_map(|s| s["code"].as_str()).collect();
        assert_eq!(codes, ["calls", "import"]);
        assert_eq!((&listed[0]["posts"], &listed[0]["state"]), (&1.into(), &"off".into()));
        let anew = otklik(&it, &["reindex"], b"");
        assert_eq!(last_line(&anew), "indexed 2 posts");
    }

    async fn a_broken_line_is_told_by_line_and_column(it: TestStore) {
        let rows = "{\"text\":\"Яма\"}\n\n{\"text\":\"Нет света\"}\n{\"яма\":да}\n{\"text\":\"Хол\n";
        let done = otklik(&it, &["import", "jsonl", "-"], rows.as_bytes());
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(last_line(&done), "read 4, new 2, updated 0, refused 2");
        assert!(told.contains("line 4: no JSON at column 8: expected value\n"), "{told}");
        assert!(told.contains("line 5: no JSON at column 12: EOF while parsing a string\n"), "{told}");
    }

    async fn beside_a_working_process_rows_are_only_stored(it: TestStore) {
        let _serving = WorkLock::take(it.folder.path()).unwrap();
        let done = otklik(&it, &["import", "jsonl", "-"], "{\"text\":\"Яма\"}".as_bytes());
        assert_eq!(done.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&done.stderr).contains("another process works"));
        assert_eq!(last_line(&done), "read 1, new 1, updated 0, refused 0");
        let mut tx = it.store.read().await.unwrap();
        assert_eq!(posts::list_waiting(&mut tx, 10).await.unwrap().len(), 1);
        assert_eq!(otklik(&it, &["reindex"], b"").status.code(), Some(1));
    }
}

#[tokio::test]
async fn what_cannot_be_read_at_all_is_told_in_a_sentence() {
    let it = TestStore::start(crate::harness::Database::Sqlite).await;
    let cases: [(&[&str], &[u8], i32, &str); 8] = [
        (&["csv", "-"], b"id,body\n1,x\n", 1, "«body»"),
        (
            &["csv", "-", "--map", "text=bodi"],
            b"id,body\n1,x\n",
            2,
            "the nearest is «body»",
        ),
        (
            &["csv", "-", "--map", "texd=body"],
            b"",
            2,
            "id, text, published",
        ),
        (&["csv", "-", "--encoding", "koi9"], b"", 2, "windows-1251"),
        (&["csv", "-"], b"", 1, "empty"),
        (&["csv", "-"], b"id,text\n1,\n", 1, "refused 1"),
        (&["csv", "/no/such/file.csv"], b"", 1, "/no/such/file.csv"),
        (&["telegram", "-"], b"{}", 1, "not an export"),
    ];
    for (arguments, stdin, code, expected) in cases {
        let done = otklik(&it, &[&["import"][..], arguments].concat(), stdin);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_end_in_rows_or_reasons(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        for format in [Format::Csv, Format::Jsonl, Format::Telegram] {
            let header = [b"id,text\n".to_vec(), bytes.clone()].concat();
            if let Ok(rows) = read(format, std::io::Cursor::new(header), options("x")) {
                assert!(rows.count() <= 300);
            }
        }
    }
}

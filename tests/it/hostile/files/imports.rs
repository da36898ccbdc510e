//! Files of posts through the real `otklik import`, into the story's database; then on pages.

use std::path::Path;

use otklik::{
    domain::{
        post::Platform,
        table::{Mapping, TableField, TableKind},
    },
    store::{Priority, scope::Scope, tables::mappings},
};
use serde_json::json;

use super::{Program, bounded, lines, odd, start};
use crate::{
    harness::{START, TestStore},
    hostile::{
        matrix::{ATTACKS, Attack, Matrix},
        payloads::texts,
        raw::Raw,
        shown::shown,
        wire::Served,
    },
    office::Office,
    tables::books,
};

/// Every column of a table of posts but its text.
const COLUMNS: &str = "id,published,url,author,parent,place,lat,lon";

/// Imports every hostile file.
pub fn try_all(data: &Path, url: &str, matrix: &mut Matrix) {
    for (attack, _) in ATTACKS {
        let (mut csv, mut jsonl, mut telegram) =
            (odd::tables(attack), odd::streams(attack), exports(attack));
        csv.push(odd::table(attack, COLUMNS));
        jsonl.push(objects(attack));
        telegram.push(export(attack));
        let kinds = [
            ("csv", csv),
            ("jsonl", jsonl),
            ("telegram", telegram),
            ("table", tables(attack)),
        ];
        for (kind, files) in kinds {
            for bytes in files.iter().filter(|bytes| !bytes.is_empty()) {
                let file = data.join("hostile.txt");
                std::fs::write(&file, bytes).unwrap();
                let mapping: &[&str] = match kind {
                    "table" => &["--mapping", HOSTILE],
                    _ => &[],
                };
                let program = Program::new(&[&["import", kind], mapping].concat())
                    .arg(&file)
                    .with("OTKLIK_DATA_DIR", data)
                    .with("OTKLIK_DATABASE_URL", url)
                    .with(
                        "OTKLIK_SECRETS__JOURNAL_KEY",
                        "the journal's key of every story",
                    );
                let ended = program.run();
                matrix.note(
                    &format!("import {kind}"),
                    attack,
                    &start(bytes),
                    bounded(attack, ended),
                );
            }
        }
    }
}

/// What was taken stands on pages as text.
pub async fn show_all(office: &Office, served: &Served, matrix: &mut Matrix) {
    let raw = Raw::open(&office.it).await;
    let kept = raw.texts("select id from post").await.len();
    assert!(kept > 50, "{kept} posts were imported");
    shown(office, served, &raw, matrix).await;
}

/// The name of the mapping that hostile tables are read by.
const HOSTILE: &str = "hostile";
/// Its columns, beside the text.
const FIELDS: &str = "number,date,status,category,municipality,address,lat,lon,executor,deadline";

/// Saves the mapping by which tables are read.
pub async fn save_mapping(it: &TestStore) {
    let fields = FIELDS.split(',').chain(["text"]);
    let field = |name: &str| (TableField::from_code(name).unwrap(), name.to_owned());
    let mapping = Mapping {
        name: HOSTILE.into(),
        kind: TableKind::Appeals,
        source: HOSTILE.into(),
        platform: Platform::Pos,
        sheet: String::new(),
        period: String::new(),
        columns: fields.map(field).collect(),
    };
    let mut tx = it.store.write(Priority::Bulk).await.unwrap();
    let scope = Scope::service("test");
    mappings::save(&mut tx, &scope, &mapping, START)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Tables of text, JSON Lines and workbooks, of the attack's texts and of what only they can be.
fn tables(attack: Attack) -> Vec<Vec<u8>> {
    let mut all = odd::tables(attack);
    all.extend(odd::streams(attack));
    all.push(odd::table(attack, FIELDS));
    let texts = texts(attack);
    if !texts.is_empty() {
        all.push(books::of_texts(FIELDS, &texts));
        all.push(worded(&texts));
    }
    match attack {
        Attack::Bomb => all.push(books::bomb()),
        Attack::Malformed => all.extend(books::hostile().into_iter().map(|(bytes, _)| bytes)),
        Attack::WrongType => all.push(books::of_wrong_types(FIELDS)),
        _ => {}
    }
    all
}

/// Rows that are taken: the texts stand wherever words may.
fn worded(texts: &[String]) -> Vec<u8> {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut table = format!("{FIELDS},text\n");
    for (at, text) in texts.iter().enumerate() {
        let words = cell(text);
        let said = cell(&format!("Нет отопления третий день, дом {at} {text}"));
        table += &format!("w{at},20.11.2026,{words},{words},{words},{words},,,{words},,{said}\n");
    }
    table.into_bytes()
}

fn objects(attack: Attack) -> Vec<u8> {
    let mut all = lines(attack);
    for (at, text) in texts(attack).iter().enumerate() {
        let hostile = json!({"id": format!("h{at}{text}"), "text": text, "published": text, "url": text, "author": text, "parent": text, "place": text, "lat": text, "lon": text});
        let sound = json!({"id": format!("s{at}{text}"), "text": format!("Нет отопления третий день {text}"), "url": text, "author": text, "parent": text, "place": text});
        all.extend(format!("{hostile}\n{sound}\n").bytes());
    }
    if attack == Attack::WrongType {
        for number in [
            "1e308",
            "-1",
            "9223372036854775807",
            "18446744073709551616",
            "0.1",
        ] {
            all.extend(format!("{{\"text\":\"вода\",\"id\":{number},\"published\":{number},\"lat\":{number},\"lon\":{number}}}\n").bytes());
        }
    }
    all
}

fn export(attack: Attack) -> Vec<u8> {
    let message = |(at, text): (usize, &String)| {
        json!({"id": at + 1, "type": "message", "date": text, "date_unixtime": text, "edited_unixtime": "9223372036854775807",
               "from": text, "from_id": text, "text": [format!("Нет воды {text}"), {"type": text, "text": text}], "file": text, "media_type": text,
               "reply_to_message_id": i64::MAX, "address": text, "place_name": text, "poll": {"question": text}})
    };
    let texts = texts(attack);
    let messages: Vec<_> = texts.iter().enumerate().map(message).collect();
    match messages.is_empty() {
        true => Vec::new(),
        false => json!({"name": texts[0], "type": "public_channel", "id": 7, "messages": messages})
            .to_string()
            .into_bytes(),
    }
}

/// What only an export can be.
fn exports(attack: Attack) -> Vec<Vec<u8>> {
    let around = |inside: &str| {
        format!("{{\"name\":\"a\",\"type\":\"public_channel\",\"id\":7,\"messages\":[{inside}]}}")
            .into_bytes()
    };
    match attack {
        Attack::Malformed => vec![b"{".to_vec(), around("{\"id\":1"), b"PK\x03\x04".to_vec()],
        Attack::WrongType => vec![around(
            "{\"id\":\"a\"},{\"id\":99999999999999999999999},{\"id\":9223372036854775807,\"text\":{\"a\":1}},[],1",
        )],
        Attack::Encoding => vec![around(
            "{\"id\":91,\"type\":\"message\",\"text\":\"\\ud800\"},{\"id\":92,\"type\":\"message\",\"text\":\"\\x1f\\xzz вода\"}",
        )],
        Attack::Oversized => vec![around(&format!(
            "{{\"id\":93,\"type\":\"message\",\"text\":\"{}\"}}",
            "вода ".repeat(600_000)
        ))],
        Attack::Bomb => vec![
            "[{\"messages\":".repeat(200_000).into_bytes(),
            around(&format!("{{\"id\":94,\"text\":{}", "[".repeat(100_000))),
        ],
        _ => Vec::new(),
    }
}

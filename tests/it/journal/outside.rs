//! The journal from outside: the commands, the file on another machine, and what a start notes.

use std::{path::Path, process::Command};

use otklik::{
    app::Centre,
    config::{region::RegionCatalogue, settings::Settings},
    domain::id::Ids,
    store::{
        Store,
        audit::{self, Filter},
        scope::Scope,
    },
};
use serde_json::Value;

use super::{busy, tamper::Hand};
use crate::{
    harness::{START, clock},
    on_each_database,
};

const SECRET: &str = "the journal's key of every story";

/// Exit code, the line on stdout, and what was told.
fn otklik(
    arguments: &[&str],
    data: &Path,
    url: &str,
    secret: &str,
) -> (Option<i32>, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .arg("audit")
        .args(arguments)
        .env_clear()
        .env("OTKLIK_DATA_DIR", data)
        .env("OTKLIK_DATABASE_URL", url)
        .env("OTKLIK_SECRETS__JOURNAL_KEY", secret)
        .output()
        .unwrap();
    let line = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let told = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), line, told)
}

async fn entries_about(store: &Store, subject: &str) -> Vec<String> {
    let filter = Filter {
        subject: Some(subject.to_owned()),
        ..Filter::default()
    };
    let mut tx = store.read().await.unwrap();
    let scope = Scope::service("test");
    let rows = audit::list(&mut tx, &scope, &filter, 100).await.unwrap();
    rows.into_iter().map(|row| row.detail).collect()
}

on_each_database! {
    async fn the_command_names_the_first_broken_link(it: TestStore) {
        busy(&it).await;
        let ask = || otklik(&["verify"], it.folder.path(), &it.url, SECRET);
        let (code, line, told) = ask();
        assert_eq!(code, Some(0), "{told}");
        let whole = r#"{"chains":2,"entries":9,"checkpoints":2,"unsealed":2}"#;
        assert_eq!(line.to_string(), whole);
        Hand::on(&it).await.run("update audit set subject = 'incident:8' where subject = 'incident:2'").await;
        let (code, line, told) = ask();
        assert_eq!(code, Some(1));
        let broken = &line["broken"];
        assert_eq!((&broken["what"], &broken["position"]), (&"content".into(), &2.into()), "{line}");
        assert!(broken["entry"].is_string() && broken["chain"].is_string());
        assert!(told.contains("entry 2 of the chain"), "{told}");
        let (code, line, told) = otklik(&["verify"], it.folder.path(), &it.url, "some other key of somebody");
        assert_eq!((code, &line["broken"]["what"]), (Some(1), &"signature".into()), "{told}");
    }

    async fn an_exported_journal_is_checked_on_another_machine(it: TestStore) {
        busy(&it).await;
        let elsewhere = tempfile::tempdir().unwrap();
        let path = elsewhere.path().join("journal.jsonl");
        let file = path.to_str().unwrap();
        let (code, _, told) = otklik(&["export", file], it.folder.path(), &it.url, SECRET);
        assert_eq!(code, Some(0), "{told}");
        let (_, key, _) = otklik(&["key"], it.folder.path(), &it.url, SECRET);
        let key = key["key"].as_str().unwrap().to_owned();
        let (code, line, told) = otklik(&["verify", file, "--key", &key], elsewhere.path(), "", "");
        assert_eq!(code, Some(0), "{told}");
        let whole = r#"{"chains":3,"entries":10,"checkpoints":3,"unsealed":0}"#;
        assert_eq!(line.to_string(), whole, "with the export's own entry, all of it signed");
        let (code, _, told) = otklik(&["verify", file], elsewhere.path(), "", "");
        assert!(code == Some(0) && told.contains(&key), "the file's own key is told: {told}");
        let (code, _, told) = otklik(&["export", file], it.folder.path(), &it.url, SECRET);
        assert!(code == Some(1) && told.contains("cannot make"), "it is not overwritten: {told}");

        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("\"incident:5\"", "\"incident:6\"", 1)).unwrap();
        let (code, line, _) = otklik(&["verify", file, "--key", &key], elsewhere.path(), "", "");
        assert_eq!((code, &line["broken"]["what"]), (Some(1), &"content".into()), "{line}");
        assert_eq!(line["broken"]["position"], 5);
    }

    async fn a_start_notes_what_changed_since_the_last(it: TestStore) {
        let open = async |given: &[(&str, &str)]| {
            let data = it.folder.path().display().to_string();
            let fixed = [("OTKLIK_DATA_DIR", data.as_str()), ("OTKLIK_DATABASE_URL", it.url.as_str())];
            let given = fixed.iter().chain(given).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            let settings = Settings::load(None, given).unwrap();
            let region = RegionCatalogue::svetlorechye(START).unwrap();
            let centre = Centre::open(settings, region, clock(), Ids::random()).await.unwrap();
            centre.store.close().await;
        };
        let machine = audit::machine();
        let subjects = [
            format!("settings:{machine}"), "rules:catalogue".into(), "rules:region".into(), "model:topics".into(),
        ];
        let counts = async || {
            let mut counts = Vec::new();
            for subject in &subjects {
                counts.push(entries_about(&it.store, subject).await.len());
            }
            counts
        };
        open(&[]).await;
        assert_eq!(counts().await, [1, 1, 1, 1]);
        open(&[]).await;
        assert_eq!(counts().await, [1, 1, 1, 1], "nothing changed");
        open(&[("OTKLIK_INCIDENTS__JOIN_HOURS", "48"), ("OTKLIK_ALERTS__WEBHOOK_SECRET", "whsec_aHVzaGh1c2hodXNoaHVzaGh1c2g=")]).await;
        assert_eq!(counts().await, [2, 1, 1, 1]);
        let last = entries_about(&it.store, &subjects[0]).await.remove(0);
        assert!(last.starts_with("now:") && last.contains(" was:") && !last.contains("hush"), "{last}");
        let rules = tempfile::tempdir().unwrap();
        std::fs::create_dir(rules.path().join("sectors")).unwrap();
        let sector = crate::harness::project().join("config/sectors");
        for file in std::fs::read_dir(sector).unwrap().map(Result::unwrap) {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let text = text.replacen("label = \"", "label = \"Новое ", 1);
            std::fs::write(rules.path().join("sectors").join(file.file_name()), text).unwrap();
        }
        let folder = rules.path().display().to_string();
        open(&[("OTKLIK_CONFIG_DIR", folder.as_str())]).await;
        assert_eq!(counts().await, [3, 2, 1, 1], "the folder is a setting too");
    }
}

#[test]
fn a_missing_journal_is_told_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (code, _, told) = otklik(&["verify"], &data, "", "");
    assert!(
        code == Some(1) && told.contains("there is no database"),
        "{told}"
    );
    assert!(!data.exists());
    let (code, _, told) = otklik(&["verify", "x", "--key", "7"], &data, "", "");
    assert!(
        code == Some(2) && told.contains("64 hexadecimal digits"),
        "{told}"
    );
}

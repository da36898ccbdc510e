//! `migrate` and `check` as an operator runs them, and the one identity key of a database.

use std::{path::Path, process::Output};

use otklik::store::{Error, Priority, settings};

use crate::on_each_database;

/// Runs the program with `OTKLIK_…` variables alone.
fn otklik(command: &str, config: Option<&Path>, given: &[(&str, &str)]) -> Output {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"));
    program.env_clear().envs(given.iter().copied()).arg(command);
    if let Some(file) = config {
        program.arg("--config").arg(file);
    }
    program.output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

on_each_database! {
    async fn a_database_takes_one_identity_key_for_ever(it: TestStore) {
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        settings::claim_identity(&mut tx, "first").await.unwrap();
        settings::claim_identity(&mut tx, "first").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = it.store.write(Priority::Person).await.unwrap();
        let refused = settings::claim_identity(&mut tx, "other").await.unwrap_err();
        assert!(matches!(refused, Error::OtherIdentity));
        assert!(refused.to_string().contains("OTKLIK_SECRETS__IDENTITY_KEY"));
    }

    async fn migrating_twice_is_harmless_and_told(it: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let empty = match it.url.is_empty() {
            true => String::new(),
            false => crate::harness::new_postgres_database().await,
        };
        let data = folder.path().join("new/data").display().to_string();
        let given = [("OTKLIK_DATA_DIR", data.as_str()), ("OTKLIK_DATABASE_URL", empty.as_str())];
        let (code, out, err) = said(&otklik("migrate", None, &given));
        assert_eq!((code, out.as_str()), (Some(0), ""), "{err}");
        assert!(err.contains("from version 0 to"), "{err}");
        let (code, _, err) = said(&otklik("migrate", None, &given));
        assert_eq!(code, Some(0));
        assert!(err.contains("is up to date"), "{err}");
        assert!(!Path::new(&data).join("secrets").exists(), "migrating makes no keys");
    }
}

#[test]
fn check_prints_the_settings_in_force_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let given = [
        ("OTKLIK_DATA_DIR", data.as_str()),
        ("OTKLIK_SECRETS__AUTHOR_KEY", "nobody may read this"),
        ("OTKLIK_LOG", "debug"),
    ];
    let (code, out, err) = said(&otklik("check", None, &given));
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(out.lines().count(), 1);
    let shown: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["data_dir"], data.as_str());
    assert_eq!(shown["secrets"]["author_key"], "***");
    assert!(err.contains("settings are sound"), "{err}");
    assert!(!Path::new(&data).exists(), "checking makes nothing");
}

#[test]
fn check_tells_every_mistake_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        file
    };
    write(
        "catalogue/sectors/bread.toml",
        "code = \"bread\"\nlabl = \"Хлеб\"\n",
    );
    write("catalogue/places.csv", "code,name\nx,\"y\n");
    let settings = write(
        "settings.toml",
        &format!(
            "config_dir = \"{}\"\n[region]\ntimezone = \"Moscow\"\n",
            folder.path().join("catalogue").display()
        ),
    );
    let (code, _, err) = said(&otklik("check", Some(&settings), &[]));
    assert_eq!(code, Some(1));
    for part in [
        "region.timezone: «Moscow»",
        "bread.toml:2: ",
        "places.csv:",
        "to mend",
    ] {
        assert!(err.contains(part), "{part} is missing in:\n{err}");
    }
}

#[test]
fn an_unknown_setting_is_refused_with_the_nearest_known_one() {
    let given = [("OTKLIK_ALERTS__WEBHOOK_ULR", "http://x")];
    let (code, out, err) = said(&otklik("check", None, &given));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("did you mean alerts.webhook_url?"), "{err}");
}

#[test]
fn bad_arguments_get_a_sentence_and_code_2() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(["migrate", "--confg", "x"])
        .output()
        .unwrap();
    let (code, _, err) = said(&output);
    assert_eq!(code, Some(2));
    assert!(err.contains("--config"), "{err}");
}

/// What `migrate` says of an address, which holds the password `hush`.
fn refused(url: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let given = [
        ("OTKLIK_DATA_DIR", data.as_str()),
        ("OTKLIK_DATABASE_URL", url),
    ];
    let (code, out, err) = said(&otklik("migrate", None, &given));
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(!err.contains("hush"), "{err}");
    err.trim_end().to_owned()
}

#[test]
fn a_server_that_does_not_run_is_told_with_its_address() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = free.local_addr().unwrap();
    drop(free);
    assert_eq!(
        refused(&format!("postgres://vera:hush@{host}/centre")),
        format!(
            "error: cannot open the PostgreSQL database centre at {host} as vera: connection \
             refused; start PostgreSQL there, or mend host and port in database_url"
        )
    );
}

#[tokio::test]
async fn a_missing_database_and_a_stranger_are_told_apart() {
    let url = crate::harness::new_postgres_database().await;
    let (server, base) = url.rsplit_once('/').unwrap();
    let host = server.rsplit_once('@').unwrap().1;
    let missing = refused(&format!("postgres://otklik:hush@{host}/nowhere"));
    let expected =
        format!("database nowhere at {host} as otklik: there is no such database; create");
    assert!(missing.contains(&expected), "{missing}");
    let stranger = refused(&format!("postgres://stranger:hush@{host}/{base}"));
    assert!(
        stranger.contains("authentication failed: role \"stranger\""),
        "{stranger}"
    );
    assert!(stranger.contains("mend user and password"), "{stranger}");
}

#[test]
fn a_database_of_another_kind_is_refused_with_the_two_that_are_possible() {
    let told = refused("mysql://vera:hush@db.example/centre");
    assert_eq!(
        told,
        "error: database_url: there is no support for mysql: write \
         postgres://user:password@host:port/base for PostgreSQL, or leave it empty for SQLite"
    );
}

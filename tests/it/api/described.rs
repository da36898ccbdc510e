//! The API does what its description says: a validator reads it, and a tester made of properties asks
//! what it describes and what it forbids.
//!
//! `API_TESTER` is the folder of both programs (`scripts/test` makes it). `API_TESTER_SECONDS` lets the
//! tester run longer.

use std::{net::SocketAddr, path::PathBuf, process::Stdio};

use otklik::domain::user::{Field, Permission, Role};
use tokio::process::Command;

use super::client::{Client, allows, integrate};
use crate::{
    harness::{TestStore, project},
    office::{HEATING, Office, RUBBISH, UNSURE},
    on_each_database,
};

#[allow(clippy::disallowed_methods, reason = "tests have no settings")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn tester(program: &str) -> Command {
    let folder = variable("API_TESTER")
        .expect("API_TESTER is not set: run scripts/test, which installs the tester");
    let mut command = Command::new(PathBuf::from(folder).join(program));
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// An office with posts and incidents, on a port of this machine.
async fn served(it: TestStore) -> (Office, Client, String) {
    let office = Office::open_with(it, |settings| settings.web.limits.api_per_minute = 0).await;
    office.hire("vera", Role::Curator, &[], &[]).await;
    office.hears(&[HEATING, RUBBISH, UNSURE]).await;
    let everything = allows(Permission::FOR_PROGRAMS, Field::ALL, &[], &[]);
    let client = integrate(&office, "tester", &everything).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = office.router.clone();
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    });
    (office, client, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_accepts_the_description() {
    let (_office, client, _) =
        served(TestStore::start(crate::harness::Database::Sqlite).await).await;
    let described = client.get("/api/v1/openapi.json").await;
    assert!(
        described.json()["openapi"]
            .as_str()
            .is_some_and(|v| v.starts_with("3.1"))
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, &described.text).unwrap();
    let output = tester("openapi-spec-validator")
        .arg(&file)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && told.contains("OK"), "{told}");
}

on_each_database! {
    async fn the_api_does_what_its_description_says(it: TestStore) {
        let (_office, _, address) = served(it).await;
        let tools = project().join("tests/it/api/tester");
        let work = tempfile::tempdir().unwrap();
        let mut command = tester("schemathesis");
        command
            .arg("--config-file").arg(tools.join("schemathesis.toml"))
            .args(["--no-color", "run", "--checks", "all", "--seed", "1", "--workers", "1"])
            .env("TESTER_TOKEN", "token of tester")
            .env("SCHEMATHESIS_HOOKS", tools.join("hooks.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(work.path());
        match variable("API_TESTER_SECONDS") {
            Some(seconds) => command.args(["--max-time", &seconds]),
            None => command.args(["--max-examples", "15", "--generation-database", "none"]),
        };
        let output = command.arg(format!("{address}/api/v1/openapi.json")).output().await.unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        println!("{told}");
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    }
}

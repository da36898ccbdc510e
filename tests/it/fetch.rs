//! `otklik fetch` visits one configured source through the ordinary gates.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::{
    collect::{error, post, wall},
    network::{Network, says},
};

/// An operator's folder with three sources, and the settings that lead them to the network.
struct Operator {
    folder: tempfile::TempDir,
    net: Network,
}

impl Operator {
    async fn start() -> Operator {
        let folder = tempfile::tempdir().unwrap();
        let net = Network::start().await;
        let sources = format!(
            "[[source]]\ncode = \"vk-gorod\"\nplatform = \"vk\"\nowner = \"7\"\nname = \"Город\"\n\n\
             [[source]]\ncode = \"feed-gorod\"\nplatform = \"feed\"\nowner = \"{}/rss\"\nname = \"Газета\"\n",
            net.base
        );
        std::fs::create_dir(folder.path().join("config")).unwrap();
        std::fs::write(folder.path().join("config/sources.toml"), sources).unwrap();
        Operator { folder, net }
    }

    async fn fetch(&self, arguments: &[&str]) -> Output {
        self.run(&[&["fetch"], arguments].concat()).await
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_otklik"));
        command.args(arguments);
        let path = |name: &str| -> std::path::PathBuf { Path::new(self.folder.path()).join(name) };
        command
            .env("OTKLIK_DATA_DIR", path("data"))
            .env("OTKLIK_CONFIG_DIR", path("config"))
            .env("OTKLIK_COLLECT__ALLOW_PRIVATE_ADDRESSES", "true")
            .env("OTKLIK_COLLECT__HOST_PER_SECOND", "1000")
            .env(
                "OTKLIK_COLLECT__BASE__VK",
                format!("{}/method", self.net.base),
            )
            .env("OTKLIK_COLLECT__VK__TOKEN", "a-token");
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }
}

fn rows(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_dry_run_prints_masked_posts_without_authors_and_keeps_nothing() {
    let operator = Operator::start().await;
    let mut signed = post(5, 10);
    signed["text"] = json!("Звоните +7 900 123-45-67");
    signed["signer_id"] = json!(900_555);
    let mut personal = post(6, 5);
    personal["owner_id"] = json!(900_556);
    operator
        .net
        .on("/method/wall.get", wall(&[personal, signed]));
    let done = operator.fetch(&["vk-gorod", "--dry-run"]).await;
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let rows = rows(&done);
    assert_eq!(rows.len(), 1);
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "platform",
            "owner",
            "kind",
            "id",
            "parent",
            "published",
            "text"
        ]
    );
    assert_eq!(rows[0]["owner"], "-7");
    let shown = String::from_utf8_lossy(&done.stdout);
    assert!(!shown.contains("123-45-67") && !shown.contains("900555"));
}

#[tokio::test]
async fn a_visit_keeps_its_posts_and_the_next_one_knows_them() {
    let operator = Operator::start().await;
    operator
        .net
        .on("/method/wall.get", wall(&[post(5, 10), post(4, 20)]));
    let first = operator.fetch(&["vk-gorod"]).await;
    assert!(String::from_utf8_lossy(&first.stderr).contains("new 2, updated 0"));
    let second = operator.fetch(&["vk-gorod"]).await;
    assert!(String::from_utf8_lossy(&second.stderr).contains("new 0, updated 0, known 2"));
}

#[tokio::test]
async fn a_feed_is_fetched_with_its_headlines() {
    let operator = Operator::start().await;
    let feed = "<rss version=\"2.0\"><channel><item><guid>1</guid><title>Свет</title>\
        <description>Дали</description></item></channel></rss>";
    operator.net.on("/rss", says(feed));
    let done = operator.fetch(&["feed-gorod", "--dry-run"]).await;
    assert_eq!(rows(&done)[0]["text"], "Свет\n\nДали");
    assert_eq!(operator.net.paths(), ["/robots.txt", "/rss"]);
}

#[tokio::test]
async fn failures_and_unknown_sources_are_told() {
    let operator = Operator::start().await;
    operator.net.on("/method/wall.get", error(15));
    let closed = operator.fetch(&["vk-gorod"]).await;
    assert_eq!(closed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&closed.stderr).contains("VK error 15"));
    for (given, near) in [("vk-gorot", "vk-gorod"), ("Feed_gorod", "feed-gorod")] {
        let unknown = operator.fetch(&[given]).await;
        assert_eq!(unknown.status.code(), Some(2));
        let expected = format!(
            "error: there is no source {given}; did you mean {near}? `otklik sources` lists them all\n"
        );
        assert_eq!(String::from_utf8_lossy(&unknown.stderr), expected);
    }
}

#[tokio::test]
async fn an_address_is_resolved_for_the_catalogue_and_people_are_refused() {
    let operator = Operator::start().await;
    let group = json!({"response": {"groups": [{"id": 7, "name": "Город", "screen_name": "gorod",
        "type": "group", "is_closed": 0, "verified": 1}]}});
    operator.net.on("/method/groups.getById", group);
    operator.net.on(
        "/method/utils.resolveScreenName",
        json!({"response": {"type": "group", "object_id": 7}}),
    );
    let done = operator
        .run(&["sources", "resolve", "https://vk.com/gorod"])
        .await;
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let row = &rows(&done)[0];
    assert_eq!(
        (&row["owner"], &row["name"]),
        (&json!("7"), &json!("Город"))
    );
    assert_eq!(
        (&row["verified"], &row["government"]),
        (&json!(true), &json!(null))
    );
    let person = operator.run(&["sources", "resolve", "vk.com/id5"]).await;
    assert_eq!(person.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&person.stderr).contains("personal walls are not read"));
    assert_eq!(operator.net.asked().len(), 2, "nothing is asked of people");
}

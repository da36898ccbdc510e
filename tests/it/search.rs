//! From the command line, a stored post is found by its words, masked and without its author.

use std::process::{Command, Output};

use otklik::{
    app::Centre,
    config::{region::RegionCatalogue, settings::Settings},
    domain::{
        actor::AuthorRef,
        id::Ids,
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::{Clock, Span},
    },
    store::{Priority, posts},
    work::{Tick, Work},
};
use serde_json::Value;

use crate::harness::START;

const PAST: Span = Span::hours(-1);

fn post(id: &str, text: &str) -> CapturedPost {
    let key = PostKey {
        platform: Platform::Vk,
        owner: "1".into(),
        kind: PostKind::Post,
        external_id: id.into(),
    };
    let mut post = CapturedPost::new(key, text);
    post.published = Some(START.plus(PAST));
    post.author = Some(AuthorRef::new("id777000111"));
    post
}

async fn centre(folder: &std::path::Path) -> Centre {
    let environment = [("OTKLIK_DATA_DIR".to_owned(), folder.display().to_string())];
    let settings = Settings::load(None, environment).unwrap();
    let region = RegionCatalogue::svetlorechye(START).unwrap();
    let (clock, ids) = (Clock::manual(START), Ids::seeded(1));
    Centre::open(settings, region, clock, ids).await.unwrap()
}

/// Keeps posts and lets the inner loops work until they are idle.
async fn fill(folder: &std::path::Path, texts: &[&str]) {
    let centre = centre(folder).await;
    let as_ = posts::KeepAs {
        source: "vk-zavodskoy-nash",
        municipality: Some("99701000"),
        alerts: false,
        now: START,
        history: START.minus(Span::days(7)),
        oldest: None,
    };
    let captured = texts
        .iter()
        .enumerate()
        .map(|(i, text)| post(&i.to_string(), text));
    let mut tx = centre.store.write(Priority::Bulk).await.unwrap();
    posts::keep(&mut tx, &centre.post_keys(), &as_, captured.collect())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let loops = centre.inner_loops().await.unwrap();
    let mut worked = true;
    while worked {
        worked = false;
        for work in &loops {
            worked |= matches!(Work::tick(work.as_ref()).await.unwrap(), Tick::Worked);
        }
    }
}

fn otklik(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(arguments)
        .env_clear() // a setting of the caller's shell is none of ours
        .env("OTKLIK_DATA_DIR", folder)
        .output()
        .unwrap()
}

fn hits(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_post_is_found_by_other_forms_of_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let texts = [
        "На Садовой, 14 третий день нет горячей воды, звоните +7 912 345-67-89",
        "Огромная яма на дороге у школы № 14",
    ];
    fill(folder.path(), &texts).await;
    let output = otklik(folder.path(), &["search", "горячая вода", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let hits = hits(&output);
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0]["published"], "2026-11-22T11:00:00Z");
    assert_eq!(hits[0]["place"], "ул. Садовая, 14");
    assert_eq!(hits[0]["sector"], "housing");
    let snippet = hits[0]["snippet"].as_str().unwrap();
    assert!(
        snippet.contains("горячей воды") && !snippet.contains("345"),
        "{snippet}"
    );
    assert!(hits[0]["score"].as_f64().unwrap() > 0.0);
    let readable = otklik(folder.path(), &["search", "яма"]);
    assert!(String::from_utf8_lossy(&readable.stdout).contains("яма на дороге"));
}

#[test]
fn a_missing_index_and_a_bad_limit_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let output = otklik(folder.path(), &["search", "вода"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("reindex"));
    let output = otklik(folder.path(), &["search", "вода", "--limit", "0"]);
    assert_eq!(output.status.code(), Some(2));
}

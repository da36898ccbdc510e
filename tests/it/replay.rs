//! `otklik replay` tells what each recorded file holds, and survives the nasty ones.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

fn replay(dir: &Path) -> (Vec<Value>, Option<i32>) {
    let done = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .arg("replay")
        .arg(dir)
        .output()
        .unwrap();
    let lines = String::from_utf8(done.stdout).unwrap();
    let rows = lines.lines().map(|l| serde_json::from_str(l).unwrap());
    (rows.collect(), done.status.code())
}

fn write(dir: &Path, file: &str, content: impl AsRef<[u8]>) {
    let path = dir.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn recorded_answers_are_counted_per_file() {
    let dir = tempfile::tempdir().unwrap();
    let wall = json!({"response": {"items": [
        {"id": 1, "owner_id": -5, "post_type": "post", "text": "Нет воды"},
        {"id": 2, "owner_id": 900, "post_type": "post", "text": "личная стена считается"}]}});
    let error = json!({"error": {"error_code": 15, "error_msg": "Access denied"}});
    write(dir.path(), "vk/wall.json", wall.to_string());
    write(dir.path(), "vk/closed.json", error.to_string());
    write(
        dir.path(),
        "feeds/a.xml",
        "<rss><channel><item><title>Раз</title></item>",
    );
    write(dir.path(), "html-x/page.html", "<html></html>");
    write(
        dir.path(),
        "open311/requests.xml",
        "<service_requests><request><service_request_id>1</service_request_id><status>open</status></request></service_requests>",
    );
    write(
        dir.path(),
        "pos/page.html",
        "<div id='js-show-iframe-wrapper'></div><script>Widget('https://pos.gosuslugi.ru/form', 17)</script>",
    );
    write(
        dir.path(),
        "robots/robots.txt",
        "User-agent: *\nDisallow: /\nSitemap: https://g.example/map.xml\n",
    );
    write(dir.path(), "README.md", "не ответ");
    write(dir.path(), "vk/LICENSE", "не ответ");
    let (rows, code) = replay(dir.path());
    assert_eq!(code, Some(0));
    assert_eq!(
        rows,
        [
            json!({"file": "feeds/a.xml", "platform": "feed", "posts": 1, "comments": 0, "error": null}),
            json!({"file": "html-x/page.html", "platform": "site", "posts": 0, "comments": 0,
                   "error": "no main text on the page"}),
            json!({"file": "open311/requests.xml", "platform": "open311", "posts": 1, "comments": 0,
                   "error": null, "verdict": "1 requests"}),
            json!({"file": "pos/page.html", "platform": "pos", "posts": 0, "comments": 0,
                   "error": null, "verdict": "PRESENT, form 17"}),
            json!({"file": "robots/robots.txt", "platform": "robots", "posts": 0, "comments": 0,
                   "error": null, "verdict": "the front page is forbidden, 1 sitemaps"}),
            json!({"file": "vk/closed.json", "platform": "vk", "posts": 0, "comments": 0,
                   "error": "VK error 15: access denied: the wall is closed or for members only («Access denied»)"}),
            json!({"file": "vk/wall.json", "platform": "vk", "posts": 2, "comments": 0, "error": null}),
        ]
    );
}

#[test]
fn hostile_files_give_a_sentence_and_not_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let nasty: [(&str, Vec<u8>); 6] = [
        ("empty", vec![]),
        ("binary", (0..=255).collect()),
        ("deep-json", b"[".repeat(200_000)),
        ("deep-html", b"<div>".repeat(100_000)),
        ("half", b"{\"response\": {\"items\": [{\"id\": 1".to_vec()),
        ("quotes", b"<a b=\"".repeat(50_000)),
    ];
    for folder in ["vk", "telegram", "feed", "site", "open311", "ok", "max"] {
        for (name, bytes) in &nasty {
            write(dir.path(), &format!("{folder}/{name}"), bytes);
        }
    }
    let (rows, code) = replay(dir.path());
    assert_eq!(code, Some(0));
    assert_eq!(rows.len(), 42);
    assert!(rows.iter().all(|row| row["error"].is_string()), "{rows:?}");
}

#[test]
fn a_missing_folder_is_a_failure() {
    assert_eq!(replay(Path::new("/no/such/folder")).1, Some(1));
}

//! The command line itself: help, sentences and exit codes that every command shares.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

fn otklik(arguments: &[&str], given: &[(&str, &str)], stdin: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(arguments)
        .env_clear()
        .envs(given.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = program.stdin.take().unwrap().write_all(stdin); // it may end without reading
    program.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_command_has_an_example_in_its_help() {
    let commands = "demo|serve|migrate|check|doctor|backup|restore|\
        retention report|fetch|import|import csv|classify|train|claims|\
        claims match|replay|search|reindex|sources|sources plan|sources backfill|sources stop|sources start|user|user add|user password|user disable|\
        user enable|user end-sessions|user reset-totp|token|token add|token list|token revoke|\
        audit|audit verify|audit export|audit key|";
    for command in commands.split('|') {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let output = otklik(&arguments, &[], b"");
        assert_eq!(output.status.code(), Some(0), "{command}");
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("Example"), "{command}:\n{help}");
    }
}

#[test]
fn the_demo_refuses_what_is_no_address() {
    for listen in ["localhost", "127.0.0.1:", "127.0.0.1:70000", ":80"] {
        let output = otklik(&["demo", "--listen", listen], &[], b"");
        assert_eq!(output.status.code(), Some(2), "{listen}");
        assert!(told(&output).contains("address:port"), "{}", told(&output));
    }
}

#[test]
fn a_municipality_that_the_region_lacks_gets_no_account() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let region = concat!(env!("CARGO_MANIFEST_DIR"), "/config/regions/svetlorechye");
    let given = [
        ("OTKLIK_DATA_DIR", data.as_str()),
        ("OTKLIK_CONFIG_DIR", region),
    ];
    let add = |login, code| {
        let arguments = [
            "user",
            "add",
            login,
            "--role",
            "municipal_head",
            "--municipality",
            code,
        ];
        otklik(&arguments, &given, b"a long password\n")
    };
    let refused = add("ivan", "123");
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        told(&refused).contains("no municipality 123; choose from 99"),
        "{}",
        told(&refused)
    );
    let taken = add("ivan", "99703000");
    assert_eq!(taken.status.code(), Some(0), "{}", told(&taken));
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .arg("classify")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let mut stdin = program.stdin.take().unwrap();
    stdin
        .write_all("{\"id\":1,\"text\":\"Нет света\"}\n".as_bytes())
        .unwrap();
    drop(stdin);
    let output = program.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), told(&output).as_str()),
        (Some(0), "")
    );
}

#[test]
fn a_byte_order_mark_before_the_first_post_is_no_mistake() {
    let output = otklik(
        &["classify"],
        &[],
        "\u{feff}{\"id\":1,\"text\":\"Нет света\"}\r\n".as_bytes(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(output.stdout.starts_with(b"{\"id\":1,"));
}

#[test]
fn a_missing_index_is_told_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let output = otklik(&["search", "яма"], &[("OTKLIK_DATA_DIR", &data)], b"");
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert!(told.trim_end().ends_with("run `otklik reindex`"), "{told}");
}

#[test]
fn a_file_that_cannot_be_opened_is_a_failure_in_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let out = folder.path().join("model").display().to_string();
    let missing = folder.path().join("missing").display().to_string();
    for arguments in [
        vec!["import", "csv", &missing],
        vec!["train", "--data", &missing, "--out", &out],
        vec!["train", "--corpus", &missing, "--out", &out],
        vec!["classify", "--model", &missing],
        vec!["classify", "--claims", &missing],
        vec!["claims", "match", "--claims", &missing],
        vec!["replay", &missing],
        vec!["check", "--config", &missing],
    ] {
        let output = otklik(&arguments, &[("OTKLIK_DATA_DIR", &data)], b"");
        let told = told(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(&missing), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    let help = otklik(&["--help"], &[], b"");
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("Exit codes: 0 done, 1 failed"), "{help}");
}

/// Answers of a command to lines of posts, each as JSON.
fn answers(output: &Output) -> Vec<Value> {
    let lines = std::str::from_utf8(&output.stdout).unwrap().lines();
    lines.map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn each_line_is_answered_in_its_place_and_a_bad_one_by_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let claims = folder.path().join("claims.jsonl");
    let claim = "{\"id\":1,\"text\":\"Мост через Светлую закроют навсегда\"}\n";
    std::fs::write(&claims, claim).unwrap();
    let claims = claims.display().to_string();
    let posts = "{\"id\":1,\"text\":\"Нет света\"}\n\n  \r\n{\"id\":4}\n\
        {\"яма\":да}\n{\"id\":6,\"text\":\"Холодно\"}\n{\"id\":7,\"text\n\n \n";
    for arguments in [
        vec!["classify"],
        vec!["claims", "match", "--claims", &claims],
    ] {
        let output = otklik(&arguments, &[], posts.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let told: Vec<String> = answers(&output)
            .iter()
            .map(|a| match a.get("error") {
                Some(error) if a["id"].is_null() => error.as_str().unwrap().to_owned(),
                _ => a["id"].to_string(),
            })
            .collect();
        assert_eq!(
            told,
            [
                "1",
                "line 2: it is blank",
                "line 3: it is blank",
                "line 4: «text» is missing",
                "line 5: no JSON at column 8: expected value",
                "6",
                "line 7: no JSON at column 13: EOF while parsing a string",
            ],
            "{arguments:?}"
        );
        let summary = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(summary, "5 of 7 lines could not be read\n");
    }
}

#[test]
fn empty_lines_at_the_end_are_no_rows() {
    for (posts, count) in [
        ("", 0),
        ("\n\n", 0),
        ("{\"id\":1,\"text\":\"Яма\"}\n\n\n", 1),
    ] {
        let output = otklik(&["classify"], &[], posts.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert_eq!(answers(&output).len(), count);
    }
}

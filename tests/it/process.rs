//! The program itself, as an operator starts and stops it: signals, exit codes, nothing lost.

use std::{path::Path, process::Stdio};

use otklik::{domain::time::Clock, store::jobs::JobState};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use crate::{
    alerts::centre::{Centre, Idle},
    on_each_database,
    receiver::{Answer, Receiver},
};

/// `otklik serve` with pages on a free port.
struct Serve {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    address: String,
}

impl Serve {
    /// Started, and its pages answer.
    async fn start(data: &Path, given: &[(&str, &str)]) -> Serve {
        let mut child = Command::new(env!("CARGO_BIN_EXE_otklik"))
            .arg("serve")
            .env_clear()
            .env("OTKLIK_DATA_DIR", data)
            .env("OTKLIK_WEB__LISTEN", "127.0.0.1:0")
            .envs(given.iter().copied())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut serve = Serve {
            child,
            lines,
            address: String::new(),
        };
        let line = serve.says("listens on http://").await;
        serve.address = line.split_once("http://").unwrap().1.to_owned();
        serve
    }

    /// Reads on until a line holds `part`.
    async fn says(&mut self, part: &str) -> String {
        let mut heard = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            if line.contains(part) {
                return line;
            }
            heard.push(line);
        }
        panic!("it never said «{part}»:\n{}", heard.join("\n"));
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs");
        let kill = format!("kill -{name} {id}"); // built into every shell; a bare machine has no kill
        let sent = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(sent.unwrap().success());
    }

    /// The exit code, with all that was still said.
    async fn ends(mut self) -> (Option<i32>, Vec<String>) {
        let mut rest = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            rest.push(line);
        }
        (self.child.wait().await.unwrap().code(), rest)
    }
}

on_each_database! {
    async fn a_stopping_centre_finishes_the_alert_that_is_in_the_air(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Held]);
        let mut centre = Centre::telling(it, &receiver);
        centre.clock = Clock::System; // the program has no other
        centre.keep(1, true).await;
        centre.work_with(Idle).await;
        let (hook, secret) = (receiver.url(), centre.secret.to_text());
        let given = [
            ("OTKLIK_DATABASE_URL", centre.it.url.as_str()),
            ("OTKLIK_ALERTS__WEBHOOK_URL", &hook),
            ("OTKLIK_ALERTS__WEBHOOK_SECRET", &secret),
        ];
        let mut serve = Serve::start(centre.it.folder.path(), &given).await;
        receiver.arrival().await;
        serve.signal("TERM");
        serve.says("stopping").await;
        assert_eq!(centre.only_alert().await.state(), JobState::Waiting);

        receiver.release();
        let (code, said) = serve.ends().await;
        assert_eq!(code, Some(0), "{said:#?}");
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Delivered, 1));
        assert_eq!(receiver.ids(), [alert.id]);
    }
}

#[tokio::test]
async fn an_idle_centre_ends_at_ctrl_c_and_frees_its_port() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::start(folder.path(), &[]).await;
    let address = serve.address.clone();
    serve.signal("INT");
    let (code, said) = serve.ends().await;
    assert_eq!(code, Some(0), "{said:#?}");
    assert!(tokio::net::TcpListener::bind(&address).await.is_ok());
}

#[tokio::test]
async fn a_centre_with_settings_that_make_no_sense_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .arg("serve")
        .env_clear()
        .env("OTKLIK_DATA_DIR", folder.path().join("data"))
        .env("OTKLIK_ALERTS__MAX_ATTEMPTS", "0")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("alerts.max_attempts: must be more than 0"),
        "{told}"
    );
    assert!(!folder.path().join("data").exists());
}

//! Alerts by e-mail, told to a real mail server: what a letter says, and what is never in it; once by
//! id whatever the server answers and whenever we are killed.

use std::{collections::HashSet, process::Command, time::Duration};

use otklik::{
    domain::{
        job::{Alert, Receiver},
        time::Span,
    },
    notify::{Message, Outcome},
    store::jobs::{JobRow, JobState},
    work::supervisor::settle,
};
use serde_json::json;

use super::centre::{Centre, settings};
use crate::{
    harness::TestStore,
    mailserver::{Letter, MailServer},
    on_each_database,
    receiver::{self, Answer},
};

const DUTY: &str = "duty@region.example";
const BLOCK: &str = "block@region.example";

/// A centre that writes to these mailboxes by this server.
pub fn writing(it: TestStore, server: &MailServer, to: &str, more: &[(&str, &str)]) -> Centre {
    let port = server.port.to_string();
    let given = [
        ("alerts__mail_to", to),
        ("alerts__smtp__host", "127.0.0.1"),
        ("alerts__smtp__port", &port),
        ("alerts__smtp__tls", "none"),
        ("alerts__smtp__from", "Отклик <otklik@region.example>"),
    ];
    Centre::with(it, &settings(&[&given, more].concat()))
}

fn only(server: &MailServer) -> Letter {
    let mut letters = server.letters();
    assert_eq!(letters.len(), 1, "{letters:#?}");
    letters.pop().unwrap()
}

/// What is told of an alert to a mailbox.
async fn alert_to(centre: &Centre, address: &str) -> JobRow {
    let code = format!("mail:{address}");
    let mut alerts = centre.alerts().await.into_iter();
    alerts
        .find(|row| row.receiver.as_ref() == Some(&code))
        .unwrap()
}

on_each_database! {
    async fn a_new_incident_is_written_of_without_its_author(it: TestStore) {
        let server = MailServer::start().await;
        let centre = writing(it, &server, DUTY, &[]);
        centre.hears_of_place(1, true).await;

        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Delivered, 1));
        let letter = only(&server);
        assert_eq!(letter.to, DUTY);
        assert_eq!(letter.subject, "[ЖКХ] № 1: новый инцидент, ул. 1-я Садовая");
        let expected = "\
            ЖКХ, № 1: новый инцидент\n\
            Проблема: Третий день нет горячей воды во всём доме\n\
            Тема: Горячая вода\n\
            Место: ул. 1-я Садовая\n\
            Ответить до: 22.11.2026 19:00 (MSK)\n\
            https://otklik.example/incidents/1\n";
        let text = letter.text.replace("\r\n", "\n");
        assert!(text.starts_with(expected), "{text}");
        assert!(letter.html.contains("<a href=\"https://otklik.example/incidents/1\">"));
        assert!(letter.html.contains("Третий день нет горячей воды"));

        assert_eq!(letter.id, format!("alert.{}@region.example", alert.id));
        assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
        assert_eq!(letter.header("List-Id"), "<housing.alerts.region.example>");
        assert_eq!(letter.header("Date"), "Sun, 22 Nov 2026 12:00:00 +0000");
        assert!(letter.raw.is_ascii(), "Russian is encoded for any server on the way");
        for hidden in ["Марине", "900", "id777000111", "777000111"] {
            assert!(!text.contains(hidden) && !letter.html.contains(hidden), "{text}");
            assert!(!letter.raw.contains(hidden) || hidden == "900", "{}", letter.raw);
        }
    }

    async fn english_letters_are_complete(it: TestStore) {
        let server = MailServer::start().await;
        let centre = writing(it, &server, DUTY, &[("alerts__mail_language", "en")]);
        centre.hears_of_place(1, true).await;
        centre.pass(Span::minutes(61)).await;
        let letters = server.letters();
        let subjects: Vec<&str> = letters.iter().map(|l| l.subject.as_str()).collect();
        assert_eq!(subjects, [
            "[Housing and utilities] No. 1: new incident, ул. 1-я Садовая",
            "[Housing and utilities] No. 1: promise missed, ул. 1-я Садовая",
        ]);
        assert!(letters[1].text.contains("Was promised by: 2026-11-22 16:00 (MSK)"));
        let threads: HashSet<&str> = letters.iter().map(|l| l.header("References")).collect();
        assert_eq!(threads.len(), 1, "letters of one incident stand together");
    }

    async fn a_mail_server_that_is_down_for_a_day_loses_nothing(it: TestStore) {
        let server = MailServer::down().await;
        let centre = writing(it, &server, &[DUTY, BLOCK].join(","), &[]);
        for place in 1..=3 {
            centre.keep(place, true).await;
        }
        for _ in 0..26 * 6 {
            centre.pass(Span::minutes(10)).await;
        }
        let waiting = centre.alerts().await;
        // Opened, not taken in time, not answered in time: of three incidents, to two mailboxes.
        assert_eq!((waiting.len(), centre.counts().await), (18, (0, 0, 18)));
        let told = waiting[0].last_error.clone().unwrap();
        assert!(told.starts_with("the mail server cannot be talked to"), "{told}");

        server.tell("up").await;
        for _ in 0..12 {
            centre.pass(Span::minutes(10)).await;
        }
        assert_eq!(centre.counts().await, (18, 0, 0));
        let ids = server.ids();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "nothing twice");
        let told: usize = server.letters().iter().map(|l| l.numbers().len()).sum();
        assert_eq!(told, 18);
    }

    async fn a_busy_server_is_tried_again_under_the_same_id(it: TestStore) {
        let server = MailServer::start().await;
        for answer in ["mail 451 4.3.0 later", "rcpt 450 4.2.1 greylisted", "data 452 4.3.1 full"] {
            server.tell(&format!("answer {answer}")).await;
        }
        let centre = writing(it, &server, DUTY, &[]);
        centre.hears_of_place(1, true).await;
        for told in ["451 4.3.0 later", "450 4.2.1 greylisted", "452 4.3.1 full"] {
            let alert = centre.only_alert().await;
            let error = alert.last_error.clone().unwrap();
            assert_eq!(error, format!("the mail server answered {told}"));
            let left = (alert.not_before - centre.clock.now().as_millis()) / 1000;
            assert!(left >= 5 << (alert.attempts - 1), "{left}");
            centre.pass(Span::minutes(1)).await;
        }
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Delivered, 4));
        assert_eq!(only(&server).id, format!("alert.{}@region.example", alert.id));
    }

    async fn a_refused_mailbox_fails_alone_and_the_others_hear_once(it: TestStore) {
        let server = MailServer::start().await;
        server.tell("answer rcpt 550 5.1.1 no such user").await;
        let centre = writing(it, &server, &[DUTY, BLOCK].join(", "), &[]);
        centre.hears_of_place(1, true).await;
        centre.pass(Span::minutes(30)).await;
        assert_eq!(centre.counts().await, (1, 1, 0));
        let failed = centre.alerts().await.into_iter().find(|a| a.state() == JobState::Failed);
        let failed = failed.unwrap();
        assert_eq!(
            failed.last_error.as_deref(),
            Some("the mail server answered 550 5.1.1 no such user")
        );
        assert_ne!(failed.receiver, Some(format!("mail:{}", only(&server).to)));
    }

    async fn a_server_that_refuses_us_as_sender_is_tried_again(it: TestStore) {
        let server = MailServer::start().await;
        server.tell("answer mail 550 5.7.1 not from you").await;
        let centre = writing(it, &server, DUTY, &[]);
        centre.hears_of_place(1, true).await;
        assert_eq!(centre.only_alert().await.state(), JobState::Waiting);
        centre.pass(Span::minutes(1)).await;
        assert_eq!(centre.counts().await, (1, 0, 0));
    }

    async fn a_slow_server_is_left_in_time_and_the_repeat_is_known_by_its_id(it: TestStore) {
        let server = MailServer::start().await;
        server.tell("hold").await;
        let centre = writing(it, &server, DUTY, &[("alerts__smtp__timeout_seconds", "1")]);
        centre.hears_of_place(1, true).await;
        let told = centre.only_alert().await.last_error;
        assert_eq!(told.as_deref(), Some("the mail server did not answer in time"));
        centre.pass(Span::minutes(1)).await;
        assert_eq!(centre.counts().await, (1, 0, 0));
        let ids = server.ids();
        assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
    }

    async fn a_kill_after_the_server_took_the_letter_repeats_its_id(it: TestStore) {
        let server = MailServer::start().await;
        server.tell("hold").await;
        let centre = writing(it, &server, DUTY, &[]);
        centre.keep(1, true).await;
        let doomed = centre.loops(centre.jobs());
        let killed = tokio::spawn(async move { settle(&doomed).await });
        server.arrival().await;
        killed.abort();
        assert!(killed.await.unwrap_err().is_cancelled());

        centre.settle().await;
        assert_eq!(server.ids().len(), 1, "the lease still holds");
        centre.pass(Span::seconds(61)).await;
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Delivered, 2));
        let letters = server.letters();
        assert_eq!((letters.len(), &letters[0].id), (2, &letters[1].id));
        assert_eq!(letters[0].text, letters[1].text);
    }

    async fn a_webhook_that_fails_holds_up_no_letter_and_is_itself_told_once(it: TestStore) {
        let server = MailServer::start().await;
        let receiver = receiver::Receiver::answering(&[500, 500].map(Answer::Status));
        let url = receiver.url();
        let centre = writing(it, &server, DUTY, &[("alerts__webhook_url", &url)]);
        centre.hears_of_place(1, true).await;
        assert_eq!(centre.counts().await, (1, 0, 1));
        assert_eq!(alert_to(&centre, DUTY).await.state(), JobState::Delivered);
        for _ in 0..3 {
            centre.pass(Span::minutes(1)).await;
        }
        assert_eq!(centre.counts().await, (2, 0, 0));
        assert_eq!((receiver.requests().len(), server.ids().len()), (3, 1));
        let ids: HashSet<_> = receiver.ids().into_iter().collect();
        assert_eq!(ids.len(), 1);
    }

    async fn a_mail_server_that_is_slow_holds_up_no_webhook(it: TestStore) {
        let server = MailServer::start().await;
        server.tell("hold").await;
        let receiver = receiver::Receiver::answering(&[]);
        let url = receiver.url();
        let centre = writing(it, &server, DUTY, &[("alerts__webhook_url", &url)]);
        centre.keep(1, true).await;
        let loops = centre.loops(centre.jobs());
        let working = tokio::spawn(async move { settle(&loops).await });
        server.arrival().await;
        receiver.arrival().await;
        centre.keep(2, true).await;
        let told = tokio::time::timeout(Duration::from_secs(15), receiver.arrival()).await;
        assert!(told.is_ok(), "the letter is still in the air");
        let letter = alert_to(&centre, DUTY).await;
        assert_eq!(letter.state(), JobState::Waiting);
        working.abort();
    }

    async fn a_mailbox_that_the_settings_no_longer_name_gets_nothing(it: TestStore) {
        let server = MailServer::down().await;
        let mut centre = writing(it, &server, DUTY, &[]);
        centre.hears_of_place(1, true).await;
        server.tell("up").await;
        let it = centre.it;
        let (clock, ids) = (centre.clock.clone(), centre.ids.clone());
        centre = Centre { clock, ids, ..writing(it, &server, BLOCK, &[]) };
        centre.pass(Span::minutes(30)).await;
        assert_eq!(alert_to(&centre, DUTY).await.state(), JobState::Skipped);
        assert_eq!(server.ids().len(), 0);
    }

    async fn letters_travel_encrypted_and_signed_in(it: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = certificate(folder.path());
        let order = json!({"tls": "starttls", "cert": cert, "key": key, "user": "otklik", "password": "hush"});
        let server = MailServer::with(order).await;
        server.tell("up").await;
        let given = [
            ("alerts__smtp__tls", "starttls"),
            ("alerts__smtp__ca_bundle", cert.as_str()),
            ("alerts__smtp__user", "otklik"),
            ("alerts__smtp__password", "hush"),
        ];
        let centre = writing(it, &server, DUTY, &given);
        centre.hears_of_place(1, true).await;
        assert_eq!(centre.only_alert().await.last_error, None);
        assert_eq!(only(&server).to, DUTY);
    }
}

/// A certificate for 127.0.0.1 that nobody else vouches for, and its key.
fn certificate(folder: &std::path::Path) -> (String, String) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=mail.example"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-out", &cert, "-keyout", &key])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    (cert, key)
}

async fn sqlite() -> TestStore {
    TestStore::start(crate::harness::Database::Sqlite).await
}

/// The last error after one attempt with these settings.
async fn error_with(server: &MailServer, given: &[(&str, &str)]) -> Option<String> {
    let centre = writing(sqlite().await, server, DUTY, given);
    centre.hears_of_place(1, true).await;
    assert_ne!(
        centre.only_alert().await.state(),
        JobState::Failed,
        "it may be mended"
    );
    centre.only_alert().await.last_error
}

#[tokio::test]
async fn encryption_from_the_first_byte_works_too() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(folder.path());
    let server = MailServer::with(json!({"tls": "implicit", "cert": cert, "key": key})).await;
    server.tell("up").await;
    let ours = [
        ("alerts__smtp__tls", "implicit"),
        ("alerts__smtp__ca_bundle", cert.as_str()),
    ];
    assert_eq!(error_with(&server, &ours).await, None);
    assert_eq!(server.ids().len(), 1);
}

#[tokio::test]
async fn nothing_is_told_to_a_server_that_cannot_encrypt_or_that_nobody_vouches_for() {
    let plain = MailServer::start().await;
    let wanted = [("alerts__smtp__tls", "starttls")];
    let told = error_with(&plain, &wanted).await.unwrap();
    assert_eq!(
        told,
        "the mail server offers no STARTTLS, so nothing was sent"
    );

    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(folder.path());
    let stranger = MailServer::with(json!({"tls": "starttls", "cert": cert, "key": key})).await;
    stranger.tell("up").await;
    let told = error_with(&stranger, &wanted).await.unwrap();
    assert!(
        told.contains("certificate") || told.contains("encrypted"),
        "{told}"
    );
    assert_eq!((plain.ids().len(), stranger.ids().len()), (0, 0));
}

#[tokio::test]
async fn a_wrong_password_is_told_without_itself_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(folder.path());
    let order =
        json!({"tls": "implicit", "cert": cert, "key": key, "user": "otklik", "password": "hush"});
    let server = MailServer::with(order).await;
    server.tell("up").await;
    let given = [
        ("alerts__smtp__tls", "implicit"),
        ("alerts__smtp__ca_bundle", cert.as_str()),
        ("alerts__smtp__user", "otklik"),
        ("alerts__smtp__password", "wrong-secret"),
    ];
    let told = error_with(&server, &given).await.unwrap();
    assert!(
        told.contains("535") && !told.contains("wrong-secret"),
        "{told}"
    );
}

#[tokio::test]
async fn markup_and_line_breaks_of_a_catalogue_or_a_title_stay_text() {
    let server = MailServer::start().await;
    let centre = writing(sqlite().await, &server, DUTY, &[]);
    let alert = Alert {
        title: "<script>alert(1)</script> & \"вода\"".into(),
        place: Some("Дом\r\nBcc: all@region.example\r\n\r\n<b>".into()),
        number: 1_234_567,
        ..super::an_alert()
    };
    let message = Message {
        id: "one",
        happened: centre.clock.now(),
        now: centre.clock.now(),
        alert: &alert,
        gathered: &[],
    };
    let to = Receiver::Mail(DUTY.into());
    assert_eq!(
        centre.channels.deliver(&to, message).await,
        Outcome::Delivered
    );
    let letter = only(&server);
    assert_eq!(letter.to, DUTY);
    assert_eq!(
        letter.subject,
        "[ЖКХ] № 1234567: новый инцидент, Дом Bcc: all@region.example <b>"
    );
    let head = letter.raw.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>"));
    assert!(letter.text.contains("<script>alert(1)</script> & \"вода\""));
}

//! Sessions are seen and ended: by their owner, by an administrator, by a new password.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use axum::http::StatusCode;
use otklik::{
    domain::{time::Span, user::Role},
    store::{
        audit::{self, AuditKind, Filter},
        scope::Scope,
    },
};

use crate::{
    harness::TestStore,
    office::{Office, PASSWORD, Visitor},
    on_each_database,
};

pub const NEW: &str = "совсем новый пароль";

pub async fn is_in(visitor: &mut Visitor) -> bool {
    visitor.get("/me").await.status == StatusCode::OK
}

/// The names of the sessions that the page offers to end.
async fn others(visitor: &mut Visitor) -> Vec<String> {
    let page = visitor.get("/me").await;
    let names = page.text.split("name=\"session\" value=\"").skip(1);
    names
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// `otklik user …` on the story's database.
pub fn otklik_user(it: &TestStore, arguments: &[&str], stdin: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .arg("user")
        .args(arguments)
        .env_clear()
        .env("OTKLIK_DATA_DIR", it.folder.path())
        .env("OTKLIK_DATABASE_URL", &it.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = program.stdin.take().unwrap().write_all(stdin.as_bytes());
    program.wait_with_output().unwrap()
}

async fn told(office: &Office, kind: AuditKind) -> Vec<String> {
    let filter = Filter {
        kind: Some(kind),
        ..Filter::default()
    };
    let mut tx = office.it.store.read().await.unwrap();
    let rows = audit::list(&mut tx, &Scope::service("test"), &filter, 50)
        .await
        .unwrap();
    let rows = rows.iter().rev();
    rows.map(|row| format!("{} {} {}", row.who, row.subject, row.detail))
        .collect()
}

on_each_database! {
    async fn people_see_where_they_are_signed_in_and_end_one(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut home = office.enters("vershinina").await.at("203.0.113.9");
        office.app.clock.advance(Span::minutes(20));
        let mut desk = office.enters("vershinina").await;
        let page = desk.get("/me").await;
        assert!(page.sees("Firefox, Linux") && page.sees("192.0.2.1"), "{}", page.text);
        assert!(page.sees("вход по паролю") && page.sees("20\u{a0}мин назад"), "{}", page.text);
        assert_eq!(page.text.matches("этот сеанс").count(), 1);
        let home_session = others(&mut desk).await.pop().unwrap();
        let page = desk.post("/me/end", &[("session", &home_session)]).await;
        assert_eq!(page.location(), "/me");
        assert!(desk.get("/me").await.sees("Сеанс завершён"));
        assert!(!is_in(&mut home).await && is_in(&mut desk).await);
        assert_eq!(told(&office, AuditKind::SessionsEnded).await, ["vershinina account:vershinina 1 sessions"]);
    }

    async fn who_is_always_busy_signs_in_anew_after_a_week(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut desk = office.enters("vershinina").await;
        let mut hours = 0;
        while is_in(&mut desk).await {
            office.app.clock.advance(Span::hours(6));
            hours += 6;
            assert!(hours <= 8 * 24, "the session has no end");
        }
        assert_eq!(hours, 7 * 24);
        let mut again = office.enters("vershinina").await;
        assert!(is_in(&mut again).await);
    }

    async fn all_others_end_at_once(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut first = office.enters("vershinina").await;
        let mut second = office.enters("vershinina").await.before(office.another_process());
        let mut desk = office.enters("vershinina").await;
        assert!(is_in(&mut second).await);
        desk.post("/me/end", &[("others", "1")]).await;
        assert!(!is_in(&mut first).await && !is_in(&mut second).await && is_in(&mut desk).await);
    }

    async fn nobody_ends_a_session_of_somebody_else(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        office.hire("stranger", Role::Administrator, &[], &[]).await;
        let mut first = office.enters("vershinina").await;
        let mut second = office.enters("vershinina").await;
        let mut stranger = office.enters("stranger").await;
        assert!(others(&mut stranger).await.is_empty());
        let foreign = others(&mut second).await.pop().unwrap();
        let page = stranger.post("/me/end", &[("session", &foreign)]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(is_in(&mut first).await && is_in(&mut second).await);
    }

    async fn a_new_password_ends_every_session(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut home = office.enters("vershinina").await;
        let mut desk = office.enters("vershinina").await;
        for (current, new, again, problem) in [
            ("не тот", NEW, NEW, "Нынешний пароль не подошёл"),
            (PASSWORD, NEW, "другой пароль", "различаются"),
            (PASSWORD, "короткий", "короткий", "короче 10 знаков"),
        ] {
            let page = desk.post("/me/password", &[("current", current), ("new", new), ("again", again)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.sees(problem), "{problem}");
        }
        let page = desk.post("/me/password", &[("current", PASSWORD), ("new", NEW), ("again", NEW)]).await;
        assert_eq!(page.location(), "/signin");
        assert!(desk.get("/signin").await.sees("Пароль сменён"));
        assert!(!is_in(&mut home).await && !is_in(&mut desk).await);
        let token = desk.get("/signin").await.field("token");
        let fields = [("token", token.as_str()), ("login", "vershinina"), ("password", NEW)];
        assert_eq!(desk.send("/signin", &fields).await.status, StatusCode::SEE_OTHER);
    }

    async fn a_stolen_session_cannot_guess_the_password(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let mut thief = office.enters("vershinina").await;
        for _ in 0..3 {
            thief.post("/me/password", &[("current", "наугад"), ("new", NEW), ("again", NEW)]).await;
        }
        let page = thief.post("/me/password", &[("current", PASSWORD), ("new", NEW), ("again", NEW)]).await;
        assert!(page.sees("Слишком много неверных попыток"));
    }

    async fn an_administrator_ends_disables_and_resets_by_command(it: TestStore) {
        let office = Office::open(it).await;
        office.hire("vershinina", Role::Curator, &[], &[]).await;
        let run = |arguments: &[&str], stdin: &str| {
            let output = otklik_user(&office.it, arguments, stdin);
            let told = String::from_utf8(output.stderr).unwrap();
            (output.status.code(), told)
        };
        let mut desk = office.enters("vershinina").await;
        let (code, said) = run(&["end-sessions", "Vershinina"], "");
        assert_eq!((code, said.as_str()), (Some(0), "vershinina has to sign in again; 1 sessions ended\n"));
        assert!(!is_in(&mut desk).await);

        let mut desk = office.enters("vershinina").await;
        assert_eq!(run(&["password", "vershinina"], &format!("{NEW}\n")).0, Some(0));
        assert!(!is_in(&mut desk).await);
        let page = crate::sign_in::lockout::tries(&mut desk, "vershinina", NEW).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);

        assert_eq!(run(&["disable", "vershinina"], "").0, Some(0));
        assert!(!is_in(&mut desk).await);
        let page = crate::sign_in::lockout::tries(&mut desk, "vershinina", NEW).await;
        assert!(page.sees("Логин или пароль не подошли"), "a stranger learns nothing of it");
        assert_eq!(run(&["enable", "vershinina"], "").0, Some(0));
        let page = crate::sign_in::lockout::tries(&mut desk, "vershinina", NEW).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);

        let (code, said) = run(&["disable", "nobody"], "");
        assert_eq!((code, said.as_str()), (Some(2), "error: there is no account nobody\n"));
        assert_eq!(told(&office, AuditKind::Changed).await, [
            "service:cli account:vershinina sessions_ended",
            "service:cli account:vershinina password",
            "service:cli account:vershinina switched_off",
            "service:cli account:vershinina switched_on",
        ]);
    }
}

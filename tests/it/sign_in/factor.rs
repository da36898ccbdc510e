//! The second factor: set up, asked for, taken once, lost and reset.

use axum::http::StatusCode;
use otklik::{
    domain::{id::UserId, time::Span, user::Role},
    store::{accounts, audit, factors, scope::Scope},
    web,
};
use totp_rs::Totp;

use super::{
    lockout::tries,
    sessions::{NEW, is_in, otklik_user},
};
use crate::{
    harness::TestStore,
    office::{Office, PASSWORD, Page, Visitor},
    on_each_database,
};

const LOGIN: &str = "vershinina";

/// An authenticator that has read the page's address.
struct Phone(Totp);

impl Phone {
    fn reads(page: &Page) -> Phone {
        let uri = page
            .text
            .split("otpauth://")
            .nth(1)
            .expect("the address is on the page");
        let uri = uri.split('<').next().unwrap().replace("&#38;", "&");
        Phone(Totp::from_url(format!("otpauth://{uri}")).unwrap())
    }

    fn shows(&self, office: &Office) -> String {
        let seconds = office.app.clock.now().as_millis() / 1000;
        self.0.generate(seconds as u64).to_string()
    }
}

/// Sets a second factor up; gives the phone and the recovery codes.
async fn sets_up(office: &Office, person: &mut Visitor) -> (Phone, Vec<String>) {
    let page = person.get("/me/factor").await;
    let phone = Phone::reads(&page);
    let (word, code) = (page.field("word"), phone.shows(office));
    let page = person
        .post("/me/factor", &[("word", &word), ("code", &code)])
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    (phone, codes_on(&page))
}

fn codes_on(page: &Page) -> Vec<String> {
    let codes = page.text.split("<li><code>").skip(1);
    let codes: Vec<_> = codes
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 8);
    codes
}

async fn sends_code(person: &mut Visitor, code: &str) -> Page {
    let token = person.get("/signin/code").await.field("token");
    person
        .send("/signin/code", &[("token", &token), ("code", code)])
        .await
}

async fn office(it: TestStore) -> Office {
    let office = Office::open(it).await;
    office.hire(LOGIN, Role::Curator, &[], &[]).await;
    office
}

on_each_database! {
    async fn the_code_is_asked_for_after_the_password(it: TestStore) {
        let office = office(it).await;
        let mut person = office.enters(LOGIN).await;
        let page = person.get("/me/factor").await;
        assert!(page.sees("<svg class=\"qr\"") && page.sees("Отклик") || page.sees("otpauth"));
        let wrong = [("word", page.field("word")), ("code", "000000".to_owned())];
        let wrong: Vec<_> = wrong.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let page = person.post("/me/factor", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.field("word"), wrong[0].1, "the same code stays on the page");
        let (phone, _) = sets_up(&office, &mut person).await;
        assert!(person.get("/me").await.sees("Осталось 8 запасных кодов"));

        let mut elsewhere = office.stranger().at("203.0.113.9");
        let page = tries(&mut elsewhere, LOGIN, PASSWORD).await;
        assert_eq!(page.location(), "/signin/code");
        assert!(!is_in(&mut elsewhere).await, "a password alone opens nothing");
        let page = sends_code(&mut elsewhere, &phone.shows(&office)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "this code was taken while setting up");
        office.app.clock.advance(Span::seconds(30));
        let page = sends_code(&mut elsewhere, &phone.shows(&office)).await;
        assert_eq!(page.location(), "/");
        assert!(is_in(&mut elsewhere).await);
        assert!(elsewhere.get("/me").await.sees("вход по паролю и коду"));
    }

    async fn one_code_is_taken_once_by_all_processes_together(it: TestStore) {
        let office = office(it).await;
        let (phone, _) = sets_up(&office, &mut office.enters(LOGIN).await).await;
        office.app.clock.advance(Span::minutes(1));
        let code = phone.shows(&office);
        let mut guests = tokio::task::JoinSet::new();
        for process in [office.router.clone(), office.another_process(), office.another_process()] {
            let mut guest = office.stranger().before(process);
            tries(&mut guest, LOGIN, PASSWORD).await;
            let code = code.clone();
            guests.spawn(async move { sends_code(&mut guest, &code).await.status });
        }
        let statuses = guests.join_all().await;
        let entered = statuses.iter().filter(|status| **status == StatusCode::SEE_OTHER);
        assert_eq!(entered.count(), 1, "{statuses:?}");
    }

    async fn a_clock_half_a_minute_off_is_forgiven_and_more_is_not(it: TestStore) {
        let office = office(it).await;
        let (phone, _) = sets_up(&office, &mut office.enters(LOGIN).await).await;
        office.app.clock.advance(Span::minutes(5));
        let mut guest = office.stranger();
        tries(&mut guest, LOGIN, PASSWORD).await;
        let early = phone.shows(&office);
        office.app.clock.advance(Span::seconds(61));
        assert_eq!(sends_code(&mut guest, &early).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let early = phone.shows(&office);
        office.app.clock.advance(Span::seconds(30));
        assert_eq!(sends_code(&mut guest, &early).await.status, StatusCode::SEE_OTHER);
    }

    async fn guesses_of_codes_cost_time(it: TestStore) {
        let office = office(it).await;
        let (phone, _) = sets_up(&office, &mut office.enters(LOGIN).await).await;
        office.app.clock.advance(Span::minutes(1));
        let mut thief = office.stranger();
        tries(&mut thief, LOGIN, PASSWORD).await;
        for guess in ["111111", "222222", "333333"] {
            assert_eq!(sends_code(&mut thief, guess).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let page = sends_code(&mut thief, &phone.shows(&office)).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(page.sees("Подождите"));
        let mut again = office.stranger().at("203.0.113.9").before(office.another_process());
        tries(&mut again, LOGIN, PASSWORD).await;
        let page = sends_code(&mut again, "444444").await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "also elsewhere: the password is known there");
    }

    async fn a_step_that_was_left_lying_opens_nothing(it: TestStore) {
        let office = office(it).await;
        let (phone, _) = sets_up(&office, &mut office.enters(LOGIN).await).await;
        let mut guest = office.stranger();
        tries(&mut guest, LOGIN, PASSWORD).await;
        let token = guest.get("/signin/code").await.field("token");
        office.app.clock.advance(Span::minutes(11));
        let fields = [("token", token.as_str()), ("code", &phone.shows(&office))];
        assert_eq!(guest.send("/signin/code", &fields).await.location(), "/signin");
        assert!(!is_in(&mut guest).await);
        let page = guest.send("/signin/code", &[("token", "x"), ("code", "1")]).await;
        assert_eq!(page.location(), "/signin");
    }

    async fn a_recovery_code_opens_once(it: TestStore) {
        let office = office(it).await;
        let mut person = office.enters(LOGIN).await;
        let (phone, codes) = sets_up(&office, &mut person).await;
        let mut guest = office.stranger();
        tries(&mut guest, LOGIN, PASSWORD).await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        assert_eq!(sends_code(&mut guest, &typed).await.status, StatusCode::SEE_OTHER);
        let page = guest.get("/me").await;
        assert!(page.sees("запасному коду") && page.sees("Осталось 7 запасных кодов"));
        let mut again = office.stranger();
        tries(&mut again, LOGIN, PASSWORD).await;
        assert_eq!(sends_code(&mut again, &codes[3]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        office.app.clock.advance(Span::minutes(1));
        let page = person.post("/me/factor/codes", &[("code", &phone.shows(&office))]).await;
        let renewed = codes_on(&page);
        assert_eq!(sends_code(&mut again, &codes[4]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "old ones are void");
        assert_eq!(sends_code(&mut again, &renewed[4]).await.status, StatusCode::SEE_OTHER);
    }

    async fn a_role_that_asks_for_it_sets_it_up_while_signing_in(it: TestStore) {
        let mut office = office(it).await;
        let mut before = office.enters(LOGIN).await;
        let mut settings = (*office.app.settings).clone();
        settings.web.require_totp = vec![Role::Curator];
        office.app.settings = settings.into();
        office.router = web::router(office.app.clone());
        before = before.before(office.router.clone());
        assert!(!is_in(&mut before).await, "a session by password alone ends when the role asks for more");

        let mut person = office.stranger();
        let page = tries(&mut person, LOGIN, PASSWORD).await;
        assert_eq!(page.location(), "/signin/factor");
        assert!(!is_in(&mut person).await);
        let page = person.get("/signin/factor").await;
        assert!(page.sees("Ваша роль входит только со вторым шагом"));
        let (phone, token, word) = (Phone::reads(&page), page.field("token"), page.field("word"));
        let send = |code: String| [("token", token.clone()), ("word", word.clone()), ("code", code)];
        let wrong = send("000000".into());
        let wrong: Vec<_> = wrong.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(person.send("/signin/factor", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = send(phone.shows(&office));
        let right: Vec<_> = right.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let page = person.send("/signin/factor", &right).await;
        assert_eq!(page.status, StatusCode::OK);
        codes_on(&page);
        assert!(is_in(&mut person).await);
        office.app.clock.advance(Span::minutes(1));
        let code = phone.shows(&office);
        let page = person.post("/me/factor/remove", &[("code", &code)]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "it cannot be switched off");
    }

    async fn a_password_alone_puts_no_other_factor_in_its_place(it: TestStore) {
        let office = office(it).await;
        let (phone, _) = sets_up(&office, &mut office.enters(LOGIN).await).await;
        office.app.clock.advance(Span::minutes(1));
        let mut thief = office.stranger().at("203.0.113.9");
        tries(&mut thief, LOGIN, PASSWORD).await;
        let page = thief.get("/signin/factor").await;
        let (word, token) = (page.field("word"), page.field("token"));
        let code = Phone::reads(&page).shows(&office);
        let fields = [("token", token.as_str()), ("word", &word), ("code", &code)];
        let page = thief.send("/signin/factor", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!is_in(&mut thief).await);
        let mut owner = office.stranger();
        tries(&mut owner, LOGIN, PASSWORD).await;
        assert_eq!(sends_code(&mut owner, &phone.shows(&office)).await.location(), "/");
    }

    async fn whoever_shows_a_code_switches_it_off(it: TestStore) {
        let office = office(it).await;
        let mut person = office.enters(LOGIN).await;
        let (phone, _) = sets_up(&office, &mut person).await;
        assert_eq!(person.get("/me/factor").await.location(), "/me", "a second one cannot be slipped in");
        office.app.clock.advance(Span::minutes(1));
        let page = person.post("/me/factor/remove", &[("code", "123456")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.sees("Код не подошёл"));
        let page = person.post("/me/factor/remove", &[("code", &phone.shows(&office))]).await;
        assert_eq!(page.location(), "/me");
        assert!(person.get("/me").await.sees("Второй шаг выключен"));
        assert_eq!(tries(&mut office.stranger(), LOGIN, PASSWORD).await.location(), "/");
    }

    async fn a_lost_telephone_is_reset_by_command(it: TestStore) {
        let office = office(it).await;
        let mut person = office.enters(LOGIN).await;
        sets_up(&office, &mut person).await;
        let mut half = office.stranger();
        tries(&mut half, LOGIN, PASSWORD).await;
        let output = otklik_user(&office.it, &["reset-totp", LOGIN], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "vershinina has no second factor any more; 1 sessions ended\n");
        assert!(!is_in(&mut person).await);
        assert_eq!(half.get("/signin/code").await.location(), "/signin");
        assert_eq!(tries(&mut office.stranger(), LOGIN, PASSWORD).await.location(), "/");
    }

    async fn a_new_password_leaves_nobody_between_the_steps(it: TestStore) {
        let office = office(it).await;
        let mut person = office.enters(LOGIN).await;
        sets_up(&office, &mut person).await;
        let mut thief = office.stranger().at("203.0.113.9");
        tries(&mut thief, LOGIN, PASSWORD).await;
        person.post("/me/password", &[("current", PASSWORD), ("new", NEW), ("again", NEW)]).await;
        assert_eq!(thief.get("/signin/code").await.location(), "/signin");
    }

    async fn secrets_stand_nowhere_in_the_clear(it: TestStore) {
        let office = office(it).await;
        let mut person = office.enters(LOGIN).await;
        let page = person.get("/me/factor").await;
        let phone = Phone::reads(&page);
        let (word, code) = (page.field("word"), phone.shows(&office));
        let page = person.post("/me/factor", &[("word", &word), ("code", &code)]).await;
        let codes = codes_on(&page);
        let mut tx = office.it.store.read().await.unwrap();
        let account = accounts::find_by_login(&mut tx, LOGIN).await.unwrap().unwrap();
        let row = factors::find(&mut tx, &UserId(account.id)).await.unwrap().unwrap();
        let filter = audit::Filter::default();
        let journal = audit::list(&mut tx, &Scope::service("test"), &filter, 50).await.unwrap();
        let kept = format!("{} {journal:?}", row.secret);
        let by_hand = phone.0.secret().to_base32();
        for secret in codes.iter().map(String::as_str).chain([by_hand.as_str(), &code, &word]) {
            assert!(!kept.contains(secret), "{secret}");
        }
        assert!(kept.contains("second_factor_set_up"));
    }
}

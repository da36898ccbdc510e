//! The pages through the real router, for a head of the centre and for an employee of one block in one
//! municipality: signed in, noted in the journal, rendered.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use otklik::{
    app::Centre,
    domain::{id::UserId, time::Span, user::Role},
    store::{
        Priority,
        accounts::{self, NewAccount},
        sessions::{self, How, NewSession},
    },
    web::{self, auth::hash_secret},
};
use tower::ServiceExt;

use super::{
    measure::{Times, alone, times},
    region::{Dice, NOW, Region},
};

/// Somebody who looks at pages: login and cookie are one word.
#[derive(Clone, Copy)]
pub struct Person {
    pub login: &'static str,
    words: &'static str,
}

pub const HEAD: Person = Person {
    login: "reach-head",
    words: "head",
};
pub const EMPLOYEE: Person = Person {
    login: "reach-employee",
    words: "employee",
};

/// Gives both their accounts and sessions.
pub async fn hire(centre: &Centre, region: &Region) -> Result<()> {
    let (sector, town) = (
        vec!["housing".to_owned()],
        vec![region.municipality(5).to_owned()],
    );
    for (person, role, sectors, towns) in [
        (HEAD, Role::CentreHead, vec![], vec![]),
        (EMPLOYEE, Role::BlockEmployee, sector, town),
    ] {
        let mut tx = centre.store.write(Priority::Person).await?;
        if accounts::find_by_login(&mut tx, person.login)
            .await?
            .is_some()
        {
            continue;
        }
        let id = UserId::from(person.login);
        let new = NewAccount {
            id: id.clone(),
            login: person.login,
            name: person.words,
            password: "none: nobody signs in",
            role,
            sectors: &sectors,
            municipalities: &towns,
        };
        accounts::create(&mut tx, &new, NOW).await?;
        let session = NewSession {
            token_hash: &hash_secret(person.login),
            account: &id,
            csrf: "csrf",
            address: "127.0.0.1",
            browser: "",
            how: How::Code,
            life: Span::days(1000),
        };
        sessions::open(&mut tx, &session, NOW).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn get(router: &Router, person: Person, path: &str) -> Result<(Duration, usize)> {
    let mut request = Request::get(path)
        .header("cookie", format!("otklik={}", person.login))
        .body(Body::empty())?;
    let caller = SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 1);
    request.extensions_mut().insert(ConnectInfo(caller));
    let began = Instant::now();
    let answer = router.clone().oneshot(request).await?;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await?;
    let took = began.elapsed();
    ensure!(status == StatusCode::OK, "{path}: {status}");
    Ok((took, body.len()))
}

/// The times of a page whose address follows from the round.
async fn page(
    router: &Router,
    person: Person,
    name: &str,
    path: impl Fn(u64) -> String,
) -> Result<Times> {
    let (_, size) = get(router, person, &path(0)).await?;
    let took = times(|round| {
        let path = path(round);
        async move { Ok(get(router, person, &path).await?.0) }
    })
    .await?;
    alone(&format!("{}: {name}", person.words), size, &took);
    Ok(took)
}

/// Every page that the reach is about; the rows are bytes.
pub async fn report(centre: &Centre, region: &Region) -> Result<()> {
    let router = web::router(centre.pages());
    let deep = format!("after={},{}", NOW.as_millis() + 200_000_000, 5);
    let town = region.municipality(5);
    for person in [HEAD, EMPLOYEE] {
        for (name, path) in [
            ("queue", "/queue".to_owned()),
            ("queue, deep", format!("/queue?{deep}")),
            ("queue, overdue", "/queue?due=overdue".into()),
            ("queue, a sector", "/queue?sector=housing".into()),
            (
                "queue, a sector in a town",
                format!("/queue?sector=housing&municipality={town}"),
            ),
            ("queue, a network", "/queue?platform=telegram".into()),
            ("queue, nobody's", "/queue?holder=nobody".into()),
            ("queue, ended", "/queue?state=closed&state=declined".into()),
            ("overview", "/overview".into()),
        ] {
            let allowed = name != "overview" || person.login == HEAD.login;
            if allowed {
                page(&router, person, name, |_| path.clone()).await?;
            }
        }
    }
    let any = |round| 1 + Dice::of(round).below(region.incidents);
    page(&router, HEAD, "any incident", |round| {
        format!("/incidents/{}", any(round))
    })
    .await?;
    let last = |round| region.incidents - Dice::of(round).below(region.incidents / 50);
    page(&router, HEAD, "one of the last incidents", |round| {
        format!("/incidents/{}", last(round))
    })
    .await?;
    for person in [HEAD, EMPLOYEE] {
        page(&router, person, "search without words", |_| {
            "/search".into()
        })
        .await?;
        page(&router, person, "search", |round| {
            let words = region.question(&mut Dice::of(round + 7));
            let mut path = url::form_urlencoded::Serializer::new("/search?".to_owned());
            path.append_pair("q", &words).finish()
        })
        .await?;
    }
    Ok(())
}

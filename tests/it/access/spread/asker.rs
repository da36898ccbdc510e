//! Somebody with their grants, and what brute force says of them. Start with [`Asker::check`].

use std::{
    fmt::{Debug, Display},
    sync::atomic::Ordering,
};

use axum::http::{Request, header};
use otklik::{
    domain::{id::UserId, time::Span},
    store::{Priority, accounts, scope::Scope},
};

use super::world::{Fact, Fate, World};
use crate::{
    access::oracle::{Held, sees},
    office::{Page, Visitor},
};

/// Somebody with their grants, and what brute force says of them.
pub struct Asker<'a> {
    pub world: &'a World,
    pub held: &'a [Held],
    pub scope: Scope,
    pub login: String,
    pub visitor: Visitor,
}

impl World {
    pub async fn hire<'a>(&'a self, held: &'a [Held]) -> Asker<'a> {
        let login = format!("asker{}", self.hired.fetch_add(1, Ordering::Relaxed));
        let (first, more) = held.split_first().unwrap();
        let list = |code: &Option<&'static str>| code.iter().copied().collect::<Vec<_>>();
        let (sectors, places) = (list(&first.sector), list(&first.municipality));
        self.office
            .hire(&login, first.role, &sectors, &places)
            .await;
        let mut tx = self.office.it.store.write(Priority::Person).await.unwrap();
        let account = accounts::find_by_login(&mut tx, &login)
            .await
            .unwrap()
            .unwrap();
        let id = UserId(account.id.clone());
        for h in more {
            accounts::add_grant(&mut tx, &id, h.role, h.sector, h.municipality)
                .await
                .unwrap();
        }
        let scope = accounts::scope_of(&mut tx, &account).await.unwrap();
        tx.commit().await.unwrap();
        // An address may try to sign in so many times a minute.
        self.office.app.clock.advance(Span::minutes(1));
        let visitor = self.office.enters(&login).await;
        Asker {
            world: self,
            held,
            scope,
            login,
            visitor,
        }
    }
}

pub type Checked = Result<(), String>;

impl Asker<'_> {
    /// Compares, and says what differs and for whom.
    pub fn same<T: PartialEq + Debug>(&self, what: impl Display, got: T, want: T) -> Checked {
        match got == want {
            true => Ok(()),
            false => Err(format!(
                "{:?}\n{what}: {got:?}, by brute force {want:?}",
                self.held
            )),
        }
    }

    /// The facts of some fates on which a right holds.
    pub fn facts(&self, right: &str, fates: &[Fate]) -> Vec<&Fact> {
        let facts = self
            .world
            .facts
            .iter()
            .filter(|fact| fates.contains(&fact.fate));
        facts
            .filter(|fact| sees(self.held, right, fact.spot))
            .collect()
    }

    pub fn incidents(&self, right: &str) -> Vec<&Fact> {
        self.facts(right, &[Fate::Held, Fate::Moved])
    }

    pub fn posts(&self, right: &str) -> Vec<&Fact> {
        self.facts(right, &[Fate::Held, Fate::Moved, Fate::Waits, Fate::Claims])
    }

    pub async fn api(&self, path: &str) -> Page {
        let token = format!("Bearer token of {}", self.login);
        let request = Request::get(path).header(header::AUTHORIZATION, token);
        self.world
            .office
            .stranger()
            .ask(request, axum::body::Body::empty())
            .await
    }

    pub async fn check(&mut self) -> Checked {
        self.check_lists().await?;
        self.check_other_lists().await?;
        self.check_index()?;
        self.check_api().await?;
        self.check_stats().await?;
        self.check_queue_pages().await?;
        self.check_search_page().await?;
        self.check_incident_pages().await
    }
}

//! The first people of an installation: accounts and tokens that commands make.

use anyhow::{Context, Result};

use super::Centre;
use crate::{
    domain::{id::UserId, user::Role},
    store::{
        Priority, Tx, accounts,
        audit::{self, AuditKind, Entry},
        tokens,
    },
    web::auth::{
        self,
        password::{self, Cost},
    },
};

impl Centre {
    /// Makes an account with a role of full reach, if there is none of that login.
    ///
    /// # Errors
    /// A password that is too short.
    pub async fn ensure_account(
        &self,
        login: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<()> {
        let mut tx = self.store.write(Priority::Person).await?;
        if accounts::find_by_login(&mut tx, login).await?.is_some() {
            return Ok(());
        }
        let now = self.clock.now();
        let hash = password::hash(password, Cost::STRONG, &self.ids)?;
        let account = accounts::NewAccount {
            id: UserId(self.ids.ulid(now)),
            login,
            name,
            password: &hash,
            role,
            sectors: &[],
            municipalities: &[],
        };
        accounts::create(&mut tx, &account, now).await?;
        self.note_staff(&mut tx, login, &format!("added as {role}"))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Gives an account an API token; the same one again changes nothing.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn ensure_token(&self, login: &str, token: &str) -> Result<()> {
        let mut tx = self.store.write(Priority::Person).await?;
        let account = accounts::find_by_login(&mut tx, login)
            .await?
            .with_context(|| format!("there is no account {login}"))?;
        let id = UserId(account.id);
        let hash = auth::hash_secret(token);
        let now = self.clock.now();
        if tokens::find(&mut tx, &hash, now).await?.is_some() {
            return Ok(());
        }
        tokens::add(&mut tx, &hash, &id, None, now).await?;
        self.note_staff(&mut tx, login, "a token was added").await?;
        Ok(tx.commit().await?)
    }

    async fn note_staff(&self, tx: &mut Tx, login: &str, detail: &str) -> Result<()> {
        let entry = Entry {
            who: "service:start",
            kind: AuditKind::Changed,
            subject: &format!("account:{login}"),
            detail,
        };
        Ok(audit::append(tx, &self.ids, self.clock.now(), &entry).await?)
    }
}

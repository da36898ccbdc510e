//! Hints between processes on one PostgreSQL: each commit that leaves work says so (`notify`), and
//! each process hears it. A hint may be lost; every loop polls as well.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::PgListener;

use super::{Hints, Pools, Result, Sql, Store, Tx, sql::statements};

statements! {
    SAY = Sql::each("select 1 where $1 = ''", "select 1 from pg_notify('otklik', $1)");
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// New or changed posts.
    Posts,
    /// Newly understood posts.
    Annotations,
    /// Jobs to run.
    Jobs,
}

impl Hint {
    const ALL: [Hint; 3] = [Hint::Posts, Hint::Annotations, Hint::Jobs];

    fn word(self) -> &'static str {
        match self {
            Hint::Posts => "posts",
            Hint::Annotations => "annotations",
            Hint::Jobs => "jobs",
        }
    }

    fn wake(self, hints: &Hints) {
        match self {
            Hint::Posts => hints.posts.notify_one(),
            Hint::Annotations => hints.annotations.notify_one(),
            Hint::Jobs => hints.jobs.notify_one(),
        }
        hints.changes.notify_one();
    }
}

/// Tells the other processes when the transaction commits. On SQLite there are none.
pub(crate) async fn say(tx: &mut Tx, hint: Hint) -> Result<()> {
    if let Tx::Postgres(c, _) = tx {
        sqlx::query(SAY.postgres)
            .bind(hint.word())
            .execute(&mut **c)
            .await?;
    }
    Ok(())
}

/// Hears what other processes say.
pub struct Ear {
    heard: PgListener,
    hints: Arc<Hints>,
}

impl Store {
    /// Begins to listen; none on SQLite, which one process has for itself.
    ///
    /// # Errors
    /// [`super::Error::Database`].
    pub async fn listen(&self) -> Result<Option<Ear>> {
        let Pools::Postgres(pool) = &self.pools else {
            return Ok(None);
        };
        let mut heard = PgListener::connect_with(pool).await?;
        heard.listen("otklik").await?;
        Ok(Some(Ear {
            heard,
            hints: self.hints.clone(),
        }))
    }
}

impl Ear {
    /// Waits for the next word, `patience` at most, and wakes the loops that it concerns.
    ///
    /// # Errors
    /// [`super::Error::Database`] when the connection is lost.
    pub async fn hear(&mut self, patience: Duration) -> Result<()> {
        let Ok(said) = tokio::time::timeout(patience, self.heard.recv()).await else {
            return Ok(());
        };
        let said = said?;
        let hint = Hint::ALL.iter().find(|hint| hint.word() == said.payload());
        if let Some(hint) = hint {
            hint.wake(&self.hints);
        }
        Ok(())
    }
}

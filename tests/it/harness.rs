//! What every story needs: an empty store on each database, and a clock that moves only when told.

#![allow(dead_code, reason = "each story takes what it needs")]

use std::path::Path;

use otklik::{
    domain::{
        id::{IdentityKey, Ids},
        time::{Clock, Timestamp},
    },
    store::{Store, posts::Keys},
};

/// The moment at which every story begins: 2026-11-22 12:00 UTC, a Sunday.
pub const START: Timestamp = Timestamp::from_seconds(1_795_348_800);

/// Which database a story runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// An empty, migrated store; its database and folder go when it is dropped.
pub struct TestStore {
    pub store: Store,
    pub folder: tempfile::TempDir,
    pub url: String,
}

impl TestStore {
    pub async fn start(database: Database) -> TestStore {
        let folder = tempfile::tempdir().unwrap();
        let url = match database {
            Database::Sqlite => String::new(),
            Database::Postgres => new_postgres_database().await,
        };
        let store = Store::open(&url, folder.path()).await.unwrap();
        store.migrate().await.unwrap();
        TestStore { store, folder, url }
    }
}

/// A fresh database on the server that `scripts/test` started.
#[allow(clippy::disallowed_methods, reason = "tests have no settings")]
pub async fn new_postgres_database() -> String {
    let server = std::env::var("TEST_POSTGRES")
        .expect("TEST_POSTGRES is not set: run scripts/test, which starts PostgreSQL");
    let name = format!("t_{}", Ids::random().ulid(START).to_lowercase());
    let pool = sqlx::PgPool::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    format!("{server}/{name}")
}

/// The keys that every story uses.
pub fn keys() -> Keys {
    Keys {
        identity: IdentityKey::new(*b"a key that never rotates"),
        author_master: b"a key that rotates each month".to_vec(),
    }
}

/// A standing clock at [`START`].
pub fn clock() -> Clock {
    Clock::manual(START)
}

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Each story becomes two tests: one on SQLite, one on PostgreSQL.
#[macro_export]
macro_rules! on_each_database {
    ($($(#[$meta:meta])* async fn $name:ident($store:ident: TestStore) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($store: $crate::harness::TestStore) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                story($crate::harness::TestStore::start($crate::harness::Database::Sqlite).await)
                    .await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                story($crate::harness::TestStore::start($crate::harness::Database::Postgres).await)
                    .await;
            }
        }
    )*};
}

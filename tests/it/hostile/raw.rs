//! The database past the store: what it holds, as one text to compare.

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use crate::harness::TestStore;

pub enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What a refused input must leave as it is. The journal notes refusals too: it is left out.
const CONTENTS: &[&str] = &[
    "select count(*), coalesce(sum(number + cycle + length(state) + length(sector) + length(title) + posts), 0) from incident",
    "select count(*), coalesce(sum(length(note)), 0) from incident_event",
    "select count(*), coalesce(sum(length(answer)), 0) from cycle",
    "select count(*), count(stopped) from clock",
    "select count(*), count(decided) from triage",
    "select count(*), count(decided) from claim_match",
    "select count(*), coalesce(sum(attempts + not_before), 0) from job",
    "select count(*), coalesce(sum(length(note) + length(gosorg)), 0) from official_page",
    "select count(*), coalesce(sum(length(password) + length(login)), 0) from account",
    "select count(*), coalesce(sum(last_step), 0) from factor",
    "select count(*), coalesce(sum(length(text)), 0) from post",
    "select count(*), 0 from account_role",
    "select count(*), 0 from api_token",
];

impl Raw {
    pub async fn open(it: &TestStore) -> Raw {
        match it.store.is_postgres() {
            true => Raw::Postgres(PgPool::connect(&it.url).await.unwrap()),
            false => {
                let file = it.folder.path().join("otklik.db");
                Raw::Sqlite(
                    SqlitePool::connect(&format!("sqlite://{}", file.display()))
                        .await
                        .unwrap(),
                )
            }
        }
    }

    /// The contents; a table that is gone fails.
    pub async fn contents(&self) -> String {
        let parts = CONTENTS.iter().map(|text| {
            let (count, rest) = text
                .strip_prefix("select ")
                .unwrap()
                .split_once(", ")
                .unwrap();
            let (sum, from) = rest.rsplit_once(" from ").unwrap();
            format!("(select cast({count} as text) || ':' || cast({sum} as text) from {from})")
        });
        let text = format!("select {}", parts.collect::<Vec<_>>().join(" || ' ' || "));
        let text = AssertSqlSafe(text);
        let (found,): (String,) = match self {
            Raw::Sqlite(pool) => sqlx::query_as(text).fetch_one(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_as(text).fetch_one(pool).await.unwrap(),
        };
        found
    }

    pub async fn run(&self, text: &str) {
        let text = AssertSqlSafe(text.to_owned());
        match self {
            Raw::Sqlite(pool) => sqlx::query(text).execute(pool).await.map(drop).unwrap(),
            Raw::Postgres(pool) => sqlx::query(text).execute(pool).await.map(drop).unwrap(),
        }
    }

    /// Texts of one column.
    pub async fn texts(&self, text: &str) -> Vec<String> {
        let text = AssertSqlSafe(text.to_owned());
        let rows: Vec<(String,)> = match self {
            Raw::Sqlite(pool) => sqlx::query_as(text).fetch_all(pool).await.unwrap(),
            Raw::Postgres(pool) => sqlx::query_as(text).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(text,)| text).collect()
    }
}

//! One migrations folder for both databases: sections `-- only: sqlite|postgres|both` are cut here.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use super::{
    Result, Sql, Tx,
    sql::{fetch, statements},
};

statements! {
    // Before the first migration the table of migrations is not there.
    HAS_TABLE = Sql::each(
        "select count(*) from sqlite_master where name = '_sqlx_migrations'",
        "select count(*) from pg_class where oid = to_regclass('_sqlx_migrations')");
    VERSION = Sql::both("select coalesce(max(version), 0) from _sqlx_migrations where success");
}

macro_rules! migration {
    ($version:literal, $file:literal) => {
        (
            $version,
            $file,
            include_str!(concat!("../../migrations/", $file, ".sql")),
        )
    };
}

/// Every migration, oldest first: version, file, text. Never change one that has shipped.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    migration!(1, "0001_house"),
    migration!(2, "0002_waiting"),
    migration!(3, "0003_alert_rights"),
    migration!(4, "0004_gone_sources"),
    migration!(5, "0005_retention"),
    migration!(6, "0006_receivers"),
    migration!(7, "0007_fields"),
    migration!(8, "0008_attempts"),
    migration!(9, "0009_turns"),
    migration!(10, "0010_journal"),
    migration!(11, "0011_sessions"),
    migration!(12, "0012_factor"),
    migration!(13, "0013_headlines"),
    migration!(14, "0014_figures"),
    migration!(15, "0015_provider"),
    migration!(16, "0016_compaction"),
    migration!(17, "0017_tokens"),
    migration!(18, "0018_submissions"),
    migration!(19, "0019_reach"),
    migration!(20, "0020_loose"),
    migration!(21, "0021_seen_again"),
    migration!(22, "0022_boards"),
    migration!(23, "0023_reading"),
    migration!(24, "0024_inbox"),
    migration!(25, "0025_tables"),
    migration!(26, "0026_schedule"),
    migration!(27, "0027_evidence"),
    migration!(28, "0028_watch"),
];

/// Which database a text is cut for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn word(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        }
    }
}

/// The newest version.
pub(super) fn latest() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, ..)| *version)
}

/// The migrations up to `last`.
pub(super) fn migrator(dialect: Dialect, last: i64) -> Result<Migrator> {
    let migrations = MIGRATIONS
        .iter()
        .filter(|(version, ..)| *version <= last)
        .map(|(version, description, text)| {
            Migration::new(
                *version,
                Cow::Borrowed(*description),
                MigrationType::Simple,
                AssertSqlSafe(cut(text, dialect)).into_sql_str(),
                false,
            )
        })
        .collect();
    Ok(Migrator::with_migrations(migrations))
}

/// The last migration that ran; 0 for an empty database.
pub(super) async fn version(tx: &mut Tx) -> Result<i64> {
    let (tables,) = fetch!(fetch_one(i64,), tx, HAS_TABLE)?;
    if tables == 0 {
        return Ok(0);
    }
    Ok(fetch!(fetch_one(i64,), tx, VERSION)?.0)
}

/// The lines of `text` that `dialect` should see.
fn cut(text: &str, dialect: Dialect) -> String {
    let mut wanted = true;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        match line.trim().strip_prefix("-- only:") {
            Some(word) => wanted = word.trim() == "both" || word.trim() == dialect.word(),
            None if wanted => {
                kept.push_str(line);
                kept.push('\n');
            }
            None => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_sees_its_own_sections_and_the_common_ones() {
        let text = "a\n-- only: sqlite\nb\n-- only: postgres\nc\n-- only: both\nd\n";
        assert_eq!(cut(text, Dialect::Sqlite), "a\nb\nd\n");
        assert_eq!(cut(text, Dialect::Postgres), "a\nc\nd\n");
    }
}

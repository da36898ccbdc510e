//! The list of every constant statement, for the test that prepares each of them on both databases.

use super::*;

/// Every constant statement: file, name, text. A file with statements that is not listed here fails
/// the test that compares this list with the folder.
pub(super) fn statements() -> Vec<(&'static str, &'static str, Sql)> {
    [
        ("accounts", accounts::ALL.to_vec()),
        ("annotations", annotations::ALL.to_vec()),
        ("attempts", attempts::ALL.to_vec()),
        ("audit", audit::statements()),
        ("backfills", backfills::ALL.to_vec()),
        ("backup", backup::statements()),
        ("budget", budget::ALL.to_vec()),
        ("changes", changes::statements()),
        ("claims", claims::ALL.to_vec()),
        ("clocks", clocks::ALL.to_vec()),
        ("evidence", evidence::ALL.to_vec()),
        ("entries", entries::ALL.to_vec()),
        ("factors", factors::ALL.to_vec()),
        ("figures", figures::ALL.to_vec()),
        ("idempotency", idempotency::ALL.to_vec()),
        ("inbox", inbox::ALL.to_vec()),
        ("incidents", incidents::statements()),
        ("jobs", jobs::statements()),
        ("listen", listen::ALL.to_vec()),
        ("migrate", migrate::ALL.to_vec()),
        ("retention", retention::statements()),
        ("robots", robots::ALL.to_vec()),
        ("routing", routing::ALL.to_vec()),
        ("pages", pages::ALL.to_vec()),
        ("posts", posts::statements()),
        ("providers", providers::ALL.to_vec()),
        ("sessions", sessions::ALL.to_vec()),
        ("settings", settings::ALL.to_vec()),
        ("sources", sources::statements()),
        ("submissions", submissions::ALL.to_vec()),
        ("tables", tables::statements()),
        ("tokens", tokens::ALL.to_vec()),
        ("turns", turns::ALL.to_vec()),
        ("watch", watch::ALL.to_vec()),
    ]
    .into_iter()
    .flat_map(|(file, list)| list.into_iter().map(move |(name, sql)| (file, name, sql)))
    .collect()
}

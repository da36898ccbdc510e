//! The journal's entry for a change that was made by command.

use otklik::{
    domain::{id::Ids, time::Timestamp},
    store::{
        self, Tx,
        audit::{self, AuditKind, Entry},
    },
};

/// Notes in the same transaction what was changed, and how.
pub async fn note(
    tx: &mut Tx,
    ids: &Ids,
    now: Timestamp,
    subject: &str,
    detail: &str,
) -> store::Result<()> {
    let entry = Entry {
        who: "service:cli",
        kind: AuditKind::Changed,
        subject,
        detail,
    };
    audit::append(tx, ids, now, &entry).await
}

//! `otklik restore`: a backup becomes the database in use. Start with [`run`].
//!
//! The new database is made beside the old one, migrated, and purged of what was purged since the
//! backup; then it takes the old one's place in one step. A kill before that leaves the old data as
//! they were.

use std::sync::{Arc, atomic::AtomicBool};

use anyhow::{Context, Result, bail, ensure};
use secrecy::ExposeSecret;

use super::backup::{Kept, database_word};
use crate::{
    config::settings::Settings,
    domain::{
        id::Ids,
        time::{Clock, Timestamp},
    },
    store::{
        Priority, Store,
        backup::{Beside, Since},
        changes, settings as facts,
    },
    work::{lock::WorkLock, retention::Retention, supervisor::settle},
};

/// The first version of the schema that knows retention.
const WITH_RETENTION: i64 = 5;

/// What restoring did.
#[derive(Debug)]
pub struct Restored {
    /// When the backup was made.
    pub made: Timestamp,
    /// Version of the backup's schema, and of the database now.
    pub schema: (i64, i64),
    /// Posts of the backup that the old database had purged since.
    pub purged_since: u64,
    /// Keys that were put, and keys that differ from the installation's and were left alone.
    pub secrets: (Vec<String>, Vec<String>),
}

/// Restores `kept` into the database of the settings.
///
/// # Errors
/// A sentence, and nothing has changed: the backup is damaged or of another kind, the target is not
/// empty and `force` is not given, or another process works there.
pub async fn run(
    settings: &Settings,
    kept: &Kept,
    clock: &Clock,
    ids: &Ids,
    force: bool,
) -> Result<Restored> {
    let url = settings.database_url.expose_secret();
    let data_dir = &settings.data_dir;
    refuse_other_kind(kept, !url.is_empty())?;
    kept.verify()?;
    std::fs::create_dir_all(data_dir)
        .with_context(|| format!("cannot make the data folder {}", data_dir.display()))?;
    let _lock = WorkLock::take(data_dir)?;
    let since = of_target(settings, force).await?;
    let beside = Store::beside(url, data_dir, &kept.folder, &kept.snapshot()).await?;
    let purged_since = bring_up_to_date(settings, &beside, &since, clock, ids).await?;
    let now = beside.schema_version().await?;
    Store::replace(url, data_dir, beside).await?;
    Ok(Restored {
        made: Timestamp::from_millis(kept.manifest.made_millis),
        schema: (kept.manifest.schema, now),
        purged_since,
        secrets: kept.restore_secrets(data_dir)?,
    })
}

fn refuse_other_kind(kept: &Kept, postgres: bool) -> Result<()> {
    let (of, wanted) = (kept.manifest.database.as_str(), database_word(postgres));
    ensure!(
        of == wanted,
        "this is a backup of {of}, the settings name {wanted}: mend database_url"
    );
    let (schema, known) = (kept.manifest.schema, Store::latest_schema());
    ensure!(
        schema <= known,
        "the backup has schema version {schema}, this program knows versions \
        up to {known}: restore it with the newer program"
    );
    Ok(())
}

/// What the target must not forget; an empty target has nothing.
async fn of_target(settings: &Settings, force: bool) -> Result<Since> {
    let url = settings.database_url.expose_secret();
    if url.is_empty() && !settings.data_dir.join("otklik.db").exists() {
        return Ok(Since::default());
    }
    let old = Store::open_named(url, &settings.data_dir, "otklik restore").await?;
    let since = read_since(&old, force).await;
    old.close().await;
    since
}

async fn read_since(old: &Store, force: bool) -> Result<Since> {
    let version = old.schema_version().await?;
    if version == 0 {
        return Ok(Since::default());
    }
    ensure!(
        force,
        "there is a database already; --force replaces it and everything in it"
    );
    // a process of this machine is kept out by the lock of the data folder; this is for the others
    let others = old.others().await?;
    if others > 0 {
        bail!(
            "{others} connections of otklik use this database: stop `otklik serve` on every machine"
        );
    }
    if version < WITH_RETENTION {
        return Ok(Since::default());
    }
    let mut tx = old.read().await?;
    Ok(Since::read(&mut tx).await?)
}

/// Purges what was purged since, then what is past its term now.
async fn bring_up_to_date(
    settings: &Settings,
    new: &Beside,
    since: &Since,
    clock: &Clock,
    ids: &Ids,
) -> Result<u64> {
    let mut tx = new.write(Priority::Bulk).await?;
    let purged = since.repeat(&mut tx).await?;
    // every index was made from another log of changes: it sees this name and begins anew
    changes::compact::begin_anew(&mut tx).await?;
    facts::put(&mut tx, facts::CHANGE_LOG, &ids.ulid(clock.now())).await?;
    tx.commit().await?;
    let purge = Retention {
        store: (**new).clone(),
        terms: settings.retention.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        unscrubbed: AtomicBool::new(true),
    };
    settle(&[Arc::new(purge) as _]).await?;
    Ok(purged)
}

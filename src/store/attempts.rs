//! Wrong attempts to sign in, counted for all web processes. The rule is `domain::patience`; what a
//! subject stands for knows `web::auth::lockout`. Start with [`begin`].
//!
//! An attempt is counted before the password is looked at: a thousand at once are a thousand, and not
//! one. A right password takes its count back ([`forgive`]).

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::{
    patience::Patience,
    time::{Span, Timestamp},
};

statements! {
    /// Makes the row, or takes its lock: of two processes one waits for the other.
    TAKE = Sql::both("insert into sign_in_try (subject, failures, last, until)
        values ($1, 0, $2, 0)
        on conflict (subject) do update set failures = sign_in_try.failures
        returning failures, last, until");
    COUNT = Sql::both("update sign_in_try set failures = $2, last = $3, until = $4
        where subject = $1");
    FORGET = Sql::both("delete from sign_in_try where subject = $1");
    TAKE_BACK = Sql::both("update sign_in_try set failures = failures - 1, until = $2
        where subject = $1 and failures > 0");
    FORGET_OLD = Sql::both("delete from sign_in_try where last < $1");
}

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// A hash of what it stands for.
    pub hash: String,
    /// Its rule.
    pub patience: Patience,
    /// Whether one right password clears it. An address is shared: it only takes back its own count.
    pub cleared_by_success: bool,
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may, and is counted as wrong until [`forgive`]; so many are left before a delay.
    Go(u32),
    /// Not before so long. Nothing was counted; the transaction is to be dropped.
    Wait(Span),
}

/// Asks for an attempt, and counts it for every subject. To be committed before the password is
/// looked at.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn begin(tx: &mut Tx, subjects: &[Subject], now: Timestamp) -> Result<Turn> {
    let (mut left, mut wait, mut counts) = (u32::MAX, Span::ZERO, Vec::new());
    // in one order everywhere: two attempts never wait for each other
    let mut ordered: Vec<&Subject> = subjects.iter().collect();
    ordered.sort_by(|a, b| a.hash.cmp(&b.hash));
    for subject in ordered {
        let rule = subject.patience;
        let (failures, last, until) = fetch!(
            fetch_one(i64, i64, i64),
            tx,
            TAKE,
            subject.hash.as_str(),
            now.as_millis()
        )?;
        // a clock that was set back makes nobody wait longer than the rule does
        let rest = Timestamp::from_millis(until).since(now).min(rule.longest);
        wait = wait.max(rest);
        let quiet = now.since(Timestamp::from_millis(last));
        let before = rule.remembered(u32::try_from(failures).unwrap_or(0), quiet);
        let failures = before.saturating_add(1);
        left = left.min(rule.left(failures));
        counts.push((subject, failures));
    }
    if wait > Span::ZERO {
        return Ok(Turn::Wait(wait));
    }
    for (subject, failures) in counts {
        let until = now.plus(subject.patience.delay(failures));
        let hash = subject.hash.as_str();
        let (now, until) = (now.as_millis(), until.as_millis());
        execute!(tx, COUNT, hash, i64::from(failures), now, until)?;
    }
    Ok(Turn::Go(left))
}

/// Takes back what [`begin`] counted, for the password was right.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn forgive(tx: &mut Tx, subjects: &[Subject], now: Timestamp) -> Result<()> {
    let mut ordered: Vec<&Subject> = subjects.iter().collect();
    ordered.sort_by(|a, b| a.hash.cmp(&b.hash));
    for subject in ordered {
        let hash = subject.hash.as_str();
        match subject.cleared_by_success {
            true => execute!(tx, FORGET, hash)?,
            false => execute!(tx, TAKE_BACK, hash, now.as_millis())?,
        };
    }
    Ok(())
}

/// Drops counts that nobody added to for so long.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn forget_old(tx: &mut Tx, older: Span, now: Timestamp) -> Result<u64> {
    Ok(execute!(tx, FORGET_OLD, now.minus(older).as_millis())?)
}

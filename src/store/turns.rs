//! Turns: which of several processes does the work that only one may do. A turn is a lease with a
//! name; it ends by itself when its owner is gone.

use super::{
    Result, Sql, Tx,
    sql::{execute, fetch, statements},
};
use crate::domain::time::Timestamp;

statements! {
    TAKE = Sql::both("insert into turn (name, owner, until) values ($1, $2, $3)
        on conflict (name) do update set owner = excluded.owner, until = excluded.until
        where turn.owner = excluded.owner or turn.until <= $4
        returning owner");
    GIVE_BACK = Sql::both("delete from turn where name = $1 and owner = $2");
}

/// Takes or prolongs the turn until a moment; false while another owner has it.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn take(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let taken = fetch!(
        fetch_optional(String,),
        tx,
        TAKE,
        name,
        owner,
        until.as_millis(),
        now.as_millis()
    )?;
    Ok(taken.is_some())
}

/// Ends one's own turn before its time.
///
/// # Errors
/// [`super::Error::Database`].
pub async fn give_back(tx: &mut Tx, name: &str, owner: &str) -> Result<()> {
    execute!(tx, GIVE_BACK, name, owner)?;
    Ok(())
}

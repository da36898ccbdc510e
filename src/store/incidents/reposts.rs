//! Bare reposts: they join the incident of their original as reach. They are no voices: they neither count
//! among its posts nor make it look recent. Start with [`join`].

use crate::{
    domain::{
        id::{IncidentId, PostId},
        time::Timestamp,
    },
    store::{
        Result, Sql, Tx,
        sql::{execute, fetch, statements},
    },
};

/// A repost `r` without a word of its own of the post `o`: its connector says so, or the texts are one.
macro_rules! reposts_of {
    ($head:literal, $rest:literal) => {
        concat!(
            $head,
            " from post o join post r on r.original = o.id and (r.bare = 1 or r.text = o.text)",
            $rest
        )
    };
}

statements! {
    JOIN = Sql::both(reposts_of!(
        "insert into incident_post (post, incident, joined, joined_by, score)
        select r.id, $2, $3, 'repost', 1.0",
        " where o.id = $1 and r.deleted is null on conflict (post) do nothing returning post"));
    COUNT = Sql::both("update incident set reposts = reposts + 1, updated = $2,
        networks = networks | coalesce((select n.bit from post p
            join network n on n.code = p.platform where p.id = $3), 0) where id = $1");
    HOLD = Sql::both("update post set held = 1 where id = $1");
    MOVED = Sql::both("insert into change (post, kind) values ($1, 'moved')");
    // A person need not decide on what only repeats.
    SETTLED = Sql::both("delete from triage where post = $1 and decided is null");
    OF_REPOSTS = Sql::both(reposts_of!("select ip.incident",
        " join incident_post ip on ip.post = r.id
        where o.id = $1 and ip.joined_by = 'machine' order by ip.joined, r.id limit 1"));
    MAKE_REPOSTS = Sql::both(concat!("update incident_post set joined_by = 'repost'
        where incident = $2 and joined_by = 'machine' and post in (",
        reposts_of!("select r.id", " where o.id = $1)")));
    RECOUNT = Sql::both("update incident set posts = posts - $2, reposts = reposts + $2 where id = $1");
}

/// Lets the bare reposts of a post, known so far, join its open incident; gives how many did.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn join(
    tx: &mut Tx,
    id: &IncidentId,
    original: &PostId,
    now: Timestamp,
) -> Result<usize> {
    let joined = fetch!(
        fetch_all(String,),
        tx,
        JOIN,
        original.as_str(),
        id.as_str(),
        now.as_millis()
    )?;
    for (post,) in &joined {
        execute!(tx, COUNT, id.as_str(), now.as_millis(), post.as_str())?;
        execute!(tx, HOLD, post.as_str())?;
        execute!(tx, MOVED, post.as_str())?;
        execute!(tx, SETTLED, post.as_str())?;
    }
    Ok(joined.len())
}

/// The incident that the machine opened for, or joined to, a bare repost of this post, which came before it.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn of_reposts(tx: &mut Tx, original: &PostId) -> Result<Option<IncidentId>> {
    let found = fetch!(fetch_optional(String,), tx, OF_REPOSTS, original.as_str())?;
    Ok(found.map(|(id,)| IncidentId(id)))
}

/// Counts the bare reposts of a post that has joined their incident as what they are.
///
/// # Errors
/// [`crate::store::Error::Database`].
pub async fn make_reposts(tx: &mut Tx, id: &IncidentId, original: &PostId) -> Result<()> {
    let made = execute!(tx, MAKE_REPOSTS, original.as_str(), id.as_str())?;
    execute!(tx, RECOUNT, id.as_str(), made as i64)?;
    Ok(())
}

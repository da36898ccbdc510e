//! Writing incidents. Each function is one row or one statement; `crate::incidents` composes them
//! in a transaction.

use super::{
    cycles::{first_cycle, queue},
    ended,
    filter::is_end,
    reposts,
};
use crate::{
    domain::{
        id::{Ids, IncidentId, PostId},
        incident::IncidentState,
        job::Alert,
        time::Timestamp,
    },
    store::{
        Error, Result, Sql, Tx,
        evidence::{self, Reason},
        sql::{execute, fetch, statements},
    },
};

statements! {
    LOCK = Sql::each("select 1 as locked",
        "select 1 as locked from pg_advisory_xact_lock(7031)");
    OPEN = Sql::both("insert into incident (id, number, sector, topic, title, municipality, place,
            place_name, lat, lon, state, holder, cycle, posts, opened, updated, last_post)
        select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, 'new', null, 1, 0,
            $10, $10, $11 from incident
        returning number");
    ATTACH = Sql::both("insert into incident_post (post, incident, joined, joined_by, score)
        values ($1, $2, $3, $4, $5) on conflict (post) do nothing");
    // Retention leaves it to the incident.
    HOLD_POST = Sql::both("update post set held = 1 where id = $1");
    // The index follows: what may be found by whom is the incident's from now on.
    MOVED_POST = Sql::both("insert into change (post, kind)
        select p.id, 'moved' from post p join incident i on i.id = $2
        left join annotation a on a.post = p.id
        where p.id = $1 and (i.sector <> coalesce(a.sector, '') or i.topic <> coalesce(a.topic, '')
            or i.municipality <> coalesce(a.municipality, p.municipality, ''))");
    MOVED_INCIDENT = Sql::both("insert into change (post, kind)
        select post, 'moved' from incident_post where incident = $1");
    TOUCH = Sql::both("update incident set posts = posts + 1, updated = $2,
        last_post = case when last_post < $3 then $3 else last_post end,
        networks = networks | coalesce((select n.bit from post p
            join network n on n.code = p.platform where p.id = $4), 0) where id = $1");
    ADD_EVENT = Sql::both("insert into incident_event (id, incident, cycle, at, who, kind,
        from_value, to_value, note)
        values ($1, $2, (select cycle from incident where id = $2), $3, $4, $5, $6, $7, $8)");
    CHANGE_STATE = Sql::both("update incident set state = $3, holder = $4, updated = $5
        where id = $1 and state = $2");
    SET_SECTOR = Sql::both("update incident set sector = $2, topic = $3 where id = $1");
    PUT_ANSWER = Sql::both("update cycle set answer = $3, answer_url = $4, answered = $5,
        answered_by = $6 where incident = $1 and number = $2");
    ALERT_FOR = Sql::both("select i.number, i.sector, i.topic, i.title, i.municipality,
            i.place_name, c.due,
            (select coalesce(max(p.alerts), 0) from incident_post ip join post p on p.id = ip.post
             where ip.incident = i.id)
        from incident i left join clock c
            on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
        where i.id = $1");
}

/// What an incident begins with.
#[derive(Debug, Clone)]
pub struct NewIncident<'a> {
    /// Its id.
    pub id: &'a IncidentId,
    /// The sector's code.
    pub sector: &'a str,
    /// The topic's code.
    pub topic: &'a str,
    /// The problem in a line, masked.
    pub title: &'a str,
    /// The municipality's code.
    pub municipality: Option<&'a str>,
    /// The place's code.
    pub place: Option<&'a str>,
    /// The place as shown.
    pub place_name: Option<&'a str>,
    /// Latitude and longitude, degrees.
    pub point: Option<(f64, f64)>,
    /// When its first post was published.
    pub last_post: Timestamp,
}

/// One router at a time, also when several machines route: numbers and joining depend on what the
/// router before it wrote. Held until the transaction ends.
///
/// # Errors
/// [`Error::Database`].
pub async fn lock_routing(tx: &mut Tx) -> Result<()> {
    execute!(tx, LOCK)?;
    Ok(())
}

/// Opens an incident with its first cycle; gives its number.
///
/// # Errors
/// [`Error::Database`].
pub async fn open(tx: &mut Tx, new: &NewIncident<'_>, now: Timestamp) -> Result<i64> {
    let (number,) = fetch!(
        fetch_one(i64,),
        tx,
        OPEN,
        new.id.as_str(),
        new.sector,
        new.topic,
        new.title,
        new.municipality,
        new.place,
        new.place_name,
        new.point.map(|p| p.0),
        new.point.map(|p| p.1),
        now.as_millis(),
        new.last_post.as_millis()
    )?;
    first_cycle(tx, new.id, now).await?;
    Ok(number)
}

/// Makes a post part of an open incident, with its bare reposts, and takes evidence of it; false when it is
/// part of one already.
///
/// # Errors
/// [`Error::Database`].
pub async fn attach(
    tx: &mut Tx,
    id: &IncidentId,
    post: &PostId,
    published: Timestamp,
    by: (&str, f64),
    now: Timestamp,
) -> Result<bool> {
    let (who, score) = by;
    let joined = execute!(
        tx,
        ATTACH,
        post.as_str(),
        id.as_str(),
        now.as_millis(),
        who,
        score
    )?;
    if joined == 0 {
        return Ok(false);
    }
    execute!(tx, HOLD_POST, post.as_str())?;
    execute!(tx, MOVED_POST, post.as_str(), id.as_str())?;
    execute!(
        tx,
        TOUCH,
        id.as_str(),
        now.as_millis(),
        published.as_millis(),
        post.as_str()
    )?;
    evidence::take(tx, post, Reason::Incident(id), now).await?;
    reposts::join(tx, id, post, now).await?;
    Ok(true)
}

/// Appends an event: `(kind, from, to, note)`.
///
/// # Errors
/// [`Error::Database`].
pub async fn add_event(
    tx: &mut Tx,
    ids: &Ids,
    id: &IncidentId,
    who: &str,
    event: (&str, Option<&str>, Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    let (kind, from, to, note) = event;
    execute!(
        tx,
        ADD_EVENT,
        ids.ulid(now),
        id.as_str(),
        now.as_millis(),
        who,
        kind,
        from,
        to,
        note
    )?;
    Ok(())
}

/// Moves the state, if it is still the one that the person saw; else the transaction must not commit.
///
/// # Errors
/// [`Error::Conflict`] when somebody was faster.
pub async fn change_state(
    tx: &mut Tx,
    id: &IncidentId,
    from: IncidentState,
    to: IncidentState,
    holder: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    if is_end(from) {
        ended::add(tx, id, from, -1).await?;
    }
    if is_end(to) {
        ended::add(tx, id, to, 1).await?;
    }
    let touched = execute!(
        tx,
        CHANGE_STATE,
        id.as_str(),
        from.code(),
        to.code(),
        holder,
        now.as_millis()
    )?;
    match touched {
        0 => Err(Error::Conflict(format!("incident {id}"))),
        _ => queue(tx, id).await,
    }
}

/// Hands an incident to another sector and topic, its posts with it. Call
/// `store.hints.changes.notify_one()` after the commit.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_sector(tx: &mut Tx, id: &IncidentId, sector: &str, topic: &str) -> Result<()> {
    execute!(tx, SET_SECTOR, id.as_str(), sector, topic)?;
    execute!(tx, MOVED_INCIDENT, id.as_str())?;
    Ok(())
}

/// Stores a cycle's answer: text, link of the published answer, who answered.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_answer(
    tx: &mut Tx,
    id: &IncidentId,
    cycle: i64,
    answer: (&str, &str, &str),
    now: Timestamp,
) -> Result<()> {
    let (text, url, who) = answer;
    execute!(
        tx,
        PUT_ANSWER,
        id.as_str(),
        cycle,
        text,
        url,
        now.as_millis(),
        who
    )?;
    Ok(())
}

/// What an agency may be told of an incident; `None` when none of its posts may alert (imports).
///
/// # Errors
/// [`Error::NotFound`].
pub async fn alert_for(tx: &mut Tx, id: &IncidentId, event: &str) -> Result<Option<Alert>> {
    type Row = (
        i64,
        String,
        String,
        String,
        Option<String>,
        Option<String>,
        Option<i64>,
        i64,
    );
    let (number, sector, topic, title, municipality, place, due, alerts) =
        fetch!(fetch_optional Row, tx, ALERT_FOR, id.as_str())?
            .ok_or_else(|| Error::NotFound(format!("incident {id}")))?;
    Ok((alerts > 0).then(|| Alert {
        event: event.to_owned(),
        incident: id.clone(),
        number,
        sector,
        topic,
        title,
        municipality,
        place,
        due: due.map(Timestamp::from_millis),
        link: format!("/incidents/{number}"),
    }))
}

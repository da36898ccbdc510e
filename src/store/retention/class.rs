//! Classes of rows, their terms, and the statement that finds what has outlived its own. Start with
//! [`Class`].

use sqlx::FromRow;

use super::ANSWERS_KEPT;
use crate::{
    config::settings::Retention,
    domain::{
        post::coded,
        time::{Span, Timestamp},
    },
    store::{
        Result, Sql, Tx, inbox,
        sql::{fetch, statements},
    },
};

coded! {
    /// What a row became, and so how long it is kept.
    Class {
        /// Gone at its source, and no open incident holds it.
        Deleted = "deleted",
        /// A post that became nothing.
        Nothing = "nothing",
        /// A post that waits for a person's decision.
        Waiting = "waiting",
        /// A post that a reviewer found to repeat a reviewed claim.
        Flagged = "flagged",
        /// An incident that was closed or declined, with its posts.
        Incident = "incident",
        /// Evidence of a post, kept apart from it; an open incident holds its own.
        Evidence = "evidence",
        /// An alert that was delivered, skipped or given up.
        Delivery = "delivery",
        /// A session that expired.
        Session = "session",
        /// The answer that a program may ask for again.
        Answer = "answer",
        /// The number of an event that a network sent.
        Event = "event",
        /// The report of an import that ended.
        Import = "import",
    }
}

/// A post that no incident holds…
macro_rules! loose {
    ($rest:literal) => {
        concat!(
            "select p.id, p.captured as since from post p where p.captured <= $1
             and p.held = 0 and p.deleted is null
             and ",
            $rest,
            " order by p.captured limit $2"
        )
    };
}

statements! {
    DUE_DELETED = Sql::both("select p.id, p.deleted as since from post p
        where p.deleted <= $1 and not exists (
            select 1 from incident_post ip join incident i on i.id = ip.incident
            where ip.post = p.id and i.state not in ('closed', 'declined'))
        order by p.deleted limit $2");
    DUE_NOTHING = Sql::both(loose!("not exists (select 1 from triage t
            where t.post = p.id and t.decided is null)
        and not exists (select 1 from claim_match m where m.post = p.id
            and (m.decision = 'repeats' or (m.decision is null and m.level <> 'none')))"));
    DUE_WAITING = Sql::both(loose!("not exists (select 1 from claim_match m
            where m.post = p.id and m.decision = 'repeats')"));
    DUE_FLAGGED = Sql::both("select m.post as id, max(m.decided) as since from claim_match m
        where m.decision = 'repeats'
            and not exists (select 1 from incident_post ip where ip.post = m.post)
        group by m.post having max(m.decided) <= $1 order by 2 limit $2");
    DUE_INCIDENT = Sql::both("select id, updated as since from incident
        where state in ('closed', 'declined') and updated <= $1 order by updated limit $2");
    DUE_EVIDENCE = Sql::both("select e.post as id, e.taken as since from evidence e
        where e.taken <= $1 and not exists (select 1 from incident i where i.id = e.incident
            and i.state not in ('closed', 'declined'))
        order by e.taken limit $2");
    DUE_DELIVERY = Sql::both("select id, created as since from job
        where (done is not null or failed is not null) and created <= $1
        order by created limit $2");
    DUE_SESSION = Sql::both("select token_hash as id, expires as since from session
        where expires <= $1 order by expires limit $2");
    DUE_EVENT = Sql::both("select id, at as since from inbox
        where at <= $1 order by at limit $2");
    DUE_IMPORT = Sql::both("select id, updated as since from table_import
        where state in ('done', 'failed', 'dropped') and updated <= $1 order by updated limit $2");
    DUE_ANSWER = Sql::both("select id, at as since from idempotency
        where at <= $1 order by at limit $2");
}

impl Class {
    fn due(self) -> Sql {
        match self {
            Class::Deleted => DUE_DELETED,
            Class::Nothing => DUE_NOTHING,
            Class::Waiting => DUE_WAITING,
            Class::Flagged => DUE_FLAGGED,
            Class::Incident => DUE_INCIDENT,
            Class::Evidence => DUE_EVIDENCE,
            Class::Delivery => DUE_DELIVERY,
            Class::Session => DUE_SESSION,
            Class::Answer => DUE_ANSWER,
            Class::Event => DUE_EVENT,
            Class::Import => DUE_IMPORT,
        }
    }

    /// How long a row of the class is kept.
    pub fn term(self, terms: &Retention) -> Span {
        match self {
            Class::Deleted => Span::hours(terms.deleted_hours),
            Class::Nothing => Span::days(terms.posts_days),
            Class::Waiting => Span::days(terms.waiting_days),
            Class::Flagged => Span::days(terms.flagged_days),
            Class::Incident => Span::days(terms.incidents_days),
            Class::Evidence => Span::days(terms.evidence_days),
            Class::Delivery => Span::days(terms.deliveries_days),
            Class::Session => Span::ZERO,
            Class::Answer => ANSWERS_KEPT,
            Class::Event => inbox::REMEMBERED,
            Class::Import => Span::days(terms.deliveries_days),
        }
    }
}

/// A row that is due.
#[derive(Debug, FromRow)]
pub(super) struct Due {
    pub id: String,
    /// The moment that its term is counted from.
    pub since: i64,
}

/// The rows of a class whose moment lies at or before `before`, oldest first.
pub(super) async fn list_due(
    tx: &mut Tx,
    class: Class,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Due>> {
    Ok(fetch!(fetch_all Due, tx, class.due(), before.as_millis(), limit)?)
}

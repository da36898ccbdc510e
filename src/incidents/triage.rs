//! A person gives the sector to a post that the machine was unsure of, or says that there is
//! nothing to do.

use super::{
    Desk,
    act::{ActError, topic_in},
    open::{self, Opening},
    promise::start_of,
};
use crate::{
    domain::{
        id::{IncidentId, PostId},
        time::Timestamp,
        user::Permission,
    },
    store::{self, Tx, routing, scope::Scope},
};

/// Opens an incident in `sector` for a waiting post; `None` as sector means «nothing to do». Gives
/// the incident. The audit event is the caller's to write in the same transaction.
///
/// # Errors
/// [`ActError`]; a post that somebody else decided is [`store::Error::Conflict`].
pub async fn decide(
    tx: &mut Tx,
    desk: &Desk,
    scope: &Scope,
    post: &PostId,
    sector: Option<&str>,
    now: Timestamp,
) -> Result<Option<IncidentId>, ActError> {
    scope.require(Permission::Triage)?;
    if let Some(code) = sector
        && desk.catalogue.sector(code).is_none()
    {
        return Err(ActError::Invalid {
            field: "sector",
            problem: "unknown",
        });
    }
    let row = routing::find_waiting(tx, scope, post)
        .await?
        .ok_or_else(|| store::Error::NotFound(format!("post {post}")))?;
    routing::decide_triage(tx, post, &scope.who, sector, now).await?;
    let Some(sector) = sector else {
        return Ok(None);
    };
    let topic = topic_in(desk, sector, row.topic.as_deref().unwrap_or_default());
    let opening = Opening {
        sector,
        topic: &topic,
        who: &scope.who,
        score: 1.0,
        starts: start_of(
            desk.settings.clock_starts,
            row.published.into(),
            row.captured.into(),
        ),
        alerts: row.alerts != 0,
    };
    Ok(Some(open::open(tx, desk, &row, &opening, now).await?))
}

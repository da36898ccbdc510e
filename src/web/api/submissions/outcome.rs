//! What an integration is told of a post that it handed in. Start with [`present`].

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{id::PostId, incident::IncidentState},
    store::{
        Tx,
        submissions::{self, SubmissionRow},
    },
    web::{
        Error,
        api::{Moment, moment},
        auth::session::Program,
    },
};

/// What became of a post that was handed in. It holds nothing of its words.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::web::api) struct Submission {
    id: String,
    /// Its number in the system that it came from.
    number: String,
    received: Moment,
    corrected: Option<Moment>,
    /// 1 when it came; each correction adds one.
    version: i64,
    /// `received`, `read` by the machine, `waiting` for a person's decision, or of an `incident`.
    state: &'static str,
    municipality: Option<String>,
    /// The number of its incident.
    incident: Option<i64>,
    /// Open311: `open` while anything is owed to people, else `closed`.
    status: Option<&'static str>,
}

impl From<SubmissionRow> for Submission {
    fn from(row: SubmissionRow) -> Self {
        let state = row.state.as_deref().and_then(IncidentState::from_code);
        Self {
            id: row.id,
            number: row.number,
            received: moment(row.captured),
            corrected: row.edited.map(moment),
            version: row.version,
            state: match (row.incident, row.waiting, row.revision) {
                (Some(_), ..) => "incident",
                (None, 1.., _) => "waiting",
                (None, _, 0) => "received",
                _ => "read",
            },
            municipality: row.municipality,
            incident: row.incident,
            status: state.map(|state| if state.is_open() { "open" } else { "closed" }),
        }
    }
}

/// How it stands, as JSON.
///
/// # Errors
/// [`Error::Conflict`] when it went meanwhile.
pub(super) async fn present(
    tx: &mut Tx,
    program: &Program,
    source: &str,
    id: &PostId,
) -> Result<String, Error> {
    let row = submissions::find(tx, &program.scope, source, id).await?;
    as_json(&Submission::from(row.ok_or(Error::Conflict)?))
}

/// The bytes that an ETag names.
pub(super) fn as_json(submission: &Submission) -> Result<String, Error> {
    serde_json::to_string(submission).map_err(|_| Error::Internal)
}

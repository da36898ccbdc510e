//! Evidence of posts that are gone at their source, as the incident's page shows it.

use std::collections::HashMap;

use super::{Error, Frame};
use crate::{
    domain::user::Permission,
    store::{
        Tx,
        evidence::{self, EvidenceRow},
        incidents::IncidentRow,
    },
    web::{
        auth::session::Visitor,
        text::{Piece, pieces},
    },
};

/// Evidence of a post that is purged here as well.
pub(super) struct KeptView {
    pub at: String,
    pub machine: String,
    /// «Опубликованное удалено; сохранено свидетельство от 20 ноября 10:05».
    pub said: String,
    pub pieces: Vec<Piece>,
    pub media: Option<String>,
    pub out: Option<String>,
}

/// When evidence was taken of posts that still stand here, by post, in words; and of the others all that
/// is left of them.
pub(super) async fn list(
    tx: &mut Tx,
    f: &Frame,
    visitor: &Visitor,
    row: &IncidentRow,
) -> Result<(HashMap<String, String>, Vec<KeptView>), Error> {
    if !visitor.may(Permission::ReadPosts) {
        return Ok(Default::default());
    }
    let rows = evidence::list_gone(tx, &visitor.scope, row).await?;
    let (purged, standing): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.purged != 0);
    let said = |row: &EvidenceRow| f.v("post-evidence", f.words.moment(row.taken.into()));
    let standing = standing.iter().map(|row| (row.post.clone(), said(row)));
    let view = |row: EvidenceRow| KeptView {
        at: f.words.moment(row.published.into()),
        machine: f.words.machine(row.published.into()),
        said: said(&row),
        pieces: pieces(&row.text),
        media: row.media.map(|hash| f.v("post-media-hash", hash)),
        out: row.opens.then(|| format!("/out/{}", row.post)),
    };
    Ok((standing.collect(), purged.into_iter().map(view).collect()))
}

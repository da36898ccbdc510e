//! A correction or a withdrawal, of the version that the integration saw, once. Start with
//! [`Change::run`].

use axum::response::Response;

use super::{
    outcome::{Submission, as_json, present},
    received::key,
    submitter::{Submitter, keep_as},
};
use crate::{
    domain::{id::PostId, post::CapturedPost},
    store::{Tx, idempotency::Done, posts, submissions},
    web::{
        Error, Shared,
        api::once::{Once, Written},
    },
};

/// A change of what was handed in: another wording, or none.
pub(super) struct Change {
    pub id: PostId,
    pub text: Option<String>,
}

impl Change {
    /// Does it, unless it was done before under the same key.
    pub(super) async fn run(
        self,
        app: &Shared,
        Submitter { program, source }: &Submitter,
        once: &Once,
        body: &[u8],
    ) -> Result<Response, Error> {
        let Self { id, text } = self;
        let write = async |tx: &mut Tx| {
            let row = submissions::find(tx, &program.scope, source, &id).await?;
            let row = row.ok_or(Error::NotFound)?;
            let number = row.number.clone();
            once.require_match(&as_json(&Submission::from(row))?)?;
            let withdrawn = text.is_none();
            let mut post = CapturedPost::new(key(source, number), text.unwrap_or_default());
            post.deleted = withdrawn;
            posts::keep(tx, &app.keys, &keep_as(app, source, None), vec![post]).await?;
            let (status, answer, detail) = match withdrawn {
                true => (204, String::new(), "was withdrawn"),
                false => (
                    200,
                    present(tx, program, source, &id).await?,
                    "was corrected",
                ),
            };
            Ok(Written {
                done: Done {
                    status,
                    location: None,
                    answer,
                },
                subject: format!("post:{id}"),
                detail,
            })
        };
        once.run(app, program, body, write).await
    }
}

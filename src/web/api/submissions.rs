//! `/api/v1/submissions`: posts that another system received and hands in, as an appeal of the state's
//! platform or a message of a city portal. They go the ordinary way: understood, routed, decided by people.
//! The integration sees what became of its own, corrects and withdraws them. Start with [`create`].

mod change;
mod outcome;
mod received;
mod submitter;

use axum::extract::{Path, State};

use super::{
    Answer,
    answer::Conditions,
    asked::{Nothing, Params},
    body::Sent,
    once::{Once, Written},
    posts::is_post_id,
};
use crate::{
    domain::id::PostId,
    store::{idempotency::Done, posts, sources, submissions},
    web::{Error, Shared},
};
use change::Change;
use outcome::{Submission, present};
use received::{Correction, NewSubmission};
use submitter::{Submitter, keep_as, municipality, name_source};

/// Hands a post in. It is routed as a post from a network is; an answer and a closure are decided by a
/// person.
#[utoipa::path(post, path = "/api/v1/submissions", operation_id = "submit", tag = "submissions",
    request_body = NewSubmission,
    responses((status = 201, description = "Taken.", body = Submission)))]
pub(super) async fn create(
    State(app): State<Shared>,
    Submitter { program, source }: Submitter,
    Params(Nothing {}): Params<Nothing>,
    once: Once,
    sent: Sent<NewSubmission>,
) -> Answer {
    once.require_key()?;
    let Sent { value: new, bytes } = sent;
    let municipality = municipality(&app, &program, &new)?;
    let post = new.captured(&source)?;
    let id = app.keys.identity.post_id(&post.key);
    once.run(&app, &program, &bytes, async |tx| {
        name_source(&app, tx, &source).await?;
        let kept = posts::keep(
            tx,
            &app.keys,
            &keep_as(&app, &source, municipality.as_deref()),
            vec![post],
        )
        .await?;
        if kept.new == 0 {
            return Err(Error::Conflict); // its number is known: to change it, correct it
        }
        sources::add_posts(tx, &source, kept.new, app.now()).await?;
        let answer = present(tx, &program, &source, &id).await?;
        Ok(Written {
            done: Done {
                status: 201,
                location: Some(format!("/api/v1/submissions/{id}")),
                answer,
            },
            subject: format!("post:{id}"),
            detail: "was handed in",
        })
    })
    .await
}

/// What became of a post that this integration handed in.
#[utoipa::path(get, path = "/api/v1/submissions/{id}", operation_id = "getSubmission",
    tag = "submissions", params(("id" = String, Path, description = "The id that it was given.")),
    responses((status = 200, description = "How it stands.", body = Submission)))]
pub(super) async fn show(
    State(app): State<Shared>,
    Submitter { program, source }: Submitter,
    Path(id): Path<String>,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    let id = known_id(id)?;
    let mut tx = app.store.read().await?;
    let row = submissions::find(&mut tx, &program.scope, &source, &id).await?;
    conditions.one(&Submission::from(row.ok_or(Error::NotFound)?))
}

/// Corrects the wording of a post that this integration handed in.
#[utoipa::path(patch, path = "/api/v1/submissions/{id}", operation_id = "correctSubmission",
    tag = "submissions", params(("id" = String, Path, description = "The id that it was given.")),
    request_body = Correction,
    responses((status = 200, description = "Corrected.", body = Submission)))]
pub(super) async fn correct(
    State(app): State<Shared>,
    submitter: Submitter,
    Path(id): Path<String>,
    Params(Nothing {}): Params<Nothing>,
    once: Once,
    sent: Sent<Correction>,
) -> Answer {
    let Sent { value, bytes } = sent;
    let change = Change {
        id: known_id(id)?,
        text: Some(value.wording()?),
    };
    change.run(&app, &submitter, &once, &bytes).await
}

/// Withdraws a post that this integration handed in: it goes as one that was deleted at its source.
#[utoipa::path(delete, path = "/api/v1/submissions/{id}", operation_id = "withdrawSubmission",
    tag = "submissions", params(("id" = String, Path, description = "The id that it was given.")),
    responses((status = 204, description = "Withdrawn.")))]
pub(super) async fn withdraw(
    State(app): State<Shared>,
    submitter: Submitter,
    Path(id): Path<String>,
    Params(Nothing {}): Params<Nothing>,
    once: Once,
) -> Answer {
    let change = Change {
        id: known_id(id)?,
        text: None,
    };
    change.run(&app, &submitter, &once, b"").await
}

fn known_id(id: String) -> Result<PostId, Error> {
    match is_post_id(&id) {
        true => Ok(PostId(id)),
        false => Err(Error::NotFound),
    }
}

//! `/api/v1/submissions`: posts that another system received and hands in, as an appeal of the state's
//! platform or a message of a city portal. They go the ordinary way: understood, routed, decided by people.
//! The integration sees what became of its own, corrects and withdraws them. Start with [`create`].

use std::sync::LazyLock;

use axum::{
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::Response,
};
use regex::Regex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Answer, Code, Moment,
    answer::Conditions,
    asked::{self, Nothing, Params},
    body::{Holds, Sent, check},
    moment,
    once::{Once, Written},
    posts::is_post_id,
};
use crate::{
    domain::{
        actor::AuthorRef,
        id::{PostId, SourceId},
        incident::IncidentState,
        post::{CapturedPost, Platform, PostKey, PostKind},
        source::SourceConfig,
        time::Span,
        user::Permission,
    },
    store::{
        Tx,
        idempotency::Done,
        posts::{self, KeepAs},
        sources,
        submissions::{self, SubmissionRow},
    },
    web::{Error, Shared, auth::session::Program},
};

/// Characters of the longest text.
const LONGEST: usize = 16_384;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$")
        .expect("the pattern is constant")
});

/// A post that is handed in (ActivityStreams Note).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "number": "2026-11-000417",
    "text": "Третий день нет отопления, ул. Речная, 14",
    "published": "2026-11-22T09:30:00+03:00",
}))]
pub(super) struct NewSubmission {
    /// Its number in the system that it comes from. One number is taken once.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^[0-9A-Za-zА-Яа-яЁё./:№#()_-]+$"
    )]
    number: String,
    /// What the resident wrote, whole. Personal data in it is masked before anybody reads it.
    #[schema(min_length = 1, max_length = 16384)]
    text: String,
    /// When it was written, RFC 3339; without it the moment of receipt serves.
    #[schema(format = DateTime)]
    published: Option<String>,
    /// Its public address, if it has one.
    #[schema(
        max_length = 2000,
        pattern = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$"
    )]
    url: Option<String>,
    /// Who wrote it; becomes a pseudonym that changes each month before the first write.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    author: Option<String>,
    /// The place in words.
    #[schema(
        min_length = 1,
        max_length = 300,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    place: Option<String>,
    point: Option<Point>,
    /// The municipality, if it is known. A token that names several needs it.
    municipality: Option<Code>,
}

/// Coordinates in degrees.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    #[schema(minimum = -90, maximum = 90)]
    lat: f64,
    #[schema(minimum = -180, maximum = 180)]
    lon: f64,
}

/// A correction of the wording; the earlier one is kept as a version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Correction {
    #[schema(min_length = 1, max_length = 16384)]
    text: String,
}

/// What became of a post that was handed in. It holds nothing of its words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Submission {
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

/// An integration that may submit, and the source under which its posts stand.
pub(super) struct Submitter {
    program: Program,
    source: String,
}

impl FromRequestParts<Shared> for Submitter {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        let program = Program::from_request_parts(parts, app).await?;
        program.require(Permission::SubmitPosts)?;
        let name = program.scope.who.strip_prefix("integration:");
        let source = name.map(|name| format!("integration-{name}"));
        let source = source.ok_or(Error::Denied)?;
        Ok(Self { program, source })
    }
}

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
    check(&value.text, "text", LONGEST, Holds::Anything)?;
    let change = Change {
        id: known_id(id)?,
        text: Some(value.text),
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

/// A change of what was handed in: another wording, or none.
struct Change {
    id: PostId,
    text: Option<String>,
}

impl Change {
    async fn run(
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

/// A number as systems give them: letters, digits and what stands between them. It is kept as it is, for
/// the identity of the post is made of it.
fn is_number(text: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, 'А'..='я' | 'Ё' | 'ё') || "./:№#()_-".contains(c)
    };
    (1..=200).contains(&text.chars().count()) && text.chars().all(plain)
}

fn known_id(id: String) -> Result<PostId, Error> {
    match is_post_id(&id) {
        true => Ok(PostId(id)),
        false => Err(Error::NotFound),
    }
}

fn key(source: &str, number: String) -> PostKey {
    PostKey {
        platform: Platform::Import,
        owner: source.to_owned(),
        kind: PostKind::Post,
        external_id: number,
    }
}

fn keep_as<'a>(app: &Shared, source: &'a str, municipality: Option<&'a str>) -> KeepAs<'a> {
    let now = app.now();
    KeepAs {
        source,
        municipality,
        alerts: true,
        now,
        history: now.minus(app.settings.incidents.max_age()),
        oldest: None,
    }
}

/// The municipality that a post is handed in for: one within the token's reach, and named where the
/// token's reach leaves a choice.
fn municipality(
    app: &Shared,
    program: &Program,
    new: &NewSubmission,
) -> Result<Option<String>, Error> {
    let reach = program.scope.reach(Permission::SubmitPosts);
    let Some(Code(code)) = &new.municipality else {
        return match reach.of_places().is_everything() {
            true => Ok(None),
            false => {
                let only = reach.only_municipality().map(str::to_owned);
                only.map(Some)
                    .ok_or(Error::Invalid("municipality", "needed"))
            }
        };
    };
    let known = app.region.municipalities();
    if !asked::is_code(code) || !(known.is_empty() || known.contains(code)) {
        return Err(Error::Invalid("municipality", "unknown"));
    }
    match reach.of_places().covers(None, Some(code)) {
        true => Ok(Some(code.clone())),
        false => Err(Error::Denied),
    }
}

impl NewSubmission {
    fn captured(self, source: &str) -> Result<CapturedPost, Error> {
        if !is_number(&self.number) {
            return Err(Error::Invalid("number", "not_a_number"));
        }
        check(&self.text, "text", LONGEST, Holds::Anything)?;
        for (value, field, longest) in [(&self.author, "author", 200), (&self.place, "place", 300)]
        {
            if let Some(value) = value {
                check(value, field, longest, Holds::OneLine)?;
            }
        }
        let is_address = |url: &String| url.len() <= 2000 && ADDRESS.is_match(url);
        if !self.url.as_ref().is_none_or(is_address) {
            return Err(Error::Invalid("url", "not_an_address"));
        }
        let inside = |p: &Point| p.lat.abs() <= 90.0 && p.lon.abs() <= 180.0;
        if !self.point.as_ref().is_none_or(inside) {
            return Err(Error::Invalid("point", "out_of_range"));
        }
        let mut post = CapturedPost::new(key(source, self.number), self.text);
        post.published = asked::moment(self.published.as_deref(), "published")?;
        post.url = self.url;
        post.author = self.author.map(AuthorRef::new);
        post.place_hint = self.place;
        post.point = self.point.map(|p| (p.lat, p.lon));
        Ok(post)
    }
}

/// Gives the integration a line among the sources, so that people see where its posts are from.
async fn name_source(app: &Shared, tx: &mut Tx, source: &str) -> Result<(), Error> {
    if sources::find(tx, source).await?.is_none() {
        let config = SourceConfig {
            code: SourceId(source.to_owned()),
            platform: Platform::Import,
            owner: source.to_owned(),
            screen_name: None,
            name: source.to_owned(),
            municipality: None,
            official: false,
            comments: false,
            enabled: Some(false),
            interval_seconds: None,
        };
        sources::put(tx, &config, false, Span::ZERO, app.now()).await?;
    }
    Ok(())
}

async fn present(
    tx: &mut Tx,
    program: &Program,
    source: &str,
    id: &PostId,
) -> Result<String, Error> {
    let row = submissions::find(tx, &program.scope, source, id).await?;
    as_json(&Submission::from(row.ok_or(Error::Conflict)?))
}

fn as_json(submission: &Submission) -> Result<String, Error> {
    serde_json::to_string(submission).map_err(|_| Error::Internal)
}

//! Who hands in: an integration, the source under which its posts stand, and for which municipality it
//! may.

use axum::{extract::FromRequestParts, http::request::Parts};

use super::received::NewSubmission;
use crate::{
    domain::{id::SourceId, post::Platform, source::SourceConfig, time::Span, user::Permission},
    store::{Tx, posts::KeepAs, sources},
    web::{
        Error, Shared,
        api::{Code, asked},
        auth::session::Program,
    },
};

/// An integration that may submit, and the source under which its posts stand.
pub(in crate::web::api) struct Submitter {
    pub(super) program: Program,
    pub(super) source: String,
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

/// The municipality that a post is handed in for: one within the token's reach, and named where the
/// token's reach leaves a choice.
pub(super) fn municipality(
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

/// Gives the integration a line among the sources, so that people see where its posts are from.
pub(super) async fn name_source(app: &Shared, tx: &mut Tx, source: &str) -> Result<(), Error> {
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
            boards: false,
            enabled: Some(false),
            interval_seconds: None,
            site: None,
            open311: None,
        };
        sources::put(tx, &config, false, Span::ZERO, app.now()).await?;
    }
    Ok(())
}

/// In its name, as of now.
pub(super) fn keep_as<'a>(
    app: &Shared,
    source: &'a str,
    municipality: Option<&'a str>,
) -> KeepAs<'a> {
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

//! A file comes in: streamed to the disk under a limit, looked at, and removed again when it is no table.

use std::path::{Path, PathBuf};

use axum::{
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::{fs::OpenOptions, io::AsyncWriteExt};

use super::{ABOUT, Frame, note, refused};
use crate::{
    collect::import::table::waiting::{file_of, remove},
    collect::import::table::{TableFault, look},
    domain::{plain::one_line, user::Permission},
    store::{Priority, audit::AuditKind, tables::imports},
    web::{
        Error, Shared,
        auth::{same_secret, session::Visitor},
    },
};

/// The form around the file.
const FORM: u64 = 16 * 1024;
/// The longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 100;

pub(in crate::web::pages) async fn upload(
    State(app): State<Shared>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, Error> {
    visitor.require(Permission::ImportTables)?;
    let headers = request.headers().clone();
    let id = app.ids.ulid(app.now());
    let landing = Landing(Some(file_of(&app.settings.data_dir, &id)));
    let name = receive(&app, &visitor, request, &landing).await?;
    let path = landing.path().to_owned();
    let looked = tokio::task::spawn_blocking(move || look(&path, "").map_err(|e| e.fault)).await;
    if let Err(fault) = looked.unwrap_or(Err(TableFault::Damaged)) {
        let f = Frame::new(&app, &visitor, &headers, ABOUT);
        return refused(&app, &visitor, f, fault).await;
    }
    let mut tx = app.store.write(Priority::Person).await?;
    imports::begin(&mut tx, &visitor.scope, &id, &name, None, app.now()).await?;
    let subject = format!("import:{id}");
    note(
        &app,
        &mut tx,
        &visitor,
        AuditKind::Changed,
        &subject,
        "uploaded",
    )
    .await?;
    tx.commit().await?;
    landing.keep();
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

/// A file that is removed again unless it is kept: whatever ends the request, also its end.
struct Landing(Option<PathBuf>);

impl Landing {
    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = remove(path)
        {
            tracing::error!("a file that was not taken stays: {error:#}");
        }
    }
}

/// Takes the form: its token first, then the file. Gives the file's name.
async fn receive(
    app: &Shared,
    visitor: &Visitor,
    request: Request,
    landing: &Landing,
) -> Result<String, Error> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| Error::Unsupported)?;
    let most = app
        .settings
        .import
        .max_megabytes
        .saturating_mul(1024 * 1024);
    let limits = SizeLimit::new()
        .whole_stream(most.saturating_add(FORM))
        .per_field(most)
        .for_field("csrf", 256);
    let stream = request.into_body().into_data_stream();
    let limits = Constraints::new().size_limit(limits);
    let mut form = Multipart::with_constraints(stream, boundary, limits);
    let token = form
        .next_field()
        .await
        .map_err(wrong)?
        .ok_or(Error::Forged)?;
    if token.name() != Some("csrf")
        || !same_secret(&token.text().await.map_err(wrong)?, &visitor.csrf)
    {
        return Err(Error::Forged);
    }
    let file = form.next_field().await.map_err(wrong)?;
    let file = file.filter(|field| field.name() == Some("file"));
    let file = file.ok_or(Error::BadRequest)?;
    let name = one_line(file.file_name().unwrap_or_default()).into_owned();
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    write(file, landing.path()).await?;
    Ok(if name.is_empty() {
        "—".to_owned()
    } else {
        name
    })
}

fn wrong(error: multer::Error) -> Error {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            Error::TooLarge
        }
        _ => Error::BadRequest,
    }
}

/// Only this program reads it: others see names and phones in it.
async fn write(mut field: Field<'_>, path: &Path) -> Result<(), Error> {
    let disk = |error: std::io::Error| {
        tracing::error!(%error, "an uploaded file cannot be written");
        Error::Internal
    };
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path).await.map_err(disk)?;
    while let Some(chunk) = field.chunk().await.map_err(wrong)? {
        file.write_all(&chunk).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)
}

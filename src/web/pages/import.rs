//! Import of tables: what was imported, and the form that uploads a file. How a file is mapped, tried and
//! stored is `import/file.rs`; storing itself is the work of a loop.

mod choice;
mod columns;
mod figures;
mod file;
mod upload;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::{Frame, at, note, page, page_with, statics};
use crate::{
    collect::import::table::TableFault,
    domain::user::Permission,
    store::tables::{imports, mappings},
    web::{Error, Shared, auth::session::Visitor, form::Asked, frame::About, keys, locale::args},
};

pub(super) use figures::show as show_figures;
pub(super) use file::{act, show as show_file};
pub(super) use upload::upload;

const ABOUT: About = About::new("/import", "import-title", keys::PLAIN);
/// Imports that are listed.
const LISTED: i64 = 30;

#[derive(Template)]
#[template(path = "import.html", config = "src/web/askama.toml")]
struct ImportPage {
    f: Frame,
    problem: Option<String>,
    size_hint: String,
    rows: Vec<Row>,
    mappings: Vec<Saved>,
}

struct Row {
    id: String,
    file: String,
    when: String,
    who: String,
    tone: &'static str,
    state: String,
    counts: Option<String>,
}

struct Saved {
    name: String,
    about: String,
    columns: String,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    asked.visitor.require(Permission::ImportTables)?;
    let f = asked.frame(&app, ABOUT);
    page(view(&app, &asked.visitor, f, None).await?)
}

/// The page again, with why the file was not taken.
async fn refused(
    app: &Shared,
    visitor: &Visitor,
    f: Frame,
    fault: TableFault,
) -> Result<Response, Error> {
    let problem = f.code("table-fault", fault.code());
    let view = view(app, visitor, f, Some(problem)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, view)
}

async fn view(
    app: &Shared,
    visitor: &Visitor,
    f: Frame,
    problem: Option<String>,
) -> Result<ImportPage, Error> {
    let mut tx = app.store.read().await?;
    let listed = imports::list(&mut tx, &visitor.scope, LISTED).await?;
    let saved = mappings::list(&mut tx, &visitor.scope).await?;
    drop(tx);
    let megabytes = app.settings.import.max_megabytes as i64;
    Ok(ImportPage {
        problem,
        size_hint: f.tr.n("import-file-hint", megabytes),
        rows: listed.into_iter().map(|row| line(&f, row)).collect(),
        mappings: all_mappings(app, &f, &saved),
        f,
    })
}

fn line(f: &Frame, row: imports::ImportRow) -> Row {
    let counts = row.counts();
    let shown = |n: i64| f.words.count(n);
    let told = args![
        added = shown(counts.added),
        changed = shown(counts.changed),
        refused = shown(counts.refused)
    ];
    Row {
        when: f.words.moment(at(row.created)),
        who: row.who.clone(),
        tone: file::tone(row.state()),
        state: f.code("table-import-state", row.state().code()),
        counts: (counts.seen > 0).then(|| f.tr.with("import-rows-of", told)),
        file: row.file,
        id: row.id,
    }
}

fn all_mappings(app: &Shared, f: &Frame, saved: &[mappings::MappingRow]) -> Vec<Saved> {
    let columns = |count: usize| f.tr.n("import-mapping-columns", count as i64);
    let of_files = app.catalogue.tables().iter().map(|mapping| Saved {
        name: mapping.name.clone(),
        about: f.t("import-mapping-of-file"),
        columns: columns(mapping.columns.len()),
    });
    let saved = saved.iter().map(|row| {
        let (when, who) = (f.words.moment(at(row.made)), row.made_by.as_str());
        Saved {
            about: f.tr.with(
                "import-mapping-version",
                args![n = row.version, when = when, who = who],
            ),
            columns: columns(row.read().map_or(0, |mapping| mapping.columns.len())),
            name: row.name.clone(),
        }
    });
    of_files.chain(saved).collect()
}

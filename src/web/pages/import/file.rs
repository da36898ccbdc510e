//! One file on its way in: what its columns hold, a try, the import with its progress, the report. Each
//! state of it is a page at the same address, so that reloading is always right. Start with [`show`].

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    ABOUT, Frame, at,
    choice::{Choice, proposed},
    columns::{ColumnView, Group, RowView, columns, groups, rows, words},
    note, page, page_with, statics,
};
use crate::{
    collect::import::table::waiting::{file_of, remove},
    collect::import::table::{Look, NoTable, TableFault, look},
    domain::{
        id::is_ulid,
        table::{Mapping, RowFault},
        user::Permission,
    },
    store::{
        Priority,
        audit::AuditKind,
        tables::{
            imports::{self, Chosen, ImportRow, ImportState},
            mappings,
        },
    },
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Asked, Posted},
        locale::args,
    },
};

/// How often the page of an import that is under way renews itself, in seconds.
const RENEW: &str = "2";
/// Refused rows that a page shows.
const REFUSED: i64 = 200;

#[derive(Template)]
#[template(path = "table.html", config = "src/web/askama.toml")]
struct FilePage {
    f: Frame,
    id: String,
    lead: String,
    state: &'static str,
    /// Why it failed, or that the file is gone.
    fault: Option<String>,
    progress: Option<String>,
    figures: Vec<Figure>,
    unread: Vec<String>,
    refused: Vec<(i64, String)>,
    refused_note: Option<String>,
    form: Option<Form>,
}

struct Figure {
    label: String,
    value: String,
    tone: &'static str,
    note: String,
}

/// The form of a file that waits for its mapping.
struct Form {
    problems: Vec<String>,
    mapping: Mapping,
    save: bool,
    saved: Vec<String>,
    chosen: String,
    sheets: Vec<String>,
    hidden: Option<String>,
    people: Option<String>,
    columns: Vec<ColumnView>,
    groups: Vec<Group>,
    rows: Vec<RowView>,
    rows_note: String,
}

/// The shape and colour of a state.
pub(super) fn tone(state: ImportState) -> &'static str {
    match state {
        ImportState::Uploaded | ImportState::Checked => "part",
        ImportState::Checking | ImportState::Waiting => "hold",
        ImportState::Done => "ok",
        ImportState::Failed => "late",
        ImportState::Dropped => "off",
    }
}

pub(in crate::web::pages) async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Error> {
    let row = find(&app, &asked.visitor, &id).await?;
    let f = asked.frame(&app, ABOUT);
    let wanted = asked.query.get("mapping").to_owned();
    let sheet = asked
        .query
        .has("sheet")
        .then(|| asked.query.get("sheet").to_owned());
    let mut view = view(&app, &asked.visitor, f, &row).await?;
    if is_open(row.state()) {
        let saved = match wanted.is_empty() {
            true => row.chosen(),
            false => named(&app, &asked.visitor, &wanted).await?,
        };
        let of_saved = saved.as_ref().map(|mapping| mapping.sheet.clone());
        let sheet = sheet.or(of_saved).unwrap_or_default();
        match look_at(&app, &id, &sheet).await {
            Ok(look) => {
                let mut mapping = proposed(&look, saved, &row.file);
                mapping.sheet.clone_from(&look.about.sheet);
                let form = form(&app, &asked.visitor, &view.f, &look, mapping, &wanted).await?;
                view.form = Some(form);
            }
            Err(error) => view.fault = Some(fault_words(&view.f, error.fault)),
        }
    }
    let under_way = matches!(row.state(), ImportState::Checking | ImportState::Waiting);
    let mut response = page(view)?;
    if under_way {
        let renew = HeaderValue::from_static(RENEW);
        response.headers_mut().insert(header::REFRESH, renew);
    }
    Ok(response)
}

/// Whether somebody may still say how the file is read.
fn is_open(state: ImportState) -> bool {
    matches!(
        state,
        ImportState::Uploaded | ImportState::Checked | ImportState::Failed
    )
}

async fn find(app: &Shared, visitor: &Visitor, id: &str) -> Result<ImportRow, Error> {
    visitor.require(Permission::ImportTables)?;
    // the id is a file's name as well
    if !is_ulid(id) {
        return Err(Error::NotFound);
    }
    let mut tx = app.store.read().await?;
    let row = imports::find(&mut tx, &visitor.scope, id).await?;
    row.ok_or(Error::NotFound)
}

/// A mapping of the catalogue or a saved one.
async fn named(app: &Shared, visitor: &Visitor, name: &str) -> Result<Option<Mapping>, Error> {
    if let Some(mapping) = app
        .catalogue
        .tables()
        .iter()
        .find(|known| known.name == name)
    {
        return Ok(Some(mapping.clone()));
    }
    let mut tx = app.store.read().await?;
    let row = mappings::find(&mut tx, &visitor.scope, name).await?;
    Ok(row.map(|row| row.read()).transpose()?)
}

async fn look_at(app: &Shared, id: &str, sheet: &str) -> Result<Look, NoTable> {
    let (file, sheet) = (file_of(&app.settings.data_dir, id), sheet.to_owned());
    let looked = tokio::task::spawn_blocking(move || match look(&file, &sheet) {
        // a saved mapping may name a sheet that this file has not
        Err(error) if error.fault == TableFault::NoSheet && !sheet.is_empty() => look(&file, ""),
        looked => looked,
    });
    looked.await.unwrap_or(Err(TableFault::Damaged.into()))
}

fn fault_words(f: &Frame, fault: TableFault) -> String {
    match fault {
        TableFault::Away => f.t("table-gone"),
        fault => f.code("table-fault", fault.code()),
    }
}

async fn view(
    app: &Shared,
    visitor: &Visitor,
    mut f: Frame,
    row: &ImportRow,
) -> Result<FilePage, Error> {
    f.title.clone_from(&row.file);
    let counts = row.counts();
    let mut tx = app.store.read().await?;
    let refused = imports::refused(&mut tx, &visitor.scope, &row.id, REFUSED).await?;
    drop(tx);
    let under_way = matches!(row.state(), ImportState::Checking | ImportState::Waiting);
    let (n, shown) = (counts.seen, f.words.count(counts.seen));
    let progress = under_way.then(|| {
        f.tr.with("table-progress-rows", args![n = n, shown = shown])
    });
    let more = counts.refused > refused.len() as i64;
    let (when, who) = (f.words.moment(at(row.created)), row.who.clone());
    Ok(FilePage {
        id: row.id.clone(),
        lead: format!("{when} · {}", f.v("import-who", who)),
        state: row.state().code(),
        fault: (!row.fault.is_empty()).then(|| f.code("table-fault", &row.fault)),
        progress,
        figures: if counts.seen > 0 {
            figures(&f, row)
        } else {
            Vec::new()
        },
        unread: row.unread(),
        refused_note: more.then(|| f.tr.n("table-refused-first", REFUSED)),
        refused: refused
            .into_iter()
            .map(|row| refused_words(&f, row))
            .collect(),
        form: None,
        f,
    })
}

fn figures(f: &Frame, row: &ImportRow) -> Vec<Figure> {
    let counts = row.counts();
    let figure = |key: &str, value: i64, tone| Figure {
        label: f.t(&format!("table-{key}")),
        note: f.t(&format!("table-{key}-note")),
        value: f.words.count(value),
        tone: if value > 0 { tone } else { "" },
    };
    vec![
        figure("seen", counts.seen, ""),
        figure("added", counts.added, ""),
        figure("changed", counts.changed, ""),
        figure("same", counts.same, ""),
        figure("refused", counts.refused, "soon"),
    ]
}

fn refused_words(f: &Frame, (line, fault, field): imports::RefusedLine) -> (i64, String) {
    let fault = RowFault::from_code(&fault).unwrap_or(RowFault::Broken);
    let why = f.code("row-fault", fault.code());
    let names_field = matches!(fault, RowFault::BadDate | RowFault::BadPoint);
    match field.is_empty() || !names_field {
        true => (line, why),
        false => (line, format!("{}: {why}", f.code("field", &field))),
    }
}

async fn form(
    app: &Shared,
    visitor: &Visitor,
    f: &Frame,
    look: &Look,
    mapping: Mapping,
    chosen: &str,
) -> Result<Form, Error> {
    let mut tx = app.store.read().await?;
    let saved = mappings::list(&mut tx, &visitor.scope).await?;
    drop(tx);
    let of_files = app
        .catalogue
        .tables()
        .iter()
        .map(|mapping| mapping.name.clone());
    let people = look.columns.iter().filter_map(|column| {
        let person = words(f, column.person?);
        Some(format!("«{}» ({person})", column.name))
    });
    let people: Vec<String> = people.collect();
    let rows = rows(look);
    Ok(Form {
        problems: Vec::new(),
        save: false,
        saved: of_files
            .chain(saved.into_iter().map(|row| row.name))
            .collect(),
        chosen: chosen.to_owned(),
        sheets: look.about.sheets.clone(),
        hidden: (!look.about.hidden.is_empty())
            .then(|| f.v("table-hidden", look.about.hidden.join(", "))),
        people: (!people.is_empty()).then(|| f.v("table-people", people.join(", "))),
        columns: columns(f, look, &mapping),
        groups: groups(f),
        rows_note: f.tr.n("table-first-note", rows.len() as i64),
        rows,
        mapping,
    })
}

/// Tries, stores or drops a file, as the button says.
pub(in crate::web::pages) async fn act(
    State(app): State<Shared>,
    Path(id): Path<String>,
    headers: axum::http::HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let (visitor, fields) = (&posted.visitor, &posted.fields);
    let row = find(&app, visitor, &id).await?;
    if !is_open(row.state()) {
        return Err(Error::Conflict);
    }
    let dry = match fields.get("do") {
        "drop" => return drop_it(&app, visitor, &row).await,
        "check" => true,
        "start" => false,
        _ => return Err(Error::BadRequest),
    };
    let f = Frame::new(&app, visitor, &headers, ABOUT);
    let look = match look_at(&app, &id, fields.get("sheet")).await {
        Ok(look) => look,
        Err(error) => {
            let mut view = view(&app, visitor, f, &row).await?;
            view.fault = Some(fault_words(&view.f, error.fault));
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, view);
        }
    };
    let choice = Choice::read(fields, &look);
    if let Err(problems) = choice.plan(&app, &f, &look) {
        let mut view = view(&app, visitor, f, &row).await?;
        let mut form = form(&app, visitor, &view.f, &look, choice.mapping, "").await?;
        (form.problems, form.save) = (problems, choice.save);
        view.form = Some(form);
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, view);
    }
    begin(&app, visitor, &id, &look, &choice, dry).await?;
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

async fn begin(
    app: &Shared,
    visitor: &Visitor,
    id: &str,
    look: &Look,
    choice: &Choice,
    dry: bool,
) -> Result<(), Error> {
    let read: Vec<&String> = choice.mapping.columns.values().collect();
    let unread = look.columns.iter().map(|column| column.name.clone());
    let unread: Vec<String> = unread.filter(|name| !read.contains(&name)).collect();
    let chosen = Chosen {
        mapping: &choice.mapping,
        unread: &unread,
    };
    let (now, scope) = (app.now(), &visitor.scope);
    let mut tx = app.store.write(Priority::Person).await?;
    imports::choose(&mut tx, scope, id, chosen, dry, now).await?;
    let mut detail = if dry { "tried" } else { "started" };
    if choice.save {
        mappings::save(&mut tx, scope, &choice.mapping, now).await?;
        detail = if dry {
            "tried, mapping saved"
        } else {
            "started, mapping saved"
        };
    }
    let subject = format!("import:{id}");
    note(app, &mut tx, visitor, AuditKind::Changed, &subject, detail).await?;
    Ok(tx.commit().await?)
}

async fn drop_it(app: &Shared, visitor: &Visitor, row: &ImportRow) -> Result<Response, Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    imports::drop_it(&mut tx, &visitor.scope, &row.id, row.state(), app.now()).await?;
    let subject = format!("import:{}", row.id);
    note(
        app,
        &mut tx,
        visitor,
        AuditKind::Changed,
        &subject,
        "dropped",
    )
    .await?;
    tx.commit().await?;
    if let Err(error) = remove(&file_of(&app.settings.data_dir, &row.id)) {
        tracing::error!("a dropped file stays: {error:#}");
        return Err(Error::Internal);
    }
    Ok(Redirect::to("/import").into_response())
}

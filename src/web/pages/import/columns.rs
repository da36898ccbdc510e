//! The columns of a file as people see them: what each seems to hold, how surely, and examples. Texts are
//! masked; columns that tell of people show nothing.

use crate::{
    collect::import::table::{
        Column, Line, Look, Person, SHOWN, SURE, tells_of_person, without_flat,
    },
    domain::{
        plain::one_line,
        table::{Mapping, TableField, TableKind},
    },
    understand::mask::mask,
    web::{frame::Frame, text::beginning},
};

/// Characters of an example, and of a cell of the first rows.
const EXAMPLE: usize = 60;
const CELL: usize = 90;
/// Examples of a column.
const EXAMPLES: usize = 3;

/// A column with its select.
pub(super) struct ColumnView {
    /// The select's name.
    pub name: String,
    pub heading: String,
    /// What it tells of a person; then there is no select.
    pub person: Option<String>,
    pub chosen: &'static str,
    pub tone: &'static str,
    pub sure: String,
    pub examples: Vec<String>,
}

/// A choice of every select.
pub(super) struct Group {
    pub label: String,
    pub options: Vec<(&'static str, String)>,
}

/// A row of the file; cells of columns that tell of people are `None`.
pub(super) struct RowView {
    pub number: u64,
    pub cells: Vec<Option<String>>,
}

pub(super) fn groups(f: &Frame) -> Vec<Group> {
    let of = |kind: TableKind| Group {
        label: f.code("table-group", kind.code()),
        options: TableField::of(kind)
            .map(|field| (field.code(), f.code("field", field.code())))
            .collect(),
    };
    TableKind::ALL.iter().map(|kind| of(*kind)).collect()
}

pub(super) fn columns(f: &Frame, look: &Look, mapping: &Mapping) -> Vec<ColumnView> {
    let proposal = look.propose();
    let view = |(at, column): (usize, &Column)| {
        let chosen = mapping
            .columns
            .iter()
            .find(|(_, name)| **name == column.name);
        let chosen = chosen.map(|(field, _)| *field);
        let proposed = proposal.columns[at];
        let (tone, sure) = match (column.person, chosen) {
            (Some(_), _) => ("off", "table-unread-person"),
            (None, Some(field)) if proposed.field != Some(field) => ("ok", "table-sure-chosen"),
            (None, Some(_)) if proposed.confidence >= SURE => ("ok", "table-sure-high"),
            (None, Some(_)) => ("soon", "table-sure-some"),
            (None, None) => ("none", "table-sure-none"),
        };
        ColumnView {
            name: format!("c{at}"),
            heading: column.name.clone(),
            person: column.person.map(|person| words(f, person)),
            chosen: chosen.map_or("", TableField::code),
            tone,
            sure: f.t(sure),
            examples: match column.person {
                Some(_) => Vec::new(),
                None => examples(look, at),
            },
        }
    };
    look.columns.iter().enumerate().map(view).collect()
}

pub(super) fn words(f: &Frame, person: Person) -> String {
    f.code("person", person.code())
}

fn examples(look: &Look, at: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in look.rows.iter().take(SHOWN) {
        let Some(example) = shown(row.cell(at), EXAMPLE).filter(|text| !text.is_empty()) else {
            continue;
        };
        if !found.contains(&example) {
            found.push(example);
        }
        if found.len() == EXAMPLES {
            break;
        }
    }
    found
}

/// A cell for people: masked and short; none when it tells of a person.
fn shown(cell: &str, length: usize) -> Option<String> {
    let is_short = cell.chars().count() <= 200;
    if is_short && tells_of_person(cell) {
        return None;
    }
    let plain = without_flat(&one_line(cell));
    Some(beginning(&mask(&plain), length))
}

pub(super) fn rows(look: &Look) -> Vec<RowView> {
    let cells = |row: &Line| {
        let cell = |(at, column): (usize, &Column)| match column.person {
            Some(_) => None,
            None => shown(row.cell(at), CELL),
        };
        look.columns.iter().enumerate().map(cell).collect()
    };
    let rows = look.rows.iter().take(SHOWN);
    rows.map(|row| RowView {
        number: row.number,
        cells: cells(row),
    })
    .collect()
}

//! A first look at a table: which line is the heading, what its columns are called, the first rows. Start
//! with [`look`].

use std::{collections::HashSet, ops::ControlFlow, path::Path};

use super::{
    MOST_COLUMNS, NoTable, TableFault, cells,
    identifying::{self, Doubt, Person},
    period,
    sheet::{About, Line, each},
    words::{likeness, tokens},
};
use crate::domain::table::{RefusedRow, TableField};

/// Lines among which the heading is sought.
const ABOVE: usize = 30;
/// Rows whose values are weighed.
const WEIGHED: usize = 200;
/// Rows that people are shown.
pub const SHOWN: usize = 20;
/// The longest heading, in characters.
const LONGEST: usize = 120;

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its heading, told apart from others of the same words: «Дата», «Дата (2)».
    pub name: String,
    /// What it tells of the person who wrote; then it is never read.
    pub person: Option<Person>,
}

/// A first look at a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The file's sheets and character set.
    pub about: About,
    /// The line of the heading; rows follow.
    pub heading: u64,
    /// The columns, from the left.
    pub columns: Vec<Column>,
    /// The first rows, as many as are weighed; [`SHOWN`] of them are for people.
    pub rows: Vec<Line>,
    /// The span of time that the lines above the heading tell.
    pub period: Option<String>,
}

/// Reads the first lines of a file and finds its heading. `sheet` as in [`each`].
///
/// # Errors
/// [`NoTable`].
pub fn look(file: &Path, sheet: &str) -> Result<Look, NoTable> {
    let mut lines: Vec<Line> = Vec::new();
    let about = each(file, sheet, |line: Result<Line, RefusedRow>| {
        lines.extend(line.ok());
        match lines.len() < ABOVE + WEIGHED {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })?;
    if lines.is_empty() {
        return Err(TableFault::Empty.into());
    }
    let at = find_heading(&lines).ok_or(TableFault::NoHeading)?;
    let rest = lines.split_off(at + 1);
    let heading = lines.remove(at);
    let mut rows: Vec<Line> = rest.into_iter().filter(|row| !is_counter(row)).collect();
    rows.truncate(WEIGHED);
    let period = lines.iter().flat_map(|line| &line.cells);
    let period = period.filter_map(|cell| period::within(cell)).next();
    Ok(Look {
        columns: columns(&heading, lines.last(), &rows)?,
        period: period.map(str::to_owned),
        heading: heading.number,
        about,
        rows,
    })
}

/// The line whose cells are most like headings: words of the vocabulary, short and different from each
/// other, as wide as the rows below.
fn find_heading(lines: &[Line]) -> Option<usize> {
    if lines.first().is_some_and(|line| line.number == 0) {
        return Some(0); // keys of objects
    }
    let wide = lines.iter().map(filled).max()?;
    let score = |line: &Line| -> f32 {
        let known = line.cells.iter().filter(|cell| is_known(cell)).count() as f32;
        let words = line.cells.iter().filter(|cell| is_heading(cell)).count() as f32;
        let values = filled(line) as f32 - words;
        let narrow = filled(line) * 2 < wide + 1;
        3.0 * known + words - 3.0 * values - if narrow { wide as f32 } else { 0.0 }
    };
    let scored = lines.iter().take(ABOVE).map(score).enumerate();
    // of equals the first
    let best = scored.rev().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (best.1 > 0.0).then_some(best.0)
}

fn filled(line: &Line) -> usize {
    line.cells.iter().filter(|cell| !cell.is_empty()).count()
}

fn is_heading(cell: &str) -> bool {
    let has_letters = cell.chars().any(|c| c.is_alphabetic() || c == '№');
    has_letters && cell.chars().count() <= LONGEST && !cells::is_date(cell)
}

fn is_known(cell: &str) -> bool {
    if cell.is_empty() || cell.chars().count() > LONGEST {
        return false;
    }
    let words = tokens(cell);
    words.len() <= 8
        && (identifying::by_heading(cell).is_some()
            || TableField::ALL
                .iter()
                .any(|field| likeness(*field, &words) >= 0.6))
}

/// «1 2 3 4»: columns counted below the heading.
fn is_counter(row: &Line) -> bool {
    let counted = |(at, cell): (usize, &String)| *cell == (at + 1).to_string();
    row.cells.len() > 2 && row.cells.iter().enumerate().all(counted)
}

/// The columns of a heading. Where it is of two lines, a cell that stands only in the upper one counts;
/// columns without any heading are called by their letter.
fn columns(heading: &Line, above: Option<&Line>, rows: &[Line]) -> Result<Vec<Column>, NoTable> {
    let width = rows
        .iter()
        .chain([heading])
        .map(|line| line.cells.len())
        .max();
    let width = width.unwrap_or(0);
    if width > MOST_COLUMNS {
        return Err(TableFault::TooWide.into());
    }
    let above = above.filter(|line| filled(line) > 1 && line.number + 1 == heading.number);
    let mut seen = HashSet::new();
    let named = |at: usize| {
        let own = heading.cell(at);
        let upper = above.map_or("", |line| line.cell(at));
        let bare = [own, upper].into_iter().find(|cell| !cell.is_empty());
        let bare = bare.map_or_else(|| format!("({})", letter(at)), one_line);
        let mut name = bare.clone();
        let mut copy = 2;
        while !seen.insert(name.clone()) {
            name = format!("{bare} ({copy})");
            copy += 1;
        }
        let values = rows.iter().map(|row| row.cell(at));
        let person = identifying::by_heading(&name);
        let person = person.or_else(|| identifying::by_values(values, doubt(&name)));
        Column { name, person }
    };
    Ok((0..width).map(named).collect())
}

/// How much doubt the values of a column under this heading deserve: texts are masked wherever they are
/// read, and numbers and streets look like phones and names («ул. М. Горького»).
fn doubt(name: &str) -> Doubt {
    let words = tokens(name);
    let names = |field, least| likeness(field, &words) >= least;
    match () {
        () if names(TableField::Text, 0.8) => Doubt::None,
        () if names(TableField::Number, 0.6) => Doubt::Some,
        () if names(TableField::Address, 0.6) || names(TableField::Municipality, 0.6) => {
            Doubt::Some
        }
        () => Doubt::Full,
    }
}

fn one_line(cell: &str) -> String {
    let words: Vec<&str> = cell.split_whitespace().collect();
    let joined = crate::domain::plain::one_line(&words.join(" ")).into_owned();
    joined.chars().take(LONGEST).collect()
}

/// A, B … Z, AA, AB … as spreadsheets call their columns.
fn letter(at: usize) -> String {
    let mut at = at + 1;
    let mut letters = Vec::new();
    while at > 0 {
        at -= 1;
        letters.push(char::from(b'A' + (at % 26) as u8)); // below 26
        at /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_heading_have_letters() {
        let names: Vec<String> = [0, 25, 26, 51, 511].into_iter().map(letter).collect();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "SR"]);
    }
}

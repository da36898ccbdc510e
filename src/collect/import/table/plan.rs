//! A mapping laid over a table: its lines become messages or totals, or are refused with the reason.
//! Start with [`Plan::of`].

use std::{ops::ControlFlow, path::Path};

use jiff::tz::TimeZone;

use super::{
    NoTable, cells,
    heading::Look,
    identifying::{surely_tells_of_person, tells_of_person},
    period,
    sheet::{Line, Step, each},
};
use crate::domain::{
    plain::one_line,
    post::{CapturedPost, PostKey, PostKind},
    table::{
        Appeal, Facts, Item, Mapping, RefusedRow, RowFault,
        TableField::{self, *},
        TableKind, Total, Unfit,
    },
    time::Timestamp,
};

/// The longest short cell that is kept, in characters.
const LONGEST_FACT: usize = 200;
/// The longest number of a message.
const LONGEST_NUMBER: usize = 64;
/// Beginnings of lines of sums.
const SUMS: [&str; 4] = ["итого", "всего", "total", "сумма"];

/// Why a mapping does not suit a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFit {
    /// It is no sound mapping of any table.
    #[error("{0}")]
    Unfit(Unfit),
    /// The table has no such column.
    #[error("there is no column «{1}» for {0}")]
    NoColumn(TableField, String),
    /// The column tells of people.
    #[error("the column «{1}» tells of people and is not read, so not for {0} either")]
    Person(TableField, String),
    /// The span of all totals cannot be read.
    #[error("period: write «январь 2026», «1 квартал 2026», «2026» or two dates")]
    Period,
}

/// How a table is read.
#[derive(Debug, Clone)]
pub struct Plan {
    mapping: Mapping,
    zone: TimeZone,
    heading: u64,
    names: Vec<String>,
    fields: Vec<(TableField, usize)>,
    period: Option<(String, String)>,
}

impl Plan {
    /// The plan of a mapping over a table that was looked at.
    ///
    /// # Errors
    /// Everything that does not suit.
    pub fn of(look: &Look, mapping: Mapping, zone: TimeZone) -> Result<Plan, Vec<NoFit>> {
        let mut wrong: Vec<NoFit> = mapping.problems().into_iter().map(NoFit::Unfit).collect();
        let mut fields = Vec::new();
        for (field, name) in &mapping.columns {
            let at = look.columns.iter().position(|column| column.name == *name);
            match at.map(|at| (at, look.columns[at].person)) {
                None => wrong.push(NoFit::NoColumn(*field, name.clone())),
                Some((_, Some(_))) => wrong.push(NoFit::Person(*field, name.clone())),
                Some((at, None)) => fields.push((*field, at)),
            }
        }
        let days =
            |(from, to): (jiff::civil::Date, jiff::civil::Date)| (from.to_string(), to.to_string());
        let span = period::parse(&mapping.period).map(days);
        if span.is_none() && !mapping.period.is_empty() {
            wrong.push(NoFit::Period);
        }
        match wrong.is_empty() {
            true => Ok(Plan {
                names: look
                    .columns
                    .iter()
                    .map(|column| column.name.clone())
                    .collect(),
                heading: look.heading,
                period: span,
                mapping,
                zone,
                fields,
            }),
            false => Err(wrong),
        }
    }

    /// What it was made of.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Reads a file: gives each row to `take` with its line, until it breaks or the file ends.
    ///
    /// # Errors
    /// [`NoTable`]; rows given before it stand.
    pub fn read(
        &self,
        file: &Path,
        mut take: impl FnMut(u64, Result<Item, RefusedRow>) -> Step,
    ) -> Result<(), NoTable> {
        let mut first = true;
        each(file, &self.mapping.sheet, |line| {
            let line = match line {
                Ok(line) if line.number <= self.heading => return ControlFlow::Continue(()),
                Err(refused) if refused.line <= self.heading => return ControlFlow::Continue(()),
                Err(refused) => return take(refused.line, Err(refused)),
                Ok(line) => line,
            };
            let is_counter = std::mem::take(&mut first) && self.counts_columns(&line);
            match is_counter || self.repeats_heading(&line) {
                true => ControlFlow::Continue(()),
                false => take(line.number, self.item(&line)),
            }
        })?;
        Ok(())
    }

    /// «1 2 3» below the heading.
    fn counts_columns(&self, line: &Line) -> bool {
        let counted = |(at, cell): (usize, &String)| *cell == (at + 1).to_string();
        line.cells.len() > 2 && line.cells.iter().enumerate().all(counted)
    }

    /// Printed tables repeat their heading on each page.
    fn repeats_heading(&self, line: &Line) -> bool {
        self.fields
            .iter()
            .all(|(_, at)| line.cell(*at) == self.names[*at])
    }

    fn item(&self, line: &Line) -> Result<Item, RefusedRow> {
        let refused = |(fault, field)| RefusedRow {
            line: line.number,
            fault,
            field,
        };
        let beyond = line.cells.iter().skip(self.names.len());
        if beyond.clone().count() > 0 && beyond.clone().any(|cell| !cell.is_empty()) {
            return Err(refused((RowFault::TooWide, None)));
        }
        let row = Row { line, plan: self };
        match self.mapping.kind {
            TableKind::Appeals => row.appeal().map(Item::Appeal),
            TableKind::Totals => row.total().map(Item::Total),
        }
        .map_err(refused)
    }
}

/// A line under a plan.
struct Row<'a> {
    line: &'a Line,
    plan: &'a Plan,
}

/// What is wrong, and in which field.
type Wrong = (RowFault, Option<TableField>);

impl Row<'_> {
    /// A cell of a field, as it stands; empty where nothing is known.
    fn cell(&self, field: TableField) -> &str {
        let at = self.plan.fields.iter().find(|(of, _)| *of == field);
        let cell = at.map_or("", |(_, at)| self.line.cell(*at));
        if cells::is_nothing(cell) { "" } else { cell }
    }

    /// A short cell without what tells of people.
    fn fact(&self, field: TableField) -> Option<String> {
        let cell = one_line(self.cell(field));
        let cell = cell.trim();
        let kept = !cell.is_empty() && !tells_of_person(cell);
        kept.then(|| cell.chars().take(LONGEST_FACT).collect())
    }

    fn moment(&self, field: TableField) -> Result<Option<Timestamp>, Wrong> {
        match self.cell(field) {
            "" => Ok(None),
            cell => match cells::moment(cell, &self.plan.zone) {
                Some(moment) => Ok(Some(moment)),
                None => Err((RowFault::BadDate, Some(field))),
            },
        }
    }

    fn appeal(&self) -> Result<Appeal, Wrong> {
        let number = one_line(self.cell(Number)).trim().to_owned();
        let is_number = !number.is_empty() && number.chars().count() <= LONGEST_NUMBER;
        if SUMS
            .iter()
            .any(|sum| number.to_lowercase().starts_with(sum))
        {
            return Err((RowFault::Sum, None));
        }
        if !is_number || surely_tells_of_person(&number) {
            return Err((RowFault::NoNumber, Some(Number)));
        }
        let text = self.cell(Text);
        if text.is_empty() {
            return Err((RowFault::NoText, Some(Text)));
        }
        let key = PostKey {
            platform: self.plan.mapping.platform,
            owner: self.plan.mapping.source.clone(),
            kind: PostKind::Post,
            external_id: number.clone(),
        };
        let mut post = CapturedPost::new(key, text);
        post.published = self.moment(Date)?;
        post.place_hint = self.place();
        post.point = self.point()?;
        let facts = Facts {
            number,
            status: self.fact(Status),
            category: self.fact(Category),
            subcategory: self.fact(Subcategory),
            executor: self.fact(Executor),
            deadline: self.moment(Deadline)?,
            answered: self.moment(Answered)?,
            channel: self.fact(Channel),
        };
        Ok(Appeal { post, facts })
    }

    fn place(&self) -> Option<String> {
        let parts = [
            self.cell(Municipality).to_owned(),
            cells::without_flat(self.cell(Address)),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let place = parts.join(", ");
        (!place.is_empty() && !surely_tells_of_person(&place)).then_some(place)
    }

    fn point(&self) -> Result<Option<(f64, f64)>, Wrong> {
        let both = self.cell(Point);
        let (lat, lon) = (self.cell(Lat), self.cell(Lon));
        match (both, lat, lon) {
            ("", "", "") => Ok(None),
            ("", lat, lon) => cells::degrees(lat, lon)
                .map(Some)
                .ok_or((RowFault::BadPoint, Some(Lat))),
            (both, ..) => cells::point(both)
                .map(Some)
                .ok_or((RowFault::BadPoint, Some(Point))),
        }
    }

    fn total(&self) -> Result<Total, Wrong> {
        let (body, theme) = (self.fact(Body), self.fact(Theme));
        let is_sum = |cell: &Option<String>| {
            let small = cell.as_deref().unwrap_or_default().to_lowercase();
            SUMS.iter().any(|sum| small.starts_with(sum))
        };
        if is_sum(&body)
            || is_sum(&theme)
            || SUMS.contains(&self.line.cell(0).to_lowercase().trim_end_matches(':'))
        {
            return Err((RowFault::Sum, None));
        }
        if body.is_none() && theme.is_none() {
            return Err((RowFault::NoTheme, None));
        }
        let (from, to) = self.span().ok_or((RowFault::BadPeriod, Some(Period)))?;
        let count = cells::count(self.cell(Count)).ok_or((RowFault::BadCount, Some(Count)))?;
        Ok(Total {
            body: body.unwrap_or_default(),
            theme: theme.unwrap_or_default(),
            from,
            to,
            count,
        })
    }

    fn span(&self) -> Option<(String, String)> {
        match self.cell(Period) {
            "" => self.plan.period.clone(),
            cell => {
                let (from, to) = period::parse(cell)?;
                Some((from.to_string(), to.to_string()))
            }
        }
    }
}

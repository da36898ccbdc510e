//! What the columns of a table seem to hold: words of the heading, weighed against the first values. A
//! proposal for people, never a decision. Start with [`Look::propose`].

use super::{
    cells,
    heading::Look,
    period,
    words::{likeness, tokens},
};
use crate::domain::table::{
    TableField::{self, *},
    TableKind,
};

/// From this confidence on people need only nod.
pub const SURE: f32 = 0.8;
/// Below this nothing is proposed.
pub const UNSURE: f32 = 0.35;

/// What a column seems to hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposed {
    /// The field; none when the column is better not read.
    pub field: Option<TableField>,
    /// 0 to 1.
    pub confidence: f32,
}

/// What a table seems to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The rows.
    pub kind: TableKind,
    /// For each column of the look.
    pub columns: Vec<Proposed>,
    /// The span of all totals, when no column tells it.
    pub period: String,
}

/// What the first values of a column are like; shares of those that are not empty.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    filled: f32,
    distinct: f32,
    length: f32,
    dates: f32,
    counts: f32,
    degrees: f32,
    points: f32,
    periods: f32,
}

impl Look {
    /// What its columns seem to hold. Columns that tell of people get no field.
    pub fn propose(&self) -> Proposal {
        let shapes: Vec<Shape> = (0..self.columns.len()).map(|at| self.shape(at)).collect();
        let [appeals, totals] = TableKind::ALL else {
            unreachable!("two kinds of table, as the list above says")
        };
        let (mut of_appeals, mut of_totals) = (
            self.assign(*appeals, &shapes),
            self.assign(*totals, &shapes),
        );
        let has = |columns: &[Proposed], field, least| {
            let fits = |p: &Proposed| p.field == Some(field) && p.confidence >= least;
            columns.iter().any(fits)
        };
        let counted = has(&of_totals, Count, 0.6) && !has(&of_appeals, Text, 0.6);
        let (kind, columns) = match counted {
            true => (TableKind::Totals, &mut of_totals),
            false => (TableKind::Appeals, &mut of_appeals),
        };
        let columns = std::mem::take(columns);
        let told = has(&columns, Period, 0.0) || kind == TableKind::Appeals;
        let period = self.period.clone().filter(|_| !told).unwrap_or_default();
        Proposal {
            kind,
            columns,
            period,
        }
    }

    /// The likeliest pairs of field and column first; each is used once.
    fn assign(&self, kind: TableKind, shapes: &[Shape]) -> Vec<Proposed> {
        let none = Proposed {
            field: None,
            confidence: 0.0,
        };
        let mut columns = vec![none; self.columns.len()];
        let mut pairs: Vec<(f32, TableField, usize)> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            if column.person.is_some() {
                continue;
            }
            let words = tokens(&column.name);
            for field in TableField::of(kind) {
                let named = likeness(field, &words);
                let fits = shapes[at].fits(field);
                let confidence = (named * fits).max(shapes[at].alone(field));
                if confidence >= UNSURE {
                    pairs.push((confidence.min(0.99), field, at));
                }
            }
        }
        // of equals the left column, then the field that stands first
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)).then(a.1.cmp(&b.1)));
        let mut used: Vec<TableField> = Vec::new();
        for (confidence, field, at) in pairs {
            if columns[at].field.is_none() && !used.contains(&field) {
                columns[at] = Proposed {
                    field: Some(field),
                    confidence,
                };
                used.push(field);
            }
        }
        columns
    }

    fn shape(&self, at: usize) -> Shape {
        let all = self.rows.len().max(1) as f32;
        let values = self.rows.iter().map(|row| row.cell(at));
        let values: Vec<&str> = values.filter(|cell| !cells::is_nothing(cell)).collect();
        if values.is_empty() {
            return Shape::default();
        }
        let known = values.len() as f32;
        let share = |fits: &dyn Fn(&str) -> bool| {
            values.iter().filter(|value| fits(value)).count() as f32 / known
        };
        let distinct: std::collections::HashSet<&&str> = values.iter().collect();
        let letters: usize = values.iter().map(|value| value.chars().count()).sum();
        let zone = jiff::tz::TimeZone::UTC;
        Shape {
            filled: known / all,
            distinct: distinct.len() as f32 / known,
            length: letters as f32 / known,
            dates: share(&|v| cells::moment(v, &zone).is_some()),
            counts: share(&|v| cells::count(v).is_some()),
            degrees: share(&|v| {
                v.contains(['.', ',']) && cells::number(v).is_some_and(|n| n.abs() <= 180.0)
            }),
            points: share(&|v| cells::point(v).is_some()),
            periods: share(&|v| period::parse(v).is_some()),
        }
    }
}

impl Shape {
    /// How well the values suit a field, as a factor of what the heading says.
    fn fits(&self, field: TableField) -> f32 {
        if self.filled == 0.0 {
            return 0.85; // nothing speaks against it
        }
        let by = |share: f32, else_: f32| {
            if share >= 0.8 {
                1.0
            } else {
                else_ + share * 0.6
            }
        };
        match field {
            Date | Deadline | Answered => by(self.dates, 0.2),
            Number if self.dates > 0.8 && self.counts < 0.8 => 0.2,
            Number => match (
                self.filled >= 0.9,
                self.distinct >= 0.9,
                self.length <= 40.0,
            ) {
                (true, true, true) => 1.0,
                (_, true, true) => 0.8,
                (_, _, true) => 0.5,
                _ => 0.3,
            },
            Text => match self.length {
                20.0.. => 1.0,
                8.0.. => 0.8,
                _ => 0.4,
            },
            Lat | Lon => by(self.degrees, 0.2),
            Point => by(self.points, 0.3),
            Count => by(self.counts, 0.2),
            Period => by(self.periods, 0.4),
            Municipality | Address | Body | Theme if self.dates > 0.8 && self.counts < 0.8 => 0.2,
            Municipality | Address | Body => {
                if self.counts > 0.9 {
                    0.4
                } else {
                    1.0
                }
            }
            Theme => 1.0,
            Status | Category | Subcategory | Executor | Channel => match () {
                () if self.dates > 0.8 && self.counts < 0.8 => 0.2,
                () if self.length > 90.0 => 0.5,
                () => 1.0,
            },
        }
    }

    /// What values alone may say, without any heading.
    fn alone(&self, field: TableField) -> f32 {
        let seems = match field {
            Text => self.length >= 45.0 && self.distinct >= 0.8,
            Date => self.dates >= 0.9 && self.filled >= 0.9 && self.counts < 0.5,
            Point => self.points >= 0.9 && self.filled >= 0.5,
            // ids of one form; bare counting is that of lines
            Number => {
                let each = self.filled >= 0.95 && self.distinct >= 0.99 && self.dates < 0.5;
                each && (4.0..=24.0).contains(&self.length)
                    && self.counts < 0.5
                    && self.points < 0.5
            }
            _ => false,
        };
        if seems { 0.4 } else { 0.0 }
    }
}

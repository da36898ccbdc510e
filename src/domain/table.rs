//! Tables of appeals that other systems export (ПОС, «Инцидент Менеджмент», statistics under 59-ФЗ):
//! which column holds what, and what a row tells. No official format is known, so a mapping is data that
//! people make. Nothing is read here. Start with [`Mapping`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    post::{CapturedPost, Platform, coded},
    time::Timestamp,
};

coded! {
    /// What a table holds.
    TableKind {
        /// A message a row.
        Appeals = "appeals",
        /// Counts of messages by body, theme and period.
        Totals = "totals",
    }
}

coded! {
    /// What a column may hold. Who wrote it is not among them: such columns are never read.
    TableField {
        /// The number of the message in the other system: the key.
        Number = "number",
        /// When it was handed in.
        Date = "date",
        /// How far it is.
        Status = "status",
        /// Its category there.
        Category = "category",
        /// Its subcategory there.
        Subcategory = "subcategory",
        /// The words.
        Text = "text",
        /// The municipality's name.
        Municipality = "municipality",
        /// The address of the problem.
        Address = "address",
        /// Latitude, degrees.
        Lat = "lat",
        /// Longitude, degrees.
        Lon = "lon",
        /// Latitude and longitude in one cell.
        Point = "point",
        /// The organisation that answers.
        Executor = "executor",
        /// Until when.
        Deadline = "deadline",
        /// When it was answered.
        Answered = "answered",
        /// By which way it came.
        Channel = "channel",
        /// Totals: the body that got the appeals.
        Body = "body",
        /// Totals: the theme, a code or words.
        Theme = "theme",
        /// Totals: the span that is counted.
        Period = "period",
        /// Totals: how many.
        Count = "count",
    }
}

impl TableField {
    /// The kind of table that it belongs to.
    pub fn kind(self) -> TableKind {
        match self {
            Self::Body | Self::Theme | Self::Period | Self::Count => TableKind::Totals,
            _ => TableKind::Appeals,
        }
    }

    /// The fields of a kind of table, in order.
    pub fn of(kind: TableKind) -> impl Iterator<Item = TableField> {
        let all = Self::ALL.iter().copied();
        all.filter(move |field| field.kind() == kind)
    }
}

/// Which columns of a table hold what. Columns that it does not name are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What people call it; the key of saved ones.
    pub name: String,
    /// What the rows are.
    pub kind: TableKind,
    /// Whose numbers these are: the same number of another source is another message.
    pub source: String,
    /// `pos` for the state platform, else `import`.
    #[serde(default = "import")]
    pub platform: Platform,
    /// The sheet; empty: the first that is not hidden.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// The span of all totals, where no column tells it: «1 квартал 2026».
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub period: String,
    /// The heading of each field's column, as the file writes it.
    pub columns: BTreeMap<TableField, String>,
}

fn import() -> Platform {
    Platform::Import
}

/// The longest name or source, in characters.
pub const LONGEST_NAME: usize = 60;

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The name or the source is empty, too long or not plain.
    #[error("{0}: 1 to 60 letters, digits, spaces, dots, dashes or underscores are wanted")]
    Name(&'static str),
    /// The platform is one that is crawled.
    #[error("platform: pos or import is wanted")]
    Platform,
    /// A field that must be there has no column.
    #[error("no column is named for {0}")]
    Missing(TableField),
    /// A field of the other kind of table.
    #[error("{0} does not belong to this kind of table")]
    Foreign(TableField),
    /// Two fields read one column.
    #[error("the column «{0}» is named twice")]
    Twice(String),
}

impl Mapping {
    /// What keeps it from being used; empty when nothing does.
    pub fn problems(&self) -> Vec<Unfit> {
        let mut found = Vec::new();
        for (what, name) in [("name", &self.name), ("source", &self.source)] {
            if !is_name(name) {
                found.push(Unfit::Name(what));
            }
        }
        if !matches!(self.platform, Platform::Pos | Platform::Import) {
            found.push(Unfit::Platform);
        }
        let foreign = |field: &&TableField| field.kind() != self.kind;
        found.extend(
            self.columns
                .keys()
                .filter(foreign)
                .map(|f| Unfit::Foreign(*f)),
        );
        found.extend(self.missing().into_iter().map(Unfit::Missing));
        let mut seen = std::collections::BTreeSet::new();
        let twice = self.columns.values().filter(|column| !seen.insert(*column));
        found.extend(twice.map(|column| Unfit::Twice(column.clone())));
        found
    }

    fn missing(&self) -> Vec<TableField> {
        let has = |field: &TableField| self.columns.contains_key(field);
        let needed: &[TableField] = match self.kind {
            TableKind::Appeals => &[TableField::Number, TableField::Text],
            TableKind::Totals => &[TableField::Count],
        };
        let mut missing: Vec<_> = needed.iter().copied().filter(|f| !has(f)).collect();
        if self.kind == TableKind::Totals {
            if !has(&TableField::Body) && !has(&TableField::Theme) {
                missing.push(TableField::Theme);
            }
            if !has(&TableField::Period) && self.period.is_empty() {
                missing.push(TableField::Period);
            }
        }
        missing
    }
}

/// Whether a text may name a mapping or a source.
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " ._-№«»()".contains(c);
    !text.trim().is_empty()
        && text.trim() == text
        && text.chars().count() <= LONGEST_NAME
        && text.chars().all(plain)
}

/// What a row tells of a message beside its words; short, and of no person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "as in TableField")]
pub struct Facts {
    pub number: String,
    pub status: Option<String>,
    pub category: Option<String>,
    pub subcategory: Option<String>,
    pub executor: Option<String>,
    pub deadline: Option<Timestamp>,
    pub answered: Option<Timestamp>,
    pub channel: Option<String>,
}

/// A message of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Appeal {
    /// The words, as of any other source.
    pub post: CapturedPost,
    /// The rest.
    pub facts: Facts,
}

/// A count of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The body; empty when no column tells it.
    pub body: String,
    /// The theme; empty when no column tells it.
    pub theme: String,
    /// The first day, `2026-01-01`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// How many.
    pub count: i64,
}

/// What a row of a table is.
#[derive(Debug, Clone, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are of the large kind"
)]
pub enum Item {
    /// A message.
    Appeal(Appeal),
    /// A count.
    Total(Total),
}

coded! {
    /// Why a row was not taken.
    RowFault {
        /// It has no number.
        NoNumber = "no_number",
        /// It has no words.
        NoText = "no_text",
        /// A date cannot be read.
        BadDate = "bad_date",
        /// Coordinates cannot be read, or only half of them is there.
        BadPoint = "bad_point",
        /// A count is no whole number.
        BadCount = "bad_count",
        /// A period cannot be read.
        BadPeriod = "bad_period",
        /// It has neither body nor theme.
        NoTheme = "no_theme",
        /// A line of sums: counting it would count all twice.
        Sum = "sum",
        /// It has more cells than there are headings: a quote or a delimiter is wrong.
        TooWide = "too_wide",
        /// A cell or row is too large.
        TooLarge = "too_large",
        /// The file is broken there.
        Broken = "broken",
    }
}

impl RowFault {
    /// In a sentence, for those who run the command.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoNumber => "it has no number",
            Self::NoText => "it has no text",
            Self::BadDate => {
                "the date cannot be read; write 20.11.2026, 20.11.2026 10:30 or 2026-11-20"
            }
            Self::BadPoint => "the coordinates cannot be read",
            Self::BadCount => "the count is no whole number",
            Self::BadPeriod => {
                "the period cannot be read; write «январь 2026», «1 квартал 2026», «2026» or two dates"
            }
            Self::NoTheme => "it has neither body nor theme",
            Self::Sum => "it is a line of sums",
            Self::TooWide => "it has more cells than the heading: a quote or a delimiter is wrong",
            Self::TooLarge => "a cell of it is larger than any message",
            Self::Broken => "the file is broken here",
        }
    }
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The line of the file or sheet, from 1.
    pub line: u64,
    /// What is wrong.
    pub fault: RowFault,
    /// The field that is wrong, if it is one.
    pub field: Option<TableField>,
}

impl std::fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.field {
            Some(field) => write!(f, "{field}: {}", self.fault.sentence()),
            None => f.write_str(self.fault.sentence()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[(TableField, &str)]) -> Mapping {
        Mapping {
            name: "ПОС".into(),
            kind: TableKind::Appeals,
            source: "pos".into(),
            platform: Platform::Pos,
            sheet: String::new(),
            period: String::new(),
            columns: columns.iter().map(|(f, c)| (*f, (*c).to_owned())).collect(),
        }
    }

    #[test]
    fn a_mapping_needs_a_number_and_a_text_and_reads_no_column_twice() {
        use TableField::{Body, Number, Status, Text};
        assert_eq!(mapping(&[(Number, "№"), (Text, "Текст")]).problems(), []);
        assert_eq!(
            mapping(&[(Text, "Текст")]).problems(),
            [Unfit::Missing(Number)]
        );
        let twice = mapping(&[(Number, "№"), (Text, "Текст"), (Status, "Текст")]);
        assert_eq!(twice.problems(), [Unfit::Twice("Текст".into())]);
        let foreign = mapping(&[(Number, "№"), (Text, "Текст"), (Body, "Орган")]);
        assert_eq!(foreign.problems(), [Unfit::Foreign(Body)]);
        let named = Mapping {
            name: " ".into(),
            ..mapping(&[(Number, "№"), (Text, "Текст")])
        };
        assert_eq!(named.problems(), [Unfit::Name("name")]);
    }

    #[test]
    fn a_mapping_is_a_file_and_a_row_of_the_database_alike() {
        let one = mapping(&[
            (TableField::Number, "№ обращения"),
            (TableField::Text, "Суть"),
        ]);
        let file = toml::to_string(&one).unwrap();
        assert!(
            file.contains("[columns]\nnumber = \"№ обращения\""),
            "{file}"
        );
        assert_eq!(toml::from_str::<Mapping>(&file).unwrap(), one);
        let row = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Mapping>(&row).unwrap(), one);
    }
}

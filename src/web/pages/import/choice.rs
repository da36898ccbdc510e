//! What somebody chose for the columns of a file: read from the form, laid over the file, told in words
//! where it does not suit. Start with [`Choice::read`].

use crate::{
    collect::import::table::{Look, NoFit, Plan},
    domain::{
        post::Platform,
        table::{LONGEST_NAME, Mapping, TableField, TableKind, Unfit, is_name},
    },
    web::{Shared, form::Fields, frame::Frame},
};

/// A form of choices, as it was sent.
pub(super) struct Choice {
    pub mapping: Mapping,
    /// Fields that were chosen for a second column.
    pub twice: Vec<TableField>,
    /// Whether the mapping is to be saved under its name.
    pub save: bool,
}

impl Choice {
    /// The choices of a form over the columns of a file: `c0`, `c1` … hold a field each.
    pub fn read(fields: &Fields, look: &Look) -> Choice {
        let (mut columns, mut twice) = (std::collections::BTreeMap::new(), Vec::new());
        for (at, column) in look.columns.iter().enumerate() {
            let chosen = TableField::from_code(fields.get(&format!("c{at}")));
            let Some(field) = chosen else { continue };
            if columns.insert(field, column.name.clone()).is_some() {
                twice.push(field);
            }
        }
        let short =
            |name: &str| -> String { fields.get(name).chars().take(LONGEST_NAME + 1).collect() };
        let platform = Platform::from_code(fields.get("platform"));
        let mapping = Mapping {
            name: short("name"),
            kind: TableKind::from_code(fields.get("kind")).unwrap_or(TableKind::Appeals),
            source: short("source"),
            platform: platform.unwrap_or(Platform::Import),
            // of one sheet only, the next file's may be called otherwise
            sheet: match look.about.sheets.len() {
                0 | 1 => String::new(),
                _ => look.about.sheet.clone(),
            },
            period: short("period"),
            columns,
        };
        Choice {
            mapping,
            twice,
            save: fields.get("save") == "1",
        }
    }

    /// The plan of the choices, or what is wrong with them in sentences.
    pub fn plan(&self, app: &Shared, f: &Frame, look: &Look) -> Result<Plan, Vec<String>> {
        let mut wrong: Vec<String> = Vec::new();
        for field in &self.twice {
            let field = f.code("field", field.code());
            wrong.push(f.v("table-problem-twice-field", field));
        }
        let of_file = app
            .catalogue
            .tables()
            .iter()
            .find(|known| known.name == self.mapping.name);
        if self.save && of_file.is_some() {
            wrong.push(f.v("table-problem-of-file", &self.mapping.name));
        }
        let plan = Plan::of(look, self.mapping.clone(), app.zone().clone());
        match plan {
            Ok(plan) if wrong.is_empty() => Ok(plan),
            Ok(_) => Err(wrong),
            Err(problems) => {
                wrong.extend(problems.iter().map(|problem| told(f, problem)));
                wrong.dedup();
                Err(wrong)
            }
        }
    }
}

fn told(f: &Frame, problem: &NoFit) -> String {
    let field = |field: &TableField| f.code("field", field.code());
    match problem {
        NoFit::Unfit(Unfit::Name(_)) => f.t("table-problem-name"),
        NoFit::Unfit(Unfit::Platform) => f.t("table-problem-platform"),
        NoFit::Unfit(Unfit::Missing(missing)) => f.v("table-problem-missing", field(missing)),
        NoFit::Unfit(Unfit::Foreign(foreign)) => f.v("table-problem-foreign", field(foreign)),
        NoFit::Unfit(Unfit::Twice(column)) => f.v("table-problem-twice", column),
        NoFit::NoColumn(_, column) => f.v("table-problem-no-column", column),
        NoFit::Person(_, column) => f.v("table-problem-person", column),
        NoFit::Period => f.t("table-problem-period"),
    }
}

/// What is proposed for a file: the mapping that was saved, laid over the columns that are there, else
/// what the columns seem to hold.
pub(super) fn proposed(look: &Look, saved: Option<Mapping>, file: &str) -> Mapping {
    if let Some(mut saved) = saved {
        let is_there = |name: &String| {
            let column = look.columns.iter().find(|column| column.name == *name);
            column.is_some_and(|column| column.person.is_none())
        };
        saved.columns.retain(|_, name| is_there(name));
        return saved;
    }
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let short: String = stem.chars().take(LONGEST_NAME).collect();
    let short = short.trim();
    let proposal = look.propose();
    let pairs = look.columns.iter().zip(&proposal.columns);
    Mapping {
        name: if is_name(short) {
            short.to_owned()
        } else {
            String::new()
        },
        kind: proposal.kind,
        source: String::new(),
        platform: Platform::Import,
        sheet: look.about.sheet.clone(),
        period: proposal.period.clone(),
        columns: pairs
            .filter_map(|(c, p)| Some((p.field?, c.name.clone())))
            .collect(),
    }
}

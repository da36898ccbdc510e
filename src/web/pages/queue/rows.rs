//! Rows of the queue, in groups by what is left of the promise; and the same as a table of values.

use std::collections::HashMap;

use super::{Error, Frame};
use crate::{
    domain::{incident::IncidentState, time::Timestamp},
    store::incidents::IncidentRow,
    web::{Shared, locale::args, words::Deadline},
};

/// Rows that share what is left.
pub(super) struct Group {
    pub label: String,
    /// «18», or «показаны 50 из 62» when the page ends before the group does.
    pub count: String,
    pub rows: Vec<Row>,
}

/// What the page knows of the whole selection.
#[derive(Clone, Copy)]
pub(super) struct All {
    /// Overdue incidents.
    pub overdue: i64,
    /// Rows follow on the next page.
    pub more: bool,
}

/// An incident in the queue.
pub(super) struct Row {
    pub number: i64,
    pub title: String,
    pub topic: String,
    pub sector: String,
    pub again: bool,
    pub deadline: Option<Deadline>,
    pub municipality: Option<String>,
    pub place: Option<String>,
    pub posts: i64,
    pub tags: Vec<String>,
    pub state: StateWords,
    pub holder: String,
    pub mine: bool,
    pub held: bool,
    pub updated: String,
}

/// A state as shape and word.
pub(in crate::web) struct StateWords {
    pub icon: &'static str,
    pub tone: &'static str,
    pub words: String,
}

/// The shape and word of a state.
pub(in crate::web) fn state_words(f: &Frame, state: IncidentState) -> StateWords {
    let (icon, tone) = match state {
        IncidentState::New => ("new", ""),
        IncidentState::Assigned => ("arrow", ""),
        IncidentState::InProgress => ("part", "plain"),
        IncidentState::Answered | IncidentState::Closed => ("done", "ok"),
        IncidentState::Declined => ("off", "hold"),
    };
    StateWords {
        icon,
        tone,
        words: f.code("state", state.code()),
    }
}

const ORDER: [&str; 6] = ["overdue", "today", "tomorrow", "later", "answered", "done"];

/// The group of a row.
fn group_of(row: &IncidentRow, f: &Frame) -> &'static str {
    let w = &f.words;
    let due = row.due.map(Timestamp::from_millis);
    match (row.state(), due) {
        (IncidentState::Closed | IncidentState::Declined, _) => "done",
        (IncidentState::Answered, _) => "answered",
        _ if row.is_overdue(w.now) => "overdue",
        (_, Some(due)) if due <= w.end_of_today() => "today",
        (_, Some(due)) if due <= w.end_of_tomorrow() => "tomorrow",
        _ => "later",
    }
}

/// Rows in their groups; the order within a group is the store's.
pub(super) fn groups(
    app: &Shared,
    f: &Frame,
    names: &HashMap<String, String>,
    who: &str,
    list: Vec<IncidentRow>,
    all: All,
) -> Vec<Group> {
    let last = list.last().map(|row| group_of(row, f));
    let mut by_group: HashMap<&str, Vec<Row>> = HashMap::new();
    for row in list {
        let group = group_of(&row, f);
        by_group
            .entry(group)
            .or_default()
            .push(view(app, f, names, who, row));
    }
    let group = |code: &&str| {
        let rows = by_group.remove(*code)?;
        let n = rows.len() as i64;
        Some(Group {
            label: f.code("group", code),
            count: match *code {
                "overdue" if n < all.overdue => {
                    f.tr.with("group-part", args![n = n, all = all.overdue])
                }
                code if all.more && code != "overdue" && Some(code) == last => {
                    f.tr.n("group-first", n)
                }
                _ => n.to_string(),
            },
            rows,
        })
    };
    ORDER.iter().filter_map(group).collect()
}

fn view(
    app: &Shared,
    f: &Frame,
    names: &HashMap<String, String>,
    who: &str,
    row: IncidentRow,
) -> Row {
    let lang = f.tr.lang;
    let mine = row.holder.as_deref() == Some(who);
    let municipality = row.municipality.as_deref();
    let municipality = municipality.map(|code| app.municipality_label(code));
    Row {
        deadline: deadline(f, &row),
        state: state_words(f, row.state()),
        topic: app.topic_label(&row.topic, lang),
        sector: app.sector_label(&row.sector, lang),
        again: row.cycle > 1,
        tags: row
            .platforms()
            .map(|platform| f.code("tag", platform.code()))
            .collect(),
        holder: match (&row.holder, row.held) {
            (None, true) => f.t("somebody"),
            (holder, _) => holder_words(f, names, who, holder.as_deref()),
        },
        mine,
        held: row.held,
        updated: f.words.ago(row.updated.into()),
        number: row.number,
        title: app.incident_title(row.title, &row.topic, f.tr.lang),
        place: row
            .place_name
            .filter(|place| !repeats(municipality.as_deref(), place)),
        municipality,
        posts: row.posts,
    }
}

/// «г. Таволжск» says nothing more under «г. о. Таволжск».
fn repeats(municipality: Option<&str>, place: &str) -> bool {
    let name = place.split_once(". ").map_or(place, |(_, name)| name);
    municipality.is_some_and(|known| known == name || known.ends_with(&format!(" {name}")))
}

/// «вы», a colleague's name, or «никто».
pub(in crate::web) fn holder_words(
    f: &Frame,
    names: &HashMap<String, String>,
    who: &str,
    holder: Option<&str>,
) -> String {
    match holder {
        None => f.t("nobody"),
        Some(login) if login == who => f.t("you"),
        Some(login) => names
            .get(login)
            .cloned()
            .unwrap_or_else(|| login.to_owned()),
    }
}

/// The first promise in words; none when the incident has no clock.
fn deadline(f: &Frame, row: &IncidentRow) -> Option<Deadline> {
    let (starts, due) = (row.starts?, row.due?);
    let stopped = row.stopped.map(Timestamp::from_millis);
    Some(f.words.deadline(starts.into(), due.into(), stopped))
}

/// The rows as CSV with a byte-order mark, for spreadsheets. A cell never begins a formula.
pub(super) fn table(app: &Shared, f: &Frame, rows: &[IncidentRow]) -> Result<Vec<u8>, Error> {
    let mut csv = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer("\u{feff}".as_bytes().to_vec());
    let columns = [
        "number",
        "sector",
        "topic",
        "municipality",
        "place",
        "state",
        "opened",
        "due",
        "posts",
        "title",
    ];
    let head: Vec<String> = columns.iter().map(|c| f.code("column", c)).collect();
    let write = |csv: &mut csv::Writer<Vec<u8>>, cells: &[String]| {
        csv.write_record(cells.iter().map(|cell| harmless(cell)))
            .map_err(|_| Error::Internal)
    };
    write(&mut csv, &head)?;
    for row in rows {
        let lang = f.tr.lang;
        let moment = |t: i64| f.words.machine(t.into());
        let cells = [
            row.number.to_string(),
            app.sector_label(&row.sector, lang),
            app.topic_label(&row.topic, lang),
            row.municipality
                .as_deref()
                .map(|m| app.municipality_label(m))
                .unwrap_or_default(),
            row.place_name.clone().unwrap_or_default(),
            f.code("state", &row.state),
            moment(row.opened),
            row.due.map(moment).unwrap_or_default(),
            row.posts.to_string(),
            app.incident_title(row.title.clone(), &row.topic, f.tr.lang),
        ];
        write(&mut csv, &cells)?;
    }
    csv.into_inner().map_err(|_| Error::Internal)
}

fn harmless(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{harmless, repeats};

    #[test]
    fn a_place_is_not_said_twice() {
        assert!(repeats(Some("г. о. Таволжск"), "г. Таволжск"));
        assert!(!repeats(Some("г. о. Таволжск"), "ул. Таволжская"));
        assert!(!repeats(None, "г. Таволжск"));
    }

    #[test]
    fn no_cell_begins_a_formula() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("Нет воды"), "Нет воды");
    }
}

//! The fields of an imported row, the columns that hold them, and the post they make.

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::{Options, times};
use crate::domain::{
    actor::AuthorRef,
    hex,
    post::{CapturedPost, Platform, PostKey, PostKind, coded},
    time::Timestamp,
};

coded! {
    /// What a column may hold. Only the text must be there.
    Field {
        /// The row's own number; without it the row's hash serves.
        Id = "id",
        /// The words.
        Text = "text",
        /// When it was published; without it the time of import serves.
        Published = "published",
        /// The public address.
        Url = "url",
        /// Who wrote it; becomes a pseudonym.
        Author = "author",
        /// The `id` of the row that it answers.
        Parent = "parent",
        /// A place in words.
        Place = "place",
        /// Latitude, degrees.
        Lat = "lat",
        /// Longitude, degrees.
        Lon = "lon",
    }
}

/// Other names under which a field is found by itself.
const ALSO: &[(Field, &[&str])] = &[
    (Field::Id, &["uid", "ид", "идентификатор"]),
    (Field::Text, &["текст", "текст сообщения"]),
    (
        Field::Published,
        &[
            "date",
            "datetime",
            "дата",
            "дата публикации",
            "опубликовано",
        ],
    ),
    (Field::Url, &["link", "ссылка"]),
    (Field::Author, &["автор"]),
    (Field::Place, &["address", "адрес", "место"]),
    (Field::Lat, &["latitude", "широта"]),
    (Field::Lon, &["lng", "longitude", "долгота"]),
];

/// Whether a column of this name holds the field without being told.
pub(super) fn is_named(field: Field, column: &str) -> bool {
    let column = column.trim().to_lowercase();
    let also = ALSO.iter().filter(|(of, _)| *of == field);
    column == field.code()
        || also
            .flat_map(|(_, names)| *names)
            .any(|name| *name == column)
}

/// The column (or key) of a field among those there: the one given, the field's own name, then its
/// other names.
pub(super) fn column_of(field: Field, options: &Options, columns: &[&str]) -> Option<usize> {
    let at = |fits: &dyn Fn(&str) -> bool| columns.iter().position(|column| fits(column));
    if let Some((_, given)) = options.columns.iter().find(|(of, _)| *of == field) {
        let folded = given.trim().to_lowercase();
        return at(&|c| c == given).or_else(|| at(&|c| c.trim().to_lowercase() == folded));
    }
    at(&|c| c == field.code())
        .or_else(|| at(&|c| c.trim().eq_ignore_ascii_case(field.code())))
        .or_else(|| at(&|c| is_named(field, c)))
}

/// The name among `known` that a misspelt one probably means.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let likeness = |other: &str| strsim::jaro_winkler(&other.to_lowercase(), &name);
    let best = known
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) > 0.6).then_some(*best)
}

/// The cells of one row by field; empty ones are `None`.
#[derive(Debug, Default)]
pub(super) struct Cells([Option<String>; Field::ALL.len()]);

impl Cells {
    pub fn put(&mut self, field: Field, cell: String) {
        if !cell.trim().is_empty() {
            self.0[field as usize] = Some(cell);
        }
    }

    fn take(&mut self, field: Field) -> Option<String> {
        let cell = self.0[field as usize].take()?;
        Some(match cell.trim() {
            trimmed if trimmed.len() == cell.len() => cell,
            trimmed => trimmed.to_owned(),
        })
    }
}

/// Makes posts of rows.
#[derive(Debug, Clone)]
pub(super) struct Maker {
    pub owner: String,
    pub zone: TimeZone,
}

impl Maker {
    /// The post of a row, or why there is none. `hash` serves where the row has no id.
    pub fn post(
        &self,
        mut cells: Cells,
        hash: impl FnOnce() -> String,
    ) -> Result<CapturedPost, String> {
        let text = cells.take(Field::Text).ok_or("it has no text")?;
        let id = cells.take(Field::Id).unwrap_or_else(hash);
        let mut post = CapturedPost::new(self.key(id), text);
        post.parent = cells.take(Field::Parent).map(|id| self.key(id));
        post.published = match cells.take(Field::Published) {
            Some(cell) => Some(self.moment(&cell)?),
            None => None,
        };
        post.url = cells.take(Field::Url).filter(|url| is_public(url));
        post.author = cells.take(Field::Author).map(AuthorRef::new);
        post.place_hint = cells.take(Field::Place);
        post.point = point(cells.take(Field::Lat), cells.take(Field::Lon))?;
        Ok(post)
    }

    /// Answers have the kind of posts too: in a table one row of ids numbers both.
    fn key(&self, id: String) -> PostKey {
        PostKey {
            platform: Platform::Import,
            owner: self.owner.clone(),
            kind: PostKind::Post,
            external_id: id,
        }
    }

    fn moment(&self, cell: &str) -> Result<Timestamp, String> {
        times::parse(cell, &self.zone).ok_or_else(|| {
            format!(
                "its time «{}» cannot be read; write 2026-11-20T10:30:00+03:00, 2026-11-20 10:30, \
                 20.11.2026 10:30 or Unix seconds",
                short(cell)
            )
        })
    }
}

/// A link is opened from pages one day: only the web's own.
fn is_public(url: &str) -> bool {
    let scheme = url
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}

fn point(lat: Option<String>, lon: Option<String>) -> Result<Option<(f64, f64)>, String> {
    match (lat, lon) {
        (None, None) => Ok(None),
        (Some(_), None) => Err("it has a latitude and no longitude".into()),
        (None, Some(_)) => Err("it has a longitude and no latitude".into()),
        (Some(lat), Some(lon)) => {
            let lat = degrees(&lat, 90.0, "latitude")?;
            Ok(Some((lat, degrees(&lon, 180.0, "longitude")?)))
        }
    }
}

/// With a decimal point or, as Russian spreadsheets write it, a comma.
fn degrees(cell: &str, largest: f64, what: &str) -> Result<f64, String> {
    let number: Option<f64> = cell.replace(',', ".").parse().ok();
    number.filter(|n| n.abs() <= largest).ok_or_else(|| {
        let cell = short(cell);
        format!("its {what} «{cell}» is no number of degrees up to {largest}")
    })
}

/// The start of a cell, for a message.
fn short(cell: &str) -> String {
    match cell.char_indices().nth(30) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.to_owned(),
    }
}

/// 128 bits of SHA-256 over the cells with their lengths.
pub(super) fn hash_of<'a>(row: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for cell in row {
        hash.update((cell.len() as u64).to_be_bytes());
        hash.update(cell);
    }
    hex::digits(&hash.finalize()[..16])
}

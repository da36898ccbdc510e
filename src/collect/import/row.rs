//! From the cells of a row to a post. Start with [`Reader::post`].

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::{Field, Options};
use crate::{
    collect::dates,
    domain::{
        actor::AuthorRef,
        post::{CapturedPost, Platform, PostKey, PostKind},
    },
};

/// The cells of a row that matter; an empty cell is an absent one.
#[derive(Debug, Default)]
pub(super) struct Cells([Option<String>; Field::ALL.len()]);

impl Cells {
    pub fn put(&mut self, field: Field, value: String) {
        if !value.trim().is_empty() {
            self.0[field as usize] = Some(value);
        }
    }

    fn take(&mut self, field: Field) -> Option<String> {
        self.0[field as usize].take()
    }

    fn take_trimmed(&mut self, field: Field) -> Option<String> {
        self.take(field).map(|value| value.trim().to_owned())
    }
}

/// What all rows of a file share.
pub(super) struct Reader {
    owner: String,
    zone: TimeZone,
}

impl Reader {
    pub fn of(options: &Options) -> Self {
        Self {
            owner: options.source.clone(),
            zone: options.zone.clone(),
        }
    }

    /// The key of a row. Rows with a parent are posts as well: a file has one kind of id.
    fn key(&self, id: String) -> PostKey {
        PostKey {
            platform: Platform::Import,
            owner: self.owner.clone(),
            kind: PostKind::Post,
            external_id: id,
        }
    }

    /// A post; `whole` gives the row as text, for the hash that stands in for an absent id.
    ///
    /// # Errors
    /// Why the row is refused.
    pub fn post(
        &self,
        mut cells: Cells,
        whole: impl FnOnce() -> String,
    ) -> Result<CapturedPost, String> {
        let text = cells.take(Field::Text).ok_or("the text is empty")?;
        let id = cells
            .take_trimmed(Field::Id)
            .unwrap_or_else(|| hash(&whole()));
        let mut post = CapturedPost::new(self.key(id), text);
        if let Some(published) = cells.take(Field::Published) {
            let moment = dates::parse(&published, &self.zone);
            post.published = Some(moment.ok_or_else(|| unreadable("published", &published))?);
        }
        post.point = point(cells.take(Field::Lat), cells.take(Field::Lon))?;
        post.url = cells
            .take_trimmed(Field::Url)
            .filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        post.author = cells.take_trimmed(Field::Author).map(AuthorRef::new);
        post.parent = cells.take_trimmed(Field::Parent).map(|id| self.key(id));
        post.place_hint = cells.take_trimmed(Field::Place);
        Ok(post)
    }
}

fn unreadable(field: &str, value: &str) -> String {
    let shown: String = value.chars().take(40).collect();
    format!("{field} cannot be read: {shown:?}")
}

/// Coordinates, with a point or a comma. Half of a pair is refused: it is a mistake in the table.
fn point(lat: Option<String>, lon: Option<String>) -> Result<Option<(f64, f64)>, String> {
    let degrees = |name: &str, value: String, most: f64| {
        let number: Option<f64> = value.trim().replace(',', ".").parse().ok();
        number
            .filter(|number| number.abs() <= most)
            .ok_or_else(|| unreadable(name, &value))
    };
    match (lat, lon) {
        (None, None) => Ok(None),
        (Some(lat), Some(lon)) => Ok(Some((
            degrees("lat", lat, 90.0)?,
            degrees("lon", lon, 180.0)?,
        ))),
        _ => Err("one of lat and lon is missing".into()),
    }
}

fn hash(row: &str) -> String {
    let digest = Sha256::digest(row.as_bytes());
    digest[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[(Field, &str)]) -> Result<CapturedPost, String> {
        let mut all = Cells::default();
        for (field, value) in cells {
            all.put(*field, (*value).to_owned());
        }
        let zone = jiff::tz::Offset::constant(3).to_time_zone();
        Reader::of(&Options::new("table", zone)).post(all, || "the row".into())
    }

    #[test]
    fn every_field_finds_its_place() {
        let post = read(&[
            (Field::Id, " 7 "),
            (Field::Text, "Яма на дороге"),
            (Field::Published, "05.05.2025 15:30"),
            (Field::Url, "https://a.example/7"),
            (Field::Author, "Иванов"),
            (Field::Parent, "6"),
            (Field::Place, "Садовая, 3"),
            (Field::Lat, "51,73"),
            (Field::Lon, "36.19"),
        ])
        .expect("a post");
        assert_eq!(
            (post.key.owner.as_str(), post.key.external_id.as_str()),
            ("table", "7")
        );
        assert_eq!(
            post.published.map(|t| t.to_rfc3339()).as_deref(),
            Some("2025-05-05T12:30:00Z")
        );
        assert_eq!(post.parent.map(|key| key.external_id).as_deref(), Some("6"));
        assert_eq!(post.point, Some((51.73, 36.19)));
        assert!(post.author.is_some() && post.place_hint.is_some() && post.url.is_some());
    }

    #[test]
    fn rows_without_id_are_named_by_their_hash_and_faults_are_told() {
        let post = read(&[(Field::Text, "Яма")]).expect("a post");
        assert_eq!(post.key.external_id.len(), 32);
        assert_eq!(post.published, None);
        for (field, value) in [
            (Field::Published, "вчера"),
            (Field::Lat, "51"),
            (Field::Id, "1"),
        ] {
            let cells = match field {
                Field::Id => vec![(field, value)],
                _ => vec![(Field::Text, "Яма"), (field, value)],
            };
            assert!(read(&cells).is_err());
        }
    }
}

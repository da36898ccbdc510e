//! A request of a citizen's and its post. Start with [`Request`].
//!
//! The state at the source stands in the headline, in the server's own word: a state that changes is an
//! edit, and the earlier one stays as a version of the post.

use jiff::tz::TimeZone;

use crate::{
    collect::{dates, html, xml::Record},
    domain::{
        actor::AuthorKind,
        post::{Attachment, CapturedPost, Platform, PostKey, PostKind},
        time::Timestamp,
    },
};

/// A request as a server publishes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Its number, as text: zeros in front of it count.
    pub id: String,
    /// `open`, `closed`; FixMyStreet has `investigating`, `fixed` and others.
    pub status: Option<String>,
    /// Why, in the agency's words.
    pub status_notes: Option<String>,
    /// The service's code.
    pub service_code: Option<String>,
    /// The service's name.
    pub service_name: Option<String>,
    /// What the citizen wrote.
    pub description: Option<String>,
    /// When it was handed in.
    pub requested: Option<Timestamp>,
    /// When its state changed last.
    pub updated: Option<Timestamp>,
    /// Where, in words.
    pub address: Option<String>,
    /// Where: latitude and longitude.
    pub point: Option<(f64, f64)>,
    /// It has a picture.
    pub media: bool,
}

impl Request {
    /// Takes a record's fields by name; none of them names a person.
    pub(super) fn of(record: &Record, id: &str, zone: &TimeZone) -> Self {
        let text = |key: &str| record.get(key).map(html::to_text).filter(|t| !t.is_empty());
        let moment = |key: &str| dates::parse(record.get(key)?, zone);
        Self {
            id: id.to_owned(),
            status: text("status"),
            status_notes: text("status_notes"),
            service_code: text("service_code"),
            service_name: text("service_name").or_else(|| text("title")),
            description: text("description").or_else(|| text("detail")),
            requested: moment("requested_datetime"),
            updated: moment("updated_datetime"),
            address: text("address"),
            point: point(record),
            media: record.get("media_url").is_some(),
        }
    }

    /// When it was changed last, as far as told.
    pub fn changed(&self) -> Option<Timestamp> {
        self.updated.max(self.requested)
    }

    /// As a post of the endpoint at `owner`. `name` is the service's, where the request has none;
    /// `link` the pattern of addresses for people.
    pub fn into_post(self, owner: &str, name: Option<&str>, link: Option<&str>) -> CapturedPost {
        let key = PostKey {
            platform: Platform::Open311,
            owner: owner.to_owned(),
            kind: PostKind::Post,
            external_id: self.id.clone(),
        };
        let service = self
            .service_name
            .as_deref()
            .or(name)
            .or(self.service_code.as_deref())
            .unwrap_or("Open311")
            .to_owned();
        let state = [self.status.as_deref(), self.status_notes.as_deref()];
        let state: Vec<&str> = state.into_iter().flatten().collect();
        let title = match state.is_empty() {
            true => service.clone(),
            false => format!("{service} [{}]", state.join(": ")),
        };
        let mut post = CapturedPost::new(key, self.description.unwrap_or(service));
        post.title = Some(title);
        post.url = link.map(|link| link.replace("{id}", &self.id));
        post.author_kind = AuthorKind::Person;
        post.published = self.requested;
        post.edited = self.updated.filter(|at| Some(*at) != post.published);
        post.place_hint = self.address;
        post.point = self.point;
        let picture = Attachment {
            kind: "photo".into(),
            title: None,
        };
        post.attachments = self.media.then_some(picture).into_iter().collect();
        post
    }
}

/// Degrees within the globe; zero and zero is a form that was not filled in.
fn point(record: &Record) -> Option<(f64, f64)> {
    let degrees = |key: &str| record.get(key)?.replace(',', ".").parse::<f64>().ok();
    let (lat, long) = (degrees("lat")?, degrees("long").or_else(|| degrees("lon"))?);
    let fits = lat.abs() <= 90.0 && long.abs() <= 180.0 && (lat, long) != (0.0, 0.0);
    fits.then_some((lat, long))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_stands_in_the_headline() {
        let request = Request {
            id: "007".into(),
            status: Some("closed".into()),
            status_notes: Some("Повтор".into()),
            service_code: Some("12".into()),
            ..Request::default()
        };
        let post = request.clone().into_post(
            "https://g.example",
            Some("Снег"),
            Some("https://g.example/r/{id}"),
        );
        assert_eq!(post.title.as_deref(), Some("Снег [closed: Повтор]"));
        assert_eq!(
            (post.text.as_str(), post.key.external_id.as_str()),
            ("Снег", "007")
        );
        assert_eq!(post.url.as_deref(), Some("https://g.example/r/007"));
        let bare = Request {
            id: "1".into(),
            ..Request::default()
        };
        assert_eq!(bare.into_post("x", None, None).text, "Open311");
    }
}

//! What an integration sends, and the post that it becomes. Start with [`NewSubmission::captured`].

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        actor::AuthorRef,
        post::{CapturedPost, Platform, PostKey, PostKind},
    },
    web::{
        Error,
        api::{
            Code, asked,
            body::{Holds, check},
        },
    },
};

/// Characters of the longest text.
const LONGEST: usize = 16_384;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$")
        .expect("the pattern is constant")
});

/// A post that is handed in (ActivityStreams Note).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "number": "2026-11-000417",
    "text": "Третий день нет отопления, ул. Речная, 14",
    "published": "2026-11-22T09:30:00+03:00",
}))]
pub(in crate::web::api) struct NewSubmission {
    /// Its number in the system that it comes from. One number is taken once.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = "^[0-9A-Za-zА-Яа-яЁё./:№#()_-]+$"
    )]
    number: String,
    /// What the resident wrote, whole. Personal data in it is masked before anybody reads it.
    #[schema(min_length = 1, max_length = 16384)]
    text: String,
    /// When it was written, RFC 3339; without it the moment of receipt serves.
    #[schema(format = DateTime)]
    published: Option<String>,
    /// Its public address, if it has one.
    #[schema(
        max_length = 2000,
        pattern = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$"
    )]
    url: Option<String>,
    /// Who wrote it; becomes a pseudonym that changes each month before the first write.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    author: Option<String>,
    /// The place in words.
    #[schema(
        min_length = 1,
        max_length = 300,
        pattern = r"^[^\u0000-\u001f\u007f]+$"
    )]
    place: Option<String>,
    point: Option<Point>,
    /// The municipality, if it is known. A token that names several needs it.
    pub(super) municipality: Option<Code>,
}

/// Coordinates in degrees.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct Point {
    #[schema(minimum = -90, maximum = 90)]
    lat: f64,
    #[schema(minimum = -180, maximum = 180)]
    lon: f64,
}

/// A correction of the wording; the earlier one is kept as a version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web::api) struct Correction {
    #[schema(min_length = 1, max_length = 16384)]
    text: String,
}

impl NewSubmission {
    /// The post.
    ///
    /// # Errors
    /// The field that is wrong.
    pub(super) fn captured(self, source: &str) -> Result<CapturedPost, Error> {
        if !is_number(&self.number) {
            return Err(Error::Invalid("number", "not_a_number"));
        }
        check(&self.text, "text", LONGEST, Holds::Anything)?;
        for (value, field, longest) in [(&self.author, "author", 200), (&self.place, "place", 300)]
        {
            if let Some(value) = value {
                check(value, field, longest, Holds::OneLine)?;
            }
        }
        let is_address = |url: &String| url.len() <= 2000 && ADDRESS.is_match(url);
        if !self.url.as_ref().is_none_or(is_address) {
            return Err(Error::Invalid("url", "not_an_address"));
        }
        let inside = |p: &Point| p.lat.abs() <= 90.0 && p.lon.abs() <= 180.0;
        if !self.point.as_ref().is_none_or(inside) {
            return Err(Error::Invalid("point", "out_of_range"));
        }
        let mut post = CapturedPost::new(key(source, self.number), self.text);
        post.published = asked::moment(self.published.as_deref(), "published")?;
        post.url = self.url;
        post.author = self.author.map(AuthorRef::new);
        post.place_hint = self.place;
        post.point = self.point.map(|p| (p.lat, p.lon));
        Ok(post)
    }
}

impl Correction {
    /// The new wording.
    ///
    /// # Errors
    /// It is empty or too long.
    pub(super) fn wording(self) -> Result<String, Error> {
        check(&self.text, "text", LONGEST, Holds::Anything)?;
        Ok(self.text)
    }
}

/// A number as systems give them: letters, digits and what stands between them. It is kept as it is, for
/// the identity of the post is made of it.
fn is_number(text: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, 'А'..='я' | 'Ё' | 'ё') || "./:№#()_-".contains(c)
    };
    (1..=200).contains(&text.chars().count()) && text.chars().all(plain)
}

/// The identity of a submission: its number within its source.
pub(super) fn key(source: &str, number: String) -> PostKey {
    PostKey {
        platform: Platform::Import,
        owner: source.to_owned(),
        kind: PostKind::Post,
        external_id: number,
    }
}

//! From an address that a person typed to the community it means: `https://vk.com/name`, `vk.ru/club123`,
//! `name`. A person's page is refused: personal walls are never read. Start with [`Reference::read`].

use serde_json::Value;

use super::{
    client::{Client, Params, pair},
    groups::{self, FIELDS, Group},
    json::{int, text},
};
use crate::{
    collect::{politeness::Haste, poll::Collector},
    domain::source::FetchError,
};

/// Hosts of VK's site; `m.` and `www.` stand before them too.
const HOSTS: [&str; 4] = ["vk.com", "vk.ru", "vkontakte.ru", "new.vk.com"];
/// The longest short name, and some to spare.
const LONGEST: usize = 64;
/// Error codes of `utils.resolveScreenName` and `groups.getById` that say «there is none».
const NONE: [i64; 4] = [100, 104, 113, 125];

/// What an address points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A community by its number.
    Number(i64),
    /// A short name: a community's, a person's, an application's.
    Name(String),
}

/// Why an address gives no community to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// It leads elsewhere, or nowhere.
    #[error(
        "«{0}» is no address of a VK community: give https://vk.com/name, vk.com/club123 or the name"
    )]
    NoAddress(String),
    /// It is a person's page.
    #[error("this is a person's page: personal walls are not read")]
    Person,
    /// It is something that has no wall: VK's word for it.
    #[error("this is no community but «{0}»")]
    NoCommunity(String),
    /// Nobody has this name or number.
    #[error("VK knows no community of this name or number")]
    Unknown,
    /// VK could not be asked.
    #[error(transparent)]
    Failed(#[from] FetchError),
}

impl Reference {
    /// Reads what a person typed. Nothing is asked.
    ///
    /// # Errors
    /// [`Unresolved::NoAddress`], and [`Unresolved::Person`] where the address tells that by itself.
    pub fn read(typed: &str) -> Result<Reference, Unresolved> {
        let none = || Unresolved::NoAddress(crate::domain::plain::quoted(typed.trim()));
        let name = path(typed.trim()).ok_or_else(none)?;
        let name = name.trim_start_matches('@').to_lowercase();
        if let Some(number) = number(&name) {
            return number;
        }
        let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let named = !name.is_empty() && name.len() <= LONGEST && name.chars().all(sound);
        named.then_some(Reference::Name(name)).ok_or_else(none)
    }
}

/// The first part of an address' path, or the bare name.
fn path(typed: &str) -> Option<&str> {
    let rest = ["https://", "http://", "//"]
        .iter()
        .find_map(|scheme| typed.strip_prefix(scheme))
        .unwrap_or(typed);
    let (first, path) = match rest.split_once('/') {
        Some((host, path)) => (Some(host), path),
        None => (None, rest),
    };
    let of_vk = |host: &str| {
        let host = host.to_lowercase();
        let bare = ["m.", "www."].iter().find_map(|p| host.strip_prefix(p));
        HOSTS.contains(&bare.unwrap_or(&host))
    };
    if first.is_some_and(|host| !of_vk(host)) || (first.is_none() && of_vk(rest)) {
        return None;
    }
    path.split(['/', '?', '#']).next()
}

/// A number that the name holds: `club7`, `-7`, `wall-7_15`. Positive numbers of walls are people.
fn number(name: &str) -> Option<Result<Reference, Unresolved>> {
    let whole = |text: &str| text.parse::<i64>().ok().filter(|number| *number != 0);
    for kind in ["club", "public", "event"] {
        if let Some(number) = name.strip_prefix(kind).and_then(digits).and_then(whole) {
            return Some(Ok(Reference::Number(number)));
        }
    }
    if name.strip_prefix("id").and_then(digits).is_some() {
        return Some(Err(Unresolved::Person));
    }
    if let Some(number) = name.strip_prefix("board").and_then(digits).and_then(whole) {
        return Some(Ok(Reference::Number(number)));
    }
    for kind in ["wall", "topic", "photo", "video", "clip"] {
        let Some(rest) = name.strip_prefix(kind) else {
            continue;
        };
        // A community may be called `video24`; a person's video is `video24_5`.
        let (owner, one) = rest.split_once('_').unwrap_or((rest, ""));
        match whole(owner) {
            Some(owner @ ..0) => return Some(Ok(Reference::Number(owner.saturating_abs()))),
            Some(_) if digits(one).is_some() => return Some(Err(Unresolved::Person)),
            _ => {}
        }
    }
    whole(name).map(|number| Ok(Reference::Number(number.saturating_abs())))
}

fn digits(text: &str) -> Option<&str> {
    let all = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    all.then_some(text)
}

impl Collector {
    /// The community that an address of VK means, with its name, number and marks. Asks VK once or
    /// twice, in a person's name.
    ///
    /// # Errors
    /// See [`Unresolved`].
    pub async fn resolve_vk(&self, typed: &str) -> Result<Group, Unresolved> {
        let client = Client {
            collector: self,
            haste: Haste::Urgent,
            group: None,
        };
        let number = match Reference::read(typed)? {
            Reference::Number(number) => number,
            Reference::Name(name) => resolve_name(&client, &name).await?,
        };
        let params = vec![pair("group_ids", number), pair("fields", FIELDS)];
        let answer = ask(&client, "groups.getById", params).await?;
        let found = groups::read_groups(&answer);
        found.into_iter().next().ok_or(Unresolved::Unknown)
    }
}

async fn resolve_name(client: &Client<'_>, name: &str) -> Result<i64, Unresolved> {
    let params = vec![pair("screen_name", name)];
    let answer = ask(client, "utils.resolveScreenName", params).await?;
    // An unknown name gives an empty array instead of an object.
    let found = text(&answer, "type").zip(int(&answer, "object_id"));
    match found.ok_or(Unresolved::Unknown)? {
        ("group" | "page" | "event", number) => Ok(number),
        ("user", _) => Err(Unresolved::Person),
        (other, _) => Err(Unresolved::NoCommunity(crate::domain::plain::quoted(other))),
    }
}

async fn ask(client: &Client<'_>, method: &str, params: Params) -> Result<Value, Unresolved> {
    let answer = client.call(method, params).await;
    answer.map_err(|error| match error.code {
        Some(code) if NONE.contains(&code) => Unresolved::Unknown,
        _ => Unresolved::Failed(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let name = |name: &str| Ok(Reference::Name(name.into()));
        for (typed, meant) in [
            ("https://vk.com/gorod_online", name("gorod_online")),
            (
                "http://m.vk.ru/Gorod.Online?w=wall-7_5",
                name("gorod.online"),
            ),
            ("vk.com/gorod/", name("gorod")),
            (" @gorod ", name("gorod")),
            ("clubnika", name("clubnika")),
            ("https://vk.ru/club123", Ok(Reference::Number(123))),
            ("vk.com/public123#top", Ok(Reference::Number(123))),
            ("https://vk.com/wall-123_45", Ok(Reference::Number(123))),
            (
                "https://vk.com/topic-123_45?post=6",
                Ok(Reference::Number(123)),
            ),
            ("vk.com/board123", Ok(Reference::Number(123))),
            ("-123", Ok(Reference::Number(123))),
            ("3000000001", Ok(Reference::Number(3_000_000_001))),
            ("https://vk.com/id5", Err(Unresolved::Person)),
            ("vk.com/wall5_6", Err(Unresolved::Person)),
            ("vk.com/video24", name("video24")),
        ] {
            assert_eq!(Reference::read(typed), meant, "{typed}");
        }
        for typed in [
            "",
            "vk.com",
            "https://vk.com/",
            "https://example.org/gorod",
            "https://vk.com.example.org/gorod",
            "город",
            "a name with spaces",
        ] {
            let read = Reference::read(typed);
            assert!(
                matches!(read, Err(Unresolved::NoAddress(_))),
                "{typed}: {read:?}"
            );
        }
    }
}

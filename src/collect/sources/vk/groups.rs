//! What VK says of a community: `groups.getById`, both shapes. Start with [`read_groups`].

use serde_json::Value;

use super::json::{int, text, truth};
use crate::domain::source::PageFacts;

/// The fields to ask for. The marks but the first are read by VK's own application; a token that never
/// receives them leaves them unknown.
pub const FIELDS: &str =
    "verified,is_verified,is_government_organization,trust_mark,members_count,wall";
/// What `wall` says of a wall that is switched off.
const OFF: i64 = 0;

/// A community and what matters for collecting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its number, positive.
    pub id: i64,
    /// The short name of its address.
    pub screen_name: Option<String>,
    /// What goes to the registry of official pages.
    pub facts: PageFacts,
    /// Closed or private: not collected.
    pub closed: bool,
    /// `deleted` or `banned`, when it is.
    pub deactivated: Option<String>,
    /// Its wall is switched off: there is nothing to read there.
    pub wall_off: bool,
    /// `group`, `page` or `event`.
    pub kind: Option<String>,
}

impl Group {
    /// Why it is not read, when it is not.
    pub fn refusal(&self) -> Option<&str> {
        let closed = self.closed.then_some("closed");
        self.deactivated.as_deref().or(closed)
    }
}

/// Reads the communities of a `response`: `{"groups": […]}`, or the bare array of older versions.
pub fn read_groups(response: &Value) -> Vec<Group> {
    response
        .as_array()
        .or_else(|| response.get("groups")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(read_group)
        .collect()
}

fn read_group(item: &Value) -> Option<Group> {
    Some(Group {
        id: int(item, "id")?,
        screen_name: text(item, "screen_name").map(str::to_owned),
        facts: PageFacts {
            name: text(item, "name").map(crate::collect::html::to_text),
            members: int(item, "members_count"),
            // trust_mark: 0 none, 1 verified, 2 premium, 3 confirmed, 4 and 5 non-profit.
            verified: truth(item, "verified")
                .or_else(|| truth(item, "is_verified"))
                .or_else(|| int(item, "trust_mark").map(|mark| mark == 1)),
            government: truth(item, "is_government_organization"),
            widget: None,
        },
        closed: int(item, "is_closed").unwrap_or(0) != 0,
        deactivated: text(item, "deactivated")
            .filter(|why| !why.is_empty())
            .map(str::to_owned),
        wall_off: int(item, "wall") == Some(OFF),
        kind: text(item, "type").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_shapes_and_absent_marks() {
        let group = json!({"id": 3_000_000_000_i64, "name": "Мэрия", "verified": 1,
            "is_closed": 0, "is_government_organization": true, "members_count": 12});
        let new = read_groups(&json!({"groups": [group], "profiles": []}));
        let old = read_groups(&json!([group]));
        assert_eq!(new, old);
        assert_eq!(new[0].facts.government, Some(true));
        assert_eq!(new[0].facts.verified, Some(true));
        let bare = read_groups(&json!([{"id": 1, "is_closed": 1, "deactivated": "banned"}]));
        assert_eq!(bare[0].facts.government, None);
        assert_eq!(bare[0].facts.verified, None);
        assert!(bare[0].closed);
        assert_eq!(bare[0].refusal(), Some("banned"));
        let marked = read_groups(&json!([{"id": 1, "is_verified": true, "wall": 0}]));
        assert_eq!(marked[0].facts.verified, Some(true));
        assert_eq!((marked[0].wall_off, marked[0].refusal()), (true, None));
    }
}

//! What OK says of a group: `group.getInfo`. Start with [`read_groups`].

use serde_json::Value;

use crate::{
    collect::{
        html,
        sources::vk::json::{int, text, truth},
    },
    domain::source::PageFacts,
};

/// The fields to ask for. Pictures and contacts are never among them. OK does not say in public
/// whether it tells the official mark, so both names of it are tried.
pub const FIELDS: &str = "uid,name,shortname,members_count,private,closed,\
    verified,is_government_organization";

/// A group and what matters for collecting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its number.
    pub id: String,
    /// What goes to the registry of official pages.
    pub facts: PageFacts,
    /// Closed or private: not collected.
    pub closed: bool,
}

/// Reads the groups of an answer: a bare list, or `{"groups": […]}`.
pub fn read_groups(answer: &Value) -> Vec<Group> {
    answer
        .as_array()
        .or_else(|| answer.get("groups")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(read_group)
        .collect()
}

fn read_group(item: &Value) -> Option<Group> {
    let flag = |keys: &[&str]| keys.iter().find_map(|key| truth(item, key));
    Some(Group {
        id: super::id(item, "uid")?,
        facts: PageFacts {
            widget: None,
            name: text(item, "name").map(html::to_text),
            members: int(item, "members_count"),
            verified: flag(&["verified", "official"]),
            government: flag(&["is_government_organization", "government"]),
        },
        closed: flag(&["private", "closed", "is_private"]).unwrap_or(false)
            || text(item, "privacy").is_some_and(|word| !word.eq_ignore_ascii_case("open")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn marks_may_be_absent_and_closed_groups_are_known() {
        let groups = read_groups(&json!([
            {"uid": "53", "name": "Мэрия &amp; город", "members_count": "12"},
            {"uid": 54, "private": true, "verified": 1},
            {"name": "no number"}]));
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].facts.name.as_deref(), Some("Мэрия & город"));
        assert_eq!(groups[0].facts.members, Some(12));
        assert_eq!(
            (groups[0].facts.government, groups[0].closed),
            (None, false)
        );
        assert_eq!(
            (groups[1].facts.verified, groups[1].closed),
            (Some(true), true)
        );
    }
}

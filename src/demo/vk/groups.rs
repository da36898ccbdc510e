//! Communities: `groups.getById` and `utils.resolveScreenName`. Start with [`Communities::of`].

use serde_json::{Value, json};

use super::{
    Vk,
    call::{Call, Refusal, bad_parameter, refuse},
};
use crate::{
    demo::{material::Material, world::chance},
    domain::{
        page::{GosOrg, PageClass},
        post::Platform,
    },
};

/// Numbers of official pages that are no source.
const FIRST_BARE: i64 = 900_000_901;
/// At most so many communities in one call.
const MOST: usize = 500;

/// A community of the demo.
#[derive(Debug)]
pub(super) struct Community {
    pub id: i64,
    pub screen_name: String,
    pub name: String,
    pub is_closed: bool,
    pub mark: Option<(GosOrg, PageClass)>,
    /// The source whose posts stand on its wall; none for bare pages.
    pub source: Option<String>,
}

/// All communities.
#[derive(Debug)]
pub(super) struct Communities(Vec<Community>);

impl Communities {
    /// From the VK sources and the bare official pages.
    pub(super) fn of(material: &Material) -> Self {
        let vk = |platform| platform == Platform::Vk;
        let walls = material.sources.iter().filter(|s| vk(s.config.platform));
        let walls = walls.filter_map(|source| {
            Some(Community {
                id: source.config.owner.parse().ok()?,
                screen_name: source.config.screen_name.clone().unwrap_or_default(),
                name: source.config.name.clone(),
                is_closed: source.closed,
                mark: source.mark,
                source: Some(source.config.code.0.clone()),
            })
        });
        let bare = material.bare_pages.iter().zip(FIRST_BARE..);
        let bare = bare.map(|(page, id)| Community {
            id,
            screen_name: page.screen_name.clone(),
            name: page.name.clone(),
            is_closed: false,
            mark: Some(page.mark),
            source: None,
        });
        Communities(walls.chain(bare).collect())
    }

    pub(super) fn by_id(&self, id: i64) -> Option<&Community> {
        self.0.iter().find(|community| community.id == id)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<&Community> {
        self.0.iter().find(|c| c.screen_name == name)
    }

    /// By number, `club…`/`public…` and a number, or short name.
    fn by_reference(&self, reference: &str) -> Option<&Community> {
        let number = ["club", "public"]
            .iter()
            .find_map(|prefix| reference.strip_prefix(prefix))
            .unwrap_or(reference);
        let by_id = number.parse().ok().and_then(|id: i64| self.by_id(id.abs()));
        by_id.or_else(|| self.by_name(reference))
    }
}

/// `groups.getById`: the shape of 5.199, an object with `groups` and `profiles`.
pub(super) fn get_by_id(vk: &Vk, call: &Call) -> Result<Value, Refusal> {
    let Some(list) = call.text("group_ids").or_else(|| call.text("group_id")) else {
        return bad_parameter("group_ids is undefined");
    };
    let references: Vec<&str> = list.split(',').map(str::trim).collect();
    if references.len() > MOST {
        return bad_parameter("group_ids should contain at most 500 items");
    }
    let fields: Vec<&str> = call.text("fields").unwrap_or("").split(',').collect();
    let found: Vec<Value> = references
        .into_iter()
        .filter_map(|reference| vk.communities.by_reference(reference))
        .map(|community| describe(community, &fields))
        .collect();
    if found.is_empty() {
        return refuse(125, "Invalid group id");
    }
    Ok(json!({"groups": found, "profiles": []}))
}

/// A community with the fields that were asked for.
pub(super) fn describe(community: &Community, fields: &[&str]) -> Value {
    let mut group = json!({
        "id": community.id,
        "name": community.name,
        "screen_name": community.screen_name,
        "is_closed": i32::from(community.is_closed),
        "type": if community.mark.is_some() { "page" } else { "group" },
        "photo_50": "https://sun1-1.vk.invalid/c50.jpg",
    });
    for &field in fields {
        if let Some(value) = optional(community, field) {
            group[field] = value;
        }
    }
    group
}

fn optional(community: &Community, field: &str) -> Option<Value> {
    let is_confirmed = matches!(community.mark, Some((GosOrg::Confirmed, _)));
    let is_flagship = matches!(community.mark, Some((_, PageClass::Flagship)));
    Some(match field {
        "verified" => json!(i32::from(is_confirmed && is_flagship)),
        "is_government_organization" => json!(is_confirmed),
        "trust_mark" => json!(i32::from(is_confirmed)),
        "members_count" => json!(members(community)),
        "activity" => json!(if community.mark.is_some() {
            "Государственная организация"
        } else {
            "Городское сообщество"
        }),
        "status" | "description" | "site" => json!(""),
        "wall" => json!(if community.mark.is_some() { 2 } else { 1 }),
        _ => return None,
    })
}

fn members(community: &Community) -> u64 {
    400 + chance(community.id, 1) % 39_000
}

/// `utils.resolveScreenName`: an unknown name gives an empty array.
pub(super) fn resolve(vk: &Vk, call: &Call) -> Result<Value, Refusal> {
    let Some(name) = call.text("screen_name") else {
        return bad_parameter("screen_name is undefined");
    };
    Ok(match vk.communities.by_reference(name) {
        None => json!([]),
        Some(community) => json!({
            "type": if community.mark.is_some() { "page" } else { "group" },
            "object_id": community.id,
        }),
    })
}

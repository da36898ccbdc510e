//! Posts: `wall.get` and `wall.getById`. Start with [`get`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Vk,
    call::{Call, Refusal, bad_parameter, refuse},
    groups::Community,
    people,
};
use crate::{
    demo::{
        material::{Entry, Voice},
        world::chance,
    },
    domain::{post::Platform, time::Timestamp},
};

/// `wall.get`: newest first, but a pinned post on top whatever its age.
pub(super) fn get(vk: &Vk, call: &Call) -> Result<Value, Refusal> {
    let community = asked_wall(vk, call)?;
    let offset = call.amount("offset", 0, i64::MAX)?;
    let count = call.amount("count", 20, 100)?;
    let filter = call.text("filter").unwrap_or("all");
    let mut posts: Vec<&Entry> = community
        .source
        .iter()
        .flat_map(|source| vk.world.visible(source))
        .collect();
    match filter {
        "all" => {}
        "owner" => posts.retain(|post| speaks(community, post) < 0),
        "others" => posts.retain(|post| speaks(community, post) > 0),
        "postponed" | "suggests" | "archived" | "donut" => {
            return refuse(15, "Access denied: no access to this filter");
        }
        _ => return bad_parameter("filter is undefined"),
    }
    posts.sort_by_key(|post| !post.tricks.pinned); // stable: the rest stays newest first
    let all = posts.len();
    let shown: Vec<&Entry> = posts.into_iter().skip(offset).take(count).collect();
    let items: Vec<Value> = shown.iter().map(|post| item(vk, community, post)).collect();
    let answer = json!({"count": all, "items": items, "reaction_sets": []});
    if !call.flag("extended") {
        return Ok(answer);
    }
    let speakers = shown.iter().flat_map(|post| {
        let original = original(vk, post).map(|(wall, _)| -wall.id);
        [
            Some(speaks(community, post)),
            signer(community, post),
            original,
        ]
    });
    let mut speakers: BTreeSet<i64> = speakers.flatten().collect();
    speakers.insert(-community.id);
    let fields = call.text("fields").unwrap_or("");
    Ok(people::extend(vk, answer, &speakers, fields))
}

fn asked_wall<'a>(vk: &'a Vk, call: &Call) -> Result<&'a Community, Refusal> {
    if let Some(owner) = call.int("owner_id")? {
        return vk.open_wall(owner);
    }
    let Some(domain) = call.text("domain") else {
        return bad_parameter("owner_id is undefined");
    };
    match vk.communities.by_name(domain) {
        Some(community) => vk.open_wall(-community.id),
        None => refuse(113, "Invalid user id"),
    }
}

/// `wall.getById`: posts that are gone are simply absent.
pub(super) fn get_by_id(vk: &Vk, call: &Call) -> Result<Value, Refusal> {
    let Some(list) = call.text("posts") else {
        return bad_parameter("posts is undefined");
    };
    let names: Vec<&str> = list.split(',').collect();
    if names.len() > 100 {
        return bad_parameter("posts should contain at most 100 items");
    }
    let found: Vec<(&Community, &Entry)> = names.iter().filter_map(|name| find(vk, name)).collect();
    let items = found.iter().map(|(wall, post)| item(vk, wall, post));
    let answer = json!({"items": items.collect::<Vec<_>>()});
    if !call.flag("extended") {
        return Ok(answer);
    }
    let speakers = found
        .iter()
        .flat_map(|(wall, post)| [speaks(wall, post), -wall.id]);
    let fields = call.text("fields").unwrap_or("");
    Ok(people::extend(vk, answer, &speakers.collect(), fields))
}

fn find<'a>(vk: &'a Vk, name: &str) -> Option<(&'a Community, &'a Entry)> {
    let (owner, id) = name.trim().split_once('_')?;
    let (owner, id): (i64, i64) = (owner.parse().ok()?, id.parse().ok()?);
    let community = vk.open_wall(owner).ok()?;
    let source = community.source.as_deref()?;
    let post = vk.world.visible(source).find(|post| post.id == id)?;
    Some((community, post))
}

/// A post as an object of 5.199.
fn item(vk: &Vk, community: &Community, post: &Entry) -> Value {
    let world = &vk.world;
    let (text, edited) = world.wording(post);
    let comments = community
        .source
        .iter()
        .flat_map(|source| world.comments(source))
        .filter(|comment| thread_root(vk, comment) == post.id)
        .count();
    let mut item = json!({
        "inner_type": "wall_wallpost",
        "id": post.id,
        "owner_id": -community.id,
        "from_id": speaks(community, post),
        "date": seconds(world.published(post)),
        "type": "post",
        "post_type": "post",
        "text": text,
        "attachments": attachments(vk, community, post),
        "comments": {"can_post": 1, "can_view": 1, "count": comments, "groups_can_post": true},
        "likes": {"can_like": 1, "count": chance(post.id, 3) % 40, "user_likes": 0},
        "reposts": {"count": chance(post.id, 4) % 9, "user_reposted": 0},
        "views": {"count": views(vk, post)},
        "marked_as_ads": 0,
        "donut": {"is_donut": false},
        "post_source": {"type": if post.id % 3 == 0 { "mvk" } else { "vk" }},
        "hash": format!("{:016x}", chance(post.id, 5)),
    });
    if let Some(signer) = signer(community, post) {
        item["signer_id"] = json!(signer);
    }
    if let Some(edited) = edited {
        item["edited"] = json!(seconds(edited));
    }
    if post.tricks.pinned {
        item["is_pinned"] = json!(1);
    }
    if let Some((wall, original)) = original(vk, post) {
        item["copy_history"] = json!([copied(vk, wall, original)]);
    }
    item
}

/// Views grow for two days, hour by hour.
fn views(vk: &Vk, post: &Entry) -> u64 {
    let age = vk.world.now().since(vk.world.published(post));
    let hours = (age.as_millis() / 3_600_000).clamp(0, 48) as u64;
    12 + chance(post.id, 2) % 4_000 * (1 + hours) / 49
}

/// The post that a comment stands under, through branches.
fn thread_root(vk: &Vk, comment: &Entry) -> i64 {
    let mut at = comment;
    while let Some(parent) = at.parent {
        match vk.world.material().entry(&at.source, parent) {
            Some(entry) => at = entry,
            None => return parent,
        }
    }
    at.id
}

/// `from_id`: people write on city walls themselves, or send a post to the editors, who publish it
/// in the community's name with a signature.
fn speaks(community: &Community, post: &Entry) -> i64 {
    match post.voice {
        Voice::Person(id) if !is_signed(post) => id,
        _ => -community.id,
    }
}

fn signer(community: &Community, post: &Entry) -> Option<i64> {
    match post.voice {
        Voice::Person(id) if is_signed(post) && speaks(community, post) < 0 => Some(id),
        _ => None,
    }
}

fn is_signed(post: &Entry) -> bool {
    post.id % 3 == 0
}

fn original<'a>(vk: &'a Vk, post: &Entry) -> Option<(&'a Community, &'a Entry)> {
    let (source, id) = post.tricks.original.as_ref()?;
    let config = &vk.world.source(source)?.config;
    if config.platform != Platform::Vk {
        return None;
    }
    let community = vk.communities.by_id(config.owner.parse().ok()?)?;
    Some((community, vk.world.material().entry(source, *id)?))
}

fn copied(vk: &Vk, community: &Community, post: &Entry) -> Value {
    json!({
        "inner_type": "wall_wallpost",
        "id": post.id,
        "owner_id": -community.id,
        "from_id": speaks(community, post),
        "date": seconds(vk.world.published(post)),
        "type": "post",
        "post_type": "post",
        "text": vk.world.wording(post).0,
        "attachments": [],
        "post_source": {"type": "vk"},
    })
}

/// Photographs, a poll, a video; and now and then a kind that no schema lists.
fn attachments(vk: &Vk, community: &Community, post: &Entry) -> Value {
    let number = chance(post.id, 6);
    let photo = |at: u64| {
        json!({"type": "photo", "photo": {
            "id": post.id * 10 + at as i64,
            "owner_id": -community.id,
            "album_id": -8,
            "date": seconds(vk.world.published(post)),
            "text": "",
            "sizes": [{"type": "x", "width": 604, "height": 453,
                       "url": format!("https://sun1-1.vk.invalid/{number:x}_{at}.jpg")}],
        }})
    };
    match number % 46 {
        0 | 1 => json!([{"type": "geo_story", "geo_story": {"id": post.id, "layers": [1, 2]}}]),
        2 | 3 => json!([{"type": "video", "video": {
            "id": post.id * 10, "owner_id": -community.id, "title": "Видео", "duration": 17,
        }}]),
        4 => json!([photo(0), {"type": "mini_app_card", "mini_app_card": null}]),
        5..=16 => json!([photo(0)]),
        17..=19 => json!([photo(0), photo(1), photo(2)]),
        _ if post.text.contains("Голосуем:") => json!([{"type": "poll", "poll": {
            "id": post.id * 10, "owner_id": -community.id, "question": "Ваш выбор?",
            "votes": number % 900, "answers": [], "anonymous": true,
        }}]),
        _ => json!([]),
    }
}

pub(super) fn seconds(moment: Timestamp) -> i64 {
    moment.as_millis().div_euclid(1000)
}

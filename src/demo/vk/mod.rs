//! VK's API 5.199 over the demo's walls: `wall.get`, `wall.getById`, `wall.getComments`,
//! `groups.getById`, `utils.resolveScreenName`, with VK's errors, paging and rate. Beside it a plain
//! page for each post, so that links lead somewhere. Start with [`router`].

mod call;
mod comments;
mod groups;
mod limiter;
mod people;
mod wall;

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    routing::{any, get},
};
use serde_json::{Value, json};

use super::{site, world::World};
use call::{Call, Refusal, bad_parameter, refuse};
use groups::Communities;
use limiter::Limiter;
pub use limiter::Patience;

/// Older versions are refused. The parts are numbers of their own: 5.199 is younger than 5.81.
const OLDEST_VERSION: (u32, u32) = (5, 81);

struct Vk {
    world: World,
    communities: Communities,
    token: String,
    limiter: Limiter,
}

/// The server's routes. Calls need `token`.
pub fn router(world: World, token: impl Into<String>, patience: Patience) -> Router {
    let vk = Arc::new(Vk {
        communities: Communities::of(world.material()),
        world,
        token: token.into(),
        limiter: Limiter::new(patience),
    });
    Router::new()
        .route("/method/{name}", any(answer))
        .route("/robots.txt", get(|| async { "User-agent: *\nAllow: /\n" }))
        .route("/{page}", get(page))
        .with_state(vk)
}

/// Answers a call; errors also come with status 200, as from VK.
async fn answer(
    State(vk): State<Arc<Vk>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Json<Value> {
    let call = Call::read(method, &headers, &query.unwrap_or_default(), &body);
    Json(match vk.run(&call) {
        Ok(response) => json!({ "response": response }),
        Err(refusal) => call.refused(&refusal),
    })
}

impl Vk {
    fn run(&self, call: &Call) -> Result<Value, Refusal> {
        self.admit(call)?;
        match call.method.as_str() {
            "wall.get" => wall::get(self, call),
            "wall.getById" => wall::get_by_id(self, call),
            "wall.getComments" => comments::get(self, call),
            "groups.getById" => groups::get_by_id(self, call),
            "utils.resolveScreenName" => groups::resolve(self, call),
            _ => refuse(3, "Unknown method passed"),
        }
    }

    /// Version, token and rate, in VK's order.
    fn admit(&self, call: &Call) -> Result<(), Refusal> {
        let version = call.text("v").and_then(|v| v.split_once('.'));
        let version = version.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        if version.is_none_or(|version: (u32, u32)| version < OLDEST_VERSION) {
            return refuse(
                8,
                "Invalid request: versions below 5.81 are deprecated. Version param should be \
                 passed as \"v\".",
            );
        }
        if call.token.as_deref() != Some(self.token.as_str()) {
            return refuse(5, "User authorization failed: invalid access_token (4).");
        }
        if !self.limiter.allows(self.world.now()) {
            return refuse(6, "Too many requests per second");
        }
        Ok(())
    }

    /// The community that `owner_id` names, when its wall may be read.
    fn open_wall(&self, owner_id: i64) -> Result<&groups::Community, Refusal> {
        if owner_id > 0 {
            return refuse(30, "This profile is private");
        }
        let Some(community) = self.communities.by_id(-owner_id) else {
            return bad_parameter("owner_id is incorrect");
        };
        if community.is_closed {
            return refuse(
                15,
                "Access denied: this wall available only for community members",
            );
        }
        Ok(community)
    }
}

/// `/wall-900000101_48213`: the post as a plain page.
async fn page(State(vk): State<Arc<Vk>>, Path(page): Path<String>) -> site::Answer {
    let found = page
        .strip_prefix("wall-")
        .and_then(|rest| rest.split_once('_'))
        .and_then(|(owner, id)| Some((owner.parse().ok()?, id.parse().ok()?)))
        .and_then(|(owner, id): (i64, i64)| {
            let community = vk.communities.by_id(owner).filter(|c| !c.is_closed)?;
            let source = community.source.as_deref()?;
            let entry = vk.world.visible(source).find(|entry| entry.id == id)?;
            Some((community.name.as_str(), entry))
        });
    let community = vk.communities.by_name(&page);
    match (found, community) {
        (Some((name, entry)), _) => site::post(&vk.world, name, entry),
        (None, Some(community)) => site::about(&community.name),
        (None, None) => site::missing(),
    }
}

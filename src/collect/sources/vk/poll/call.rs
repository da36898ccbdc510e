//! The calls that a visit makes, with their parameters. How one is made is [`Client`]'s.

use std::sync::OnceLock;

use serde_json::Value;

use crate::{
    collect::{
        poll::{Visit, stop},
        sources::vk::{
            client::{Client, Params, pair},
            comments::Under,
            groups::{Group, read_groups},
            json,
        },
    },
    domain::source::FetchError,
};

/// The API on behalf of one community.
pub(super) struct Api<'a> {
    visit: &'a Visit<'a>,
    /// The community's number, negative; learnt from the first post when the catalogue names it
    /// only by its short name.
    owner: OnceLock<i64>,
    name: Option<&'a str>,
}

impl<'a> Api<'a> {
    /// Prepares to call. `known` is the community's number where an earlier step learnt it.
    ///
    /// # Errors
    /// When the source names no community.
    pub fn new(visit: &'a Visit<'a>, known: Option<i64>) -> Result<Self, FetchError> {
        let owner = visit.source.owner.trim();
        let number = owner.parse::<i64>().ok().filter(|number| *number != 0);
        let name = visit.source.screen_name.as_deref();
        let name = name.or((number.is_none() && !owner.is_empty()).then_some(owner));
        if number.is_none() && name.is_none() {
            return Err(stop("the source names no community: set its owner"));
        }
        Ok(Self {
            owner: number
                .map(|number| -number.abs())
                .or(known)
                .map_or_else(OnceLock::new, OnceLock::from),
            name,
            visit,
        })
    }

    /// What the comments of a post stand under.
    pub fn under(&self, post: i64) -> Under {
        Under {
            owner: self.number(),
            post: Some(post),
        }
    }

    /// The community's number, negative, once it is known.
    pub fn owner(&self) -> Option<i64> {
        self.owner.get().copied()
    }

    fn client(&self) -> Client<'a> {
        Client {
            collector: self.visit.collector,
            haste: self.visit.haste,
            group: self.owner().map(i64::abs),
        }
    }

    /// How many items to ask for: `usual`, or fewer where VK did not manage as many.
    pub fn most(&self, method: &str, usual: i64) -> i64 {
        self.client().most(method, usual)
    }

    async fn call(&self, method: &str, params: Params) -> Result<Value, FetchError> {
        self.client().call(method, params).await
    }

    /// The community's number, negative; 0 before it is known.
    pub fn number(&self) -> i64 {
        self.owner().unwrap_or(0)
    }

    /// A page of the wall.
    pub async fn wall(&self, offset: i64, count: i64) -> Result<Vec<Value>, FetchError> {
        let mut params = self.whose();
        params.extend([
            pair("offset", offset),
            pair("count", count),
            pair("filter", "all"),
        ]);
        let answer = self.call("wall.get", params).await?;
        let items = json::items(&answer).to_vec();
        if self.owner.get().is_none() {
            let owner = items.iter().find_map(|item| json::int(item, "owner_id"));
            owner.map(|owner| self.owner.get_or_init(|| owner));
        }
        Ok(items)
    }

    /// Posts by their names, at most a hundred. Those that are gone are left out.
    pub async fn by_id(&self, names: &[(i64, i64)]) -> Result<Vec<Value>, FetchError> {
        let names: Vec<String> = names
            .iter()
            .map(|(owner, post)| format!("{owner}_{post}"))
            .collect();
        let params = vec![pair("posts", names.join(","))];
        let answer = self.call("wall.getById", params).await?;
        Ok(json::items(&answer).to_vec())
    }

    fn whose(&self) -> Params {
        match (self.owner.get(), self.name) {
            (Some(owner), _) => vec![pair("owner_id", owner)],
            (None, name) => vec![pair("domain", name.unwrap_or_default())],
        }
    }

    /// A page of comments, of a post or of one branch.
    pub async fn comments(
        &self,
        post: i64,
        branch: Option<i64>,
        offset: i64,
    ) -> Result<Value, FetchError> {
        let mut params = vec![
            pair("owner_id", self.number()),
            pair("post_id", post),
            pair("offset", offset),
            pair("count", self.most("wall.getComments", super::PAGE)),
            pair("need_likes", 1),
            pair("sort", "asc"),
            // The default cuts texts at 90 characters.
            pair("preview_length", 0),
        ];
        params.push(match branch {
            Some(comment) => pair("comment_id", comment),
            None => pair("thread_items_count", 10),
        });
        self.call("wall.getComments", params).await
    }

    /// A page of the board's topics, those written in last first, with their first messages whole.
    pub async fn topics(&self, offset: i64, count: i64) -> Result<Value, FetchError> {
        let params = vec![
            pair("group_id", self.number().abs()),
            pair("order", 1),
            pair("offset", offset),
            pair("count", count),
            pair("preview", 1),
            pair("preview_length", 0),
        ];
        self.call("board.getTopics", params).await
    }

    /// A page of a topic's messages, the oldest first.
    pub async fn messages(&self, topic: i64, offset: i64) -> Result<Value, FetchError> {
        let params = vec![
            pair("group_id", self.number().abs()),
            pair("topic_id", topic),
            pair("offset", offset),
            pair("count", self.most("board.getComments", super::PAGE)),
            pair("need_likes", 1),
            pair("sort", "asc"),
        ];
        self.call("board.getComments", params).await
    }

    /// The community itself.
    pub async fn groups(&self, fields: &str) -> Result<Vec<Group>, FetchError> {
        let id = match self.owner.get() {
            Some(owner) => owner.unsigned_abs().to_string(),
            None => self.name.unwrap_or_default().to_owned(),
        };
        let params = vec![pair("group_ids", id), pair("fields", fields)];
        let answer = self.call("groups.getById", params).await?;
        Ok(read_groups(&answer))
    }
}

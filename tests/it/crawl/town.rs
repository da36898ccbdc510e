//! A town whose walls, channels and newspaper grow: one loopback server that speaks VK, t.me and
//! RSS, counts what it is asked for, and knows all that there is to collect.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Form, Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use otklik::domain::{
    id::PostId,
    post::{Platform, PostKey, PostKind},
    source::SourceConfig,
    time::{Span, Timestamp},
};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{AbortHandle, JoinHandle},
};

use crate::{collect::source, harness::keys};

const WALLS: [i64; 3] = [-7, -8, -9];
const CHANNELS: [&str; 2] = ["gorod", "rayon"];
/// The post with a discussion of several pages and a branch of two.
const TALKED_OF: i64 = 60;

/// The running server; it stops when dropped.
pub struct Town {
    pub base: String,
    world: Arc<World>,
    task: AbortHandle,
}

struct World {
    opened: Timestamp,
    grown: AtomicI64,
    asked: Mutex<BTreeMap<&'static str, i64>>,
    requests: watch::Sender<u64>,
}

type Params = HashMap<String, String>;

impl Town {
    /// Opens with some history before `now`.
    pub async fn open(now: Timestamp) -> Town {
        let world = Arc::new(World {
            opened: now,
            grown: AtomicI64::new(0),
            asked: Mutex::default(),
            requests: watch::Sender::new(0),
        });
        let router = Router::new()
            .route("/robots.txt", get(robots))
            .route("/method/wall.get", post(wall))
            .route("/method/wall.getComments", post(comments))
            .route("/s/{name}", get(channel))
            .route("/rss", get(paper))
            .with_state(world.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let task: JoinHandle<_> =
            tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Town {
            base,
            world,
            task: task.abort_handle(),
        }
    }

    /// Something is said on every wall, in every channel and in the paper.
    pub fn grow(&self) {
        self.world.grown.fetch_add(1, Ordering::SeqCst);
    }

    /// What to crawl.
    pub fn sources(&self) -> Vec<SourceConfig> {
        let named = |platform, owner: &str, code: String| SourceConfig {
            code: code.as_str().into(),
            comments: platform == Platform::Vk,
            interval_seconds: Some(1),
            ..source(platform, owner)
        };
        let walls = WALLS
            .iter()
            .map(|wall| named(Platform::Vk, &wall.to_string(), format!("vk{wall}")));
        let channels = CHANNELS
            .iter()
            .map(|name| named(Platform::Telegram, name, format!("tg-{name}")));
        let paper = named(Platform::Feed, &self.paper(), "paper".into());
        walls.chain(channels).chain([paper]).collect()
    }

    fn paper(&self) -> String {
        format!("{}/rss", self.base)
    }

    /// The identities of all that was published until now.
    pub fn published(&self) -> BTreeSet<PostId> {
        let mut all = BTreeSet::new();
        let mut add = |platform, owner: &str, kind, id: i64| {
            all.insert(keys().identity.post_id(&PostKey {
                platform,
                owner: owner.into(),
                kind,
                external_id: id.to_string(),
            }));
        };
        for wall in WALLS {
            let owner = wall.to_string();
            for id in 1..=self.world.posts() {
                add(Platform::Vk, &owner, PostKind::Post, id);
                let talk = Talk::under(id);
                for comment in talk.heads().chain(talk.branch()) {
                    add(Platform::Vk, &owner, PostKind::Comment, comment);
                }
            }
        }
        for name in CHANNELS {
            (1..=self.world.messages())
                .for_each(|id| add(Platform::Telegram, name, PostKind::Post, id));
        }
        (1..=self.world.articles())
            .for_each(|id| add(Platform::Feed, &self.paper(), PostKind::Post, id));
        all
    }

    /// What was asked for, as «domain method», and how often.
    pub fn asked(&self) -> BTreeMap<&'static str, i64> {
        self.world.asked.lock().unwrap().clone()
    }

    /// Counts requests from the beginning on.
    pub fn requests(&self) -> watch::Receiver<u64> {
        self.world.requests.subscribe()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl World {
    fn posts(&self) -> i64 {
        120 + 6 * self.grown.load(Ordering::SeqCst)
    }

    fn messages(&self) -> i64 {
        75 + 3 * self.grown.load(Ordering::SeqCst)
    }

    fn articles(&self) -> i64 {
        20 + self.grown.load(Ordering::SeqCst)
    }

    /// All of it within the last days, the newest shortly before the opening.
    fn moment(&self, id: i64) -> Timestamp {
        self.opened
            .minus(Span::days(2))
            .plus(Span::minutes(3 * id))
            .min(self.opened)
    }

    fn count(&self, what: &'static str) {
        *self.asked.lock().unwrap().entry(what).or_default() += 1;
        self.requests.send_modify(|requests| *requests += 1);
    }
}

/// The comments under a post: some of the first level, and a branch under the first of them.
struct Talk {
    post: i64,
    heads: i64,
    branch: i64,
}

impl Talk {
    fn under(post: i64) -> Talk {
        let (heads, branch) = match post {
            TALKED_OF => (230, 130),
            _ if post % 5 == 0 => (3, 2),
            _ => (0, 0),
        };
        Talk {
            post,
            heads,
            branch,
        }
    }

    fn heads(&self) -> impl Iterator<Item = i64> + use<> {
        let first = self.post * 1000;
        first..first + self.heads
    }

    fn branch(&self) -> impl Iterator<Item = i64> + use<> {
        let first = self.post * 1000 + 500;
        first..first + self.branch
    }

    fn comment(&self, world: &World, id: i64) -> Value {
        let head = self.post * 1000;
        let mut comment = json!({"id": id, "from_id": 900 + id % 50, "post_id": self.post,
            "date": world.moment(self.post).as_millis() / 1000,
            "text": format!("И у нас так же, дом {}", id % 1000), "parents_stack": []});
        if id >= head + 500 {
            comment["parents_stack"] = json!([head]);
        } else if id == head {
            let shown: Vec<Value> = self
                .branch()
                .take(10)
                .map(|id| self.comment(world, id))
                .collect();
            comment["thread"] = json!({"count": self.branch, "items": shown});
        }
        comment
    }
}

fn int(params: &Params, name: &str) -> i64 {
    params.get(name).map_or(0, |value| value.parse().unwrap())
}

fn part<T>(all: impl Iterator<Item = T>, params: &Params) -> Vec<T> {
    all.skip(int(params, "offset") as usize)
        .take(int(params, "count").min(100) as usize)
        .collect()
}

async fn robots(State(world): State<Arc<World>>) -> StatusCode {
    world.count("robots");
    StatusCode::NOT_FOUND
}

async fn wall(State(world): State<Arc<World>>, Form(params): Form<Params>) -> Json<Value> {
    world.count("vk:token wall.get");
    let owner = int(&params, "owner_id");
    let newest_first = (1..=world.posts()).rev().map(|id| {
        let talk = Talk::under(id);
        json!({"id": id, "owner_id": owner, "from_id": owner, "post_type": "post",
            "date": world.moment(id).as_millis() / 1000,
            "text": format!("На улице Садовой, {id}, третий день не горит фонарь"),
            "comments": {"count": talk.heads + talk.branch}})
    });
    let items = part(newest_first, &params);
    Json(json!({"response": {"count": world.posts(), "items": items}}))
}

async fn comments(State(world): State<Arc<World>>, Form(params): Form<Params>) -> Json<Value> {
    world.count("vk:token wall.getComments");
    let talk = Talk::under(int(&params, "post_id"));
    let (level, ids) = match params.contains_key("comment_id") {
        true => (talk.branch, part(talk.branch(), &params)),
        false => (talk.heads, part(talk.heads(), &params)),
    };
    let items: Vec<Value> = ids.iter().map(|id| talk.comment(&world, *id)).collect();
    Json(json!({"response": {"count": talk.heads + talk.branch,
        "current_level_count": level, "items": items}}))
}

async fn channel(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
    Query(params): Query<Params>,
) -> axum::response::Html<String> {
    world.count("tme get");
    let end = match int(&params, "before") {
        0 => world.messages() + 1,
        before => before,
    };
    let first = (end - 20).max(1);
    let older = match first {
        1 => String::new(),
        _ => format!("<a class='tme_messages_more' data-before='{first}'></a>"),
    };
    let messages: String = (first..end)
        .map(|id| {
            let date = world.moment(id).to_rfc3339();
            format!(
                "<div class='tgme_widget_message' data-post='{name}/{id}'>\
                 <div class='tgme_widget_message_text js-message_text'>Автобус {id} не пришёл</div>\
                 <a class='tgme_widget_message_date'><time datetime='{date}'></time></a></div>"
            )
        })
        .collect();
    axum::response::Html(format!(
        "{older}<section class='tgme_channel_history'>{messages}</section>"
    ))
}

async fn paper(State(world): State<Arc<World>>) -> String {
    world.count("host:127.0.0.1 get");
    let items: String = (1..=world.articles())
        .map(|id| format!("<item><guid>{id}</guid><title>Новость {id}</title></item>"))
        .collect();
    format!("<rss version=\"2.0\"><channel>{items}</channel></rss>")
}

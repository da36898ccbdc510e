//! `/api/v1/posts/search`: full-text search within the token's scope, masked snippets; and one post.

use std::collections::{BTreeMap, HashMap};

use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Items, Moment,
    answer::Conditions,
    asked::{self, Cursor, Nothing, Params, codes, known, number},
    moment, newest, note,
};
use crate::{
    domain::{
        annotation::MessageKind,
        id::PostId,
        post::Platform,
        time::{Span, Timestamp},
        user::Permission,
    },
    index::{
        Index,
        query::{Found, Search},
        snippet::snippet,
    },
    store::{
        audit::AuditKind,
        posts::{self, CounterRow, PostRow},
        scope::Scope,
    },
    web::{Error, Shared, auth::session::Program},
};

/// Characters of a snippet.
const SNIPPET: usize = 240;

/// The deepest page that is served: beyond it, narrow the question.
const DEEPEST: usize = 10_000;

/// Characters of the longest question.
const LONGEST: usize = 500;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words, «phrases in quotes», AND, OR, NOT; none finds everything.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Sectors' codes, with commas between.
    sector: Option<String>,
    /// Topics' codes, with commas between.
    topic: Option<String>,
    /// Municipalities' codes, with commas between.
    municipality: Option<String>,
    /// Platforms.
    platform: Option<String>,
    /// Languages, ISO 639-3.
    language: Option<String>,
    /// Kinds of message.
    kind: Option<String>,
    /// Only those published at or after this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// `best` first (where there are words), or `newest`. Pages of the newest lose and repeat nothing
    /// whatever comes meanwhile; those of the best leave out what was published since the first page.
    #[param(value_type = Option<String>)]
    order: Option<String>,
    /// Items of a page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
    /// Where the page begins: `next` of the one before, with the same question.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    cursor: Option<String>,
}

/// A found post.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Hit {
    id: String,
    score: f32,
    published: Moment,
    platform: String,
    kind: String,
    language: String,
    sector: Option<String>,
    topic: Option<String>,
    municipality: Option<String>,
    place: Option<String>,
    /// Masked text around the words found.
    snippet: String,
    /// Path of the audited door to the original, for who may open it.
    link: Option<String>,
}

/// A post with its masked text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Post {
    id: String,
    kind: String,
    platform: String,
    /// The community in which it was said.
    source: Option<String>,
    published: Moment,
    edited: Option<Moment>,
    /// When it was deleted at its source.
    deleted: Option<Moment>,
    /// Masked.
    text: String,
    language: String,
    message_kind: String,
    sector: Option<String>,
    topic: Option<String>,
    municipality: Option<String>,
    place: Option<String>,
    counters: Counters,
    /// Path of the audited door to the original, for who may open it.
    link: Option<String>,
}

/// What the network's counters say; null where it hides one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counters {
    likes: Option<i64>,
    comments: Option<i64>,
    reposts: Option<i64>,
    views: Option<i64>,
}

/// What the counters said from a moment on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Counted {
    at: Moment,
    #[serde(flatten)]
    counters: Counters,
}

/// A post with the course of its counters.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PostInFull {
    #[serde(flatten)]
    post: Post,
    /// Oldest first, a row for each change: all of the first two days, then the last of each day. Empty
    /// while nothing has changed since capture.
    counted: Vec<Counted>,
}

impl Counted {
    fn of(row: CounterRow) -> Self {
        Self {
            at: moment(row.at),
            counters: Counters {
                likes: row.likes,
                comments: row.comments,
                reposts: row.reposts,
                views: row.views,
            },
        }
    }
}

impl Post {
    pub(super) fn of(row: PostRow) -> Self {
        Self {
            link: row.opens.then(|| format!("/out/{}", row.id)),
            counters: Counters {
                likes: row.likes,
                comments: row.comments,
                reposts: row.reposts,
                views: row.views,
            },
            id: row.id,
            kind: row.kind,
            platform: row.platform,
            source: row.source_name,
            published: moment(row.published),
            edited: row.edited.map(moment),
            deleted: row.deleted.map(moment),
            text: row.text,
            language: row.language,
            message_kind: row.message_kind,
            sector: row.sector,
            topic: row.topic,
            municipality: row.municipality,
            place: row.place_name,
        }
    }
}

/// One post, masked. Needs `read_posts`.
#[utoipa::path(get, path = "/api/v1/posts/{id}", operation_id = "getPost", tag = "posts",
    params(("id" = String, Path, description = "The id of a post.")),
    responses((status = 200, description = "The post.", body = PostInFull)))]
pub(super) async fn show(
    State(app): State<Shared>,
    program: Program,
    Path(id): Path<String>,
    Params(Nothing {}): Params<Nothing>,
    conditions: Conditions,
) -> Answer {
    program.require(Permission::ReadPosts)?;
    if !is_post_id(&id) {
        return Err(Error::NotFound);
    }
    let mut tx = app.store.read().await?;
    let row = posts::find(&mut tx, &program.scope, &PostId(id)).await?;
    let row = row.ok_or(Error::NotFound)?;
    let id = PostId::from(row.id.as_str());
    let counted = posts::list_counters(&mut tx, &program.scope, &id).await?;
    drop(tx);
    let subject = format!("post:{}", row.id);
    note(&app, &program, AuditKind::Viewed, &subject, "").await?;
    conditions.one(&PostInFull {
        post: Post::of(row),
        counted: counted.into_iter().map(Counted::of).collect(),
    })
}

/// 26 characters of Crockford base 32.
pub(super) fn is_post_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Full-text search. Needs `read_posts`, and the field `text` where it searches.
#[utoipa::path(get, path = "/api/v1/posts/search", operation_id = "searchPosts", tag = "posts",
    params(Asked), responses((status = 200, description = "A page of found posts.", body = Items<Hit>)))]
pub(super) async fn search(
    State(app): State<Shared>,
    program: Program,
    Params(asked): Params<Asked>,
    conditions: Conditions,
) -> Answer {
    program.require(Permission::ReadPosts)?;
    let (search, cursor) = question(&app, &asked, &program.scope)?;
    let index = app.index.clone();
    let (found, next) = tokio::task::spawn_blocking(move || match search.newest {
        true => newest::page(&index, &search, cursor),
        false => best(&index, search, cursor),
    })
    .await
    .map_err(|_| Error::Internal)?
    .map_err(|reason| {
        tracing::error!("the index refused a search: {reason:#}");
        Error::Internal
    })?;
    let ids: Vec<PostId> = found.hits.iter().map(|hit| hit.id.clone()).collect();
    let mut tx = app.store.read().await?;
    let rows = posts::list(&mut tx, &program.scope, &ids).await?;
    drop(tx);
    let shown = rows.iter().map(|row| format!(" {}", row.id));
    let detail = format!("{} found{}", found.total, shown.collect::<String>());
    note(&app, &program, AuditKind::Searched, "api:posts", &detail).await?;
    conditions.page(hits(&found, rows), next.map(Cursor::to_text))
}

/// The best first. There a page begins after a number of posts; those published since the first page
/// was asked for are left out.
fn best(
    index: &Index,
    mut search: Search,
    cursor: Option<Cursor>,
) -> anyhow::Result<(Found, Option<Cursor>)> {
    if let Some(Cursor(until, offset)) = cursor {
        search.until = Some(Timestamp::from_millis(until));
        search.offset = usize::try_from(offset).unwrap_or(usize::MAX);
    }
    if search.offset > DEEPEST {
        return Ok((Found::default(), None));
    }
    let found = index.search(&search)?;
    let given = search.offset + found.hits.len();
    let more = given < found.total && given <= DEEPEST;
    let until = search.until.unwrap_or_default().as_millis();
    Ok((found, more.then_some(Cursor(until, given as i64))))
}

fn question(app: &Shared, asked: &Asked, scope: &Scope) -> Result<(Search, Option<Cursor>), Error> {
    let words = asked.q.clone().unwrap_or_default();
    if words.chars().count() > LONGEST {
        return Err(Error::Invalid("q", "too_long"));
    }
    let list = |text: &Option<String>, field| match field {
        "platform" => known(text.as_deref(), field, |c| {
            Platform::from_code(c).map(|_| c.to_owned())
        }),
        "kind" => known(text.as_deref(), field, |c| {
            MessageKind::from_code(c).map(|_| c.to_owned())
        }),
        _ => codes(text.as_deref(), field),
    };
    let mut filters = BTreeMap::new();
    for (name, value) in [
        ("sector", &asked.sector),
        ("topic", &asked.topic),
        ("municipality", &asked.municipality),
        ("platform", &asked.platform),
        ("language", &asked.language),
        ("kind", &asked.kind),
    ] {
        filters.insert(name.to_owned(), list(value, name)?);
    }
    let newest = match asked.order.as_deref() {
        None | Some("best") => words.trim().is_empty(),
        Some("newest") => true,
        Some(_) => return Err(Error::Invalid("order", "unknown")),
    };
    let search = Search {
        words,
        reach: scope.search_reach(),
        filters,
        since: asked::moment(asked.since.as_deref(), "since")?,
        until: Some(app.now().plus(Span::seconds(1))),
        newest,
        limit: number(asked.limit.as_deref(), "limit", 20, 1..=200)? as usize,
        ..Search::default()
    };
    Ok((search, Cursor::read(asked.cursor.as_deref())?))
}

/// The rows in the order of the hits; what the store no longer shows is left out.
fn hits(found: &Found, rows: Vec<PostRow>) -> Vec<Hit> {
    let mut rows: HashMap<String, PostRow> =
        rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    found
        .hits
        .iter()
        .filter_map(|hit| Some((hit.score, rows.remove(hit.id.as_str())?)))
        .map(|(score, row)| Hit {
            snippet: snippet(&row.text, &found.stems, SNIPPET)
                .into_iter()
                .map(|part| part.text)
                .collect(),
            link: row.opens.then(|| format!("/out/{}", row.id)),
            score,
            published: moment(row.published),
            id: row.id,
            platform: row.platform,
            kind: row.message_kind,
            language: row.language,
            sector: row.sector,
            topic: row.topic,
            municipality: row.municipality,
            place: row.place_name,
        })
        .collect()
}

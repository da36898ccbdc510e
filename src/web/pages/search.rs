//! Search over the masked texts: words, facets with counts, snippets, and the way to the incident.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use super::{Frame, note, page, statics};
use crate::{
    domain::{
        id::{IncidentId, PostId},
        time::Span,
        user::Permission,
    },
    index::{
        query::{Allowed, Found, Search},
        snippet::{Part, snippet},
    },
    store::{
        Priority, Tx,
        audit::AuditKind,
        incidents,
        posts::{self, PostRow},
        scope::Reach,
    },
    understand::mask::mask,
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Asked, Fields},
        frame::About,
        keys,
        locale::args,
    },
};

/// Hits of a page.
const HITS: usize = 20;
/// Hits that can be paged through.
const DEEPEST: usize = 2000;
/// Characters of a snippet.
const SNIPPET: usize = 280;
/// Facets beside the hits, in order.
const FACETS: [&str; 5] = ["sector", "topic", "municipality", "platform", "kind"];
/// Values of a facet that are shown.
const VALUES: usize = 8;

#[derive(Template)]
#[template(path = "search.html", config = "src/web/askama.toml")]
struct SearchPage {
    f: Frame,
    q: String,
    hidden: Vec<(String, String)>,
    totals: String,
    empty: bool,
    hits: Vec<Hit>,
    facets: Vec<Facet>,
    orders: Vec<Link>,
    spans: Vec<Link>,
    next: Option<String>,
}

struct Link {
    href: String,
    label: String,
    count: Option<u64>,
    chosen: bool,
}

struct Facet {
    label: String,
    values: Vec<Link>,
}

struct Hit {
    tag: String,
    source: String,
    at: String,
    parts: Vec<Part>,
    line: String,
    incident: Option<i64>,
    out: Option<String>,
}

/// What is chosen in the address.
struct Chosen {
    q: String,
    filters: BTreeMap<String, Vec<String>>,
    days: i64,
    newest: bool,
    from: usize,
}

impl Chosen {
    fn of(query: &Fields) -> Self {
        let filters = FACETS
            .iter()
            .map(|name| ((*name).to_owned(), query.all(name)));
        Self {
            q: query.get("q").chars().take(400).collect(),
            filters: filters.filter(|(_, values)| !values.is_empty()).collect(),
            days: query.get("days").parse().unwrap_or(0),
            newest: query.get("order") == "newest",
            from: query.get("from").parse().unwrap_or(0).min(DEEPEST),
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (name, values) in &self.filters {
            pairs.extend(values.iter().map(|v| (name.clone(), v.clone())));
        }
        if self.days > 0 {
            pairs.push(("days".into(), self.days.to_string()));
        }
        if self.newest {
            pairs.push(("order".into(), "newest".into()));
        }
        pairs
    }

    /// The address with one choice set, taken back (`None`), or as it is.
    fn with(&self, name: &str, value: Option<String>) -> String {
        let mut query = url::form_urlencoded::Serializer::new("/search?".to_owned());
        query.append_pair("q", &self.q);
        for (known, old) in self.pairs() {
            if known != name {
                query.append_pair(&known, &old);
            }
        }
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
        query.finish()
    }
}

/// What an index may give to this reader.
fn reach(visitor: &Visitor) -> (Allowed, Allowed) {
    let allowed = |reach: &Reach| match reach {
        Reach::Everything => None,
        Reach::Only(codes) => Some(codes.clone()),
    };
    let scope = &visitor.scope;
    (allowed(&scope.sectors), allowed(&scope.municipalities))
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let visitor = &asked.visitor;
    visitor.require(Permission::ReadPosts)?;
    let chosen = Chosen::of(&asked.query);
    if let Some(number) = by_number(&app, visitor, &chosen.q).await? {
        return Ok(Redirect::to(&format!("/incidents/{number}")).into_response());
    }
    let mut f = asked.frame(
        &app,
        About {
            place: "/search",
            keys: keys::LIST,
            ..About::default()
        },
    );
    f.title = f.t("search-title");
    let found = search(&app, visitor, &chosen)?;
    let mut tx = app.store.read().await?;
    let hits = hits(&app, &mut tx, &f, visitor, &found).await?;
    drop(tx);
    note_search(&app, visitor, &chosen.q, found.total).await?;
    let more = chosen.from + HITS < found.total.min(DEEPEST);
    page(SearchPage {
        totals: totals(&f, &chosen, found.total),
        empty: found.total == 0,
        hits,
        facets: facets(&app, &f, &chosen, &found),
        orders: orders(&f, &chosen),
        spans: spans(&f, &chosen),
        next: more.then(|| chosen.with("from", Some((chosen.from + HITS).to_string()))),
        hidden: chosen.pairs(),
        q: chosen.q,
        f,
    })
}

/// A bare number is an incident's, when there is such a one within reach.
async fn by_number(app: &Shared, visitor: &Visitor, q: &str) -> Result<Option<i64>, Error> {
    let digits = q.trim().trim_start_matches(['№', '#', ' ']);
    let Ok(number) = digits.parse::<i64>() else {
        return Ok(None);
    };
    if !visitor.may(Permission::ReadIncidents) {
        return Ok(None);
    }
    let mut tx = app.store.read().await?;
    let found = incidents::find_by_number(&mut tx, &visitor.scope, number).await?;
    Ok(found.map(|row| row.number))
}

fn search(app: &Shared, visitor: &Visitor, chosen: &Chosen) -> Result<Found, Error> {
    let search = Search {
        words: chosen.q.clone(),
        reach: reach(visitor),
        filters: chosen.filters.clone(),
        since: (chosen.days > 0).then(|| app.now().minus(Span::days(chosen.days))),
        until: None,
        newest: chosen.newest || chosen.q.trim().is_empty(),
        limit: HITS,
        offset: chosen.from,
        facets: FACETS.to_vec(),
    };
    app.index.search(&search).map_err(|error| {
        tracing::error!(%error, "the index could not answer");
        Error::Unavailable
    })
}

/// The words are noted masked: a search may hold a phone number.
async fn note_search(app: &Shared, visitor: &Visitor, q: &str, total: usize) -> Result<(), Error> {
    let mut tx = app.store.write(Priority::Person).await?;
    let detail = format!("«{}»: {total}", mask(q));
    note(app, &mut tx, visitor, AuditKind::Searched, "posts", &detail).await?;
    Ok(tx.commit().await?)
}

async fn hits(
    app: &Shared,
    tx: &mut Tx,
    f: &Frame,
    visitor: &Visitor,
    found: &Found,
) -> Result<Vec<Hit>, Error> {
    let ids: Vec<PostId> = found.hits.iter().map(|hit| hit.id.clone()).collect();
    let rows = posts::list(tx, &visitor.scope, &ids).await?;
    let mut by_id: HashMap<String, PostRow> =
        rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    let mut hits = Vec::with_capacity(ids.len());
    for id in &ids {
        let Some(row) = by_id.remove(id.as_str()) else {
            continue;
        };
        let number = number_of(tx, visitor, &row).await?;
        hits.push(view(app, f, visitor, row, number, &found.stems));
    }
    Ok(hits)
}

async fn number_of(tx: &mut Tx, visitor: &Visitor, row: &PostRow) -> Result<Option<i64>, Error> {
    let Some(id) = &row.incident else {
        return Ok(None);
    };
    if !visitor.may(Permission::ReadIncidents) {
        return Ok(None);
    }
    let id = IncidentId(id.clone());
    let incident = incidents::find(tx, &visitor.scope, &id).await?;
    Ok(incident.map(|incident| incident.number))
}

fn view(
    app: &Shared,
    f: &Frame,
    visitor: &Visitor,
    row: PostRow,
    incident: Option<i64>,
    stems: &[String],
) -> Hit {
    let lang = f.tr.lang;
    let line = [
        row.sector.as_deref().map(|s| app.sector_label(s, lang)),
        row.topic.as_deref().map(|t| app.topic_label(t, lang)),
        row.municipality
            .as_deref()
            .map(|m| app.municipality_label(m)),
        row.place_name.clone(),
    ];
    Hit {
        tag: f.code("tag", &row.platform),
        source: row.source_name.unwrap_or(row.source),
        at: f.words.moment(row.published.into()),
        parts: snippet(&row.text, stems, SNIPPET),
        line: line.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        incident,
        out: visitor
            .may(Permission::OpenLinks)
            .then(|| format!("/out/{}", row.id)),
    }
}

fn totals(f: &Frame, chosen: &Chosen, total: usize) -> String {
    let n = total as i64;
    match chosen.q.trim() {
        "" => f.tr.n("search-all", n),
        words => f.tr.with("search-totals", args![n = n, words = words]),
    }
}

fn facets(app: &Shared, f: &Frame, chosen: &Chosen, found: &Found) -> Vec<Facet> {
    let lang = f.tr.lang;
    let label = |name: &str, code: &str| match name {
        "sector" => app.sector_label(code, lang),
        "topic" => app.topic_label(code, lang),
        "municipality" => app.municipality_label(code),
        "platform" => f.code("platform", code),
        _ => f.code("kind", code),
    };
    let facet = |name: &&str| {
        let counts = found.facets.get(*name)?;
        let picked = chosen.filters.get(*name);
        let is_picked = |code: &String| picked.is_some_and(|list| list.contains(code));
        let mut values: Vec<(&String, &u64)> = counts.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let values: Vec<Link> = values
            .into_iter()
            .take(VALUES)
            .map(|(code, count)| Link {
                href: chosen.with(name, (!is_picked(code)).then(|| code.clone())),
                label: label(name, code),
                count: Some(*count),
                chosen: is_picked(code),
            })
            .collect();
        (!values.is_empty()).then(|| Facet {
            label: f.t(&format!("facet-{name}")),
            values,
        })
    };
    FACETS.iter().filter_map(facet).collect()
}

fn orders(f: &Frame, chosen: &Chosen) -> Vec<Link> {
    [(None, "order-best"), (Some("newest"), "order-newest")]
        .into_iter()
        .map(|(value, key)| Link {
            href: chosen.with("order", value.map(str::to_owned)),
            label: f.t(key),
            count: None,
            chosen: chosen.newest == value.is_some(),
        })
        .collect()
}

fn spans(f: &Frame, chosen: &Chosen) -> Vec<Link> {
    [
        (0, "span-ever"),
        (1, "span-day"),
        (7, "span-week"),
        (30, "span-month"),
    ]
    .into_iter()
    .map(|(days, key)| Link {
        href: chosen.with("days", (days > 0).then(|| days.to_string())),
        label: f.t(key),
        count: None,
        chosen: chosen.days == days,
    })
    .collect()
}

//! Search over the masked texts: words, facets with counts, snippets, and the way to the incident.

mod chosen;
mod links;

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use super::{Frame, note, page, statics};
use crate::{
    domain::{id::PostId, time::Span, user::Permission},
    index::{
        query::{Found, Search},
        snippet::{Part, snippet},
    },
    store::{
        Priority, Trouble, Tx,
        audit::AuditKind,
        incidents,
        posts::{self, PostRow},
    },
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::Asked,
        frame::About,
        keys,
        text::{LangAttr, pieces},
    },
};

use chosen::{Chosen, DEEPEST, FACETS};
use links::{Facet, Link};

/// Hits of a page.
const HITS: usize = 20;
/// Characters of a snippet.
const SNIPPET: usize = 280;

#[derive(Template)]
#[template(path = "search.html", config = "src/web/askama.toml")]
struct SearchPage {
    f: Frame,
    q: String,
    hidden: Vec<(String, String)>,
    totals: String,
    empty: bool,
    /// Something besides the words narrows the search.
    narrowed: bool,
    /// The same words without the choices beside them.
    wider: String,
    hits: Vec<Hit>,
    facets: Vec<Facet>,
    orders: Vec<Link>,
    spans: Vec<Link>,
    next: Option<String>,
}

struct Hit {
    id: String,
    tag: String,
    source: String,
    at: String,
    /// The post's language, where the page's is another.
    lang: LangAttr,
    parts: Vec<Marked>,
    line: String,
    place: String,
    incident: Option<i64>,
    out: Option<String>,
}

/// A piece of a snippet.
struct Marked {
    text: String,
    /// `match`, `masked` or nothing.
    class: &'static str,
}

/// A snippet's matches, and what is masked between them.
fn marked(parts: Vec<Part>) -> Vec<Marked> {
    let mut all = Vec::new();
    for part in parts {
        if part.is_match {
            let (text, class) = (part.text, "match");
            all.push(Marked { text, class });
            continue;
        }
        all.extend(pieces(&part.text).into_iter().map(|piece| Marked {
            text: piece.text,
            class: if piece.masked { "masked" } else { "" },
        }));
    }
    all
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let visitor = &asked.visitor;
    visitor.require(Permission::ReadPosts)?;
    let chosen = Chosen::of(&asked.query);
    if let Some(number) = by_number(&app, visitor, &chosen.q).await? {
        return Ok(Redirect::to(&format!("/incidents/{number}")).into_response());
    }
    let f = asked.frame(&app, About::new("/search", "search-title", keys::LIST));
    let found = search(&app, visitor, &chosen)?;
    let mut tx = app.store.read().await?;
    let hits = hits(&app, &mut tx, &f, visitor, &found).await?;
    drop(tx);
    note_search(&app, visitor, &hits, found.total).await?;
    let more = chosen.from + HITS < found.total.min(DEEPEST);
    page(SearchPage {
        totals: links::totals(&f, &chosen, found.total),
        empty: found.total == 0,
        narrowed: !chosen.filters.is_empty() || chosen.days > 0,
        wider: chosen.words_only(),
        hits,
        facets: links::facets(&app, &f, &chosen, &found),
        orders: links::orders(&f, &chosen),
        spans: links::spans(&f, &chosen),
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
        reach: visitor.scope.search_reach(),
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
        Error::Unavailable(Trouble::Away)
    })
}

/// Which posts were shown is noted, and not the words: people search by names and phone numbers.
async fn note_search(
    app: &Shared,
    visitor: &Visitor,
    hits: &[Hit],
    total: usize,
) -> Result<(), Error> {
    let shown = hits.iter().map(|hit| format!(" {}", hit.id));
    let detail = format!("{total} found{}", shown.collect::<String>());
    let mut tx = app.store.write(Priority::Person).await?;
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
        hits.push(view(app, f, row, &found.stems));
    }
    Ok(hits)
}

fn view(app: &Shared, f: &Frame, row: PostRow, stems: &[String]) -> Hit {
    let lang = f.tr.lang;
    let line = [
        row.sector.as_deref().map(|s| app.sector_label(s, lang)),
        row.topic.as_deref().map(|t| app.topic_label(t, lang)),
    ];
    let municipality = row.municipality.as_deref();
    let place = [
        municipality.map(|m| app.municipality_label(m)),
        row.place_name.clone(),
    ];
    let joined = |parts: [Option<String>; 2]| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    };
    Hit {
        tag: f.code("tag", &row.platform),
        source: row.source_name.unwrap_or(row.source),
        at: f.words.moment(row.published.into()),
        lang: LangAttr::of(f.tr, &row.language),
        parts: marked(snippet(&row.text, stems, SNIPPET)),
        line: joined(line),
        place: joined(place),
        incident: row.number,
        out: row.opens.then(|| format!("/out/{}", row.id)),
        id: row.id,
    }
}

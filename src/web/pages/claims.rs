//! The review of claim suggestions: a post beside a reviewed claim, what is equal and what clashes,
//! five decisions. None is chosen beforehand, and an earlier decision is never shown.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{Frame, field_words, incident::share, note, note_view, page, page_with, statics};
use crate::{
    domain::{
        claim::{Claim, Decision},
        id::{ClaimId, PostId},
    },
    store::{
        Priority,
        audit::AuditKind,
        claims::{self, MatchRow},
        posts::{self, PostRow},
    },
    understand::claims::{Mark, explain},
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Asked, Posted},
        frame::{About, go_on},
        keys,
        locale::{Tr, args},
        text::{LangAttr, pieces},
    },
};

/// A reason that a second reader can use, in characters.
const SHORTEST_REASON: usize = 5;
/// Suggestions looked at for a place in the queue.
const QUEUE: i64 = 500;

#[derive(Template)]
#[template(path = "claims.html", config = "src/web/askama.toml")]
struct ClaimPage {
    f: Frame,
    totals: String,
    pair: Option<Pair>,
    choices: Vec<Choice>,
    skip: usize,
    skip_to: usize,
    reason: String,
    problem: Option<String>,
    wrong: &'static str,
}

struct Choice {
    code: &'static str,
    label: String,
    note: String,
    key: String,
    cap: usize,
    chosen: bool,
}

/// The two texts.
struct Pair {
    post: String,
    claim: String,
    tag: String,
    source: String,
    at: String,
    place: String,
    out: Option<String>,
    /// The post's language, where the page's is another.
    lang: LangAttr,
    left: Vec<Marked>,
    right: Vec<Marked>,
    rating: String,
    rating_tone: &'static str,
    reviewer: String,
    published: String,
    review: String,
    review_url: Option<String>,
    likeness: String,
    same: String,
    clashes: Vec<String>,
}

struct Marked {
    text: String,
    /// `same`, `clash`, `masked` or nothing.
    class: &'static str,
}

/// What somebody has chosen and written, with what was wrong.
#[derive(Default)]
struct Draft {
    decision: String,
    reason: String,
    problem: Option<(&'static str, String)>,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let skip = asked.query.get("skip").parse().unwrap_or(0);
    let (visitor, headers) = (&asked.visitor, &asked.headers);
    let view = view(&app, visitor, headers, skip, Draft::default()).await?;
    note_pair(&app, visitor, &view).await?;
    page(view)
}

async fn note_pair(app: &Shared, visitor: &Visitor, view: &ClaimPage) -> Result<(), Error> {
    match &view.pair {
        Some(pair) => note_view(app, visitor, &format!("post:{}", pair.post)).await,
        None => Ok(()),
    }
}

async fn view(
    app: &Shared,
    visitor: &Visitor,
    headers: &HeaderMap,
    skip: usize,
    draft: Draft,
) -> Result<ClaimPage, Error> {
    let mut f = Frame::new(
        app,
        visitor,
        headers,
        About {
            place: "/claims",
            keys: keys::CLAIM,
            ..About::default()
        },
    );
    f.title = f.t("claims-title");
    let mut tx = app.store.read().await?;
    let open = claims::list_open(&mut tx, &visitor.scope, QUEUE).await?;
    let at = if skip < open.len() { skip } else { 0 };
    let mut pair = None;
    if let Some(found) = open.get(at) {
        let post = posts::find(&mut tx, &visitor.scope, &PostId(found.post.clone())).await?;
        let all = claims::list(&mut tx).await?;
        let claim = all
            .into_iter()
            .find(|claim| claim.id.as_str() == found.claim);
        if let Some((post, claim)) = post.zip(claim) {
            f.title = f.v("claims-title-of", claim.id.as_str());
            pair = Some(self::pair(app, &f, found, post, &claim));
        }
    }
    let totals = match open.len() {
        0 => f.t("claims-none"),
        n => {
            f.tr.with("claims-totals", args![at = at as i64 + 1, n = n as i64])
        }
    };
    Ok(ClaimPage {
        totals,
        pair,
        choices: choices(&f, &draft.decision),
        skip: at,
        skip_to: if at + 1 < open.len() { at + 1 } else { 0 },
        reason: draft.reason,
        wrong: draft.problem.as_ref().map_or("", |(field, _)| field),
        problem: draft.problem.map(|(_, words)| words),
        f,
    })
}

fn choices(f: &Frame, chosen: &str) -> Vec<Choice> {
    let all = Decision::ALL.iter().enumerate();
    all.map(|(i, decision)| Choice {
        code: decision.code(),
        label: f.code("decision", decision.code()),
        note: f.code("decision-note", decision.code()),
        key: format!("Digit{}", i + 1),
        cap: i + 1,
        chosen: decision.code() == chosen,
    })
    .collect()
}

fn pair(app: &Shared, f: &Frame, found: &MatchRow, post: PostRow, claim: &Claim) -> Pair {
    let (sentence, right) = explain(&found.sentence, &claim.text);
    let count = |mark| sentence.iter().filter(|word| word.mark == mark).count() as i64;
    let same = count(Mark::Same);
    let conflicts: Vec<String> = serde_json::from_str(&found.conflicts).unwrap_or_default();
    let marked = |words: Vec<crate::understand::claims::MarkedWord>| merge(words);
    // The sentence stands inside its post; what is around it stays plain.
    let left = match post.text.split_once(&found.sentence) {
        Some((before, after)) => {
            let mut all = plain(before);
            all.extend(marked(sentence));
            all.extend(plain(after));
            all
        }
        None => marked(sentence),
    };
    use crate::domain::claim::Rating;
    let place = post
        .municipality
        .as_deref()
        .map(|m| app.municipality_label(m));
    Pair {
        tag: f.code("tag", &post.platform),
        source: post.source_name.unwrap_or(post.source),
        at: f.words.moment(post.published.into()),
        place: place.unwrap_or_default(),
        out: post.opens.then(|| format!("/out/{}", post.id)),
        lang: LangAttr::of(f.tr, &post.language),
        left,
        right: marked(right),
        rating: f.code("rating", claim.rating.code()),
        rating_tone: match claim.rating {
            Rating::True => "plain",
            Rating::False | Rating::Unconfirmed => "late",
            _ => "",
        },
        reviewer: claim.reviewer.clone(),
        published: f.words.day(claim.published),
        review: claim.review.clone(),
        review_url: Some(claim.url.clone())
            .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        likeness: f.tr.with(
            "claims-likeness",
            args![
                score = share(f, found.score),
                level = f.code("level", &found.level)
            ],
        ),
        same: f.tr.n("claims-same", same),
        clashes: conflicts
            .iter()
            .map(|kind| f.code("conflict", kind))
            .collect(),
        post: post.id,
        claim: found.claim.clone(),
    }
}

fn plain(text: &str) -> Vec<Marked> {
    pieces(text)
        .into_iter()
        .map(|piece| Marked {
            class: if piece.masked { "masked" } else { "" },
            text: piece.text,
        })
        .collect()
}

/// Neighbouring words of one mark become one piece, with the white space between them.
fn merge(words: Vec<crate::understand::claims::MarkedWord>) -> Vec<Marked> {
    let mut all: Vec<Marked> = Vec::new();
    let mut gap = String::new();
    for word in words {
        let class = match word.mark {
            Mark::Same => "same",
            Mark::Clash => "clash",
            Mark::Plain => "",
        };
        if word.word.trim().is_empty() && class.is_empty() {
            gap.push_str(&word.word);
            continue;
        }
        match all.last_mut().filter(|last| last.class == class) {
            Some(last) => {
                last.text.push_str(&gap);
                last.text.push_str(&word.word);
            }
            None => {
                if !gap.is_empty() {
                    let text = gap.clone();
                    all.push(Marked { text, class: "" });
                }
                all.push(Marked {
                    text: word.word,
                    class,
                });
            }
        }
        gap.clear();
    }
    all
}

/// Records a decision and goes on to the next suggestion.
pub(super) async fn decide(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let (visitor, fields) = (&posted.visitor, &posted.fields);
    let skip = fields.get("skip").parse().unwrap_or(0);
    let tr = Tr { lang: visitor.lang };
    let reason = fields.get("reason");
    let decision = Decision::from_code(fields.get("decision"));
    let wrong = match decision {
        None => Some(("decision", "missing")),
        Some(_) if reason.chars().count() < SHORTEST_REASON => Some(("why", "too_short")),
        Some(_) => None,
    };
    if let Some((field, problem)) = wrong {
        let draft = Draft {
            decision: fields.get("decision").to_owned(),
            reason: reason.to_owned(),
            problem: Some((field, field_words(tr, field, problem))),
        };
        let view = view(&app, visitor, &headers, skip, draft).await?;
        note_pair(&app, visitor, &view).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, view);
    }
    let decision = decision.ok_or(Error::Invalid("decision", "missing"))?;
    let (post, claim) = (
        PostId::from(fields.get("post")),
        ClaimId::from(fields.get("claim")),
    );
    let mut tx = app.store.write(Priority::Person).await?;
    let of = (&post, &claim);
    claims::decide(&mut tx, &visitor.scope, of, decision, reason, app.now()).await?;
    let subject = format!("claim:{claim} post:{post}");
    note(
        &app,
        &mut tx,
        visitor,
        AuditKind::Decided,
        &subject,
        decision.code(),
    )
    .await?;
    tx.commit().await?;
    Ok(go_on(&app, &format!("/claims?skip={skip}"), "decided"))
}

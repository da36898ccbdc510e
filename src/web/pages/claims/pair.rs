//! The two texts beside each other: a post and the claim that it may repeat, with what is equal and what
//! clashes. Start with [`Pair::of`]; the marks are in `marks.rs`.

use super::marks::{self, Marked};
use crate::{
    domain::claim::{Claim, Rating},
    store::{claims::MatchRow, posts::PostRow},
    web::{Shared, frame::Frame, locale::args, pages::incident::share, text::LangAttr},
};

/// A post and a claim.
pub(super) struct Pair {
    pub post: String,
    pub claim: String,
    pub tag: String,
    pub source: String,
    pub at: String,
    pub place: String,
    pub out: Option<String>,
    /// The post's language, where the page's is another.
    pub lang: LangAttr,
    pub left: Vec<Marked>,
    pub right: Vec<Marked>,
    pub rating: String,
    pub rating_tone: &'static str,
    pub reviewer: String,
    pub published: String,
    pub review: String,
    pub review_url: Option<String>,
    pub likeness: String,
    pub same: String,
    pub clashes: Vec<String>,
}

impl Pair {
    pub(super) fn of(
        app: &Shared,
        f: &Frame,
        found: &MatchRow,
        post: PostRow,
        claim: &Claim,
    ) -> Self {
        let place = post.municipality.as_deref();
        let marked = marks::of(found, &post, claim);
        Self {
            tag: f.code("tag", &post.platform),
            source: post.source_name.unwrap_or(post.source),
            at: f.words.moment(post.published.into()),
            place: place.map(|m| app.municipality_label(m)).unwrap_or_default(),
            out: post.opens.then(|| format!("/out/{}", post.id)),
            lang: LangAttr::of(f.tr, &post.language),
            left: marked.left,
            right: marked.right,
            rating: f.code("rating", claim.rating.code()),
            rating_tone: tone(claim.rating),
            reviewer: claim.reviewer.clone(),
            published: f.words.day(claim.published),
            review: claim.review.clone(),
            review_url: link(&claim.url),
            likeness: likeness(f, found),
            same: f.tr.n("claims-same", marked.same),
            clashes: clashes(f, found),
            post: post.id,
            claim: found.claim.clone(),
        }
    }
}

fn tone(rating: Rating) -> &'static str {
    match rating {
        Rating::True => "plain",
        Rating::False | Rating::Unconfirmed => "late",
        _ => "",
    }
}

fn link(url: &str) -> Option<String> {
    let opens = url.starts_with("https://") || url.starts_with("http://");
    opens.then(|| url.to_owned())
}

fn likeness(f: &Frame, found: &MatchRow) -> String {
    let level = f.code("level", &found.level);
    let score = share(f, found.score);
    f.tr.with("claims-likeness", args![score = score, level = level])
}

fn clashes(f: &Frame, found: &MatchRow) -> Vec<String> {
    let kinds: Vec<String> = serde_json::from_str(&found.conflicts).unwrap_or_default();
    kinds.iter().map(|kind| f.code("conflict", kind)).collect()
}

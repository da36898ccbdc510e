//! The posts of an incident: masked text, where it was said, and a letter for each voice. The letter
//! means something within this incident only.

use std::collections::HashMap;

use super::{
    Error, Frame,
    wordings::{self, Wording},
};
use crate::{
    domain::{post::PostKind, time::Span, user::Permission},
    store::{
        Tx,
        incidents::IncidentRow,
        posts::{self, PostRow},
        tables::appeals::{self, AppealRow},
    },
    web::{
        auth::session::Visitor,
        locale::{Lang, args},
        text::{LangAttr, Piece, beginning, pieces, title, voice},
    },
};

/// A post as the page shows it.
pub(super) struct PostView {
    pub tag: String,
    pub source: String,
    pub said: String,
    /// The language that the post is written in, where the page's is another.
    pub lang: LangAttr,
    pub voice: String,
    pub at: String,
    pub machine: String,
    pub edited: bool,
    /// What to say of a post that is gone at its source.
    pub gone: Option<String>,
    pub quote: Option<String>,
    pub pieces: Vec<Piece>,
    pub out: Option<String>,
    pub why: Option<String>,
    /// «за 24 ч +340 просмотров».
    pub growth: Option<String>,
    /// What the system that it was imported from tells of it.
    pub told: Option<String>,
    pub wordings: Vec<Wording>,
}

/// The posts that this person may read.
pub(super) async fn list(
    tx: &mut Tx,
    f: &Frame,
    visitor: &Visitor,
    row: &IncidentRow,
    evidence: &HashMap<String, String>,
) -> Result<Vec<PostView>, Error> {
    if !visitor.may(Permission::ReadPosts) {
        return Ok(Vec::new()); // the page says so
    }
    let rows = posts::list_of_incident(tx, &visitor.scope, row).await?;
    let ids: Vec<&str> = rows.iter().map(|post| post.id.as_str()).collect();
    let told = appeals::of_posts(tx, &visitor.scope, &ids).await?;
    let texts: HashMap<String, String> = rows
        .iter()
        .map(|post| (post.id.clone(), beginning(&post.text, 90)))
        .collect();
    let since = f.words.now.minus(Span::hours(24));
    let before = posts::list_views_before(tx, &visitor.scope, row, since).await?;
    let mut earlier = wordings::of_posts(tx, f, visitor, row, &rows).await?;
    let mut voices = Voices {
        letters: HashMap::new(),
        russian: f.tr.lang == Lang::Ru,
    };
    Ok(rows
        .into_iter()
        .map(|post| {
            let known = told.get(&post.id).map(|known| told_words(f, known));
            let gone = post.deleted.map(|_| match evidence.get(&post.id) {
                Some(words) => words.clone(),
                None => f.t("post-gone"),
            });
            let growth = growth(f, &post, before.get(&post.id).copied());
            let wordings = earlier.remove(&post.id).unwrap_or_default();
            let mut view = view(f, &texts, &mut voices, post);
            // who may not see where it was said may not see its number there either
            view.told = known.filter(|_| !view.source.is_empty());
            view.wordings = wordings;
            (view.gone, view.growth) = (gone, growth);
            view
        })
        .collect())
}

struct Voices {
    letters: HashMap<String, usize>,
    russian: bool,
}

impl Voices {
    fn of(&mut self, author: &str) -> String {
        let next = self.letters.len();
        let n = *self.letters.entry(author.to_owned()).or_insert(next);
        voice(n, self.russian)
    }
}

fn view(
    f: &Frame,
    texts: &HashMap<String, String>,
    voices: &mut Voices,
    post: PostRow,
) -> PostView {
    let voice = match (post.author_kind.as_str(), &post.author) {
        ("organisation", _) => f.t("voice-page"),
        (_, None) => f.t("voice-someone"),
        (_, Some(author)) => f.v("voice-resident", voices.of(author)),
    };
    let said = match PostKind::from_code(&post.kind) {
        Some(PostKind::Comment) => f.t("post-comment"),
        _ => f.t("post-post"),
    };
    let source = match post.source_name.unwrap_or(post.source) {
        hidden if hidden.is_empty() => hidden,
        name => f.v("quoted", name),
    };
    PostView {
        tag: f.code("tag", &post.platform),
        source,
        said,
        lang: LangAttr::of(f.tr, &post.language),
        voice,
        at: f.words.moment(post.published.into()),
        machine: f.words.machine(post.published.into()),
        edited: post.edited.is_some(),
        gone: None,
        wordings: Vec::new(),
        quote: quote(f, texts, post.parent, "post-under")
            .or_else(|| quote(f, texts, post.original, "post-repost-of")),
        pieces: pieces(&post.text),
        out: post.opens.then(|| format!("/out/{}", post.id)),
        why: why(f, &post.reasons, post.sector_score),
        growth: None,
        told: None,
    }
}

/// The post of this incident that another one answers or reposts.
fn quote(
    f: &Frame,
    texts: &HashMap<String, String>,
    post: Option<String>,
    key: &str,
) -> Option<String> {
    let text = texts.get(&post?).filter(|text| !text.is_empty())?;
    Some(f.v(key, title(f.tr, text)))
}

/// How many views a day brought, where it brought any.
fn growth(f: &Frame, post: &PostRow, before: Option<i64>) -> Option<String> {
    let more = post.views?.checked_sub(before?)?;
    (more > 0).then(|| f.tr.n("post-growth", more))
}

/// «№ 128 · В работе · Комитет дорог · срок пн 30 ноября».
fn told_words(f: &Frame, known: &AppealRow) -> String {
    let day = |key: &str, at: Option<i64>| at.map(|at| f.v(key, f.words.day(at.into())));
    let parts = [
        Some(f.v("appeal-number", &known.number)),
        known.status.clone(),
        known.executor.clone(),
        day("appeal-deadline", known.deadline),
        day("appeal-answered", known.answered),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// «уверенность 0,91: «отопления», «третий день»».
fn why(f: &Frame, reasons: &str, score: Option<f64>) -> Option<String> {
    let words: Vec<String> = serde_json::from_str(reasons).unwrap_or_default();
    let score = score?;
    let telling = words.iter().filter(|word| word.chars().count() > 3);
    let quoted: Vec<String> = telling.take(4).map(|w| f.v("quoted", w)).collect();
    let key = match quoted.is_empty() {
        true => "post-why-bare",
        false => "post-why",
    };
    let args = args![score = share(f, score), words = quoted.join(", ")];
    Some(f.tr.with(key, args))
}

/// A probability with two digits, with the language's comma.
pub(in crate::web) fn share(f: &Frame, value: f64) -> String {
    let text = format!("{value:.2}");
    match f.tr.lang {
        Lang::Ru => text.replace('.', ","),
        Lang::En => text,
    }
}

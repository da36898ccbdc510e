//! Claims and their reviews (schema.org Claim, ClaimReview, Rating). Without a published review it
//! is not a claim here; a match is a suggestion until a person confirms it.

use serde::{Deserialize, Serialize};

use super::{id::ClaimId, post::coded, time::Timestamp};

coded! {
    /// The verdict of a review.
    Rating {
        /// «Подтвердилось».
        True = "true",
        /// «Не подтвердилось».
        Unconfirmed = "unconfirmed",
        /// «Неверно».
        False = "false",
        /// «Вводит в заблуждение».
        Misleading = "misleading",
        /// «Мнение»: out of scope, never flagged.
        Opinion = "opinion",
        /// «Не проверяемо»: out of scope, never flagged.
        Unverifiable = "unverifiable",
    }
}

coded! {
    /// How sure a match is.
    Level {
        /// Same words, same numbers, no conflict.
        Strong = "strong",
        /// Worth a person's look.
        Suggest = "suggest",
        /// Below both thresholds.
        None = "none",
    }
}

coded! {
    /// What a reviewer decides of a suggested match.
    Decision {
        /// Says the same as a fact.
        Repeats = "repeats",
        /// Asks, quotes, does not assert.
        Mentions = "mentions",
        /// Judgement, satire, feeling.
        Opinion = "opinion",
        /// Only the words were alike.
        Unrelated = "unrelated",
        /// Goes to another reader.
        Unsure = "unsure",
    }
}

/// A claim with its published review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The publisher's code.
    pub id: ClaimId,
    /// The claim as one sentence.
    pub text: String,
    /// Other wordings seen.
    #[serde(default)]
    pub wordings: Vec<String>,
    /// The verdict.
    pub rating: Rating,
    /// What is really the case.
    pub review: String,
    /// Who reviewed (a post, not a person).
    pub reviewer: String,
    /// When the review was published.
    pub published: Timestamp,
    /// Where the review is published.
    pub url: String,
    /// Where the claim is about, if it is local.
    pub municipality: Option<String>,
}

/// A post's sentence beside a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimMatch {
    /// The claim.
    #[serde(rename = "claim")]
    pub id: ClaimId,
    /// Likeness after conflicts were counted, 0 to 1.
    pub score: f32,
    /// Level.
    pub level: Level,
    /// The sentence that matched.
    pub sentence: String,
    /// Kinds of conflict found: `number`, `negation`.
    #[serde(default)]
    pub conflicts: Vec<String>,
}

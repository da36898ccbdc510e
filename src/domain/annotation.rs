//! Annotations (W3C Web Annotation): what the machine suggests a post says.

use serde::{Deserialize, Serialize};

use super::{claim::ClaimMatch, place::PlaceMatch, post::coded};

coded! {
    /// What kind of message it is.
    MessageKind {
        /// Something is wrong.
        Complaint = "complaint",
        /// Somebody asks.
        Question = "question",
        /// Somebody thanks.
        Thanks = "thanks",
        /// Somebody proposes.
        Suggestion = "suggestion",
        /// News, adverts, congratulations and all else.
        Other = "other",
        /// No content: «Да», «+», «Сообщение без текста».
        Empty = "empty",
    }
}

/// A label with its probability, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The catalogue's code.
    pub code: String,
    /// The catalogue's label, in Russian.
    pub label: String,
    /// Calibrated probability, 0 to 1.
    pub score: f32,
}

/// All that understanding says of one post. A suggestion, until a person acts on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// ISO 639-3, `und` when unknown.
    pub language: String,
    /// Kind of message.
    pub kind: MessageKind,
    /// Best sector, also when abstained.
    pub sector: Option<Scored>,
    /// Best topic, also when abstained.
    pub topic: Option<Scored>,
    /// The next best topics, best first.
    pub alternatives: Vec<Scored>,
    /// Too unsure to route by itself.
    pub abstained: bool,
    /// The words that decided it, strongest first.
    pub reasons: Vec<String>,
    /// Places named, most certain first.
    pub places: Vec<PlaceMatch>,
    /// Reviewed claims that it may repeat, best first, none of level none.
    pub claims: Vec<ClaimMatch>,
    /// 64-bit SimHash of the text, for near-duplicates.
    pub fingerprint: u64,
    /// Text with personal data masked, as shown and indexed.
    pub masked: String,
}

//! Official pages («Госорганизация»): the registry of what bodies keep in the networks.

use serde::{Deserialize, Serialize};

use super::post::coded;

coded! {
    /// The class of a page; the norm of activity belongs to it.
    PageClass {
        /// «Флагманский».
        Flagship = "flagship",
        /// «Активный».
        Active = "active",
        /// «Визитка».
        Card = "card",
    }
}

coded! {
    /// The mark «Госорганизация».
    GosOrg {
        /// Confirmed through ЕСИА.
        Confirmed = "confirmed",
        /// Asked for.
        Requested = "requested",
        /// Absent.
        Absent = "none",
        /// Was there and is gone.
        Lost = "lost",
    }
}

/// An official page as the registry holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfficialPage {
    /// Short code.
    pub code: String,
    /// The body that keeps it.
    pub body: String,
    /// The network: `vk`, `ok`, `telegram`, `max`.
    pub network: String,
    /// Its address.
    pub address: String,
    /// The municipality's code.
    pub municipality: Option<String>,
    /// Class.
    pub class: PageClass,
    /// The mark.
    pub gosorg: GosOrg,
    /// Posts a week that the class promises.
    pub posts_per_week_norm: i64,
    /// The crawled source that shows its activity.
    pub source: Option<String>,
    /// A note for staff.
    #[serde(default)]
    pub note: String,
}

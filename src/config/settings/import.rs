//! What the page «Импорт» takes.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "explained in config/settings.toml")]
pub struct Import {
    pub max_megabytes: u64,
    pub keep_hours: i64,
}

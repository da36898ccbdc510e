//! A topic file: what may be wrong in one sector. Start with [`read`].

use serde::Deserialize;
use toml::Spanned;

use super::{
    check::{Check, Seen, Source},
    sectors::Sector,
};

/// A topic (Open311 service).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Code: `housing.heating`.
    pub code: String,
    /// The sector's code.
    pub sector: String,
    /// Russian label.
    pub label: String,
    /// English label.
    pub label_en: String,
    /// One line of meaning, in Russian.
    pub description: String,
    /// Typical words, for people and search.
    pub keywords: Vec<String>,
    /// Open311 `service_code`.
    pub service_code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicFile {
    sector: Spanned<String>,
    #[serde(default)]
    topic: Vec<TopicTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicTable {
    code: Spanned<String>,
    label: Spanned<String>,
    label_en: String,
    description: String,
    #[serde(default)]
    keywords: Vec<String>,
    service_code: Spanned<String>,
}

/// The topics of the files that are sound, as the files list them; mistakes are noted.
pub(super) fn read(
    check: &mut Check,
    files: &[(String, String)],
    sectors: &[Sector],
) -> Vec<Topic> {
    let (mut codes, mut services) = (Seen::default(), Seen::default());
    let mut topics = Vec::new();
    for (name, text) in files {
        let source = Source { name, text };
        let Some(file) = check.read::<TopicFile>(source) else {
            continue;
        };
        let sector = file.sector.get_ref();
        if !sectors.iter().any(|s| s.code == *sector) {
            let message = format!("there is no sector «{sector}»; see the files of sectors/");
            check.complain(source, file.sector.span(), message);
        }
        for table in file.topic {
            check.unique(source, "topic code", &table.code, &mut codes);
            check.unique(source, "service_code", &table.service_code, &mut services);
            if table.label.get_ref().trim().is_empty() {
                check.complain(source, table.label.span(), "label is empty".to_owned());
            }
            check.code_form(source, &table.code);
            topics.push(topic(sector, table));
        }
    }
    topics
}

fn topic(sector: &str, table: TopicTable) -> Topic {
    Topic {
        code: table.code.into_inner(),
        sector: sector.to_owned(),
        label: table.label.into_inner(),
        label_en: table.label_en,
        description: table.description,
        keywords: table.keywords,
        service_code: table.service_code.into_inner(),
    }
}

//! What the journal is told at a start: settings, rules and models that differ from the last ones
//! noted. Digests only: they tell that something changed and that two machines run the same, and give
//! away no secret.

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::Centre;
use crate::{
    config::{catalogue::Catalogue, region::RegionCatalogue, settings::Settings},
    domain::{claim::Claim, hex},
    store::{
        Priority,
        audit::{self, AuditKind, Entry},
    },
};

/// Who, in the journal.
const WHO: &str = "service:start";

impl Centre {
    /// Notes what changed since the last start, all in one transaction. Settings are each machine's
    /// own; rules and models should be the same on all.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn note_changes(&self) -> Result<()> {
        let model = &self.understander;
        let now = [
            (
                format!("settings:{}", audit::machine()),
                settings_digest(&self.settings)?,
            ),
            (
                "rules:catalogue".to_owned(),
                catalogue_digest(&self.catalogue),
            ),
            ("rules:region".to_owned(), region_digest(&self.region)),
            (
                "model:topics".to_owned(),
                format!("{} r{}", model.model(), model.revision()).replace(' ', "-"),
            ),
        ];
        let mut tx = self.store.write(Priority::Person).await?;
        let mut changed = Vec::new();
        for (subject, digest) in now {
            let last = audit::last_about(&mut tx, AuditKind::Changed, &subject).await?;
            let was = last.as_deref().and_then(digest_in).unwrap_or("none");
            if was != digest {
                changed.push((subject, format!("now:{digest} was:{was}")));
            }
        }
        for (subject, detail) in &changed {
            let entry = Entry {
                who: WHO,
                kind: AuditKind::Changed,
                subject,
                detail,
            };
            audit::append(&mut tx, &self.ids, self.clock.now(), &entry).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The digest of an earlier entry's detail.
fn digest_in(detail: &str) -> Option<&str> {
    detail.strip_prefix("now:")?.split(' ').next()
}

/// Sixteen hexadecimal digits: two sets of rules do not meet by chance.
fn digest(text: &str) -> String {
    let hash = Sha256::digest(text);
    hex::digits(&hash[..8])
}

/// Serialised, as `otklik check` shows them: with every secret masked.
fn settings_digest(settings: &Settings) -> Result<String> {
    Ok(digest(&serde_json::to_string(settings)?))
}

fn catalogue_digest(catalogue: &Catalogue) -> String {
    digest(&format!(
        "{:?}{:?}",
        catalogue.sectors(),
        catalogue.topics()
    ))
}

/// Without the claims' dates: an invented region's move with the day.
fn region_digest(region: &RegionCatalogue) -> String {
    let claim = |claim: &Claim| {
        let Claim {
            id,
            text,
            wordings,
            rating,
            review,
            reviewer,
            url,
            municipality,
            published: _,
        } = claim;
        format!("{id}{text}{wordings:?}{rating}{review}{reviewer}{url}{municipality:?}")
    };
    let claims: Vec<String> = region.claims.iter().map(claim).collect();
    digest(&format!(
        "{:?}{:?}{:?}{:?}{claims:?}",
        region.info, region.places, region.sources, region.pages
    ))
}

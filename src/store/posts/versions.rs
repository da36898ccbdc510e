//! The edit history: earlier wordings of posts. Start with [`list_versions`].

use sqlx::FromRow;

use super::read::{MUNICIPALITY, SECTOR, WHOSE};
use crate::{
    domain::user::{Field, Permission},
    store::{Result, Tx, incidents::IncidentRow, rows::Query, scope::Scope},
};

/// An earlier wording. Its words leave this folder through a mask only.
#[derive(Debug, Clone, FromRow)]
pub struct Earlier {
    /// The post's id.
    pub post: String,
    /// From 1.
    pub version: i64,
    /// Since when it was so, as far as is known.
    pub since: i64,
    title: Option<String>,
    text: String,
}

impl Earlier {
    /// The words after `mask`, which is given headline and text.
    pub fn masked(&self, mask: impl Fn(Option<&str>, &str) -> String) -> String {
        mask(self.title.as_deref(), &self.text)
    }
}

/// The earlier wordings of an incident's posts, the first one first; none for who does not see texts.
///
/// # Errors
/// [`crate::store::Error::Denied`] without the right to read posts.
pub async fn list_versions(tx: &mut Tx, scope: &Scope, of: &IncidentRow) -> Result<Vec<Earlier>> {
    scope.require(Permission::ReadPosts)?;
    if !scope.shows(Field::Text, Some(&of.sector), of.municipality.as_deref()) {
        return Ok(Vec::new());
    }
    let mut query = Query::new(format!(
        "select v.post, v.version, v.captured as since, v.title, v.text
         from post_version v join post p on p.id = v.post {WHOSE} where ip.incident = "
    ));
    query.bind(of.id.as_str());
    scope.restrict(&mut query, Permission::ReadPosts, SECTOR, MUNICIPALITY);
    query.push(" order by v.post, v.version limit 500");
    query.fetch_all(tx).await
}

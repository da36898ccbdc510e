//! The journal, or a selection of it, as the lines of a file. Start with [`Export::next`].

use super::super::{Result, Tx, scope::Scope};
use super::{Filter, list, walk::Walk};
use crate::domain::{
    journal::{
        key::SigningKey,
        lines::{Line, Writer},
    },
    time::Timestamp,
    user::Permission,
};

/// Entries of a selection that are read at once.
const PAGE: i64 = 1000;

/// A file in the making.
pub struct Export {
    first: Option<String>,
    writer: Option<Writer>,
    from: From,
}

enum From {
    Whole(Walk),
    Selection(Scope, Filter),
}

impl Export {
    /// The whole journal, which can be checked anywhere; the transaction must not have read yet.
    ///
    /// # Errors
    /// [`super::super::Error::Denied`] without the right to read the journal.
    pub async fn whole(
        tx: &mut Tx,
        scope: &Scope,
        key: SigningKey,
        now: Timestamp,
    ) -> Result<Export> {
        scope.require(Permission::ReadAudit)?;
        let walk = super::walk::walk(tx).await?;
        Ok(Self::begin(key, From::Whole(walk), now))
    }

    /// Some entries, newest first, under one signature.
    pub fn selection(scope: &Scope, filter: Filter, key: SigningKey, now: Timestamp) -> Export {
        Self::begin(key, From::Selection(scope.clone(), filter), now)
    }

    fn begin(key: SigningKey, from: From, now: Timestamp) -> Self {
        let is_selection = matches!(from, From::Selection(..));
        let (writer, first) = Writer::begin(key, is_selection, now);
        Self {
            first: Some(first),
            writer: Some(writer),
            from,
        }
    }

    /// The next lines; none at the end.
    ///
    /// # Errors
    /// [`super::super::Error::Denied`] without the right to read the journal.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<String>> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let lines = match &mut self.from {
            From::Whole(walk) => walk.next(tx).await?,
            From::Selection(scope, filter) => {
                let rows = list(tx, scope, filter, PAGE).await?;
                if let Some(last) = rows.last() {
                    filter.before = Some(last.id.clone());
                }
                let entries = rows.into_iter().map(|row| Line::Entry(row.into()));
                entries.collect()
            }
        };
        if lines.is_empty() {
            return Ok(self.writer.take().map(Writer::end));
        }
        let writer = self.writer.as_mut();
        Ok(writer.map(|writer| lines.iter().map(|line| writer.line(line)).collect()))
    }
}

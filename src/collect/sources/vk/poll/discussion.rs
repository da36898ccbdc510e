//! One discussion, read call by call: pages of its comments, and after each page the branches that
//! are longer than the page showed. Start with [`Discussion::read_on`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PAGE, call::Api};
use crate::{
    collect::sources::vk::{comments, errors, json},
    domain::source::{FetchError, Page},
};

/// Comments of one level beyond this are left: a page more of them would cost the other posts.
const LONGEST: i64 = 10_000;

/// The discussion of a post, and how far it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Discussion {
    /// The post.
    pub post: i64,
    /// How many comments it had when the reading began.
    pub total: i64,
    /// Comments of the first level to pass over; `None` when they are all read.
    offset: Option<i64>,
    /// Branches to read, the next one last.
    branches: Vec<Branch>,
    /// Calls that failed with a code that nobody described.
    #[serde(default)]
    strange: u32,
}

/// So many failures with strange codes are tried through.
const TRIES: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Branch {
    /// The comment that it hangs on.
    comment: i64,
    offset: i64,
}

impl Discussion {
    /// A discussion of which nothing is read.
    pub fn of(post: i64, total: i64) -> Self {
        Self {
            post,
            total,
            offset: Some(0),
            branches: Vec::new(),
            strange: 0,
        }
    }

    /// Counts a failure; true when it is not worth trying on.
    pub fn is_given_up(&mut self, error: &FetchError) -> bool {
        self.strange += u32::from(errors::is_undescribed(error.code));
        self.strange > TRIES
    }

    /// Makes one call and adds what it brought to the page.
    ///
    /// # Errors
    /// The call's; the discussion stands where it stood.
    pub async fn read_on(&mut self, api: &Api<'_>, page: &mut Page) -> Result<(), FetchError> {
        match (self.branches.last().copied(), self.offset) {
            (Some(branch), _) => self.read_branch(api, branch, page).await,
            (None, Some(offset)) => self.read_level(api, offset, page).await,
            (None, None) => Ok(()),
        }
    }

    /// Whether everything was read.
    pub fn is_read(&self) -> bool {
        self.offset.is_none() && self.branches.is_empty()
    }

    async fn read_level(
        &mut self,
        api: &Api<'_>,
        offset: i64,
        page: &mut Page,
    ) -> Result<(), FetchError> {
        let answer = api.comments(self.post, None, offset).await?;
        let (read, unread) = comments::read_comments(&answer, &api.under(self.post));
        add(page, read);
        self.offset = after(&answer, offset, page);
        self.branches = unread
            .iter()
            .map(|branch| Branch {
                comment: branch.comment,
                offset: 0,
            })
            .collect();
        Ok(())
    }

    async fn read_branch(
        &mut self,
        api: &Api<'_>,
        branch: Branch,
        page: &mut Page,
    ) -> Result<(), FetchError> {
        let answer = api
            .comments(self.post, Some(branch.comment), branch.offset)
            .await?;
        let (read, _) = comments::read_comments(&answer, &api.under(self.post));
        add(page, read);
        self.branches.pop();
        self.branches
            .extend(after(&answer, branch.offset, page).map(|offset| Branch { offset, ..branch }));
        Ok(())
    }
}

fn add(page: &mut Page, read: Page) {
    page.posts.extend(read.posts);
    page.notes.extend(read.notes);
}

/// Where the next page of a level begins; `None` after the last one. A page may be short because
/// deleted comments were taken out of it: the number of the level decides.
fn after(answer: &Value, offset: i64, page: &mut Page) -> Option<i64> {
    let came = json::items(answer).len() as i64;
    let next = offset + came;
    let level = json::int(answer, "current_level_count").unwrap_or(0);
    if came == 0 || (came < PAGE && next >= level) {
        return None;
    }
    if next >= LONGEST {
        page.notes.push("a very long discussion was cut".into());
        return None;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn next(came: i64, offset: i64, level: i64) -> Option<i64> {
        let items: Vec<i64> = (0..came).collect();
        let answer = json!({"items": items, "current_level_count": level});
        after(&answer, offset, &mut Page::default())
    }

    #[test]
    fn a_level_ends_when_its_number_is_reached_or_nothing_comes() {
        assert_eq!(next(100, 0, 230), Some(100));
        assert_eq!(next(97, 100, 230), Some(197));
        assert_eq!(next(30, 200, 230), None);
        assert_eq!(next(0, 100, 230), None);
        assert_eq!(next(100, 9_900, 1_000_000), None);
    }
}

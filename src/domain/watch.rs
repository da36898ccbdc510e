//! How a source is watched: what its visits see of it, what that is found to mean, and the words for it.
//! The self-checks that judge are `collect::selfcheck`; how much of its time was covered is
//! [`super::coverage`].

use super::{
    post::coded,
    source::{FetchError, Reaction},
    time::Timestamp,
};

/// What a step saw of the list that holds a source's newest posts, for the self-checks. Pinned posts
/// do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listed {
    /// The step began with the newest: such a list shows its last posts always.
    pub top: bool,
    /// Posts that could be read, pinned ones among them.
    pub posts: u64,
    /// The lowest and the highest number, where the platform numbers its posts.
    pub numbers: Option<(i64, i64)>,
    /// When the oldest and the newest were published.
    pub published: Option<(Timestamp, Timestamp)>,
    /// What is known was not reached: a later visit reads on below.
    pub unread: bool,
}

impl Listed {
    /// A list that began with the newest post.
    pub fn newest() -> Self {
        Self {
            top: true,
            ..Self::default()
        }
    }

    /// Counts a post that is not pinned.
    pub fn count(&mut self, number: Option<i64>, published: Option<Timestamp>) {
        self.posts += 1;
        self.numbers = widened(self.numbers, number);
        self.published = widened(self.published, published);
    }

    /// With another step of the same visit.
    #[must_use]
    pub fn and(self, below: Listed) -> Listed {
        let numbers = below.numbers.map(|(low, high)| [low, high]);
        let moments = below.published.map(|(oldest, newest)| [oldest, newest]);
        let numbers = numbers.into_iter().flatten();
        let moments = moments.into_iter().flatten();
        Listed {
            top: self.top,
            posts: self.posts + below.posts,
            numbers: numbers.fold(self.numbers, |all, one| widened(all, Some(one))),
            published: moments.fold(self.published, |all, one| widened(all, Some(one))),
            unread: below.unread,
        }
    }
}

fn widened<T: Ord + Copy>(range: Option<(T, T)>, one: Option<T>) -> Option<(T, T)> {
    match (range, one) {
        (Some((low, high)), Some(one)) => Some((low.min(one), high.max(one))),
        (None, Some(one)) => Some((one, one)),
        (range, None) => range,
    }
}

coded! {
    /// What an error means for the people who keep the sources; the pages have a sentence for each.
    ErrorClass {
        /// The page is closed to readers.
        Closed = "closed",
        /// There is no such page.
        Absent = "absent",
        /// The platform does not accept our key.
        Token = "token",
        /// Something in our settings or in the source's entry is wrong.
        Settings = "settings",
        /// The day's budget is used up.
        Quota = "quota",
        /// The platform asks us to wait.
        Wait = "wait",
        /// The platform wants to see a person.
        Captcha = "captcha",
        /// The platform itself is broken.
        Server = "server",
        /// No answer came, or one that cannot be read.
        Network = "network",
        /// The page looks otherwise than our program expects.
        Layout = "layout",
    }
}

impl FetchError {
    /// Connectors whose parser finds nothing where something must stand say so in these words.
    fn is_of_layout(&self) -> bool {
        self.message.starts_with("PARSER_BROKEN") || self.message.contains("layout")
    }

    /// What the error means for people.
    pub fn class(&self) -> ErrorClass {
        match (self.reaction, self.code) {
            (Reaction::Auth, _) => ErrorClass::Token,
            (Reaction::Day, _) => ErrorClass::Quota,
            (_, Some(14)) => ErrorClass::Captcha,
            (Reaction::Skip, Some(404 | 410 | 100 | 113)) => ErrorClass::Absent,
            (Reaction::Skip, _) => ErrorClass::Closed,
            (Reaction::Stop, None) if self.is_of_layout() => ErrorClass::Layout,
            (Reaction::Stop, _) => ErrorClass::Settings,
            (Reaction::After, _) => ErrorClass::Wait,
            (_, Some(500..600 | 1 | 10)) => ErrorClass::Server,
            (_, Some(_)) => ErrorClass::Wait,
            (_, None) => ErrorClass::Network,
        }
    }
}

coded! {
    /// Why posts may be missing.
    GapKind {
        /// A visit's budget of pages ended before what was known; the next visits read on by themselves.
        Unread = "unread",
        /// The numbers of posts jump over what a visit saw: a backfill reads it.
        Skipped = "skipped",
        /// Everything that a feed showed was new: what stood between has left it.
        Lost = "lost",
    }
}

coded! {
    /// What the self-checks find.
    Finding {
        /// Visits answer well and yield nothing where they used to yield posts.
        ParserBroken = "parser_broken",
        /// Posts that were expected did not come.
        Silent = "silent",
        /// Posts may be missing, and a backfill is to bring them.
        Gap = "gap",
        /// Posts were missed, and the source does not show them any more.
        Lost = "lost",
    }
}

coded! {
    /// How a backfill is doing.
    BackfillState {
        /// It waits for its turn or for the gates.
        Waiting = "waiting",
        /// Everything of its period that the source shows was read.
        Done = "done",
        /// A person stopped it.
        Stopped = "stopped",
        /// It cannot go on.
        Failed = "failed",
    }
}

coded! {
    /// How a backfill ended.
    BackfillEnd {
        /// It read back to the beginning of its period.
        Reached = "reached",
        /// The source shows nothing older.
        NothingOlder = "nothing_older",
        /// The source's platform cannot be asked for older posts.
        CannotGoBack = "cannot_go_back",
    }
}

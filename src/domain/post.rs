//! Posts (ActivityStreams Note): what a source yields and what the store keeps.

use serde::{Deserialize, Serialize};

use super::{
    actor::{AuthorKind, AuthorRef},
    time::Timestamp,
};

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
                 serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word used in the database, files and the API.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }

            /// The value for a word, if there is one.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use coded;

coded! {
    /// Where a post was published.
    Platform {
        /// VK communities.
        Vk = "vk",
        /// Telegram channels.
        Telegram = "telegram",
        /// RSS, Atom and JSON feeds.
        Feed = "feed",
        /// Odnoklassniki groups.
        Ok = "ok",
        /// MAX channels.
        Max = "max",
        /// Sites read by selectors.
        Site = "site",
        /// The state feedback platform (ПОС).
        Pos = "pos",
        /// Open311 GeoReport endpoints.
        Open311 = "open311",
        /// Rows of an imported table.
        Import = "import",
    }
}

coded! {
    /// What kind of object it is on its platform.
    PostKind {
        /// A post of a community, channel or site.
        Post = "post",
        /// A comment under a post.
        Comment = "comment",
    }
}

/// The identity of a post on its platform: two sources that reach one post yield one key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PostKey {
    /// The platform.
    pub platform: Platform,
    /// The wall, channel, site or import that holds it, by its stable identifier.
    pub owner: String,
    /// Post or comment.
    pub kind: PostKind,
    /// The platform's identifier within the owner.
    pub external_id: String,
}

/// Whose wall a post stands on. Only public community walls are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wall {
    /// A community, channel or site.
    Public,
    /// A person's own page: read by no connector, dropped before the store.
    Personal,
}

/// Counters as the platform shows them; `None` is «hidden», not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Likes or reactions.
    pub likes: Option<i64>,
    /// Reposts.
    pub reposts: Option<i64>,
    /// Comments.
    pub comments: Option<i64>,
    /// Views.
    pub views: Option<i64>,
}

impl Counters {
    /// What is shown now; where that is hidden, what was known before.
    #[must_use]
    pub fn over(self, known: Counters) -> Counters {
        Counters {
            likes: self.likes.or(known.likes),
            reposts: self.reposts.or(known.reposts),
            comments: self.comments.or(known.comments),
            views: self.views.or(known.views),
        }
    }
}

/// An attachment: its kind in the platform's word and a public link when there is one. Unknown
/// kinds are kept, never an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The platform's word: `photo`, `video`, `poll`…
    pub kind: String,
    /// A title or question, if any.
    pub title: Option<String>,
}

/// A post as a connector's parser yields it, before it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct CapturedPost {
    /// Its identity.
    pub key: PostKey,
    /// The post that a comment answers.
    pub parent: Option<PostKey>,
    /// The original of a repost.
    pub original: Option<PostKey>,
    /// Whose wall it stands on.
    pub wall: Wall,
    /// When it was published; `None` when the platform does not tell (the time of capture serves).
    pub published: Option<Timestamp>,
    /// When it was last edited, if told.
    pub edited: Option<Timestamp>,
    /// A headline, where the platform has one.
    pub title: Option<String>,
    /// Plain text, whole.
    pub text: String,
    /// The public address.
    pub url: Option<String>,
    /// The author as the platform calls them; becomes a pseudonym before the first write.
    pub author: Option<AuthorRef>,
    /// Person or organisation.
    pub author_kind: AuthorKind,
    /// A place told beside the text (a column of a table, a geotag's name).
    pub place_hint: Option<String>,
    /// Coordinates told beside the text: latitude, longitude in degrees.
    pub point: Option<(f64, f64)>,
    /// Counters at capture.
    pub counters: Counters,
    /// Attachments.
    pub attachments: Vec<Attachment>,
    /// What the platform calls the attached media (`photo-7_12`), where such names last. Only a keyed
    /// hash of them is kept: it tells that a picture was exchanged, and proves which one was there.
    pub media: Vec<String>,
    /// A repost without a word of its own: it only carries its `original` further.
    pub bare: bool,
    /// The platform says that it was deleted.
    pub deleted: bool,
}

impl CapturedPost {
    /// A bare post: everything optional is absent.
    pub fn new(key: PostKey, text: impl Into<String>) -> Self {
        Self {
            key,
            parent: None,
            original: None,
            wall: Wall::Public,
            published: None,
            edited: None,
            title: None,
            text: text.into(),
            url: None,
            author: None,
            author_kind: AuthorKind::Person,
            place_hint: None,
            point: None,
            counters: Counters::default(),
            attachments: Vec::new(),
            media: Vec::new(),
            bare: false,
            deleted: false,
        }
    }
}

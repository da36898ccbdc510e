//! What is asked and what comes back: plain values, no I/O.

use secrecy::SecretString;
use url::Url;

use crate::collect::{
    politeness::{Domain, Haste},
    reactions::http::{Answers, SITES},
};

/// Most bytes of an API's answer, decompressed.
pub const API_LIMIT: usize = 8 * 1024 * 1024;
/// Most bytes of a page or feed, decompressed.
pub const PAGE_LIMIT: usize = 5 * 1024 * 1024;
/// What to ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address.
    pub url: Url,
    /// Whom it burdens.
    pub domain: Domain,
    /// What is counted against the day's budget.
    pub method: String,
    /// A form to post; a plain GET without.
    pub form: Option<Vec<(String, String)>>,
    /// A bearer token.
    pub bearer: Option<SecretString>,
    /// The whole `Authorization`, where a network wants its token bare.
    pub authorization: Option<SecretString>,
    /// `Accept-Language`.
    pub language: Option<&'static str>,
    /// `If-None-Match`, verbatim as the server gave it.
    pub etag: Option<String>,
    /// `If-Modified-Since`, verbatim.
    pub modified: Option<String>,
    /// Pages and feeds obey robots.txt; APIs called by contract do not have one.
    pub obey_robots: bool,
    /// Follow redirects; where not, one is an answer of its own.
    pub follow: bool,
    /// Most bytes of the answer.
    pub limit: usize,
    /// By the schedule or by a person.
    pub haste: Haste,
    /// How the platform answers.
    pub answers: &'static Answers,
    /// The connector tells the gates itself whether the answer was a success.
    pub judged: bool,
}

impl Request {
    /// A GET of a page that obeys robots.txt and follows redirects.
    pub fn page(url: Url, domain: Domain, haste: Haste) -> Self {
        Self {
            url,
            domain,
            method: "get".into(),
            form: None,
            bearer: None,
            authorization: None,
            language: None,
            etag: None,
            modified: None,
            obey_robots: true,
            follow: true,
            limit: PAGE_LIMIT,
            haste,
            answers: &SITES,
            judged: false,
        }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Body {
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
    /// The media type, lower case, without parameters.
    pub media_type: String,
    /// The charset that the header names.
    pub charset: Option<String>,
    /// `ETag`, verbatim.
    pub etag: Option<String>,
    /// `Last-Modified`, verbatim.
    pub modified: Option<String>,
    /// `X-Robots-Tag`, in small letters.
    pub robots: String,
}

/// How a request ended well.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// An answer.
    Body(Body),
    /// 304: nothing changed.
    NotModified,
    /// A redirect that was not followed: where it leads.
    Redirect(String),
}

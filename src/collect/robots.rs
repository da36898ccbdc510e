//! robots.txt (RFC 9309), with the forgiveness that real files need. Start with [`Robots::read`].
//!
//! Fetching and caching is the fetcher's work; here an answer becomes rules.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use texting_robots::Robot;

use crate::domain::time::Span;

/// At most this much of a file is read (the RFC asks for at least as much).
pub const LARGEST: usize = 512 * 1024;
/// Longer lines are passed over: no address of ours has such a path, and the parser is quadratic in
/// them.
const LONGEST_LINE: usize = 2048;
/// Rules whose end is marked (`$`) each cost a regular expression; real files have some dozens.
const MOST_ENDS: usize = 1000;
/// Longer delays are cut to this: such a site is then read rarely, not never.
const LONGEST_DELAY: f64 = 60.0;

/// What a site allows us.
#[derive(Debug)]
pub enum Robots {
    /// No file (4xx): nothing is forbidden.
    AllowAll,
    /// The file could not be had (5xx, 429, no connection): everything is forbidden for now.
    DisallowAll,
    /// The rules for us.
    Rules(Box<Robot>),
}

impl Robots {
    /// Reads an answer for the product token `agent` (the first word of the user agent).
    pub fn read(status: u16, body: &[u8], agent: &str) -> Self {
        match status {
            200..=299 => Self::parse(body, agent),
            429 | 500.. => Self::DisallowAll,
            _ => Self::AllowAll,
        }
    }

    fn parse(body: &[u8], agent: &str) -> Self {
        let body = &body[..body.len().min(LARGEST)];
        let text = tidy(body);
        // A file that the parser cannot read says nothing that we could break.
        Robot::new(agent, text.as_bytes())
            .map_or(Self::AllowAll, |robot| Self::Rules(Box::new(robot)))
    }

    /// Whether we may read this address. The robots file itself is always allowed.
    pub fn allows(&self, address: &str) -> bool {
        let path = url::Url::parse(address).map(|url| url.path().to_owned());
        if path.is_ok_and(|path| path == "/robots.txt") {
            return true;
        }
        match self {
            Self::AllowAll => true,
            Self::DisallowAll => false,
            Self::Rules(robot) => robot.allowed(address),
        }
    }

    /// The sitemaps that the file names, whomever its rules are for.
    pub fn sitemaps(&self) -> Vec<String> {
        match self {
            Self::Rules(robot) => robot.sitemaps.clone(),
            _ => Vec::new(),
        }
    }

    /// The delay that the site asks for between requests, at most a minute.
    pub fn delay(&self) -> Option<Span> {
        let Self::Rules(robot) = self else {
            return None;
        };
        let seconds = f64::from(robot.delay?).clamp(0.0, LONGEST_DELAY);
        Some(Span::millis((seconds * 1000.0) as i64))
    }
}

/// The product token of a user agent: its first word up to a slash.
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent
        .find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-'))
        .unwrap_or(user_agent.len());
    &user_agent[..end]
}

/// Without the byte order mark, with line ends of one kind and the misspellings of `Disallow` that
/// the common parsers accept.
fn tidy(body: &[u8]) -> Cow<'_, str> {
    static MISSPELT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?im)^([ \t]*)(?:dissallow|dissalow|disalow|diasllow|disallaw)[ \t]*:")
            .expect("the pattern is a constant that a test compiles")
    });
    static AGENT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?im)^([ \t]*user-agent[ \t]*:[ \t]*[a-z_-]+)[^\n]*$")
            .expect("the pattern is a constant that a test compiles")
    });
    let useful = |line: &&[u8]| line.len() <= LONGEST_LINE;
    let lines: Vec<&[u8]> = body.split(|byte| *byte == b'\n').filter(useful).collect();
    let body = &lines.join(&b'\n')[..];
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = String::from_utf8_lossy(body)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    // A product token ends at the first other character: «Otklik 1.0» is «Otklik».
    let text = AGENT.replace_all(&text, "$1");
    let text = MISSPELT.replace_all(&text, "${1}Disallow:");
    Cow::Owned(few_ends(&text))
}

/// The text with a bounded number of marked ends. Beyond it a prohibition holds for all that begins so,
/// and a permission for nothing: stricter than it was meant, never laxer.
fn few_ends(text: &str) -> String {
    let mut ends = 0;
    let lines = text.split('\n').filter_map(|line| {
        ends += usize::from(line.contains('$'));
        if ends <= MOST_ENDS || !line.contains('$') {
            return Some(line);
        }
        let forbids = line.trim_start().to_ascii_lowercase().starts_with("dis");
        forbids.then(|| line.split('$').next().unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Robots {
        Robots::read(200, text.as_bytes(), "Otklik")
    }

    #[test]
    fn statuses_decide_before_rules() {
        let page = "https://gorod.example/news";
        assert!(Robots::read(404, b"User-agent: *\nDisallow: /", "Otklik").allows(page));
        assert!(!Robots::read(503, b"", "Otklik").allows(page));
        assert!(!Robots::read(429, b"", "Otklik").allows(page));
        assert!(Robots::read(503, b"", "Otklik").allows("https://gorod.example/robots.txt"));
    }

    #[test]
    fn our_group_wins_and_misspellings_count() {
        let text = "\u{feff}User-agent: *\r\nDisallow: /\r\n\r\nUser-Agent: otklik\r\n\
            Dissalow: /private\r\nCrawl-delay: 300\r\n";
        let robots = rules(text);
        assert!(robots.allows("https://gorod.example/news"));
        assert!(!robots.allows("https://gorod.example/private/1"));
        assert_eq!(robots.delay(), Some(Span::seconds(60)));
        assert_eq!(product_token("Otklik/0.1 (+https://example.org)"), "Otklik");
    }

    #[test]
    fn longest_match_wins_and_nonsense_forbids_nothing() {
        let robots = rules("User-agent: *\nDisallow: /a\nAllow: /a/open$\nDisallow:\n");
        assert!(!robots.allows("https://gorod.example/a/b"));
        assert!(robots.allows("https://gorod.example/a/open"));
        assert!(rules("\u{1}\u{2}<html>").allows("https://gorod.example/"));
        assert!(rules("").allows("https://gorod.example/"));
    }

    #[test]
    fn a_flood_of_marked_ends_is_read_strictly() {
        let flood: String = (0..30_000)
            .map(|n| format!("Disallow: /a{n}$\nAllow: /b{n}$\n"))
            .collect();
        let robots = rules(&format!("User-agent: *\nDisallow: /b2\n{flood}"));
        assert!(
            !robots.allows("https://gorod.example/a1")
                && robots.allows("https://gorod.example/a1x")
        );
        assert!(
            !robots.allows("https://gorod.example/a9999x"),
            "forbidden with all that begins so"
        );
        assert!(
            !robots.allows("https://gorod.example/b20000"),
            "the permission came too late"
        );
    }

    proptest::proptest! {
        #[test]
        fn never_panics(body: Vec<u8>, path in "\\PC{0,20}") {
            let robots = Robots::read(200, &body, "Otklik");
            robots.allows(&path);
            robots.delay();
        }
    }
}

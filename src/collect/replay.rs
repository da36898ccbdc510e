//! Recorded answers through the connectors' parsers, for people who check a connector against
//! files. Start with [`replay_file`]. Nothing is stored and nothing is fetched.

mod judged;
mod robots;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::Serialize;

use self::judged::Judged;
use super::sources::{
    feed::{parse, scan},
    max, ok,
    telegram::{export, preview},
    vk,
};
use crate::domain::{
    post::CapturedPost,
    source::{FetchError, Page},
};

/// What one file held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// The file, relative to the folder.
    pub file: String,
    /// `vk`, `telegram`, `feed`, `ok`, `max`, `site`, `pos`, `robots`, `open311`… or `other`.
    pub platform: &'static str,
    /// Posts, before the rule on personal walls.
    pub posts: usize,
    /// Comments, branches included.
    pub comments: usize,
    /// The platform's recorded error, or why the file could not be read.
    pub error: Option<String>,
    /// What is to be said of a file that is more than its posts: a widget, a robots.txt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
}

/// The files of a folder and its subfolders, in order; README and LICENSE files are left out.
///
/// # Errors
/// When a folder cannot be listed.
pub fn list_files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // A link to a folder is not followed: it may lead in a circle.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if entry.path().is_file() && !is_about(&entry.file_name().to_string_lossy()) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_about(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_uppercase();
    stem == "README" || stem == "LICENSE" || stem == "LICENCE"
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vk,
    Telegram,
    Feed,
    Site,
    Pos,
    Robots,
    Open311,
    Ok,
    Max,
    Other,
}

/// Reads one recorded answer. `file` is its path relative to the replayed folder.
pub fn replay_file(file: &Path, bytes: &[u8], zone: &TimeZone) -> Replayed {
    replay_within(Path::new(""), file, bytes, zone)
}

/// The same for a file of a folder whose own name may tell the platform, where the file's path does not.
pub fn replay_within(folder: &Path, file: &Path, bytes: &[u8], zone: &TimeZone) -> Replayed {
    let named = by_folder(file).or_else(|| by_folder(&folder.join(file)));
    let kind = named.unwrap_or_else(|| by_content(bytes));
    let name = file.to_string_lossy().replace('\\', "/");
    let (platform, outcome) = match kind {
        Kind::Vk => ("vk", vk::read_any(bytes).map(|page| posts(page.posts))),
        Kind::Telegram => ("telegram", read_telegram(bytes, zone).map(posts)),
        Kind::Feed => ("feed", read_feed(&name, bytes, zone).map(posts)),
        Kind::Site => ("site", judged::site(&name, bytes, zone)),
        Kind::Pos => ("pos", judged::pos(bytes)),
        Kind::Robots => ("robots", robots::robots(file, bytes)),
        Kind::Open311 => ("open311", judged::open311(&name, bytes, zone)),
        Kind::Ok => ("ok", read_api(&name, bytes, ok::read_any).map(posts)),
        Kind::Max => ("max", read_api(&name, bytes, max::read_any).map(posts)),
        Kind::Other => ("other", Ok(Judged::default())),
    };
    let (judged, error) = match outcome {
        Ok(judged) => (judged, None),
        Err(error) => (Judged::default(), Some(error.message)),
    };
    let (posts, comments) = vk::count(&judged.posts);
    Replayed {
        file: name,
        platform,
        posts,
        comments,
        error,
        verdict: judged.verdict,
    }
}

fn posts(posts: Vec<CapturedPost>) -> Judged {
    Judged {
        posts,
        verdict: None,
    }
}

/// An API answers in JSON; other files beside its answers describe it and hold none.
fn read_api(
    name: &str,
    bytes: &[u8],
    read: fn(&[u8]) -> Result<Page, FetchError>,
) -> Result<Vec<CapturedPost>, FetchError> {
    let about = ["md", "yaml", "yml", "xml", "txt"].iter();
    let about = about.filter_map(|ending| name.strip_suffix(ending));
    if about.into_iter().any(|stem| stem.ends_with('.')) {
        return Ok(Vec::new());
    }
    read(bytes).map(|page| page.posts)
}

fn read_telegram(bytes: &[u8], zone: &TimeZone) -> Result<Vec<CapturedPost>, FetchError> {
    let text = String::from_utf8_lossy(bytes);
    if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        return read_export(bytes, zone);
    }
    preview::read_page(&text, "https://t.me").map(|page| page.posts)
}

fn read_export(bytes: &[u8], zone: &TimeZone) -> Result<Vec<CapturedPost>, FetchError> {
    let mut posts = Vec::new();
    for item in export::Export::new(bytes, zone.clone()) {
        match item {
            Ok(export::Item::Post(post)) => posts.push(*post),
            Ok(export::Item::Refused(..)) => {}
            Err(message) => {
                return Err(FetchError {
                    reaction: crate::domain::source::Reaction::Skip,
                    code: None,
                    message,
                    not_before: None,
                });
            }
        }
    }
    Ok(posts)
}

fn read_feed(name: &str, bytes: &[u8], zone: &TimeZone) -> Result<Vec<CapturedPost>, FetchError> {
    let reading = parse::Reading {
        owner: name,
        charset: None,
        zone: zone.clone(),
    };
    parse::read_feed(bytes, &reading).map(|page| page.posts)
}

/// The platform by the first folder's name: `telegram-web` is Telegram, `vk-schema` describes VK
/// and holds no answers.
fn by_folder(file: &Path) -> Option<Kind> {
    let mut parts = file.components();
    let first = parts.next()?.as_os_str().to_string_lossy().to_lowercase();
    parts.next()?;
    let word = first.split(['-', '_', '.']).next().unwrap_or_default();
    Some(match (first.as_str(), word) {
        ("vk-schema", _) => Kind::Other,
        (_, "vk") => Kind::Vk,
        (_, "telegram" | "tg") => Kind::Telegram,
        (_, "feed" | "feeds" | "rss" | "atom") => Kind::Feed,
        (_, "ok") => Kind::Ok,
        (_, "max") => Kind::Max,
        (_, "site" | "html") => Kind::Site,
        (_, "pos") => Kind::Pos,
        (_, "robots") => Kind::Robots,
        (_, "open311") => Kind::Open311,
        (_, "other") => Kind::Other,
        _ => return None,
    })
}

fn by_content(bytes: &[u8]) -> Kind {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8192)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if head.starts_with('{') || head.starts_with('[') {
        return by_json(head, bytes);
    }
    let page = String::from_utf8_lossy(bytes);
    if page.contains("tgme_widget_message") || page.contains("tgme_page") {
        return Kind::Telegram;
    }
    let feed = !head.to_lowercase().contains("<html") && scan::looks_like_feed(head);
    if feed { Kind::Feed } else { Kind::Other }
}

fn by_json(head: &str, bytes: &[u8]) -> Kind {
    if export::looks_like_export(bytes) {
        return Kind::Telegram;
    }
    if head.contains("jsonfeed.org") {
        return Kind::Feed;
    }
    if head.contains("\"service_request_id\"") || head.contains("\"service_code\"") {
        return Kind::Open311;
    }
    let answer: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    let has = |key: &str| {
        answer
            .as_ref()
            .is_some_and(|answer| answer.get(key).is_some())
    };
    let event = has("type") && has("object") && has("group_id");
    let poll = has("failed") || (has("updates") && has("ts"));
    if has("response") || has("execute_errors") || event || poll || has_vk_error(answer.as_ref()) {
        return Kind::Vk;
    }
    let wears = |keys: &[&str]| keys.iter().any(|key| has(key));
    let list = answer.as_ref().and_then(|answer| answer.get(0));
    let group = list.is_some_and(|item| item.get("uid").is_some());
    if wears(&[
        "error_code",
        "media_topics",
        "discussion",
        "feeds",
        "comments",
    ]) || group
    {
        return Kind::Ok;
    }
    let bot = has("updates") && has("marker") || has("code") && has("message");
    if bot || wears(&["update_type", "messages", "chats"]) {
        return Kind::Max;
    }
    Kind::Other
}

fn has_vk_error(answer: Option<&serde_json::Value>) -> bool {
    answer
        .and_then(|answer| answer.get("error")?.get("error_code"))
        .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay(file: &str, text: &str) -> (&'static str, usize, usize, bool) {
        let done = replay_file(Path::new(file), text.as_bytes(), &TimeZone::UTC);
        (
            done.platform,
            done.posts,
            done.comments,
            done.error.is_some(),
        )
    }

    #[test]
    fn folders_decide_before_content() {
        let wall = r#"{"response": {"items": [{"id": 1, "owner_id": -1, "post_type": "post"}]}}"#;
        assert_eq!(replay("vk/wall/1.json", wall), ("vk", 1, 0, false));
        assert_eq!(replay("vk-schema/1.json", wall), ("other", 0, 0, false));
        assert_eq!(replay("site/1.json", wall), ("site", 0, 0, true));
        let topics = r#"{"media_topics": [{"id": 5, "owner_ref": "group:7"}]}"#;
        assert_eq!(replay("ok/1.json", topics), ("ok", 1, 0, false));
        assert_eq!(replay("1.json", topics), ("ok", 1, 0, false));
        assert_eq!(replay("ok/1.md", "# words"), ("ok", 0, 0, false));
        let within = |folder: &str| {
            let (folder, file) = (Path::new(folder), Path::new("chat/1.json"));
            replay_within(folder, file, b"{}", &TimeZone::UTC).platform
        };
        assert_eq!([within("max"), within("recorded")], ["max", "other"]);
        let refused = r#"{"code": "verify.token", "message": ""}"#;
        assert_eq!(replay("max/1.json", refused), ("max", 0, 0, true));
        assert_eq!(replay("1.json", refused), ("max", 0, 0, true));
        assert_eq!(replay("recorded/1.json", wall), ("vk", 1, 0, false));
        assert_eq!(replay("1.json", wall), ("vk", 1, 0, false));
        assert_eq!(
            replay("vk/1.json", "{\"error\":{\"error_code\":15}}"),
            ("vk", 0, 0, true)
        );
        assert_eq!(replay("a.xml", "<rss><item/></rss>"), ("feed", 1, 0, false));
        assert_eq!(
            replay("a.html", "<div class=tgme_page>"),
            ("telegram", 0, 0, true)
        );
        assert_eq!(replay("a.bin", "\0\0\0"), ("other", 0, 0, false));
    }
}

//! Entries of the journal as people read them. The journal itself keeps codes: they outlive the
//! words. What is not known here is shown as it stands. Start with [`subject`].

use super::Frame;
use crate::{
    store::audit::AuditKind,
    web::{Shared, locale::args},
};

/// «инцидент № 59» of `incident:59`.
pub(super) fn subject(f: &Frame, code: &str) -> String {
    if let Some((claim, post)) = code.split_once(" post:") {
        let claim = claim.trim_start_matches("claim:");
        return f
            .tr
            .with("audit-of-claim", args![claim = claim, post = post]);
    }
    match code.split_once(':') {
        Some(("incident", number)) => f.v("audit-of-incident", number),
        Some(("post", id)) => f.v("audit-of-post", id),
        Some(("account" | "login", "unknown")) => f.t("audit-of-unknown"),
        Some(("account" | "login", login)) => f.v("audit-of-account", login),
        Some(("settings", machine)) => f.v("audit-of-settings", machine),
        Some(("rules" | "model", what)) => f.code("audit-of", what),
        Some(("page", page)) => match section(f, page) {
            Some(words) => f.v("audit-of-page", words),
            None => f.v("audit-of-official", page),
        },
        Some(("alert", id)) => f.v("audit-of-alert", id),
        Some(("api", list)) => f.v("audit-of-api", list),
        _ if code == "posts" => f.t("audit-of-posts"),
        _ if code.starts_with('/') => f.v("audit-of-path", code),
        _ => code.to_owned(),
    }
}

/// A login as it stands; the service's own parts in words.
pub(super) fn who(f: &Frame, who: &str) -> String {
    let Some(part) = who.strip_prefix("service:") else {
        return match who {
            "nobody" => f.t("audit-nobody"),
            login => login.to_owned(),
        };
    };
    known(f, "audit-by", part).unwrap_or_else(|| who.to_owned())
}

/// The words of a code, when it has any.
fn known(f: &Frame, group: &str, code: &str) -> Option<String> {
    let words = f.code(group, code);
    (!words.starts_with(group)).then_some(words)
}

/// The words of a place of the bar; any other page is an official one.
fn section(f: &Frame, page: &str) -> Option<String> {
    let key = format!("nav-{page}");
    let words = f.t(&key);
    (words != key).then_some(words)
}

/// «1 сообщение» of `1 posts`, «взять» of `take`, «ЖКХ» of a sector's code.
pub(super) fn detail(app: &Shared, f: &Frame, kind: &str, subject: &str, detail: &str) -> String {
    if let Some((now, was)) = digests(detail) {
        return match was {
            "none" => f.v("audit-digest-first", now),
            was => f.tr.with("audit-digest", args![now = now, was = was]),
        };
    }
    if let Some(role) = detail.strip_prefix("added as ") {
        return f.v("audit-added-as", f.code("role", role));
    }
    if let Some(roles) = detail.strip_prefix("roles:") {
        let roles = roles.split(',').map(str::trim).filter(|r| !r.is_empty());
        let roles: Vec<String> = roles.map(|role| f.code("role", role)).collect();
        return match roles.is_empty() {
            true => f.t("audit-roles-none"),
            false => f.v("audit-roles", roles.join(", ")),
        };
    }
    let shown = posts(detail).count() as i64;
    match detail.split_once(' ') {
        None if matches!(detail, "whole" | "selection") => f.code("audit-export", detail),
        Some(("a", "token was added")) => f.t("audit-token-added"),
        _ if shown > 0 && kind == AuditKind::Viewed.code() => f.tr.n("audit-posts", shown),
        Some((n, rest)) if shown > 0 && rest.starts_with("found ") => {
            let all = n
                .parse()
                .map_or_else(|_| n.to_owned(), |n| f.words.count(n));
            f.tr.with("audit-found-shown", args![all = all, n = shown])
        }
        Some((n, unit @ ("posts" | "rows" | "found" | "sessions"))) => match n.parse::<i64>() {
            Ok(n) => f.tr.n(&format!("audit-{unit}"), n),
            Err(_) => detail.to_owned(),
        },
        Some((from, to)) if to.starts_with("> ") => {
            let (from, to) = (f.code("mark", from), f.code("mark", &to[2..]));
            format!("{from} → {to}")
        }
        None if kind == AuditKind::Decided.code() && !detail.is_empty() => {
            decision(app, f, subject, detail)
        }
        None if subject.starts_with("account:") && !detail.is_empty() => account(f, detail),
        _ => detail.to_owned(),
    }
}

/// How somebody signed in, why they were refused, what was changed of their account.
fn account(f: &Frame, code: &str) -> String {
    known(f, "audit-account", code).unwrap_or_else(|| code.to_owned())
}

/// The ids of posts that an entry names: those that a page or a search showed.
pub(super) fn posts(detail: &str) -> impl Iterator<Item = &str> {
    let is_id = |word: &&str| word.len() == 26 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    detail.split(' ').filter(is_id)
}

/// The digests of `now:… was:…`.
fn digests(detail: &str) -> Option<(&str, &str)> {
    detail.strip_prefix("now:")?.split_once(" was:")
}

fn decision(app: &Shared, f: &Frame, subject: &str, code: &str) -> String {
    match subject.split_once(':') {
        Some(("incident", _)) => f.code("action", code),
        Some(("claim", _)) => f.code("decision", code),
        Some(("post", _)) if code == "none" => f.t("triage-nothing"),
        Some(("post", _)) => app.sector_label(code, f.tr.lang),
        _ => code.to_owned(),
    }
}

/// What somebody typed into the filter: a bare number is an incident's.
pub(super) fn asked(typed: &str) -> String {
    let digits = typed.trim_start_matches(['№', '#', ' ']);
    match digits.parse::<i64>() {
        Ok(number) => format!("incident:{number}"),
        Err(_) => typed.to_owned(),
    }
}

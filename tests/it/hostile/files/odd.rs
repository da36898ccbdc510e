//! What only files and streams can be: broken bytes, no end, nesting, packed bytes, odd names.

use std::{ffi::OsString, os::unix::ffi::OsStringExt};

use super::{Program, bounded};
use crate::hostile::{
    matrix::{ATTACKS, Attack, Matrix},
    payloads::{gigabyte_in_gzip, texts},
};

/// A zip's first bytes: no xlsx or archive is read, so they are told as what they are.
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0xl/workbook.xml\xFF\xFE";

/// Files of any kind, made from a sound one.
pub fn files(attack: Attack, sound: &str) -> Vec<Vec<u8>> {
    let bytes = sound.as_bytes();
    match attack {
        Attack::Oversized => vec![format!("# {}\n{sound}", "x".repeat(3 << 20)).into_bytes()],
        Attack::Malformed => vec![
            Vec::new(),
            bytes[..bytes.len() / 2].to_vec(),
            ZIP.to_vec(),
            format!("{sound}{sound}").into_bytes(),
            b"[[[[".to_vec(),
            b"= = =\n\"\n".to_vec(),
        ],
        Attack::WrongType => vec![
            sound.replace('"', "").into_bytes(),
            b"code = 1\nname = []\n[region]\nname = {}\n".to_vec(),
            b"[]\n".to_vec(),
        ],
        Attack::Encoding => vec![
            [b"# \xFF\xFE\xC0\xAF\n", bytes].concat(),
            [b"\xEF\xBB\xBF", bytes].concat(),
            sound.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            encoding_rs::WINDOWS_1251.encode(sound).0.into_owned(),
        ],
        Attack::Control => vec![[bytes, b"\0"].concat(), [bytes, b"\x1b[2J"].concat()],
        Attack::Bomb => vec![
            format!("a = {}", "[".repeat(200_000)).into_bytes(),
            format!("a = {}", "{b=".repeat(100_000)).into_bytes(),
            format!("a{} = 1", ".a".repeat(50_000)).into_bytes(),
            "{\"a\":".repeat(200_000).into_bytes(),
            gigabyte_in_gzip()[..300_000].to_vec(),
        ],
        _ => Vec::new(),
    }
}

/// Streams of JSON Lines.
pub fn streams(attack: Attack) -> Vec<Vec<u8>> {
    match attack {
        Attack::Oversized => vec![
            format!("{{\"id\":1,\"text\":\"{}\"}}\n", "вода ".repeat(100_000)).into_bytes(),
            format!("{{\"id\":1,\"text\":\"{}\"}}\n", "а".repeat(500_000)).into_bytes(),
        ],
        Attack::Malformed => vec![b"{\n\n}\n[]\n\"a\"\nnull\n{\"id\":1\n{\"text\":\"a\"}}\n".to_vec(), ZIP.to_vec()],
        Attack::WrongType => vec![b"{\"id\":[1],\"text\":1}\n{\"id\":{},\"text\":null}\n{\"id\":1e400,\"text\":\"a\"}\n".to_vec()],
        Attack::Encoding => vec![b"{\"id\":1,\"text\":\"\xFF\xFE\"}\n{\"id\":1,\"text\":\"\\ud800\"}\n\xEF\xBB\xBF{\"id\":2,\"text\":\"a\"}\n".to_vec()],
        Attack::Bomb => vec!["[".repeat(1_000_000).into_bytes(), gigabyte_in_gzip()[..500_000].to_vec()],
        _ => Vec::new(),
    }
}

/// A table whose text and other columns hold the texts of an attack.
pub fn table(attack: Attack, columns: &str) -> Vec<u8> {
    let width = columns.split(',').count();
    let mut table = format!("text,{columns}\n");
    for (at, text) in texts(attack).into_iter().enumerate() {
        let cell = format!("\"{}\"", text.replace('"', "\"\""));
        // one row that a sound line would be but for the text, one that is hostile all over
        table.push_str(&format!(
            "\"Нет отопления третий день, дом 5 {at} {}\"{}\n",
            text.replace('"', "\"\""),
            ",".repeat(width)
        ));
        table.push_str(&format!("{cell}{}\n", format!(",{cell}").repeat(width)));
    }
    match table.lines().count() {
        1 => Vec::new(),
        _ => table.into_bytes(),
    }
}

/// Tables that no spreadsheet writes.
pub fn tables(attack: Attack) -> Vec<Vec<u8>> {
    match attack {
        Attack::Malformed => vec![
            b"text,label\n\"a,b\nc\n".to_vec(),
            b"text\n".to_vec(),
            ZIP.to_vec(),
            b"\"\n".to_vec(),
        ],
        Attack::WrongType => vec![b"text,label\n1,2,3,4\n,,,,,\n".to_vec()],
        Attack::Encoding => vec![b"text,label\n\xFF\xFE,a\n".to_vec()],
        Attack::Oversized => vec![
            format!("text,label\n\"{}\",a\n", "вода ".repeat(100_000)).into_bytes(),
            format!("text,label{}\n", ",c".repeat(100_000)).into_bytes(),
        ],
        Attack::Bomb => vec![
            format!("text,label\n{}", "\"".repeat(400_000)).into_bytes(),
            ",".repeat(1_000_000).into_bytes(),
        ],
        _ => Vec::new(),
    }
}

/// Queries that are more than words.
pub fn queries(attack: Attack) -> Vec<String> {
    match attack {
        Attack::Bomb => vec![
            "(".repeat(60_000),
            format!("{}a{}", "(".repeat(10), ")".repeat(10)),
            format!("{}a{}", "(".repeat(2000), ")".repeat(2000)),
            "a OR ".repeat(10_000),
            "-".repeat(50_000),
            format!("\"{}\"~99999999", "a ".repeat(5000)),
            "a^99999999999999999999 ".repeat(1000),
            "/(a+)+(b+)+(.*)*/".into(),
            "[a TO *] {* TO b} IN [".into(),
            "\"a\"* *a* ?".into(),
        ],
        Attack::Malformed => [
            "\"", "(", ")", "AND", "OR OR", "NOT", "text:", "-", "+-+", "a AND (", "[", "^", "~",
            "\\",
        ]
        .map(str::to_owned)
        .to_vec(),
        _ => Vec::new(),
    }
}

/// Arguments and names of files: logins, names of sources, a folder to replay.
pub fn names(matrix: &mut Matrix) {
    for (attack, _) in ATTACKS {
        let data = tempfile::tempdir().unwrap();
        for text in texts(attack)
            .iter()
            .filter(|text| !text.contains('\0'))
            .step_by(2)
        {
            let add = Program::new(&["user", "add", "--role", "auditor", "--sector"])
                .arg(text)
                .arg("--")
                .arg(text);
            let ended = add
                .with("OTKLIK_DATA_DIR", data.path())
                .hears(b"a long password 42\n")
                .run();
            matrix.note("arguments", attack, text, ended);
            let fetch = Program::new(&["fetch", "--"])
                .arg(text)
                .with("OTKLIK_DATA_DIR", data.path());
            matrix.note("arguments", attack, text, fetch.run());
        }
        if attack == Attack::Encoding {
            let broken = OsString::from_vec(vec![0xFF, 0xFE]);
            matrix.note(
                "arguments",
                attack,
                "broken bytes",
                Program::new(&["fetch"]).arg(broken).run(),
            );
        }
        if attack == Attack::Bomb {
            matrix.empty(
                "arguments",
                attack,
                "an argument is not unpacked or nested; the system bounds its length",
            );
        }
        replay(attack, matrix);
    }
}

/// A folder of recorded answers, with names that mean harm.
fn replay(attack: Attack, matrix: &mut Matrix) {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<Vec<u8>> = texts(attack).into_iter().map(String::into_bytes).collect();
    files.extend(self::files(
        attack,
        "<rss version=\"2.0\"><channel><item><title>a</title></item></channel></rss>",
    ));
    files.extend(streams(attack));
    for (at, bytes) in files.iter().enumerate() {
        let parts = ["vk", "telegram", "feed", "odd"];
        let part = folder.path().join(parts[at % parts.len()]);
        std::fs::create_dir_all(&part).unwrap();
        std::fs::write(part.join(format!("{at}.json")), bytes).unwrap();
    }
    if attack == Attack::Control {
        std::fs::write(folder.path().join("\u{1b}[2J\r\nname"), b"x").unwrap();
    }
    if attack == Attack::Encoding {
        std::fs::write(
            folder
                .path()
                .join(OsString::from_vec(vec![0xFF, b'.', b'x'])),
            b"x",
        )
        .unwrap();
    }
    if attack == Attack::Path {
        std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.json")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("circle")).unwrap();
    }
    let ended = Program::new(&["replay"]).arg(folder.path()).run();
    matrix.note("replay FOLDER", attack, "a folder", bounded(attack, ended));
}

//! Files, variables, arguments and streams, given to the real program, whose memory and time are
//! bounded from outside. Start with [`try_all`].

pub mod imports;
mod odd;

use std::{
    ffi::OsString,
    io::Write,
    os::unix::{ffi::OsStringExt, process::ExitStatusExt},
    path::Path,
    process::{Command, Output, Stdio},
};

use otklik::domain::plain::is_steering;
use serde_json::json;

use crate::harness::project;

use super::{
    matrix::{ATTACKS, Attack, Ended, Matrix},
    payloads::{CANARY, texts},
};

/// The program under `ulimit`: 3 GB of addresses and 20 seconds of a processor.
pub struct Program<'a> {
    arguments: Vec<OsString>,
    given: Vec<(OsString, OsString)>,
    stdin: &'a [u8],
}

impl<'a> Program<'a> {
    pub fn new(arguments: &[&str]) -> Program<'a> {
        Program {
            arguments: arguments.iter().map(Into::into).collect(),
            given: Vec::new(),
            stdin: b"",
        }
    }

    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.given.push((name.into(), value.into()));
        self
    }

    pub fn hears(mut self, stdin: &'a [u8]) -> Self {
        self.stdin = stdin;
        self
    }

    pub fn run(self) -> Result<Ended, String> {
        let child = Command::new("sh")
            .args(["-c", "ulimit -v 3000000; ulimit -t 20; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_otklik"))
            .args(&self.arguments)
            .env_clear()
            .envs(self.given)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string());
        let mut child = match child {
            Ok(child) => child,
            // The system bounds how long arguments and variables are.
            Err(why) if why.contains("too long") => return Ok(Ended::Bounded),
            Err(why) => return Err(format!("it does not start: {why}")),
        };
        let mut to = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || {
                let _ = to.write_all(self.stdin); // it may end without reading
            });
            child.wait_with_output().unwrap()
        });
        judge(&output)
    }
}

/// An exit code, with a sentence when it is not 0; nothing that steers a terminal.
fn judge(output: &Output) -> Result<Ended, String> {
    let (out, told) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let end: String = told
        .chars()
        .rev()
        .take(300)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let Some(code @ 0..=2) = output.status.code() else {
        return Err(format!(
            "ended by {:?} {:?}: {end}",
            output.status.code(),
            output.status.signal()
        ));
    };
    if told.contains("panicked at") {
        return Err(format!("a panic: {end}"));
    }
    for text in [&out, &told] {
        if let Some(c) = text
            .chars()
            .find(|c| is_steering(*c) && !matches!(c, '\n' | '\t'))
        {
            return Err(format!("the terminal gets U+{:04X}: {end}", u32::from(c)));
        }
    }
    if let Some(line) = told.lines().find(|line| line.len() > 12_000) {
        return Err(format!("a sentence of {} bytes", line.len()));
    }
    match code {
        0 => Ok(Ended::Text),
        _ if told.trim().len() < 15 => Err(format!("exit {code} and only «{told}»")),
        _ => Ok(Ended::Refused),
    }
}

/// A text as TOML and JSON both write it.
pub fn quoted(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A file door: a file of this name in the operator's folder, read by `otklik check`.
struct Door {
    name: &'static str,
    file: &'static str,
    with: fn(&str) -> String,
    /// One that is taken.
    sound: fn() -> String,
}

const DOORS: &[Door] = &[
    Door {
        name: "sectors/*.toml",
        file: "sectors/odd.toml",
        with: sector,
        sound: || sector("Вода"),
    },
    Door {
        name: "topics/*.toml",
        file: "topics/odd.toml",
        with: topic,
        sound: || topic("Вода"),
    },
    Door {
        name: "region.toml",
        file: "region.toml",
        with: region,
        sound: || region("Край"),
    },
    Door {
        name: "places.csv",
        file: "places.csv",
        with: places,
        sound: || places("Река"),
    },
    Door {
        name: "sources.toml",
        file: "sources.toml",
        with: sources,
        sound: || sources("Газета"),
    },
    Door {
        name: "pages.toml",
        file: "pages.toml",
        with: pages,
        sound: || pages("Дума"),
    },
    Door {
        name: "claims.jsonl",
        file: "claims.jsonl",
        with: claims,
        sound: || claims("Мост закроют"),
    },
];

/// Tries every file, variable and stream.
pub fn try_all(matrix: &mut Matrix) {
    for door in DOORS {
        for (attack, _) in ATTACKS {
            // each text in a file of its own where a folder is read, else all in one
            let texts = match door.file.contains('/') {
                true => texts(attack),
                false => vec![texts(attack).concat()],
            };
            let all: Vec<_> = texts
                .iter()
                .map(|text| (door.with)(text).into_bytes())
                .collect();
            checked(door, attack, &all, matrix);
            for bytes in odd::files(attack, &(door.sound)()) {
                checked(door, attack, &[bytes], matrix);
            }
        }
    }
    settings(matrix);
    variables(matrix);
    secrets(matrix);
    odd::names(matrix);
    streams(matrix);
}

/// `otklik check` on a folder with these files.
fn checked(door: &Door, attack: Attack, files: &[Vec<u8>], matrix: &mut Matrix) {
    let folder = shipped();
    for (at, bytes) in files.iter().enumerate() {
        let name = match at {
            0 => door.file.to_owned(),
            _ => door.file.replace(".toml", &format!("{at}.toml")),
        };
        put(folder.path(), &name, bytes).unwrap();
    }
    if let Some(first) = files.first() {
        let ended = Program::new(&["check"])
            .with("OTKLIK_CONFIG_DIR", folder.path())
            .run();
        matrix.note(door.name, attack, &start(first), bounded(attack, ended));
    }
}

/// The shipped catalogues with the demo's region, as an operator's folder.
fn shipped() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = project().join("config");
    for (from, to) in [
        ("sectors", "sectors/"),
        ("topics", "topics/"),
        ("regions/svetlorechye", ""),
    ] {
        for entry in std::fs::read_dir(config.join(from))
            .unwrap()
            .map(Result::unwrap)
        {
            let name = format!("{to}{}", entry.file_name().to_string_lossy());
            put(folder.path(), &name, &std::fs::read(entry.path()).unwrap()).unwrap();
        }
    }
    folder
}

fn put(folder: &Path, file: &str, bytes: &[u8]) -> Result<(), String> {
    let path = folder.join(file);
    let put = || {
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(&path, bytes)
    };
    put().map_err(|error: std::io::Error| error.to_string())
}

fn start(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned()
}

/// What grows without end is bounded wherever it ends.
fn bounded(attack: Attack, ended: Result<Ended, String>) -> Result<Ended, String> {
    match (attack, ended) {
        (Attack::Bomb, Ok(_)) => Ok(Ended::Bounded),
        (_, ended) => ended,
    }
}

/// `settings.toml`: words where there are words and where there are numbers.
fn settings(matrix: &mut Matrix) {
    let with = |text: &str| {
        let text = quoted(text);
        format!(
            "config_dir = {text}\n[region]\nname = {text}\n[web]\npublic_url = {text}\n[collect.vk]\ntoken = {text}\n"
        )
    };
    let bare =
        |text: &str| format!("[web]\nsession_hours = {text}\n[incidents]\nmax_age_days = {text}\n");
    for (attack, _) in ATTACKS {
        let mut files: Vec<Vec<u8>> = texts(attack)
            .iter()
            .map(|text| with(text).into_bytes())
            .collect();
        if matches!(attack, Attack::WrongType | Attack::Malformed | Attack::Meta) {
            files.extend(texts(attack).iter().map(|text| bare(text).into_bytes()));
        }
        if attack == Attack::Markup || attack == Attack::Control {
            files.extend(
                texts(attack)
                    .iter()
                    .map(|text| format!("{} = 1\n", quoted(text)).into_bytes()),
            );
        }
        files.extend(odd::files(attack, "[region]\nname = \"Край\"\n"));
        for bytes in files {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("settings.toml"), &bytes).unwrap();
            let file = folder.path().join("settings.toml");
            let ended = Program::new(&["check", "--config"]).arg(file).run();
            matrix.note(
                "settings.toml",
                attack,
                &start(&bytes),
                bounded(attack, ended),
            );
        }
    }
}

/// `OTKLIK_…`: values, names, and what another program left there.
fn variables(matrix: &mut Matrix) {
    let door = "environment";
    for (attack, _) in ATTACKS {
        for (at, text) in texts(attack)
            .iter()
            .filter(|text| !text.contains('\0'))
            .enumerate()
        {
            let name = format!("OTKLIK_{}", text.replace('=', ""));
            let program = Program::new(&["check"]);
            let program = match at % 4 {
                0 => program.with("OTKLIK_REGION__NAME", text),
                1 => program.with("OTKLIK_WEB__SESSION_HOURS", text),
                2 => program.with(name, "1"),
                _ => program.with("OTKLIK_LOG", text),
            };
            matrix.note(door, attack, text, program.run());
        }
    }
    let broken = OsString::from_vec(vec![0xFF, 0xFE, b'a']);
    for name in ["OTKLIK_REGION__NAME", "LS_COLORS"] {
        let ended = Program::new(&["check"]).with(name, broken.clone()).run();
        matrix.note(door, Attack::Encoding, name, ended);
    }
    let ended = Program::new(&["check"]).with(broken, "1").run();
    matrix.note(door, Attack::Encoding, "a name of broken bytes", ended);
    let deep = format!("OTKLIK_{}", "A__".repeat(20_000));
    let ended = Program::new(&["check"]).with(deep, "1").run();
    matrix.note(
        door,
        Attack::Bomb,
        "a name of 20,000 parts",
        bounded(Attack::Bomb, ended),
    );
}

/// Files that variables name, and the keys in the data folder.
fn secrets(matrix: &mut Matrix) {
    let door = "secret files";
    for (attack, _) in ATTACKS {
        let mut files = vec![texts(attack).concat().into_bytes()];
        files.extend(odd::files(attack, "a-secret-of-some-length"));
        for bytes in files {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("token");
            std::fs::write(&file, &bytes).unwrap();
            let by_name = Program::new(&["check"])
                .with("OTKLIK_COLLECT__VK__TOKEN_FILE", &file)
                .run();
            matrix.note(door, attack, &start(&bytes), bounded(attack, by_name));
            std::fs::create_dir(folder.path().join("secrets")).unwrap();
            std::fs::rename(&file, folder.path().join("secrets/journal_key")).unwrap();
            let in_place = Program::new(&["audit", "key"])
                .with("OTKLIK_DATA_DIR", folder.path())
                .run();
            matrix.note(door, attack, &start(&bytes), bounded(attack, in_place));
        }
    }
    for path in [
        "/dev/zero",
        "/",
        "/nowhere/at/all",
        "../../../../etc/shadow-that-is-not",
    ] {
        let ended = Program::new(&["check"])
            .with("OTKLIK_COLLECT__VK__TOKEN_FILE", path)
            .run();
        matrix.note(door, Attack::Path, path, ended);
    }
}

/// Lines of posts and claims on stdin, tables to train on, words to search for.
fn streams(matrix: &mut Matrix) {
    let claims = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        claims.path(),
        "{\"id\":1,\"text\":\"Мост закроют навсегда\"}\n",
    )
    .unwrap();
    let data = tempfile::tempdir().unwrap();
    let sound = data.path().join("sound.csv");
    std::fs::write(&sound, "text\nНет воды третий день\n").unwrap();
    let import = Program::new(&["import", "csv"]).arg(&sound);
    assert_eq!(
        import.with("OTKLIK_DATA_DIR", data.path()).run(),
        Ok(Ended::Text)
    );
    for (attack, _) in ATTACKS {
        let mut streams: Vec<Vec<u8>> = vec![lines(attack)];
        streams.extend(odd::streams(attack));
        for stream in streams.iter().filter(|stream| !stream.is_empty()) {
            let ended = Program::new(&["classify"]).hears(stream).run();
            matrix.note(
                "classify < posts",
                attack,
                &start(stream),
                bounded(attack, ended),
            );
            let program = Program::new(&["claims", "match", "--claims"]).arg(claims.path());
            matrix.note(
                "claims match < posts",
                attack,
                &start(stream),
                bounded(attack, program.hears(stream).run()),
            );
        }
        let mut tables: Vec<Vec<u8>> = vec![odd::table(attack, "label")];
        tables.extend(odd::tables(attack));
        for table in tables.iter().filter(|table| !table.is_empty()) {
            let file = data.path().join("table.csv");
            std::fs::write(&file, table).unwrap();
            let program = Program::new(&["train", "--data"])
                .arg(&file)
                .arg("--out")
                .arg(data.path().join("model"));
            matrix.note(
                "train --data",
                attack,
                &start(table),
                bounded(attack, program.run()),
            );
        }
        let words = std::iter::once(texts(attack).concat()).chain(odd::queries(attack));
        for text in words.map(|text| text.replace('\0', "")) {
            let program = Program::new(&["search", "--"])
                .arg(&text)
                .with("OTKLIK_DATA_DIR", data.path());
            matrix.note(
                "search QUERY",
                attack,
                &text,
                bounded(attack, program.run()),
            );
        }
    }
}

/// The texts of an attack as posts, a line each.
pub fn lines(attack: Attack) -> Vec<u8> {
    let line = |(at, text): (usize, String)| {
        format!(
            "{}\n",
            json!({"id": format!("{at}{text}"), "text": format!("{text} вода {CANARY}")})
        )
    };
    texts(attack)
        .into_iter()
        .enumerate()
        .map(line)
        .collect::<String>()
        .into_bytes()
}

fn sector(text: &str) -> String {
    let t = quoted(text);
    format!(
        "code = \"odd\"\nlabel = {t}\nlabel_en = {t}\norder = 1\nteam = {t}\nteam_en = {t}\nhours = {t}\nhours_en = {t}\n\
         [promise]\ntaken = 60\nfirst_answer = 540\nfinal_answer = 4320\n\
         [[template]]\ncode = \"a\"\ntitle = {t}\ntitle_en = {t}\ntext = {t}\ntext_en = {t}\n"
    )
}

fn topic(text: &str) -> String {
    let t = quoted(text);
    format!(
        "sector = {t}\n[[topic]]\ncode = \"waste.x\"\nlabel = {t}\nlabel_en = {t}\ndescription = {t}\nkeywords = [{t}]\nservice_code = {t}\n\
         [[topic]]\ncode = {t}\nlabel = \"а\"\nlabel_en = \"a\"\ndescription = \"\"\nservice_code = \"1\"\n"
    )
}

fn region(text: &str) -> String {
    let t = quoted(text);
    format!(
        "code = {t}\nname = {t}\nname_en = {t}\ntimezone = {t}\nutc_offset = {t}\ncentre = {t}\n"
    )
}

fn places(text: &str) -> String {
    let t = format!("\"{}\"", text.replace('"', "\"\""));
    format!(
        "code,kind,type,name,municipality,settlement,lat,lon,aliases\n\
         99701000,municipality,г. о.,{t},99701000,,56.02,61.48,{t}\n{t},settlement,{t},{t},99701000,,{t},{t},{t}\n"
    )
}

fn sources(text: &str) -> String {
    let t = quoted(text);
    format!(
        "[[source]]\ncode = {t}\nplatform = \"feed\"\nowner = {t}\nname = {t}\n\
         [[source]]\ncode = \"b\"\nplatform = \"vk\"\nowner = \"1\"\nscreen_name = {t}\nname = {t}\ninterval_seconds = 9223372036854775807\n"
    )
}

fn pages(text: &str) -> String {
    let t = quoted(text);
    format!(
        "[[page]]\ncode = {t}\nbody = {t}\nnetwork = \"vk\"\naddress = {t}\nclass = \"flagship\"\ngosorg = \"confirmed\"\n\
         gosorg_checked = 9223372036854775807\nposts_per_week_norm = -9223372036854775808\nnote = {t}\n"
    )
}

fn claims(text: &str) -> String {
    let row = json!({"id": text, "text": text, "wordings": [text], "review": text, "reviewer": text, "published_days_ago": i64::MAX, "url": text});
    let dated = json!({"id": "d", "text": text, "published": text});
    format!("{row}\n{dated}\n")
}

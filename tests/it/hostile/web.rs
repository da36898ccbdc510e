//! Every route of the router's table, over real HTTP. A route's own fields come from the access
//! matrix, the names that queries may hold from the pages' sources. Start with [`try_all`].

use std::collections::BTreeSet;

use otklik::web::table;

use super::{
    judge::judge,
    matrix::{ATTACKS, Attack, Ended, Matrix},
    payloads::{BROKEN, gigabyte_in_gzip, texts},
    raw::Raw,
    wire::{Answer, Served, encoded},
};
use crate::{
    access::matrix::{Row, World, rows},
    harness::project,
    office::PASSWORD,
};

const FORM: &str = "application/x-www-form-urlencoded";

/// A browser or program that is let in.
struct Caller {
    headers: String,
    csrf: String,
}

struct Doors<'a> {
    world: &'a World,
    served: &'a Served,
    raw: Raw,
    /// Names that pages and API read out of a query.
    names: Vec<String>,
    bomb: Vec<u8>,
}

/// Tries every route of the table.
pub async fn try_all(world: &World, served: &Served, matrix: &mut Matrix) {
    let doors = Doors {
        raw: Raw::open(&world.office.it).await,
        names: query_names(),
        bomb: gigabyte_in_gzip(),
        world,
        served,
    };
    let rows = rows();
    for address in table::all() {
        let held = rows
            .iter()
            .any(|row| (row.method, row.pattern) == (address.method, address.path));
        assert!(
            held,
            "{} {} has no line in the access matrix, so no door here",
            address.method, address.path
        );
    }
    for row in &rows {
        let door = match row.action {
            "" => format!("{} {}", row.method, row.pattern),
            action => format!("{} {} {action}", row.method, row.pattern),
        };
        match row.method {
            "get" => doors.ask(row, &door, matrix).await,
            _ => doors.post(row, &door, matrix).await,
        }
    }
    doors.look_around(matrix).await;
}

/// Every name that some handler asks a query or form for, read from the sources: one that is added
/// is attacked.
fn query_names() -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![project().join("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for call in ["get(\"", "all(\"", "raw(\"", "has(\""] {
                    names.extend(
                        text.split(call)
                            .skip(1)
                            .filter_map(|rest| rest.split_once('"'))
                            .map(|(name, _)| name.to_owned()),
                    );
                }
                let optional = text
                    .lines()
                    .filter_map(|line| line.trim().strip_suffix(": Option<String>,"));
                names.extend(optional.map(|name| name.trim_start_matches("pub ").to_owned()));
            }
        }
    }
    names.retain(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    });
    assert!(names.contains("cursor") && names.contains("from") && names.contains("sector"));
    names.into_iter().collect()
}

impl Doors<'_> {
    async fn caller(&self, row: &Row) -> Caller {
        let login = match row.pattern {
            pattern if pattern.starts_with("/audit") => "au",
            _ => "cu",
        };
        if row.pattern.starts_with("/api/") {
            return Caller {
                headers: format!("Authorization: Bearer token of {login}\r\n"),
                csrf: String::new(),
            };
        }
        let visitor = match row.pattern {
            "/signin/factor" | "/signin/code" => self.half_way().await,
            _ => self.world.office.enters(login).await,
        };
        let cookies: Vec<_> = ["otklik", "otklik_step", "otklik_known"]
            .iter()
            .filter_map(|name| Some(format!("{name}={}", visitor.cookie(name)?)))
            .chain(["otklik_form=abc".to_owned()])
            .collect();
        Caller {
            headers: format!("Cookie: {}\r\n", cookies.join("; ")),
            csrf: self.world.csrf(&visitor).await,
        }
    }

    /// Somebody who gave the password and owes the second factor.
    async fn half_way(&self) -> crate::office::Visitor {
        let mut visitor = self.world.office.stranger();
        let token = visitor.get("/signin").await.field("token");
        let fields = [
            ("token", token.as_str()),
            ("login", "ad"),
            ("password", PASSWORD),
        ];
        let page = visitor.send("/signin", &fields).await;
        assert_eq!(page.location(), "/signin/factor");
        visitor
    }

    /// A page or a list: each part of its path, and every name of its query.
    async fn ask(&self, row: &Row, door: &str, matrix: &mut Matrix) {
        let caller = self.caller(row).await;
        let (path, _) = self.world.cell(row).await;
        let path = path.split('?').next().unwrap_or_default().to_owned();
        for (attack, _) in ATTACKS {
            if attack == Attack::Bomb {
                matrix.empty(door, attack, "a GET has no body that is read or unpacked");
                continue;
            }
            let values: Vec<String> = texts(attack).iter().map(|text| encoded(text)).collect();
            let broken = BROKEN.iter().map(|text| (*text).to_owned());
            let values: Vec<String> = match attack {
                Attack::Encoding => values.into_iter().chain(broken).collect(),
                _ => values,
            };
            let mut paths = Vec::new();
            for (i, value) in values.iter().enumerate() {
                paths.extend(parts_replaced(row.pattern, &path, value));
                // Names by turns: half of the turns bring each value to half of the names.
                if i % 2 == 0 || values[i].contains("%00") {
                    paths.extend(self.queries(row, attack, &path, &values, i));
                }
            }
            if attack == Attack::Malformed {
                paths.extend(
                    [
                        "?",
                        "?&&&==&",
                        "?q",
                        "?q=1&q=2&limit=1&limit=2",
                        "?%00",
                        "?=%",
                        "?sector[]=a&sector[0]=b",
                    ]
                    .map(|query| format!("{path}{query}")),
                );
            }
            for path in paths {
                let answer = self.served.get(&path, &caller.headers).await;
                let ended = answer.and_then(|answer| judge(&answer));
                matrix.note(door, attack, &path, ended);
            }
        }
    }

    /// The addresses that bring the n-th value of an attack to a query. Pages read what they know and
    /// leave the rest: there every name holds another value, by turns. The API refuses by name.
    fn queries(
        &self,
        row: &Row,
        attack: Attack,
        path: &str,
        values: &[String],
        n: usize,
    ) -> Vec<String> {
        let one = |name: &String| format!("{path}?{name}={}", values[n]);
        if row.pattern.starts_with("/api/") {
            return self.names.iter().map(one).skip(n % 4).step_by(4).collect();
        }
        // What is refused whole, or too long in company, comes alone.
        if attack == Attack::Oversized || values[n].contains("%00") {
            let name = &self.names[n % self.names.len()];
            return vec![one(name), one(&"q".to_owned())];
        }
        let sound: Vec<&String> = values
            .iter()
            .filter(|value| !value.contains("%00"))
            .collect();
        let pair =
            |(at, name): (usize, &String)| format!("{name}={}", sound[(n + at) % sound.len()]);
        let pairs: Vec<String> = self.names.iter().enumerate().map(pair).collect();
        vec![format!("{path}?{}", pairs.join("&"))]
    }

    /// A form: each part of its path, each field, and the body as a whole.
    async fn post(&self, row: &Row, door: &str, matrix: &mut Matrix) {
        let mut form = self.form(row).await;
        for (attack, _) in ATTACKS {
            let values: Vec<String> = texts(attack).iter().map(|text| encoded(text)).collect();
            let broken = BROKEN.iter().map(|text| (*text).to_owned());
            let values: Vec<String> = match attack {
                Attack::Encoding => values.into_iter().chain(broken).collect(),
                _ => values,
            };
            for (at, value) in values.iter().enumerate() {
                for path in parts_replaced(row.pattern, &form.path, value) {
                    let body = form.body(None);
                    self.try_form(row, door, attack, &mut form, &path, body.as_bytes(), matrix)
                        .await;
                }
                let names: Vec<String> = form.fields.iter().map(|(name, _)| name.clone()).collect();
                // Every value comes to a field of each form, every field gets a third of them.
                for name in names.into_iter().skip(at % 3).step_by(3) {
                    let body = form.body(Some((&name, value)));
                    let path = form.path.clone();
                    self.try_form(row, door, attack, &mut form, &path, body.as_bytes(), matrix)
                        .await;
                }
            }
            for (kind, body) in self.bodies(attack, &form) {
                let before = self.raw.contents().await;
                let headers = match kind {
                    "gzip" => format!("{}Content-Encoding: gzip\r\n", form.caller.headers),
                    _ => form.caller.headers.clone(),
                };
                let kind = if kind == "gzip" { FORM } else { kind };
                let answer = self.served.post(&form.path, &headers, kind, &body).await;
                let input = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
                let ended = self.judged(answer, &before, &form.caller.headers).await;
                if ended == Ok(Ended::Text) {
                    form = self.form(row).await;
                }
                matrix.note(door, attack, &input, ended);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one probe of a product")]
    async fn try_form(
        &self,
        row: &Row,
        door: &str,
        attack: Attack,
        form: &mut Form,
        path: &str,
        body: &[u8],
        matrix: &mut Matrix,
    ) {
        let before = self.raw.contents().await;
        let answer = self
            .served
            .post(path, &form.caller.headers, FORM, body)
            .await;
        let ended = self.judged(answer, &before, &form.caller.headers).await;
        if row.pattern.starts_with("/signin") {
            self.raw.run("delete from sign_in_try").await;
        }
        if ended == Ok(Ended::Text) {
            *form = self.form(row).await;
        }
        let input: String = String::from_utf8_lossy(body)
            .chars()
            .rev()
            .take(80)
            .collect();
        let input: String = input.chars().rev().collect();
        matrix.note(door, attack, &format!("{path} {input}"), ended);
    }

    /// An answer to a form: what it refuses has changed nothing, and where it leads is whole.
    async fn judged(
        &self,
        answer: Result<Answer, String>,
        before: &str,
        headers: &str,
    ) -> Result<Ended, String> {
        let answer = answer?;
        let ended = judge(&answer)?;
        let leads = answer.header("location").to_owned();
        if ended == Ended::Refused {
            let after = self.raw.contents().await;
            if before != after {
                return Err(format!(
                    "refused with {} and yet changed {before} into {after}",
                    answer.status
                ));
            }
        } else if leads.starts_with('/') {
            let page = self.served.get(&leads, headers).await?;
            judge(&page).map_err(|why| format!("then {leads}: {why}"))?;
        }
        Ok(ended)
    }

    /// A form that would be taken, of somebody who may send it.
    async fn form(&self, row: &Row) -> Form {
        if row.pattern.starts_with("/signin") {
            self.raw.run("delete from sign_in_try").await;
        }
        if matches!(row.pattern, "/signin/factor" | "/signin/code") {
            let mut visitor = self.half_way().await;
            let page = visitor.get("/signin/factor").await;
            let step = visitor.cookie("otklik_step").unwrap_or_default();
            return Form {
                caller: Caller {
                    headers: format!("Cookie: otklik_step={step}\r\n"),
                    csrf: String::new(),
                },
                path: row.pattern.to_owned(),
                fields: ["token", "word", "code"]
                    .map(|name| (name.to_owned(), page.field(name)))
                    .to_vec(),
            };
        }
        let caller = self.caller(row).await;
        let (path, fields) = self.world.cell(row).await;
        let mut fields: Vec<(String, String)> =
            fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        let more: &[(&str, &str)] = match row.pattern {
            "/signin" => &[
                ("token", "abc"),
                ("login", "cu"),
                ("password", PASSWORD),
                ("next", "/queue"),
            ],
            "/me/factor" => &[("word", "JBSWY3DPEHPK3PXP"), ("code", "000000")],
            "/me/factor/codes" | "/me/factor/remove" => &[("code", "000000")],
            "/me/end" => &[("session", "none")],
            "/me/password" => &[("current", "x")],
            "/incidents/{number}/answer" => &[("template", ""), ("p0", "да")],
            _ => &[],
        };
        fields.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        if fields.is_empty() {
            fields.push(("text".into(), "да".into())); // a field that nobody reads
        }
        Form {
            caller,
            path,
            fields,
        }
    }

    /// What is wrong with a form as a whole.
    fn bodies(&self, attack: Attack, form: &Form) -> Vec<(&'static str, Vec<u8>)> {
        let own = form.body(None);
        let with = |more: &str| (FORM, format!("{own}&{more}").into_bytes());
        match attack {
            Attack::Oversized => vec![
                with(&format!("text={}", "a".repeat(300 * 1024))),
                with(&"a=1&".repeat(40_000)),
                with(&format!("{}=1", "a".repeat(200_000))),
            ],
            Attack::Malformed => vec![
                (FORM, Vec::new()),
                (FORM, b"&&&===&".to_vec()),
                (FORM, own.replace('=', "").into_bytes()),
                (
                    FORM,
                    own.replacen("csrf=", "csrf=forged&csrf=", 1)
                        .replacen("token=", "token=forged&token=", 1)
                        .into_bytes(),
                ),
                ("", own.clone().into_bytes()),
            ],
            Attack::WrongType => vec![
                ("application/json", br#"{"csrf":["a"],"text":{}}"#.to_vec()),
                (
                    "multipart/form-data; boundary=x",
                    b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\na\r\n--x--"
                        .to_vec(),
                ),
                (
                    "text/xml",
                    b"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec(),
                ),
            ],
            Attack::Encoding => vec![
                (
                    FORM,
                    "csrf=вода"
                        .encode_utf16()
                        .flat_map(u16::to_le_bytes)
                        .collect(),
                ),
                (FORM, [own.as_bytes(), b"&text=\xFF\xFE\xC0\xAF\0"].concat()),
            ],
            Attack::Bomb => vec![
                ("gzip", self.bomb.clone()),
                ("gzip", self.bomb[..100_000].to_vec()),
                ("application/json", "[".repeat(200_000).into_bytes()),
            ],
            _ => Vec::new(),
        }
    }

    /// After all of it, every list and page that shows what was taken.
    async fn look_around(&self, matrix: &mut Matrix) {
        for row in rows().iter().filter(|row| row.method == "get") {
            let caller = self.caller(row).await;
            let (path, _) = self.world.cell(row).await;
            for lang in ["ru", "en"] {
                let headers = caller
                    .headers
                    .replace("otklik=", &format!("otklik_lang={lang}; otklik="));
                let answer = self.served.get(&path, &headers).await;
                let ended = answer.and_then(|answer| judge(&answer));
                if ended.is_err() {
                    matrix.note(
                        &format!("get {}", row.pattern),
                        Attack::Markup,
                        "afterwards",
                        ended,
                    );
                }
            }
        }
    }
}

/// A form that would be taken.
struct Form {
    caller: Caller,
    path: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// Its body, with one field of a value that is encoded already.
    fn body(&self, changed: Option<(&str, &str)>) -> String {
        let mut pairs = vec![format!("csrf={}", encoded(&self.caller.csrf))];
        for (name, value) in &self.fields {
            pairs.push(match changed {
                Some((other, value)) if other == name => format!("{name}={value}"),
                _ => format!("{name}={}", encoded(value)),
            });
        }
        pairs.join("&")
    }
}

/// The path with each variable part replaced, one at a time.
fn parts_replaced(pattern: &str, path: &str, value: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, part) in pattern.split('/').enumerate() {
        if part.starts_with('{') && !value.is_empty() {
            let mut parts: Vec<&str> = path.split('/').collect();
            parts[at] = value;
            found.push(parts.join("/"));
        }
    }
    found
}

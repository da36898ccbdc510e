//! JSON as Open311 servers write it: numbers with leading zeros, which the specification's own examples
//! have, and objects wrapped in others. Start with [`read`].

use serde_json::Value;

use crate::collect::xml::Record;

/// Objects inside objects: answers have about four.
const DEEPEST: usize = 12;
/// Objects of one answer.
const MOST: usize = 20_000;

/// The objects of an answer, flat: an object's scalar fields make a record, its parts follow it.
/// `None` when it is no JSON.
pub(super) fn read(text: &str) -> Option<Vec<Record>> {
    let value: Value = serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&quoted(text)))
        .ok()?;
    let mut found = Vec::new();
    gather("", &value, DEEPEST, &mut found);
    Some(found)
}

fn gather(name: &str, value: &Value, depth: usize, found: &mut Vec<Record>) {
    if depth == 0 || found.len() >= MOST {
        return;
    }
    match value {
        Value::Array(all) => all
            .iter()
            .for_each(|one| gather(name, one, depth - 1, found)),
        Value::Object(object) => {
            let fields = object.iter().filter_map(|(key, value)| {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    Value::Bool(flag) => flag.to_string(),
                    _ => return None,
                };
                Some((key.to_lowercase(), text))
            });
            found.push(Record {
                name: name.to_owned(),
                fields: fields.collect(),
            });
            for (key, value) in object {
                gather(key, value, depth - 1, found);
            }
        }
        _ => {}
    }
}

/// A copy in which bare numbers that begin with a zero are texts.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut chars = text.chars().peekable();
    let (mut inside, mut escaped, mut before) = (false, false, ' ');
    while let Some(c) = chars.next() {
        if inside {
            out.push(c);
            inside = escaped || c != '"';
            escaped = !escaped && c == '\\';
            before = c;
            continue;
        }
        let zeros = c == '0' && matches!(before, ':' | '[' | ',');
        if zeros && chars.peek().is_some_and(char::is_ascii_digit) {
            out.push('"');
            out.push(c);
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                out.push(digit);
            }
            out.push('"');
            before = '"';
            continue;
        }
        inside = c == '"';
        out.push(c);
        if !c.is_whitespace() {
            before = c;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_kept_and_texts_left_alone() {
        let text = r#"[{"code": 007, "n":0, "f": 0.5, "t": "a: 012 \" , 03", "list": [01,2]}]"#;
        let found = read(text).expect("objects");
        assert_eq!(found[0].get("code"), Some("007"));
        assert_eq!(found[0].get("n"), Some("0"));
        assert_eq!(found[0].get("f"), Some("0.5"));
        assert_eq!(found[0].get("t"), Some("a: 012 \" , 03"));
        assert!(read("{{ site.data }}").is_none() && read("").is_none());
        assert!(read(&"[".repeat(100_000)).is_none());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}:,\"0-9a\\\\ ]{0,60}|\\PC{0,40}") {
            let _ = read(&text);
            quoted(&text);
        }
    }
}

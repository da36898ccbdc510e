//! Identities to plant: each value stands in one field of one answer and nowhere else.

use serde_json::Value;

/// The planted values, with the fields that they stand in.
#[derive(Default)]
pub struct Plants(Vec<(String, String)>);

/// An answer with its plants.
pub enum Answer {
    Json(Value),
    Text(String),
}

impl Answer {
    pub fn into_body(self) -> crate::network::Answer {
        match self {
            Answer::Json(value) => value.into(),
            Answer::Text(text) => crate::network::says(text),
        }
    }
}

impl Plants {
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether something stands in a field of this name, or within it.
    pub fn has_field(&self, field: &str) -> bool {
        self.0
            .iter()
            .any(|(path, _)| path.split('.').any(|part| part == field))
    }

    /// The fields whose values some bytes hold, also written as JSON and forms write them.
    pub fn in_bytes<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = String> + 'a {
        let planted = self.0.iter().filter(move |(_, value)| {
            let escaped = value.escape_unicode().to_string();
            let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            [value.as_str(), &escaped, &form]
                .iter()
                .any(|way| super::has(bytes, way))
        });
        planted.map(|(field, value)| format!("{field} = {value}"))
    }

    fn text(&mut self, field: &str) -> String {
        let value = format!("Кнрк{:03}щъ", self.0.len());
        self.0.push((field.to_owned(), value.clone()));
        value
    }

    fn number(&mut self, field: &str) -> i64 {
        let value = 8_877_661_000 + self.0.len() as i64;
        self.0.push((field.to_owned(), value.to_string()));
        value
    }

    /// Plants in every string and number of an answer but those that are needed, named by their path
    /// (`response.items.text`).
    pub fn json(&mut self, mut answer: Value, needed: &[&str]) -> Answer {
        self.walk(&mut answer, "", needed);
        Answer::Json(answer)
    }

    fn walk(&mut self, value: &mut Value, path: &str, needed: &[&str]) {
        match value {
            _ if needed.contains(&path) && !value.is_object() && !value.is_array() => {}
            Value::String(_) => *value = self.text(path).into(),
            Value::Number(_) => *value = self.number(path).into(),
            Value::Array(all) => all.iter_mut().for_each(|one| self.walk(one, path, needed)),
            Value::Object(fields) => {
                for (name, one) in fields {
                    let path = format!("{path}.{name}");
                    self.walk(one, path.trim_start_matches('.'), needed);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Plants in every `@field@` of a text; `@@` is an at sign.
    pub fn text_with_fields(&mut self, text: &str) -> Answer {
        let mut out = String::new();
        for (n, part) in text.split('@').enumerate() {
            match n % 2 {
                0 => out.push_str(part),
                _ if part.is_empty() => out.push('@'),
                _ => out.push_str(&self.text(part)),
            }
        }
        Answer::Text(out)
    }
}

//! Where a line of JSON Lines is broken. serde_json reads one line and calls it line 1: which line of
//! the file it is, only the caller knows. Start with [`fault`].

use serde_json::error::Category;

/// What is wrong with a line: `no JSON at column 7: expected value`, or serde_json's words alone when
/// the line is JSON of another form. Columns are counted in characters, as editors do.
pub fn fault(line: &str, error: &serde_json::Error) -> String {
    let told = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = told.strip_suffix(&place).unwrap_or(&told);
    match error.classify() {
        Category::Syntax | Category::Eof => {
            let column = characters(line, error.column());
            format!("no JSON at column {column}: {what}")
        }
        Category::Data | Category::Io => what.to_owned(),
    }
}

/// How many characters the first `bytes` bytes hold; a character begun counts.
fn characters(line: &str, bytes: usize) -> usize {
    let begun = line.char_indices().take_while(|(at, _)| *at < bytes);
    begun.count().max(1)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_column_is_counted_in_characters() {
        for (line, place) in [
            (r#"{"id":1}}"#, "column 9: "),
            (r#"{"текст":да}"#, "column 10: "),
            ("нет", "column 1: "),
            (r#"{"id":1,"text":"без конца"#, "column 25: "),
            ("", "column 1: "),
        ] {
            let told = fault(line, &serde_json::from_str::<Value>(line).unwrap_err());
            assert!(
                told.contains(place) && !told.contains("line 1"),
                "{line}: {told}"
            );
        }
    }

    #[test]
    fn json_of_another_form_has_no_column() {
        let line = r#"{"id":1}"#;
        let told = fault(line, &serde_json::from_str::<Vec<i64>>(line).unwrap_err());
        assert_eq!(told, "invalid type: map, expected a sequence");
    }
}

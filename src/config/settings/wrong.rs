//! A value of the wrong kind, told by its key as the operator wrote it: figment's own words speak of
//! profiles, which these settings have not, and of Rust's types.

use figment::{
    Error, Source,
    error::{Actual, Kind},
};

/// One sentence for each value that is wrong.
pub(super) fn sentence(errors: Error) -> String {
    let told: Vec<String> = errors.into_iter().map(|error| one(&error)).collect();
    told.join("; ")
}

fn one(error: &Error) -> String {
    let what = words(&error.kind);
    if error.path.is_empty() {
        return what;
    }
    let file = error.metadata.as_ref().and_then(|from| match &from.source {
        Some(Source::File(path)) => Some(path),
        _ => None,
    });
    match file {
        Some(file) => format!("{}: {}: {what}", file.display(), error.path.join(".")),
        None => format!("OTKLIK_{}: {what}", error.path.join("__").to_uppercase()),
    }
}

/// What is wanted and what came instead. Where a text is wanted, the value is not repeated: it may
/// be a secret without its quotes.
fn words(kind: &Kind) -> String {
    let (Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted)) = kind else {
        return kind.to_string();
    };
    let wanted = match wanted.as_str() {
        "i64" | "i32" | "u64" | "u32" | "usize" => "a whole number",
        "f64" | "f32" => "a number",
        "a boolean" => "true or false",
        text if text.contains("string") => return "wants a text in quotes".to_owned(),
        table if table.starts_with("struct ") => "a table",
        other => other,
    };
    match found {
        Actual::Str(text) => format!("wants {wanted}, not «{text}»"),
        Actual::Bool(truth) => format!("wants {wanted}, not {truth}"),
        Actual::Signed(number) => format!("wants {wanted}, not {number}"),
        Actual::Unsigned(number) => format!("wants {wanted}, not {number}"),
        Actual::Float(number) => format!("wants {wanted}, not {number}"),
        other => format!("wants {wanted}, not a {other}"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use crate::config::settings::Settings;

    fn refused_variable(name: &str, value: &str) -> String {
        let given = [(name.to_owned(), value.to_owned())];
        Settings::load(None, given).unwrap_err().to_string()
    }

    fn refused_file(text: &str) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let error = Settings::load(Some(file.path()), []).unwrap_err();
        let path = file.path().display().to_string();
        error.to_string().replace(&path, "FILE")
    }

    #[test]
    fn a_variable_of_the_wrong_kind_is_told_by_its_name() {
        assert_eq!(
            refused_variable("OTKLIK_WEB__SESSION_HOURS", "ten"),
            "settings: OTKLIK_WEB__SESSION_HOURS: wants a whole number, not «ten»"
        );
        let told = refused_variable("OTKLIK_INCIDENTS__CLOCK_STARTS", "dawn");
        assert!(told.contains("OTKLIK_INCIDENTS__CLOCK_STARTS: "), "{told}");
        assert!(told.contains("capture"), "{told}");
    }

    #[test]
    fn a_key_of_the_wrong_kind_is_told_as_the_file_writes_it() {
        for (text, told) in [
            (
                "[web]\nsession_hours = \"ten\"",
                "settings: FILE: web.session_hours: wants a whole number, not «ten»",
            ),
            (
                "[collect]\nenabled = 1",
                "settings: FILE: collect.enabled: wants true or false, not 1",
            ),
            (
                "[collect]\nvk_per_second = \"fast\"",
                "settings: FILE: collect.vk_per_second: wants a number, not «fast»",
            ),
            ("web = 3", "settings: FILE: web: wants a table, not 3"),
        ] {
            assert_eq!(refused_file(text), told);
        }
    }

    #[test]
    fn a_secret_of_the_wrong_kind_is_not_repeated() {
        let told = refused_file("[collect.vk]\ntoken = 987654321");
        assert_eq!(
            told,
            "settings: FILE: collect.vk.token: wants a text in quotes"
        );
    }
}

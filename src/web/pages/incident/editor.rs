//! The answer's editor: a template's prompts are ordinary fields, the text beside shows them filled.
//! Start with [`editor`].

use super::answer::{Draft, Part, parts, template};
use crate::{
    config::catalogue::Template,
    store::incidents::IncidentRow,
    web::{Shared, locale::Lang},
};

/// The editor as the page shows it.
pub(super) struct Editor {
    pub templates: Vec<(String, String, bool)>,
    pub template: String,
    pub prompts: Vec<Prompt>,
    pub preview: Vec<Shown>,
    pub text: String,
    pub url: String,
    pub problem: Option<String>,
    pub wrong: &'static str,
}

/// A prompt as a field.
pub(super) struct Prompt {
    pub name: String,
    pub label: String,
    pub value: String,
}

/// A piece of the preview.
pub(super) struct Shown {
    pub text: String,
    /// The prompt that it shows, by number.
    pub prompt: Option<usize>,
    pub label: String,
    pub full: bool,
}

/// The editor with what is known already filled in.
pub(super) fn editor(app: &Shared, row: &IncidentRow, lang: Lang, draft: Draft) -> Editor {
    let chosen = template(app, row, &draft.template);
    let parts = chosen.map(|t| parts(lang.choose(&t.text, &t.text_en)));
    let parts = parts.unwrap_or_default();
    let prompts = prompts(row, &parts, &draft.prompts);
    Editor {
        templates: templates(app, row, lang, &draft.template),
        template: chosen.map(|t| t.code.clone()).unwrap_or_default(),
        preview: parts.iter().map(|part| shown(part, &prompts)).collect(),
        prompts,
        text: draft.text,
        url: draft.url,
        wrong: draft.problem.as_ref().map_or("", |(field, _)| field),
        problem: draft.problem.map(|(_, words)| words),
    }
}

/// The templates of the incident's sector: code, title, chosen.
fn templates(
    app: &Shared,
    row: &IncidentRow,
    lang: Lang,
    chosen: &str,
) -> Vec<(String, String, bool)> {
    let sector = app.catalogue.sector(&row.sector);
    let all = sector.map(|s| s.templates.as_slice()).unwrap_or_default();
    let choice = |t: &Template| {
        let title = lang.choose(&t.title, &t.title_en).to_owned();
        (t.code.clone(), title, t.code == chosen)
    };
    all.iter().map(choice).collect()
}

/// The template's different prompts in their order, with what was given or is known.
fn prompts(row: &IncidentRow, parts: &[Part<'_>], given: &[String]) -> Vec<Prompt> {
    let mut found: Vec<Prompt> = Vec::new();
    for part in parts {
        if let Part::Prompt(n, label) = part
            && *n == found.len()
        {
            found.push(Prompt {
                name: format!("p{n}"),
                label: first_upper(label),
                value: given.get(*n).cloned().unwrap_or_else(|| known(row, label)),
            });
        }
    }
    found
}

fn shown(part: &Part<'_>, prompts: &[Prompt]) -> Shown {
    match part {
        Part::Words(words) => Shown {
            text: (*words).to_owned(),
            prompt: None,
            label: String::new(),
            full: true,
        },
        Part::Prompt(n, label) => {
            let value = prompts.get(*n).map_or("", |prompt| prompt.value.trim());
            let empty = value.is_empty();
            Shown {
                text: if empty {
                    format!("[{label}]")
                } else {
                    value.to_owned()
                },
                prompt: Some(*n),
                label: (*label).to_owned(),
                full: !empty,
            }
        }
    }
}

/// What the incident knows itself.
fn known(row: &IncidentRow, label: &str) -> String {
    match label {
        "адрес" | "место" | "address" | "place" => {
            row.place_name.clone().unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn first_upper(label: &str) -> String {
    let mut letters = label.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

//! The answer's editor: a template's prompts are ordinary fields, the text beside shows them filled.
//! The system publishes nothing: a person publishes the answer and pastes its link.

use crate::{
    config::catalogue::Template,
    store::incidents::IncidentRow,
    web::{Shared, form::Fields, locale::Lang},
};

/// What somebody has written so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// The template's code; empty is a text of one's own.
    pub template: String,
    /// Values of the prompts.
    pub prompts: Vec<String>,
    /// The text of one's own.
    pub text: String,
    pub url: String,
    /// What was wrong, as a sentence, with the field.
    pub problem: Option<(&'static str, String)>,
}

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

impl Draft {
    /// Reads a posted form.
    pub(super) fn of(fields: &Fields) -> Self {
        let mut prompts = Vec::new();
        while fields.has(&format!("p{}", prompts.len())) && prompts.len() < 40 {
            prompts.push(fields.get(&format!("p{}", prompts.len())).to_owned());
        }
        Self {
            template: fields.get("template").to_owned(),
            prompts,
            text: fields.get("text").to_owned(),
            url: fields.get("url").to_owned(),
            problem: None,
        }
    }

    /// The whole answer, or the first prompt that is empty.
    pub(super) fn compose(
        &self,
        template: Option<&Template>,
        lang: Lang,
    ) -> Result<String, String> {
        let Some(template) = template else {
            return Ok(self.text.clone());
        };
        let mut text = String::new();
        for part in parts(lang.choose(&template.text, &template.text_en)) {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Prompt(n, label) => match self.prompts.get(n).map(|v| v.trim()) {
                    Some(value) if !value.is_empty() => text.push_str(value),
                    _ => return Err(label.to_owned()),
                },
            }
        }
        Ok(text)
    }
}

enum Part<'a> {
    Words(&'a str),
    /// Its number among the different prompts, and its label.
    Prompt(usize, &'a str),
}

/// A template's text in parts; one label that stands twice is one prompt.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut labels: Vec<&str> = Vec::new();
    for (i, piece) in text.split('{').enumerate() {
        let closed = piece.split_once('}').filter(|_| i > 0);
        let Some((label, words)) = closed else {
            found.push(Part::Words(piece));
            continue;
        };
        let n = labels
            .iter()
            .position(|known| *known == label)
            .unwrap_or_else(|| {
                labels.push(label);
                labels.len() - 1
            });
        found.push(Part::Prompt(n, label));
        found.push(Part::Words(words));
    }
    found
}

/// The template of a code, among those of the incident's sector.
pub(super) fn template<'a>(app: &'a Shared, row: &IncidentRow, code: &str) -> Option<&'a Template> {
    let sector = app.catalogue.sector(&row.sector)?;
    sector
        .templates
        .iter()
        .find(|template| template.code == code)
}

/// The editor with what is known already filled in.
pub(super) fn editor(app: &Shared, row: &IncidentRow, lang: Lang, draft: Draft) -> Editor {
    let all = app
        .catalogue
        .sector(&row.sector)
        .map(|s| s.templates.as_slice());
    let chosen = template(app, row, &draft.template);
    let mut prompts: Vec<Prompt> = Vec::new();
    let mut preview = Vec::new();
    let text = chosen.map(|t| lang.choose(&t.text, &t.text_en));
    for part in text.map(parts).unwrap_or_default() {
        match part {
            Part::Words(words) => preview.push(Shown {
                text: words.to_owned(),
                prompt: None,
                label: String::new(),
                full: true,
            }),
            Part::Prompt(n, label) => {
                if n == prompts.len() {
                    let given = draft.prompts.get(n).cloned();
                    prompts.push(Prompt {
                        name: format!("p{n}"),
                        label: first_upper(label),
                        value: given.unwrap_or_else(|| known(row, label)),
                    });
                }
                let value = prompts[n].value.trim();
                preview.push(Shown {
                    text: if value.is_empty() {
                        format!("[{label}]")
                    } else {
                        value.to_owned()
                    },
                    prompt: Some(n),
                    label: label.to_owned(),
                    full: !value.is_empty(),
                });
            }
        }
    }
    let templates = all.unwrap_or_default().iter();
    Editor {
        templates: templates
            .map(|t| {
                let title = lang.choose(&t.title, &t.title_en).to_owned();
                (t.code.clone(), title, t.code == draft.template)
            })
            .collect(),
        template: chosen.map(|t| t.code.clone()).unwrap_or_default(),
        prompts,
        preview,
        text: draft.text,
        url: draft.url,
        wrong: draft.problem.as_ref().map_or("", |(field, _)| field),
        problem: draft.problem.map(|(_, words)| words),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template {
            code: "t".into(),
            title: "t".into(),
            title_en: String::new(),
            text: text.into(),
            text_en: String::new(),
        }
    }

    #[test]
    fn an_answer_goes_out_only_when_every_prompt_is_filled() {
        let template = template("Ремонт на {адрес} до {срок}. {адрес} проверим.");
        let mut draft = Draft {
            prompts: vec!["Речной".into(), " ".into()],
            ..Draft::default()
        };
        assert_eq!(draft.compose(Some(&template), Lang::Ru), Err("срок".into()));
        draft.prompts[1] = "пятницы".into();
        let text = draft.compose(Some(&template), Lang::Ru).unwrap_or_default();
        assert_eq!(text, "Ремонт на Речной до пятницы. Речной проверим.");
        let english = Template {
            text_en: "Repairs at {address} by {deadline}.".into(),
            ..template
        };
        let text = draft.compose(Some(&english), Lang::En).unwrap_or_default();
        assert_eq!(text, "Repairs at Речной by пятницы.");
    }

    #[test]
    fn a_brace_alone_is_a_word() {
        let draft = Draft::default();
        let text = draft
            .compose(Some(&template("Цена } 5")), Lang::Ru)
            .unwrap_or_default();
        assert_eq!(text, "Цена } 5");
    }
}

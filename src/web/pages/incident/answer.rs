//! An answer being written: a template's prompts are filled, or a text of one's own is written. The
//! system publishes nothing: a person publishes the answer and pastes its link.

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

pub(super) enum Part<'a> {
    Words(&'a str),
    /// Its number among the different prompts, and its label.
    Prompt(usize, &'a str),
}

/// A template's text in parts; one label that stands twice is one prompt.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
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

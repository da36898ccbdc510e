//! A sector file: the team, its promised times and prepared answers. Start with [`read`].

use serde::Deserialize;
use toml::Spanned;

use super::check::{Check, Seen, Source};
use crate::{config::mailbox, domain::time::Span};

/// Times that a sector promises, counted from the start of the first clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Until somebody takes it.
    pub taken: Span,
    /// Until the first answer is published.
    pub first_answer: Span,
    /// Until the final answer is published.
    pub final_answer: Span,
}

/// A prepared answer. Words in `{braces}` are filled in by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Code, unique within its sector.
    pub code: String,
    /// Title in lists.
    pub title: String,
    /// English title; empty when the file gives none.
    pub title_en: String,
    /// Text with prompts.
    pub text: String,
    /// The same answer in English, with the same prompts in the same order; may be empty.
    pub text_en: String,
}

impl Template {
    /// The prompts in order, without braces.
    pub fn prompts(&self) -> Vec<&str> {
        prompts(&self.text)
    }
}

fn prompts(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

/// A sector team's catalogue entry (Open311: agency responsible).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    /// Code: `housing`.
    pub code: String,
    /// Russian label: «ЖКХ».
    pub label: String,
    /// English label.
    pub label_en: String,
    /// Place in lists.
    pub order: u32,
    /// Posts of it wait for a person instead of opening incidents.
    pub triage: bool,
    /// The team's name.
    pub team: String,
    /// The team's name in English; empty when the file gives none.
    pub team_en: String,
    /// Hours as shown to people.
    pub hours: String,
    /// Hours in English; may be empty.
    pub hours_en: String,
    /// Mailboxes that are told of its incidents, beside `alerts.mail_to` of the settings.
    pub mail_to: Vec<String>,
    /// Promised times.
    pub promise: Promise,
    /// Prepared answers.
    pub templates: Vec<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectorFile {
    code: Spanned<String>,
    label: Spanned<String>,
    label_en: String,
    order: u32,
    #[serde(default)]
    triage: bool,
    team: String,
    #[serde(default)]
    team_en: String,
    hours: String,
    #[serde(default)]
    hours_en: String,
    #[serde(default)]
    mail_to: Vec<Spanned<String>>,
    promise: PromiseTable,
    #[serde(default)]
    template: Vec<TemplateTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromiseTable {
    taken: Spanned<i64>,
    first_answer: Spanned<i64>,
    final_answer: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateTable {
    code: Spanned<String>,
    title: String,
    #[serde(default)]
    title_en: String,
    text: Spanned<String>,
    text_en: Option<Spanned<String>>,
}

/// The sectors of the files that are sound, in the order of files; mistakes are noted.
pub(super) fn read(check: &mut Check, files: &[(String, String)]) -> Vec<Sector> {
    let (mut codes, mut labels) = (Seen::default(), Seen::default());
    let mut sectors = Vec::new();
    for (name, text) in files {
        let source = Source { name, text };
        let Some(file) = check.read::<SectorFile>(source) else {
            continue;
        };
        check.unique(source, "sector code", &file.code, &mut codes);
        check.unique(source, "sector label", &file.label, &mut labels);
        check.code_form(source, &file.code);
        sectors.push(sector(check, source, file));
    }
    sectors
}

fn sector(check: &mut Check, source: Source<'_>, file: SectorFile) -> Sector {
    let mut codes = Seen::default();
    for template in &file.template {
        check.unique(source, "template code", &template.code, &mut codes);
        braces(check, source, &template.text);
        if let Some(english) = &template.text_en {
            braces(check, source, english);
            same_prompts(check, source, template.text.get_ref(), english);
        }
    }
    for address in &file.mail_to {
        if let Err(why) = mailbox::address(address.get_ref()) {
            check.complain(source, address.span(), format!("mail_to: {why}"));
        }
    }
    let template = |t: TemplateTable| Template {
        code: t.code.into_inner(),
        title: t.title,
        title_en: t.title_en,
        text: t.text.into_inner(),
        text_en: t.text_en.map(Spanned::into_inner).unwrap_or_default(),
    };
    Sector {
        code: file.code.into_inner(),
        label: file.label.into_inner(),
        label_en: file.label_en,
        order: file.order,
        triage: file.triage,
        team: file.team,
        team_en: file.team_en,
        hours: file.hours,
        hours_en: file.hours_en,
        mail_to: file.mail_to.into_iter().map(Spanned::into_inner).collect(),
        promise: promise(check, source, &file.promise),
        templates: file.template.into_iter().map(template).collect(),
    }
}

fn promise(check: &mut Check, source: Source<'_>, table: &PromiseTable) -> Promise {
    let order = [&table.taken, &table.first_answer, &table.final_answer];
    if let Some(wrong) = order.iter().find(|minutes| *minutes.get_ref() <= 0) {
        let message = "a promised time is a positive number of minutes".to_owned();
        check.complain(source, wrong.span(), message);
    } else if let Some(pair) = order.windows(2).find(|p| p[0].get_ref() > p[1].get_ref()) {
        let message = "promised times must not decrease: taken, first_answer, final_answer";
        check.complain(source, pair[1].span(), message.to_owned());
    }
    Promise {
        taken: Span::minutes(*table.taken.get_ref()),
        first_answer: Span::minutes(*table.first_answer.get_ref()),
        final_answer: Span::minutes(*table.final_answer.get_ref()),
    }
}

/// What somebody filled in must keep its place when the language of the pages changes.
fn same_prompts(check: &mut Check, source: Source<'_>, russian: &str, english: &Spanned<String>) {
    let shape = |text| {
        let all = prompts(text);
        let first = |prompt: &&str| all.iter().position(|other| other == prompt);
        all.iter().map(first).collect::<Vec<_>>()
    };
    if shape(russian) != shape(english.get_ref()) {
        let message = "text_en must have the prompts of text, in the same order";
        check.complain(source, english.span(), message.to_owned());
    }
}

fn braces(check: &mut Check, source: Source<'_>, text: &Spanned<String>) {
    let mut open = false;
    for c in text.get_ref().chars() {
        match (c, open) {
            ('{', false) => open = true,
            ('}', true) => open = false,
            ('{', true) | ('}', false) => {
                let message = "a prompt is written {so}: a brace has no partner".to_owned();
                return check.complain(source, text.span(), message);
            }
            _ => {}
        }
    }
    if open {
        let message = "a prompt is written {so}: the last one is not closed".to_owned();
        check.complain(source, text.span(), message);
    }
}

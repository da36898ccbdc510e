//! Opening an incident: its row, cycle, clocks, first post, event and alert, in one transaction.

use super::{Desk, promise};
use crate::{
    domain::{
        id::{IncidentId, PostId},
        job::Job,
        time::Timestamp,
    },
    store::{
        Error, Result, Tx,
        incidents::{self, NewIncident},
        jobs,
        routing::Unhandled,
    },
};

/// How an incident opens.
pub struct Opening<'a> {
    /// The sector's code.
    pub sector: &'a str,
    /// The topic's code.
    pub topic: &'a str,
    /// `machine` or the login of the person who gave the sector.
    pub who: &'a str,
    /// How sure the machine was, 0 to 1.
    pub score: f64,
    /// When the first clock begins.
    pub starts: Timestamp,
    /// Whether the agency is told.
    pub alerts: bool,
}

/// The longest title, in characters.
const TITLE: usize = 110;

/// Opens an incident for a post; gives its id.
///
/// # Errors
/// The store's; then the transaction must be dropped.
pub async fn open(
    tx: &mut Tx,
    desk: &Desk,
    post: &Unhandled,
    how: &Opening<'_>,
    now: Timestamp,
) -> Result<IncidentId> {
    let id = IncidentId(desk.ids.ulid(now));
    let title = title_of(post.titled != 0, &post.masked);
    let new = NewIncident {
        id: &id,
        sector: how.sector,
        topic: how.topic,
        title: &title,
        municipality: post.municipality.as_deref(),
        place: post.place.as_deref(),
        place_name: post.place_name.as_deref(),
        point: post.lat.zip(post.lon),
        last_post: post.published.into(),
    };
    incidents::open(tx, &new, now).await?;
    start_clocks(tx, desk, &id, 1, how.sector, how.starts).await?;
    let event = ("opened", None, Some(how.sector), Some(how.topic));
    incidents::add_event(tx, &desk.ids, &id, how.who, event, now).await?;
    let post_id = PostId::from(post.id.as_str());
    let by = (how.who, how.score);
    incidents::attach(tx, &id, &post_id, post.published.into(), by, now).await?;
    if how.alerts {
        notify(tx, desk, &id, "incident.opened", now).await?;
    }
    Ok(id)
}

/// Starts the clocks that a sector promises.
pub(super) async fn start_clocks(
    tx: &mut Tx,
    desk: &Desk,
    id: &IncidentId,
    cycle: i64,
    sector: &str,
    starts: Timestamp,
) -> Result<()> {
    let promise = desk
        .catalogue
        .sector(sector)
        .ok_or_else(|| Error::NotFound(format!("sector {sector}")))?
        .promise;
    for clock in promise::clocks(&promise, starts) {
        incidents::put_clock(tx, id, cycle, &clock).await?;
    }
    Ok(())
}

/// Lets the agency know, if the incident's posts may alert at all.
pub(super) async fn notify(
    tx: &mut Tx,
    desk: &Desk,
    id: &IncidentId,
    event: &str,
    now: Timestamp,
) -> Result<()> {
    if let Some(alert) = incidents::alert_for(tx, id, event).await? {
        jobs::enqueue(tx, &desk.ids, &Job::Notify(alert), Some(id), now, now).await?;
    }
    Ok(())
}

/// The problem in a line: the headline, else the first sentence that says something. `text` is the
/// masked one, for people read the line; a headline is its first line.
pub fn title_of(titled: bool, text: &str) -> String {
    let headline = text.lines().next().filter(|line| titled && is_short(line));
    let line = headline.unwrap_or_else(|| first_sentence(text));
    let folded = line.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&folded)
}

fn is_short(line: &str) -> bool {
    line.chars().count() <= TITLE
}

fn first_sentence(text: &str) -> &str {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[from..at], &text[at + c.len_utf8()..]);
        let ends = match c {
            '.' => !is_abbreviation(before) && after.chars().next().is_none_or(char::is_whitespace),
            _ => matches!(c, '!' | '?' | '\n'),
        };
        let sentence = before.trim();
        if ends && sentence.chars().count() >= 25 && !is_greeting(sentence) {
            return sentence;
        }
        if ends && is_greeting(sentence) {
            from = at + c.len_utf8();
        }
    }
    text[from..].trim()
}

/// «ул.», «д.», «руб.»: a short word before the dot, or a number, does not end a sentence.
fn is_abbreviation(before: &str) -> bool {
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next();
    last.is_some_and(|word| word.chars().count() <= 3)
}

fn is_greeting(sentence: &str) -> bool {
    const GREETINGS: &[&str] = &["здравствуйте", "добрый день", "доброе утро", "добрый вечер"];
    let folded = sentence.to_lowercase();
    sentence.chars().count() < 40 && GREETINGS.iter().any(|g| folded.starts_with(g))
}

fn shorten(line: &str) -> String {
    if is_short(line) {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE).collect();
    let whole = cut.rfind(' ').map_or(cut.as_str(), |at| &cut[..at]);
    format!(
        "{}…",
        whole.trim_end_matches([',', ';', ':', '-', '–', ' '])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_skips_the_greeting_and_ends_at_a_word() {
        let text = "Здравствуйте! На Садовой третий день нет горячей воды, когда дадут? Жильцы";
        let title = title_of(false, text);
        assert_eq!(
            title,
            "На Садовой третий день нет горячей воды, когда дадут"
        );
        let long = title_of(false, &"очень длинное слово ".repeat(20));
        assert!(long.ends_with('…') && long.chars().count() <= TITLE + 1);
    }

    #[test]
    fn an_abbreviation_or_a_decimal_does_not_end_a_title() {
        let text = "Лицевой счёт прислали, ул. Советская, д. 19, а сумма 7.5 тысяч! Почему?";
        let title = title_of(false, text);
        assert_eq!(
            title,
            "Лицевой счёт прислали, ул. Советская, д. 19, а сумма 7.5 тысяч"
        );
    }

    #[test]
    fn a_headline_is_the_title_and_one_that_is_no_line_of_its_own_is_not() {
        let text = "Нет воды\nНа Садовой сухо третий день, никто не отвечает.";
        assert_eq!(title_of(true, text), "Нет воды");
        let long = format!(
            "Нет воды на Садовой третий день. {}",
            "И так весь год. ".repeat(9)
        );
        assert_eq!(title_of(true, &long), "Нет воды на Садовой третий день");
    }

    #[test]
    fn an_empty_text_gives_an_empty_title() {
        assert_eq!(title_of(true, ""), "");
    }
}

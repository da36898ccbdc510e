//! Dates that are told from today: «сегодня, 12:30», «вчера в 9:15», «2 часа назад», «5 мая, 12:30».

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::{
    clock, day,
    tokens::{Token, Tokens},
};
use crate::domain::time::{Span, Timestamp};

/// The moment that a text means when it is read at `now`; `None` when it tells none.
pub(super) fn find(tokens: &Tokens, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = civil(now, zone)?;
    if let Some(span) = ago(tokens) {
        return Some(now.minus(span));
    }
    let named = tokens.rest(0).find_map(|(at, token)| {
        let Token::Word(word) = token else {
            return None;
        };
        let back = match word.as_str() {
            "сегодня" | "today" => 0,
            "вчера" | "yesterday" => 1,
            "позавчера" => 2,
            _ => return None,
        };
        Some((today.checked_sub(back.days()).ok()?, at + 1))
    });
    let (date, after) = named.or_else(|| this_year(tokens, today))?;
    let (time, _) = clock::time_of_day(tokens, after);
    let moment = DateTime::from_parts(date, time);
    Some(
        zone.to_ambiguous_timestamp(moment)
            .compatible()
            .ok()?
            .into(),
    )
}

fn civil(now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?;
    Some(zone.to_datetime(now).date())
}

/// A day without a year is the latest one that is not to come.
fn this_year(tokens: &Tokens, today: Date) -> Option<(Date, usize)> {
    let (day, month, after) = day::without_year(tokens)?;
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    let date = |year| Date::new(year, month, day).ok();
    let tomorrow = today.checked_add(1.days()).ok()?;
    let date = date(today.year())
        .filter(|date| *date <= tomorrow)
        .or_else(|| date(today.year() - 1))?;
    Some((date, after))
}

/// «5 минут назад», «2 hours ago».
fn ago(tokens: &Tokens) -> Option<Span> {
    let says = |wanted: &[&str]| {
        tokens
            .rest(0)
            .any(|(_, token)| matches!(token, Token::Word(word) if wanted.contains(&word.as_str())))
    };
    if says(&["назад", "ago"]) {
        return tokens.rest(0).find_map(|(at, token)| {
            let Token::Word(unit) = token else {
                return None;
            };
            let count = at.checked_sub(1).and_then(|before| tokens.number(before));
            let minutes = minutes_of(unit)?.checked_mul(count.unwrap_or(1).clamp(0, 10_000))?;
            Some(Span::minutes(minutes))
        });
    }
    says(&["сейчас"]).then_some(Span::ZERO)
}

fn minutes_of(unit: &str) -> Option<i64> {
    const UNITS: [(&str, i64); 8] = [
        ("минут", 1),
        ("minute", 1),
        ("час", 60),
        ("hour", 60),
        ("дн", 1440),
        ("день", 1440),
        ("day", 1440),
        ("недел", 7 * 1440),
    ];
    let found = UNITS.iter().find(|(stem, _)| unit.starts_with(stem))?;
    Some(found.1)
}

//! The day of a date: numbers with marks between them, or a month by name.

use jiff::civil::Date;

use super::tokens::{Token, Tokens};

/// Marks that stand between a day, a month by name and a year.
const BETWEEN: &[char] = &['.', ',', '-', '/'];

/// A day, and where what follows it begins.
pub(super) fn find(tokens: &Tokens) -> Option<(Date, usize)> {
    by_numbers(tokens).or_else(|| by_month(tokens))
}

/// `2025-05-05`, `20250505`, `05.05.2025`, `5/05/25`: day first unless the year is first.
fn by_numbers(tokens: &Tokens) -> Option<(Date, usize)> {
    tokens.rest(0).find_map(|(at, token)| match token {
        Token::Number { value, digits } => numbers_at(tokens, at, *value, *digits),
        _ => None,
    })
}

fn numbers_at(tokens: &Tokens, at: usize, value: i64, digits: usize) -> Option<(Date, usize)> {
    if digits == 8 {
        let day = date(value / 10_000, value / 100 % 100, value % 100)?;
        return Some((day, at + 1));
    }
    let marks = ['-', '.', '/'];
    if !tokens.is_mark(at + 1, &marks) || !tokens.is_mark(at + 3, &marks) {
        return None;
    }
    let (second, third) = (tokens.number(at + 2)?, tokens.number(at + 4)?);
    let day = match digits {
        4 => date(value, second, third),
        _ => date(full_year(third), second, value),
    };
    Some((day?, at + 5))
}

/// `5 мая 2025 г.`, `Mon, 05 May 25`, `May 5, 2025`.
fn by_month(tokens: &Tokens) -> Option<(Date, usize)> {
    let named = |(at, token)| Some((at, month(token)?));
    let (at, month) = tokens.rest(0).find_map(named)?;
    let skip = |mut at: usize| {
        while tokens.is_mark(at, BETWEEN) {
            at += 1;
        }
        at
    };
    let mut before = at;
    while before > 0 && tokens.is_mark(before - 1, BETWEEN) {
        before -= 1;
    }
    let after = skip(at + 1);
    let day_before = before.checked_sub(1).and_then(|at| tokens.number(at));
    let (day, year_at) = match day_before {
        Some(day) => (day, after),
        None => (tokens.number(after)?, skip(after + 1)),
    };
    // «5 мая, 12:30» has no year.
    let hour = tokens.is_mark(year_at + 1, &[':']) && tokens.number(year_at)? < 100;
    let year = full_year(tokens.number(year_at).filter(|_| !hour)?);
    Some((date(year, month, day)?, year_at + 1))
}

/// «5 мая», with the month as a number, and where what follows begins.
pub(super) fn without_year(tokens: &Tokens) -> Option<(i64, i64, usize)> {
    tokens.rest(0).find_map(|(at, token)| {
        let month = month(token)?;
        let day = tokens.number(at.checked_sub(1)?)?;
        let no_year = tokens.number(at + 1).is_none() || tokens.is_mark(at + 2, &[':']);
        no_year.then_some((day, month, at + 1))
    })
}

fn full_year(year: i64) -> i64 {
    match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        year => year,
    }
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1970..=2200).contains(&year) {
        return None;
    }
    let (month, day) = (month.try_into().ok()?, day.try_into().ok()?);
    Date::new(year.try_into().ok()?, month, day).ok()
}

fn month(token: &Token) -> Option<i64> {
    const STEMS: [&[&str]; 12] = [
        &["jan", "янв"],
        &["feb", "фев"],
        &["mar", "мар"],
        &["apr", "апр"],
        &["may"],
        &["jun", "июн"],
        &["jul", "июл"],
        &["aug", "авг"],
        &["sep", "сен"],
        &["oct", "окт"],
        &["nov", "ноя"],
        &["dec", "дек"],
    ];
    let Token::Word(word) = token else {
        return None;
    };
    // «ма» alone would take every word in «ма».
    if matches!(word.as_str(), "май" | "мая" | "мае") {
        return Some(5);
    }
    let named = |stems: &&[&str]| stems.iter().any(|stem| word.starts_with(stem));
    let found = STEMS.iter().position(named)?;
    Some(found as i64 + 1)
}

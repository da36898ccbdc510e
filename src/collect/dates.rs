//! Dates as feeds, pages and tables write them: RFC 3339 and 822 with their common errors, Russian
//! months, `DD.MM.YYYY`, Unix seconds. Start with [`parse`].

use jiff::{
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use crate::domain::time::Timestamp;

/// Reads a moment. Without a zone in the text, `zone` is meant; without a time, midnight.
/// `None` when there is no date in it.
pub fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > 100 {
        return None;
    }
    if let Some(seconds) = unix_seconds(text) {
        return Some(seconds);
    }
    let tokens = tokens(text);
    let date = iso_date(&tokens).or_else(|| word_date(&tokens))?;
    let (time, after) = time_of_day(&tokens, date.next);
    let moment = DateTime::from_parts(date.value, time);
    let zone = offset(&tokens, after).map_or_else(|| zone.clone(), Offset::to_time_zone);
    let exact = zone.to_ambiguous_timestamp(moment).compatible().ok()?;
    Some(exact.into())
}

/// Unix seconds, or milliseconds when too large for seconds: 9 to 13 digits and nothing else.
fn unix_seconds(text: &str) -> Option<Timestamp> {
    if !(9..=13).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    Some(if text.len() >= 12 {
        Timestamp::from_millis(number)
    } else {
        Timestamp::from_seconds(number)
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number { value: i64, digits: usize },
    Word(String),
    Mark(char),
}

/// Numbers, words and marks; blanks fall away, so `5 : 30` and `5:30` are one.
fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_ascii_digit() {
            let mut digits = String::new();
            while let Some(d) = chars.next_if(char::is_ascii_digit) {
                digits.push(d);
            }
            out.push(Token::Number {
                value: digits.parse().unwrap_or(i64::MAX),
                digits: digits.len(),
            });
        } else if c.is_alphabetic() {
            let mut word = String::new();
            while let Some(letter) = chars.next_if(|c| c.is_alphabetic()) {
                word.extend(letter.to_lowercase());
            }
            out.push(Token::Word(word));
        } else {
            chars.next();
            if !c.is_whitespace() {
                out.push(Token::Mark(c));
            }
        }
    }
    out
}

struct Found {
    value: Date,
    next: usize,
}

fn number(tokens: &[Token], at: usize) -> Option<i64> {
    match tokens.get(at)? {
        Token::Number { value, .. } => Some(*value),
        _ => None,
    }
}

fn is_mark(tokens: &[Token], at: usize, marks: &[char]) -> bool {
    matches!(tokens.get(at), Some(Token::Mark(c)) if marks.contains(c))
}

/// `2025-05-05`, `20250505`, `05.05.2025`, `5/05/25`: day first unless the year is first.
fn iso_date(tokens: &[Token]) -> Option<Found> {
    let at = tokens
        .iter()
        .position(|token| matches!(token, Token::Number { .. }))?;
    if let Some(Token::Number { value, digits: 8 }) = tokens.get(at) {
        let value = date(value / 10_000, value / 100 % 100, value % 100)?;
        return Some(Found {
            value,
            next: at + 1,
        });
    }
    let marks = ['-', '.', '/'];
    if !is_mark(tokens, at + 1, &marks) || !is_mark(tokens, at + 3, &marks) {
        return None;
    }
    let first_digits = match tokens.get(at) {
        Some(Token::Number { digits, .. }) => *digits,
        _ => 0,
    };
    let (a, b, c) = (
        number(tokens, at)?,
        number(tokens, at + 2)?,
        number(tokens, at + 4)?,
    );
    let value = if first_digits == 4 {
        date(a, b, c)
    } else {
        date(full_year(c), b, a)
    }?;
    Some(Found {
        value,
        next: at + 5,
    })
}

/// `5 мая 2025 г.`, `Mon, 05 May 25`, `May 5, 2025`.
fn word_date(tokens: &[Token]) -> Option<Found> {
    let at = tokens.iter().position(|token| month(token).is_some())?;
    let month = month(&tokens[at])?;
    let skip = |mut at: usize| {
        while is_mark(tokens, at, &['.', ',', '-', '/']) {
            at += 1;
        }
        at
    };
    let mut before = at;
    while before > 0 && is_mark(tokens, before - 1, &['.', ',', '-', '/']) {
        before -= 1;
    }
    let after = skip(at + 1);
    let day_before = before.checked_sub(1).and_then(|at| number(tokens, at));
    let (day, year_at) = match day_before {
        Some(day) => (day, after),
        None => (number(tokens, after)?, skip(after + 1)),
    };
    let year = number(tokens, year_at)?;
    let value = date(full_year(year), month, day)?;
    Some(Found {
        value,
        next: year_at + 1,
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
    Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()
}

fn month(token: &Token) -> Option<i64> {
    const STEMS: [[&str; 2]; 12] = [
        ["jan", "янв"],
        ["feb", "фев"],
        ["mar", "мар"],
        ["apr", "апр"],
        ["may", "ма"],
        ["jun", "июн"],
        ["jul", "июл"],
        ["aug", "авг"],
        ["sep", "сен"],
        ["oct", "окт"],
        ["nov", "ноя"],
        ["dec", "дек"],
    ];
    let Token::Word(word) = token else {
        return None;
    };
    // «ма» alone would take every word in «ма»: May is «май», «мая», «мае».
    let may = matches!(word.as_str(), "май" | "мая" | "мае");
    let found = STEMS.iter().position(|stems| {
        stems.iter().any(|stem| {
            if *stem == "ма" {
                may
            } else {
                word.starts_with(stem)
            }
        })
    })?;
    Some(found as i64 + 1)
}

/// The first `hh:mm[:ss]` from `start`, with `PM`; midnight when there is none. Hour 24 is the
/// day's own midnight, as broken feeds mean it.
fn time_of_day(tokens: &[Token], start: usize) -> (Time, usize) {
    let found = (start..tokens.len()).find(|at| {
        number(tokens, *at).is_some()
            && is_mark(tokens, at + 1, &[':'])
            && number(tokens, at + 2).is_some()
    });
    let Some(at) = found else {
        return (Time::midnight(), start);
    };
    let mut next = at + 3;
    let mut second = 0;
    if is_mark(tokens, next, &[':']) {
        second = number(tokens, next + 1).unwrap_or(0).min(59);
        next += 2;
        if is_mark(tokens, next, &['.', ',']) && number(tokens, next + 1).is_some() {
            next += 2;
        }
    }
    let afternoon = matches!(tokens.get(next), Some(Token::Word(w)) if w == "pm");
    let hour = match number(tokens, at).unwrap_or(0) {
        24 => 0,
        hour if afternoon && hour < 12 => hour + 12,
        hour => hour,
    };
    let minute = number(tokens, at + 2).unwrap_or(0);
    let time = (|| {
        Time::new(
            hour.try_into().ok()?,
            minute.try_into().ok()?,
            second.try_into().ok()?,
            0,
        )
        .ok()
    })();
    (time.unwrap_or_else(Time::midnight), next)
}

/// `Z`, `GMT`, `MSK`, `+0300`, `+03:00`, `UTC+3`.
fn offset(tokens: &[Token], start: usize) -> Option<Offset> {
    let rest = tokens.get(start..)?;
    for (at, token) in rest.iter().enumerate() {
        match token {
            Token::Mark(sign @ ('+' | '-' | '−')) => {
                return numeric_offset(rest, at + 1, *sign == '+');
            }
            Token::Word(word) => {
                let hours = named_offset(word);
                let signed = is_mark(rest, at + 1, &['+', '-']);
                if let Some(hours) = hours.filter(|_| !signed) {
                    return Offset::from_seconds(hours * 3600).ok();
                }
            }
            _ => {}
        }
    }
    None
}

fn numeric_offset(tokens: &[Token], at: usize, east: bool) -> Option<Offset> {
    let Token::Number { value, digits } = tokens.get(at)? else {
        return None;
    };
    let (hours, minutes) = match digits {
        1 | 2 if is_mark(tokens, at + 1, &[':']) => (*value, number(tokens, at + 2)?),
        1 | 2 => (*value, 0),
        3 | 4 => (value / 100, value % 100),
        _ => return None,
    };
    if hours > 18 || minutes > 59 {
        return None;
    }
    let seconds = hours * 3600 + minutes * 60;
    let signed = if east { seconds } else { -seconds };
    Offset::from_seconds(signed.try_into().ok()?).ok()
}

/// Hours east of Greenwich of the zone names that occur in feeds.
fn named_offset(word: &str) -> Option<i32> {
    Some(match word {
        "z" | "gmt" | "utc" | "ut" => 0,
        "msk" | "мск" => 3,
        "msd" | "samt" => 4,
        "yekt" => 5,
        "omst" => 6,
        "krat" => 7,
        "irkt" => 8,
        "yakt" => 9,
        "vlat" => 10,
        "magt" => 11,
        "pett" => 12,
        "cet" => 1,
        "eet" => 2,
        "est" => -5,
        "edt" => -4,
        "pst" => -8,
        "pdt" => -7,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let zone = Offset::constant(3).to_time_zone();
        parse(text, &zone).map(Timestamp::to_rfc3339)
    }

    #[test]
    fn every_way_of_writing_one_moment() {
        for text in [
            "2025-05-05T12:30:00Z",
            "2025-05-05T15:30:00.123+03:00",
            "2025-05-05 15:30",
            "2025-05-05 15:30:00",
            "05.05.2025 15:30",
            "05.05.2025, 15:30",
            "5 мая 2025 г., 15:30",
            "Пн, 05 Май 2025 15:30:00 +0300",
            "Mon, 05 May 2025 12:30:00 GMT",
            "Monday, 5 May 25 15:30 MSK",
            "May 5, 2025 3:30 PM",
            "05 May 2025 12:30:00 -0000",
            "1746448200",
            "1746448200000",
            "5 мая 2025, 12:30 UTC",
            "5 мая 2025, 14:30 UTC+2",
        ] {
            let expected = "2025-05-05T12:30:00Z";
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(read("05.05.2025").as_deref(), Some("2025-05-04T21:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "вчера",
            "32.13.2025",
            "12:30",
            "матч 5 2025",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}|[0-9:.+ TZмая-]{0,40}") {
            read(&text);
        }
    }
}

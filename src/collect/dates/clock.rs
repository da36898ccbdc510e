//! What follows a day: the time and the zone.

use jiff::{civil::Time, tz::Offset};

use super::tokens::{Token, Tokens};

/// The first `hh:mm[:ss]` from `start`, with `PM`, and where what follows begins; midnight when
/// there is none. Hour 24 is the day's own midnight, as broken feeds mean it.
pub(super) fn time_of_day(tokens: &Tokens, start: usize) -> (Time, usize) {
    let hour_and_minute = |(at, _)| {
        let hour = tokens.number(at)?;
        let minute = tokens
            .number(at + 2)
            .filter(|_| tokens.is_mark(at + 1, &[':']))?;
        Some((at + 3, hour, minute))
    };
    let Some((mut next, hour, minute)) = tokens.rest(start).find_map(hour_and_minute) else {
        return (Time::midnight(), start);
    };
    let mut second = 0;
    if tokens.is_mark(next, &[':']) {
        second = tokens.number(next + 1).unwrap_or(0).min(59);
        next += 2;
        if tokens.is_mark(next, &['.', ',']) && tokens.number(next + 1).is_some() {
            next += 2;
        }
    }
    let afternoon = matches!(tokens.get(next), Some(Token::Word(w)) if w == "pm");
    let hour = match hour {
        24 => 0,
        hour if afternoon && hour < 12 => hour + 12,
        hour => hour,
    };
    let time = time(hour, minute, second).unwrap_or_else(Time::midnight);
    (time, next)
}

fn time(hour: i64, minute: i64, second: i64) -> Option<Time> {
    let (minute, second) = (minute.try_into().ok()?, second.try_into().ok()?);
    Time::new(hour.try_into().ok()?, minute, second, 0).ok()
}

/// `Z`, `GMT`, `MSK`, `+0300`, `+03:00`, `UTC+3`.
pub(super) fn offset(tokens: &Tokens, start: usize) -> Option<Offset> {
    for (at, token) in tokens.rest(start) {
        match token {
            Token::Mark(sign @ ('+' | '-' | '−')) => {
                return numeric_offset(tokens, at + 1, *sign == '+');
            }
            Token::Word(word) => {
                let hours = named_offset(word);
                let signed = tokens.is_mark(at + 1, &['+', '-']);
                if let Some(hours) = hours.filter(|_| !signed) {
                    return Offset::from_seconds(hours * 3600).ok();
                }
            }
            _ => {}
        }
    }
    None
}

fn numeric_offset(tokens: &Tokens, at: usize, east: bool) -> Option<Offset> {
    let Token::Number { value, digits } = tokens.get(at)? else {
        return None;
    };
    let (hours, minutes) = match digits {
        1 | 2 if tokens.is_mark(at + 1, &[':']) => (*value, tokens.number(at + 2)?),
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

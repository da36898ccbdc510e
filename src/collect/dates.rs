//! Dates as feeds, pages and tables write them: RFC 3339 and 822 with their common errors, Russian
//! months, `DD.MM.YYYY`, Unix seconds. Start with [`parse`]; [`parse_at`] also knows «вчера».

mod clock;
mod day;
mod near;
mod tokens;

use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use tokens::Tokens;

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
    let tokens = Tokens::of(text);
    let (day, after) = day::find(&tokens)?;
    let (time, after) = match clock::time_of_day(&tokens, after) {
        // «12:30, 5 мая 2025»: the time may stand before the day.
        (time, end) if end == after && time == jiff::civil::Time::midnight() => {
            (clock::time_of_day(&tokens, 0).0, after)
        }
        found => found,
    };
    let moment = DateTime::from_parts(day, time);
    let zone = clock::offset(&tokens, after).map_or_else(|| zone.clone(), Offset::to_time_zone);
    let exact = zone.to_ambiguous_timestamp(moment).compatible().ok()?;
    Some(exact.into())
}

/// As [`parse`], and dates told from the day on which the text was read: «сегодня, 12:30», «вчера»,
/// «5 минут назад», «5 мая» without a year.
pub fn parse_at(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    if let Some(moment) = parse(text, zone) {
        return Some(moment);
    }
    let text = text.trim();
    (text.len() <= 100).then_some(())?;
    near::find(&Tokens::of(text), zone, now)
}

/// A moment by a format of strptime. What the format leaves out is midnight, and `zone`.
pub fn parse_as(text: &str, format: &str, zone: &TimeZone) -> Option<Timestamp> {
    let parts = jiff::fmt::strtime::parse(format, text.trim()).ok()?;
    if let Ok(exact) = parts.to_timestamp() {
        return Some(exact.into());
    }
    let moment = match parts.to_datetime() {
        Ok(moment) => moment,
        Err(_) => parts.to_date().ok()?.at(0, 0, 0, 0),
    };
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
            "15:30, 5 мая 2025",
            "15:30 05.05.2025",
            "Опубликовано: 5 мая 2025 г. в 15:30",
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

    #[test]
    fn dates_told_from_today() {
        let zone = Offset::constant(3).to_time_zone();
        let now = parse("2025-05-07T01:00:00+03:00", &zone).expect("a moment");
        let near = |text: &str| parse_at(text, &zone, now).map(Timestamp::to_rfc3339);
        for (text, expected) in [
            ("Сегодня, 00:30", "2025-05-06T21:30:00Z"),
            ("вчера в 15:30", "2025-05-06T12:30:00Z"),
            ("позавчера", "2025-05-04T21:00:00Z"),
            ("2 часа назад", "2025-05-06T20:00:00Z"),
            ("день назад", "2025-05-05T22:00:00Z"),
            ("5 мая, 15:30", "2025-05-05T12:30:00Z"),
            ("31 декабря", "2024-12-30T21:00:00Z"),
            ("05.05.2025 15:30", "2025-05-05T12:30:00Z"),
        ] {
            assert_eq!(near(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "завтра", "просмотров: 5"] {
            assert_eq!(near(text), None, "{text}");
        }
        let told = parse_as("05/2025/05 15.30", "%d/%Y/%m %H.%M", &zone);
        assert_eq!(
            told.map(Timestamp::to_rfc3339).as_deref(),
            Some("2025-05-05T12:30:00Z")
        );
        assert!(parse_as("05.2025", "%d.%m.%Y", &zone).is_none());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}|[0-9:.+ TZмая-]{0,40}|([0-9]{1,4} (назад|вчера|мая|часа|дней) ?){0,4}") {
            read(&text);
            parse_at(&text, &TimeZone::UTC, Timestamp::from_seconds(1_700_000_000));
            parse_as(&text, "%d.%m.%Y %H:%M", &TimeZone::UTC);
        }
    }
}

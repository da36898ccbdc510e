//! Dates as feeds, pages and tables write them: RFC 3339 and 822 with their common errors, Russian
//! months, `DD.MM.YYYY`, Unix seconds. Start with [`parse`].

mod clock;
mod day;
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
    let (time, after) = clock::time_of_day(&tokens, after);
    let moment = DateTime::from_parts(day, time);
    let zone = clock::offset(&tokens, after).map_or_else(|| zone.clone(), Offset::to_time_zone);
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

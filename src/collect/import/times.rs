//! Times in cells: only forms that cannot be misread, whole. What feeds write is
//! [`crate::collect::dates`].

use jiff::{
    civil::{Date, DateTime},
    tz::TimeZone,
};

use crate::domain::time::Timestamp;

/// Without a zone in the text.
const MOMENTS: &[&str] = &[
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
];
const DAYS: &[&str] = &["%Y-%m-%d", "%d.%m.%Y"];

/// Reads RFC 3339, `YYYY-MM-DD HH:MM[:SS]`, `DD.MM.YYYY HH:MM[:SS]`, a day alone (its midnight) or
/// Unix seconds (12 digits or more: milliseconds). Without a zone, `zone` is meant.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if text.len() > 40 {
        return None;
    }
    if let Some(unix) = unix(text) {
        return Some(unix);
    }
    if let Ok(exact) = text.parse::<jiff::Timestamp>() {
        return Some(exact.into());
    }
    let moment = MOMENTS
        .iter()
        .find_map(|f| DateTime::strptime(f, text).ok());
    let day = || DAYS.iter().find_map(|f| Date::strptime(f, text).ok());
    let moment = moment.or_else(|| Some(day()?.to_datetime(jiff::civil::Time::midnight())))?;
    let exact = zone.to_ambiguous_timestamp(moment).compatible().ok()?;
    Some(exact.into())
}

/// Seconds since 1970; a fraction, as spreadsheets add one, is cut off. Fewer than nine digits would
/// mean the early seventies: more likely a year or a number of another column.
fn unix(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !(9..=15).contains(&whole.len()) || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    from_number(whole.parse().ok()?)
}

/// Unix seconds, or milliseconds when too large for seconds.
pub(super) fn from_number(number: i64) -> Option<Timestamp> {
    Some(match number {
        ..0 => return None,
        0..100_000_000_000 => Timestamp::from_seconds(number),
        _ => Timestamp::from_millis(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let zone = jiff::tz::Offset::constant(5).to_time_zone();
        parse(text, &zone).map(Timestamp::to_rfc3339)
    }

    #[test]
    fn every_form_of_one_moment() {
        for text in [
            "2026-11-20T05:30:00Z",
            "2026-11-20T10:30:00+05:00",
            "2026-11-20t10:30:00.250+05:00",
            "2026-11-20 08:30:00+03:00",
            "2026-11-20 10:30",
            "2026-11-20 10:30:00",
            "2026-11-20T10:30:00",
            "20.11.2026 10:30",
            "20.11.2026 10:30:00",
            "1795152600",
            "1795152600.0",
            "1795152600000",
        ] {
            assert_eq!(
                read(text).as_deref(),
                Some("2026-11-20T05:30:00Z"),
                "{text}"
            );
        }
        assert_eq!(read("20.11.2026").as_deref(), Some("2026-11-19T19:00:00Z"));
    }

    #[test]
    fn what_may_be_misread_is_none() {
        for text in [
            "",
            "вчера",
            "2026",
            "20261120",
            "2026-13-01 10:00",
            "2026-11-20 25:00",
            "2026-11-20 10:61",
            "31.02.2026 10:00",
            "11/20/2026 10:00",
            "20.11.2026 10:30 наверное",
            "-1795152600",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,45}|[0-9:.+ TZ-]{0,40}") {
            read(&text);
        }
    }
}

//! What a single cell says: moments, whole numbers, degrees, addresses without the flat.

use std::sync::LazyLock;

use jiff::{civil::DateTime, tz::TimeZone};
use regex::Regex;

use crate::{
    collect::{dates, import::times},
    domain::time::Timestamp,
};

/// What people write where nothing is known.
const NOTHING: [&str; 12] = [
    "-",
    "–",
    "—",
    "нет",
    "не указан",
    "не указано",
    "не указана",
    "не задано",
    "отсутствует",
    "н/д",
    "null",
    "none",
];

/// Whether a cell says that nothing is known.
pub(super) fn is_nothing(cell: &str) -> bool {
    cell.is_empty() || NOTHING.contains(&cell.to_lowercase().as_str())
}

/// Days that Excel's serial numbers of 1954 to 2119 stand for: others are more likely something else.
const SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// A moment: ISO, `20.11.2026 10:30`, «20 ноября 2026 г., 10:30», or a number of Excel's. Without a time
/// its day's midnight; `zone` where none is told.
pub(super) fn moment(cell: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(found) = times::parse(cell, zone) {
        return Some(found);
    }
    if let Some(serial) = number(cell) {
        let serial = Some(serial).filter(|serial| SERIALS.contains(serial))?;
        let exact = zone
            .to_ambiguous_timestamp(from_serial(serial)?)
            .compatible()
            .ok()?;
        return Some(exact.into());
    }
    // «20261120» and bare years may be numbers of anything.
    let is_dated = cell.chars().any(|c| c.is_alphabetic() || ".-/".contains(c));
    dates::parse(cell, zone).filter(|_| is_dated)
}

/// Whether a cell is a date beyond doubt: no bare number.
pub(super) fn is_date(cell: &str) -> bool {
    number(cell).is_none() && moment(cell, &TimeZone::UTC).is_some()
}

/// The moment of Excel's serial number, to the second.
fn from_serial(serial: f64) -> Option<DateTime> {
    let begin = DateTime::new(1899, 12, 30, 0, 0, 0, 0).ok()?;
    let seconds = (serial * 86_400.0).round() as i64;
    begin
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .ok()
}

/// Excel's parts of a moment as ISO text, to the second; the time only where there is one.
pub(super) fn excel_text(
    (year, month, day, hour, minute, second, milli): (u16, u8, u8, u8, u8, u8, u16),
) -> Option<String> {
    let small = |n: u8| i8::try_from(n).ok();
    let nanos = i32::from(milli) * 1_000_000;
    let exact = DateTime::new(
        i16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        nanos,
    );
    let exact = exact.ok()?.round(jiff::Unit::Second).ok()?;
    Some(match (exact.hour(), exact.minute(), exact.second()) {
        (0, 0, 0) => exact.date().to_string(),
        _ => exact.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    })
}

/// A number with a decimal point or comma and nothing else.
pub(super) fn number(cell: &str) -> Option<f64> {
    let is_digit = |b: u8| b.is_ascii_digit() || b".,-+".contains(&b);
    if cell.is_empty() || !cell.bytes().all(is_digit) {
        return None;
    }
    cell.replace(',', ".").parse().ok()
}

/// A count: digits, with gaps between thousands.
pub(super) fn count(cell: &str) -> Option<i64> {
    let close: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    let whole = close
        .strip_suffix(",0")
        .or_else(|| close.strip_suffix(".0"))
        .unwrap_or(&close);
    let count: i64 = whole.parse().ok()?;
    (0..=1_000_000_000).contains(&count).then_some(count)
}

/// Latitude and longitude, in one cell: `51.73, 36.19`, `51,73; 36,19`, `51,73 36,19`.
pub(super) fn point(cell: &str) -> Option<(f64, f64)> {
    let parts: Vec<&str> = match cell.contains(';') {
        true => cell.split(';').map(str::trim).collect(),
        false => cell
            .split_whitespace()
            .map(|part| part.trim_matches(','))
            .collect(),
    };
    let parts: Vec<&str> = match parts[..] {
        [one] => one.split(',').collect(),
        _ => parts,
    };
    let [lat, lon] = parts[..] else { return None };
    degrees(lat, lon)
}

/// A place by two cells.
pub(super) fn degrees(lat: &str, lon: &str) -> Option<(f64, f64)> {
    let (lat, lon) = (number(lat.trim())?, number(lon.trim())?);
    (lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some((lat, lon))
}

static FLAT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let flat = r"(?i)[,;\s]*\b(кв(артира|\.)?|комн(ата|\.)?)\s*№?\s*\d+\s*[а-я]?\b\.?";
    Regex::new(flat).ok() // a fixed text, tried by the tests below
});

/// An address without its flat: the house is where the problem is, the flat is where somebody lives.
pub fn without_flat(address: &str) -> String {
    match FLAT.as_ref() {
        Some(flat) => flat.replace_all(address, "").trim().to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str) -> Option<String> {
        let zone = jiff::tz::Offset::constant(3).to_time_zone();
        moment(cell, &zone).map(Timestamp::to_rfc3339)
    }

    #[test]
    fn a_moment_is_read_from_every_form_that_exports_use() {
        for cell in [
            "2026-11-20 10:30:00",
            "20.11.2026 10:30",
            "20 ноября 2026 г., 10:30",
            "46346.4375",
            "46346,4375",
        ] {
            assert_eq!(
                read(cell).as_deref(),
                Some("2026-11-20T07:30:00Z"),
                "{cell}"
            );
        }
        assert_eq!(read("46346").as_deref(), Some("2026-11-19T21:00:00Z"));
        for cell in [
            "",
            "вчера",
            "2026",
            "12345",
            "99999999",
            "20261120",
            "-",
            "32.13.2026",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }

    #[test]
    fn places_are_read_with_points_and_commas() {
        for cell in [
            "51.73, 36.19",
            "51.73,36.19",
            "51,73; 36,19",
            "51,73 36,19",
            "51.73 36.19",
        ] {
            assert_eq!(point(cell), Some((51.73, 36.19)), "{cell}");
        }
        for cell in ["", "51.73", "95, 200", "ул. Речная, 14", "1;2;3", ";", ","] {
            assert_eq!(point(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_house_keeps_no_flat() {
        for (address, kept) in [
            ("ул. Речная, д. 14, кв. 5", "ул. Речная, д. 14"),
            ("ул. Речная, 14, квартира № 12а", "ул. Речная, 14"),
            ("Садовая 3 кв 7, подъезд 1", "Садовая 3, подъезд 1"),
            ("кв-л Заречный, 5", "кв-л Заречный, 5"),
            ("ул. Квартальная, 12", "ул. Квартальная, 12"),
        ] {
            assert_eq!(without_flat(address), kept);
        }
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(count("1\u{a0}234"), Some(1234));
        assert_eq!(count("12,0"), Some(12));
        for cell in ["", "-5", "1,5", "много", "99999999999999999999"] {
            assert_eq!(count(cell), None, "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn cells_of_any_content_are_read_or_not(cell in "\\PC{0,40}|[0-9:;.,+ -]{0,30}") {
            read(&cell);
            point(&cell);
            count(&cell);
            without_flat(&cell);
        }

        #[test]
        fn a_serial_number_is_the_same_moment_as_its_text(days in 20_000i64..79_999, minute in 0i64..1440) {
            let serial = days as f64 + minute as f64 / 1440.0;
            let text = from_serial(serial).unwrap().strftime("%d.%m.%Y %H:%M").to_string();
            proptest::prop_assert_eq!(read(&serial.to_string()), read(&text));
        }
    }
}

//! Spans of time that totals are counted over: a year, a quarter, a month, two dates. Start with
//! [`parse`].

use jiff::civil::Date;

use super::words::tokens;
use crate::collect::dates;

const MONTHS: [&str; 12] = [
    "янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек",
];

/// First and last day of «2026», «2026 год», «1 квартал 2026», «II кв. 2026 г.», «январь 2026»,
/// «2026-01», «01.2026», «1 полугодие 2026», «01.01.2026 - 31.03.2026» or one day.
pub(super) fn parse(text: &str) -> Option<(Date, Date)> {
    if text.chars().count() > 80 {
        return None;
    }
    two_days(text).or_else(|| named(text)).or_else(|| {
        let day = day(text)?;
        Some((day, day))
    })
}

/// The span that a title tells: «Статистика обращений за 1 квартал 2026 года».
pub(super) fn within(title: &str) -> Option<&str> {
    let begin = ["за ", "на ", "период "].iter().filter_map(|word| {
        let at = title.find(word)?;
        title[..at]
            .ends_with(|c: char| !c.is_alphanumeric())
            .then_some(at + word.len())
    });
    let whole = title.trim();
    let mut parts = begin.map(|at| title[at..].trim());
    parts
        .find(|part| parse(part).is_some())
        .or_else(|| parse(whole).map(|_| whole))
}

fn day(text: &str) -> Option<Date> {
    let zone = jiff::tz::TimeZone::UTC;
    let is_dated = text.chars().any(|c| c.is_alphabetic() || ".-/".contains(c));
    let moment = dates::parse(text, &zone).filter(|_| is_dated)?;
    Some(moment.in_zone(&zone).date())
}

fn two_days(text: &str) -> Option<(Date, Date)> {
    let text = text.replace(['–', '—'], "-");
    let cut = |mark: &str| -> Option<(String, String)> {
        let (from, to) = text.split_once(mark)?;
        Some((
            from.trim_start_matches("с ").trim().to_owned(),
            to.trim().to_owned(),
        ))
    };
    let numeric = |part: &str| part.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let pairs = [cut(" - "), cut(" по "), cut(" до "), cut("-")];
    for (from, to) in pairs.into_iter().flatten() {
        if !numeric(&from) || !numeric(&to) {
            continue;
        }
        if let (Some(from), Some(to)) = (day(&from), day(&to)) {
            return (from <= to).then_some((from, to));
        }
    }
    None
}

fn named(text: &str) -> Option<(Date, Date)> {
    let words = tokens(text);
    let number = |word: &String| word.parse::<i16>().ok();
    let mut years = words
        .iter()
        .filter_map(number)
        .filter(|n| (1990..=2100).contains(n));
    let (year, None) = (years.next()?, years.next()) else {
        return None;
    };
    let known = |word: &&String| {
        word.starts_with("год") || *word == "г" || number(word) == Some(year) || *word == "за"
    };
    let rest: Vec<&str> = words
        .iter()
        .filter(|word| !known(word))
        .map(String::as_str)
        .collect();
    let (first, months) = match rest[..] {
        [] => (1, 12),
        [n, quarter] if quarter.starts_with("кв") => (3 * ordinal(n, 4)? - 2, 3),
        [n, half] if half.starts_with("полугод") => (6 * ordinal(n, 2)? - 5, 6),
        [n, "месяцев" | "месяца" | "мес"] => (1, ordinal(n, 12)?),
        [month] => (self::month(month)?, 1),
        _ => return None,
    };
    let begin = Date::new(year, first, 1).ok()?;
    let last = Date::new(year, first + months - 1, 1).ok()?.last_of_month();
    Some((begin, last))
}

/// `2`, `2-й` (cut to `2`), `II`, up to `most`.
fn ordinal(word: &str, most: i8) -> Option<i8> {
    const ROMAN: [&str; 4] = ["i", "ii", "iii", "iv"];
    let roman = ROMAN.iter().position(|roman| *roman == word);
    let found = match roman {
        Some(at) => at as i8 + 1,
        None => word.parse().ok()?,
    };
    (1..=most).contains(&found).then_some(found)
}

fn month(word: &str) -> Option<i8> {
    if let Ok(number) = word.parse::<i8>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let named = |stem: &&str| match *stem {
        "ма" => matches!(word, "май" | "мая" | "мае"),
        stem => word.starts_with(stem),
    };
    let at = MONTHS.iter().position(named)?;
    Some(at as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        parse(text).map(|(from, to)| format!("{from} {to}"))
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, span) in [
            ("2026", "2026-01-01 2026-12-31"),
            ("2026 год", "2026-01-01 2026-12-31"),
            ("1 квартал 2026 года", "2026-01-01 2026-03-31"),
            ("II кв. 2026 г.", "2026-04-01 2026-06-30"),
            ("1 полугодие 2026", "2026-01-01 2026-06-30"),
            ("9 месяцев 2026 года", "2026-01-01 2026-09-30"),
            ("Февраль 2028", "2028-02-01 2028-02-29"),
            ("май 2026 г.", "2026-05-01 2026-05-31"),
            ("2026-03", "2026-03-01 2026-03-31"),
            ("03.2026", "2026-03-01 2026-03-31"),
            ("01.01.2026 - 31.03.2026", "2026-01-01 2026-03-31"),
            ("с 01.01.2026 по 31.03.2026", "2026-01-01 2026-03-31"),
            ("01.01.2026–31.03.2026", "2026-01-01 2026-03-31"),
            ("20.11.2026", "2026-11-20 2026-11-20"),
        ] {
            assert_eq!(read(text).as_deref(), Some(span), "{text}");
        }
        for text in [
            "",
            "прошлый год",
            "5 квартал 2026",
            "13.2026",
            "2025 2026",
            "март",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_title_tells_the_span_of_all_its_rows() {
        let title = "Статистика обращений граждан за 1 квартал 2026 года";
        assert_eq!(within(title), Some("1 квартал 2026 года"));
        assert_eq!(within("Обращения граждан"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,50}|[0-9. –-]{0,30}|(за |с |по |I|V|1|2026|кв|год| ){0,8}") {
            parse(&text);
            within(&text);
        }
    }
}

//! Time and counts in people's words, in the region's own time.

use jiff::{Zoned, civil::Date, tz::TimeZone};

use super::{
    locale::{Tr, args},
    shape::Ruler,
};
use crate::domain::time::{Span, Timestamp};

/// What is needed to say a time: words, zone, and now.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub tr: Tr,
    pub zone: TimeZone,
    pub now: Timestamp,
}

/// A promise as a queue row shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deadline {
    /// `late`, `soon`, `time` or `done`: shape and colour.
    pub tone: &'static str,
    /// «осталось 1 ч 10 мин».
    pub left: String,
    /// «до 15:30 сегодня».
    pub until: String,
    pub ruler: Ruler,
}

impl Words {
    fn at(&self, moment: Timestamp) -> Zoned {
        moment.in_zone(&self.zone)
    }

    /// «1 ч 10 мин», «3 дня 4 ч», «меньше минуты»; the sign is dropped.
    pub(crate) fn span(&self, span: Span) -> String {
        let minutes = span.as_millis().saturating_abs() / 60_000;
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let tr = self.tr;
        match (days, hours, rest) {
            (0, 0, 0) => tr.t("span-moment"),
            (0, 0, m) => tr.n("span-minutes", m),
            (0, h, 0) => tr.n("span-hours", h),
            (0, h, m) => tr.with("span-hours-minutes", args![h = h, m = m]),
            (d, 0, _) => tr.n("span-days", d),
            (d, h, _) => tr.with("span-days-hours", args![d = d, h = h]),
        }
    }

    /// «15:30».
    pub(crate) fn clock(&self, moment: Timestamp) -> String {
        self.at(moment).strftime("%H:%M").to_string()
    }

    /// «сегодня», «вчера», «завтра», else «пт 27 ноября», with the year when it is another one.
    pub(crate) fn day(&self, moment: Timestamp) -> String {
        let (date, today) = (self.at(moment).date(), self.at(self.now).date());
        match days_between(today, date) {
            0 => self.tr.t("day-today"),
            1 => self.tr.t("day-tomorrow"),
            -1 => self.tr.t("day-yesterday"),
            _ => self.date(date, today),
        }
    }

    fn date(&self, date: Date, today: Date) -> String {
        let tr = self.tr;
        let weekday = tr.t(WEEKDAYS[date.weekday().to_monday_zero_offset() as usize % 7]);
        let month = tr.t(MONTHS[(date.month() as usize - 1) % 12]);
        let day = i64::from(date.day());
        if date.year() == today.year() {
            tr.with("day-date", args![w = weekday, d = day, m = month])
        } else {
            let year = date.year().to_string();
            tr.with("day-date-year", args![d = day, m = month, y = year])
        }
    }

    /// «сегодня 9:31», «пт 27 ноября, 14:05».
    pub(crate) fn moment(&self, moment: Timestamp) -> String {
        let (date, today) = (self.at(moment).date(), self.at(self.now).date());
        let near = days_between(today, date).abs() <= 1;
        let key = if near { "moment-near" } else { "moment-far" };
        let (day, clock) = (self.day(moment), self.clock(moment));
        self.tr.with(key, args![day = day, clock = clock])
    }

    /// The moment for `<time datetime>`.
    pub(crate) fn machine(&self, moment: Timestamp) -> String {
        self.at(moment).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// «4 мин назад», «2 дня 3 ч назад».
    pub(crate) fn ago(&self, moment: Timestamp) -> String {
        match self.now.since(moment) {
            span if span < Span::minutes(1) => self.tr.t("span-just-now"),
            span => self.tr.v("span-ago", self.span(span)),
        }
    }

    /// How often something happens: «10 мин», «20 с».
    pub(crate) fn interval(&self, span: Span) -> String {
        match span < Span::minutes(1) {
            true => self.tr.n("span-seconds", span.as_millis() / 1000),
            false => self.span(span),
        }
    }

    /// A count with its thousands apart: «26 099», «26,099».
    pub(crate) fn count(&self, n: i64) -> String {
        let digits = n.to_string();
        let mark = self.tr.lang.choose("\u{a0}", ",");
        let first = digits.len() % 3;
        let mut text = digits[..first].to_owned();
        for (i, group) in digits.as_bytes()[first..].chunks(3).enumerate() {
            if i > 0 || first > 0 {
                text.push_str(mark);
            }
            text.extend(group.iter().map(|digit| char::from(*digit)));
        }
        text
    }

    /// «вт 24 ноября, 14:20», for the bar.
    pub(crate) fn here_and_now(&self) -> String {
        let now = self.at(self.now);
        let date = self.date(now.date(), now.date());
        let clock = self.clock(self.now);
        self.tr.with("moment-far", args![day = date, clock = clock])
    }

    /// «МСК+2» or «UTC+5».
    pub(crate) fn zone_name(&self) -> String {
        let hours = self.at(self.now).offset().seconds() / 3600;
        let moscow = hours - 3;
        let sign = |n: i32| match n {
            0 => String::new(),
            n if n < 0 => format!("−{}", -n),
            n => format!("+{n}"),
        };
        let (msk, utc) = (sign(moscow), sign(hours));
        self.tr.with("bar-zone", args![msk = msk, utc = utc])
    }

    /// The end of the day that holds now.
    pub(crate) fn end_of_today(&self) -> Timestamp {
        self.end_of_day(0)
    }

    /// The end of tomorrow.
    pub(crate) fn end_of_tomorrow(&self) -> Timestamp {
        self.end_of_day(1)
    }

    fn end_of_day(&self, ahead: i64) -> Timestamp {
        let day = self.at(self.now.plus(Span::days(ahead)));
        day.end_of_day()
            .map_or(self.now, |end| end.timestamp().into())
    }

    /// A promise in words, shape and ruler.
    pub(crate) fn deadline(
        &self,
        starts: Timestamp,
        due: Timestamp,
        stopped: Option<Timestamp>,
    ) -> Deadline {
        let whole = due.since(starts).as_millis().max(1) as f64;
        let part_at = |moment: Timestamp| moment.since(starts).as_millis() as f64 / whole;
        if let Some(stopped) = stopped {
            return self.kept(starts, due, stopped, part_at(stopped));
        }
        let left = due.since(self.now);
        let part = part_at(self.now);
        let tone = match left.as_millis() {
            i64::MIN..0 => "late",
            ms if (ms as f64) < whole * 0.25 => "soon",
            _ => "time",
        };
        let keys = match tone {
            "late" => ("deadline-overdue", "deadline-was"),
            _ => ("deadline-left", "deadline-until"),
        };
        let (day, clock) = (self.day(due), self.clock(due));
        Deadline {
            tone,
            left: self.tr.v(keys.0, self.span(left)),
            until: self.tr.with(keys.1, args![day = day, clock = clock]),
            ruler: Ruler { part, tone },
        }
    }

    fn kept(&self, starts: Timestamp, due: Timestamp, stopped: Timestamp, part: f64) -> Deadline {
        // A promise that was broken stays broken: the answer does not turn it green.
        let (tone, key) = match stopped > due {
            true => ("late", "deadline-done-late"),
            false => ("done", "deadline-done"),
        };
        let span = self.span(stopped.since(starts));
        Deadline {
            tone,
            left: self.tr.v(key, span),
            until: self.moment(stopped),
            ruler: Ruler { part, tone },
        }
    }
}

const WEEKDAYS: [&str; 7] = [
    "weekday-1",
    "weekday-2",
    "weekday-3",
    "weekday-4",
    "weekday-5",
    "weekday-6",
    "weekday-7",
];

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8",
    "month-9", "month-10", "month-11", "month-12",
];

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::locale::Lang;

    /// 2026-11-24 14:20 in Yekaterinburg, a Tuesday.
    fn words(lang: Lang) -> Words {
        Words {
            tr: Tr { lang },
            zone: TimeZone::get("Asia/Yekaterinburg").unwrap_or(TimeZone::UTC),
            now: Timestamp::from_seconds(1_795_512_000),
        }
    }

    #[test]
    fn deadlines_read_as_people_say_them() {
        let w = words(Lang::Ru);
        let start = w.now.minus(Span::hours(3));
        let soon = w.deadline(start, w.now.plus(Span::minutes(70)), None);
        assert_eq!(soon.left, "осталось 1\u{a0}ч 10\u{a0}мин");
        assert_eq!(soon.until, "до 15:30 сегодня");
        assert_eq!(soon.tone, "time");
        let late = w.deadline(start, w.now.minus(Span::minutes(80)), None);
        assert_eq!(late.left, "просрочено на 1\u{a0}ч 20\u{a0}мин");
        assert_eq!(late.until, "срок был сегодня в 13:00");
        assert!(late.ruler.part > 1.0);
        let kept = w.deadline(start, w.now, Some(start.plus(Span::minutes(130))));
        assert_eq!(kept.left, "ответ за 2\u{a0}ч 10\u{a0}мин");
        assert_eq!(kept.tone, "done");
        let broken = w.deadline(start, w.now.minus(Span::hours(1)), Some(w.now));
        assert_eq!(broken.left, "ответ за 3\u{a0}ч, позже срока");
        assert_eq!(broken.tone, "late");
    }

    #[test]
    fn days_are_near_or_dated() {
        let w = words(Lang::Ru);
        assert_eq!(w.day(w.now.plus(Span::days(1))), "завтра");
        assert_eq!(w.day(w.now.plus(Span::days(3))), "пт 27\u{a0}ноября");
        assert_eq!(w.span(Span::days(2)), "2\u{a0}дня");
        assert_eq!(w.zone_name(), "время края, МСК+2");
        let e = words(Lang::En);
        assert_eq!(e.day(e.now.plus(Span::days(3))), "Fri 27\u{a0}November");
        assert_eq!(e.zone_name(), "local time, UTC+5");
        assert_eq!(e.count(1_026_099), "1,026,099");
        assert_eq!(
            (w.count(999), w.count(26_099)),
            ("999".into(), "26\u{a0}099".into())
        );
    }
}

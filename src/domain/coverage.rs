//! How much of the last seven days a source was watched. Pure. Start with [`Coverage::of`].

use super::time::{Span, Timestamp};

/// Hours that are looked at.
pub const WEEK: i64 = 168;

/// Visits of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hour {
    /// Hours since the epoch.
    pub hour: i64,
    /// Visits that ended well.
    pub made: i64,
    /// Visits that the schedule wanted until then.
    pub expected: i64,
    /// Visits that failed.
    pub failed: i64,
}

/// How an hour was covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nobody watched the source yet.
    Before,
    /// Read, or rightly resting since the last reading.
    Read,
    /// Tried, and not read.
    Failed,
    /// Not read.
    Missed,
}

/// The last seven days.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The share of expected visits that were made, 0 to 1; `None` when none was expected yet.
    pub share: Option<f64>,
    /// Visits made.
    pub made: i64,
    /// Visits expected.
    pub expected: i64,
    /// Hours without a visit that should have had one.
    pub blind: i64,
    /// Each hour, oldest first.
    pub cells: Vec<Cell>,
}

/// The hour of a moment, since the epoch.
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(3_600_000)
}

/// Visits that should have been made in `span` at this interval. A tenth more is chance.
pub fn expected(span: Span, interval: Span) -> i64 {
    let every = interval.as_millis().max(1000);
    let week = Span::hours(WEEK).as_millis();
    let span = span.as_millis().clamp(0, week);
    (span + every / 2) / every
}

impl Coverage {
    /// Of a source that is watched since `began`, whose last good visit was at `last`. `hours` may hold
    /// more than the week.
    pub fn of(
        hours: &[Hour],
        began: Option<Timestamp>,
        last: Option<Timestamp>,
        interval: Span,
        now: Timestamp,
    ) -> Self {
        let end = hour_of(now);
        let first = end - WEEK + 1;
        let rest = (2 * interval.as_millis()).max(3_600_000) / 3_600_000;
        let of_week = || hours.iter().filter(|h| h.hour >= first && h.hour <= end);
        let made = of_week().map(|h| h.made).sum();
        let overdue = last.map_or(0, |last| (expected(now.since(last), interval) - 1).max(0));
        let expected = of_week().map(|h| h.expected).sum::<i64>() + overdue;
        let began = began.map_or(i64::MAX, hour_of);
        let cell = |hour: i64| {
            let read = |h: &&Hour| h.made > 0 && h.hour <= hour && h.hour >= hour - rest;
            if hour < began {
                Cell::Before
            } else if hours.iter().any(|h| read(&h)) {
                Cell::Read
            } else if hours.iter().any(|h| h.hour == hour && h.failed > 0) {
                Cell::Failed
            } else {
                Cell::Missed
            }
        };
        let cells: Vec<Cell> = (first..=end).map(cell).collect();
        let blind = |cell: &&Cell| matches!(cell, Cell::Failed | Cell::Missed);
        Self {
            share: (expected > 0).then(|| (made as f64 / expected as f64).min(1.0)),
            made,
            expected,
            blind: cells.iter().filter(blind).count() as i64,
            cells,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_without_a_hole_is_whole_and_a_hole_of_ten_hours_is_told() {
        let now = Timestamp::from_millis(500_000 * 3_600_000 + 1000);
        let hour = |ago: i64| Hour {
            hour: 500_000 - ago,
            made: 2,
            expected: 2,
            failed: 0,
        };
        let every = Span::minutes(30);
        let began = Some(now.minus(Span::days(30)));
        let hours: Vec<Hour> = (0..200).map(hour).collect();
        let whole = Coverage::of(&hours, began, Some(now), every, now);
        assert_eq!((whole.share, whole.blind, whole.made), (Some(1.0), 0, 336));

        let with_hole: Vec<Hour> = (0..200)
            .filter(|ago| !(5..15).contains(ago))
            .map(hour)
            .collect();
        let mut with_hole = with_hole;
        with_hole[4].expected += 20;
        let told = Coverage::of(&with_hole, began, Some(now), every, now);
        assert_eq!((told.made, told.expected), (316, 336));
        assert_eq!(
            told.blind, 9,
            "an hour after the last visit nothing was due"
        );

        let last = now.minus(Span::hours(5));
        let silent = Coverage::of(&[], Some(last), Some(last), every, now);
        assert_eq!((silent.expected, silent.share), (9, Some(0.0)));
        assert_eq!(
            silent.cells.iter().filter(|c| **c == Cell::Before).count(),
            162
        );
    }

    #[test]
    fn a_source_that_is_read_once_a_day_is_not_blind_between() {
        let now = Timestamp::from_millis(500_000 * 3_600_000);
        let hours: Vec<Hour> = (0..8)
            .map(|day| Hour {
                hour: 500_000 - day * 24,
                made: 1,
                expected: 1,
                failed: 0,
            })
            .collect();
        let began = Some(now.minus(Span::days(30)));
        let seen = Coverage::of(&hours, began, Some(now), Span::hours(24), now);
        assert_eq!(seen.blind, 0);
    }
}

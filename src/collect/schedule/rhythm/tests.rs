use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_795_348_800); // a Sunday noon
const UTC: Hours = Hours { offset: 0 };

fn seen(moments: Vec<Timestamp>) -> Observed {
    Observed {
        moments,
        ..Observed::default()
    }
}

/// A source that posts each day at nine and at eighteen, watched by a visit an hour.
fn watched(days: i64) -> (Rhythm, Timestamp) {
    let mut rhythm = Rhythm::default();
    let mut now = NOW;
    for hour in 0..days * 24 {
        now = NOW.plus(Span::hours(hour));
        let posts = (0..=hour).map(|h| NOW.plus(Span::hours(h)));
        let of_day = |at: &Timestamp| matches!(UTC.index(*at) % 24, 9 | 18);
        let page: Vec<Timestamp> = posts.filter(of_day).collect();
        let newest = page.iter().rev().take(10).copied().collect();
        rhythm.observe(&seen(newest), UTC, now);
    }
    (rhythm, now)
}

#[test]
fn hours_are_those_of_the_zone() {
    assert_eq!(UTC.index(NOW), 6 * 24 + 12);
    let moscow = Hours {
        offset: 3 * 3_600_000,
    };
    assert_eq!(moscow.index(NOW), 6 * 24 + 15);
    assert_eq!(moscow.index(NOW.plus(Span::hours(9))), 0);
    assert_eq!(
        moscow.end(NOW.plus(Span::minutes(59))).since(NOW),
        Span::hours(1)
    );
}

#[test]
fn a_rate_and_its_hours_are_learnt() {
    let (rhythm, now) = watched(21);
    let rates = rhythm.rates(UTC);
    let day: f32 = rates[24..48].iter().sum();
    assert!((1.5..2.5).contains(&day), "{day} posts on a Tuesday");
    assert!(
        rates[24 + 9] > 5.0 * rates[24 + 3],
        "{} {}",
        rates[33],
        rates[27]
    );
    let soon = expected(&rates, UTC, now, now.plus(Span::days(7)));
    assert!((10.0..18.0).contains(&soon), "{soon}");
}

#[test]
fn the_first_visit_learns_from_its_history() {
    let mut rhythm = Rhythm::default();
    let history = (0..40).map(|n| NOW.minus(Span::hours(6 * n))).collect();
    rhythm.observe(&seen(history), UTC, NOW);
    let week = expected(&rhythm.rates(UTC), UTC, NOW, NOW.plus(Span::days(7)));
    assert!((20.0..36.0).contains(&week), "{week} of 28");
}

#[test]
fn a_source_that_falls_silent_is_expected_less_and_less() {
    let (mut rhythm, now) = watched(14);
    let mut day = |later: i64| {
        let at = now.plus(Span::days(later));
        rhythm.observe(&Observed::default(), UTC, at);
        expected(&rhythm.rates(UTC), UTC, at, at.plus(Span::days(1)))
    };
    let [first, week, month] = [0, 7, 28].map(&mut day);
    assert!(
        week < 0.8 * first && month < 0.4 * first,
        "{first} {week} {month}"
    );
}

#[test]
fn surprises_stretch_and_halve() {
    let (mut rhythm, mut now) = watched(14);
    for (days, stretch) in [
        (4, 1.5),
        (5, 2.25),
        (1, 2.25),
        (30, 3.375),
        (60, 4.0),
        (90, 4.0),
    ] {
        now = now.plus(Span::days(days));
        rhythm.observe(&Observed::default(), UTC, now);
        assert!(
            rhythm.stretch() <= stretch,
            "{} after {days} days",
            rhythm.stretch()
        );
    }
    assert!(rhythm.stretch() >= 2.25, "{}", rhythm.stretch());
    now = now.plus(Span::hours(1));
    rhythm.observe(&seen(vec![now]), UTC, now);
    assert_eq!(rhythm.stretch(), 1.0);
    let burst = (1..7).map(|minutes| now.plus(Span::minutes(minutes)));
    let full = seen(burst.collect());
    rhythm.observe(&full, UTC, now.plus(Span::hours(1)));
    assert_eq!(rhythm.stretch(), 0.5);
}

#[test]
fn a_visit_of_several_steps_counts_each_post_once() {
    let at = |minutes| NOW.minus(Span::minutes(minutes));
    let mut rhythm = Rhythm::default();
    rhythm.observe(&seen(vec![at(600)]), UTC, at(590));
    let step = |moments: Vec<Timestamp>, more| Observed {
        more,
        ..seen(moments)
    };
    rhythm.observe(&step(vec![at(10), at(20)], true), UTC, NOW);
    rhythm.observe(&step(vec![at(20), at(30)], true), UTC, NOW);
    rhythm.observe(&step(vec![at(30), at(40), at(600)], false), UTC, NOW);
    rhythm.observe(&step(vec![at(10), at(40)], false), UTC, NOW);
    let posts: f32 = rhythm.counts.iter().sum();
    assert!((4.9..5.0).contains(&posts), "{posts}");
}

#[test]
fn the_requests_of_a_visit_are_those_of_all_its_steps() {
    let mut rhythm = Rhythm::default();
    let step = |requests, more| Observed {
        requests,
        more,
        ..Observed::default()
    };
    for _ in 0..40 {
        rhythm.observe(&step(1, true), UTC, NOW);
        rhythm.observe(&step(2, false), UTC, NOW);
    }
    assert!((2.99..=3.0).contains(&rhythm.cost()), "{}", rhythm.cost());
    rhythm.observe(&step(0, false), UTC, NOW);
    assert!(rhythm.cost() > 2.0);
    assert_eq!(Rhythm::default().cost(), 1.0);
}

proptest! {
    #[test]
    fn it_is_kept_as_it_was_and_its_rates_make_sense(
        visits in proptest::collection::vec((0_i64..10_000, 0_i64..3_000, any::<bool>()), 0..30),
    ) {
        let (mut rhythm, mut now) = (Rhythm::default(), NOW);
        for (wait, age, more) in visits {
            now = now.plus(Span::minutes(wait));
            let moments = vec![now.minus(Span::minutes(age))];
            let page = Observed { more, undated: 1, moments, requests: 2 };
            rhythm.observe(&page, UTC, now);
        }
        let rates = rhythm.rates(UTC);
        prop_assert!(rates.iter().all(|rate| rate.is_finite() && *rate > 0.0));
        prop_assert_eq!(Rhythm::from_text(&rhythm.to_text()), Some(rhythm));
    }

    #[test]
    fn foreign_text_is_refused(text in "\\PC{0,60}") {
        prop_assert_eq!(Rhythm::from_text(&text), None);
        prop_assert_eq!(Rhythm::from_text(&format!("1 {text}")), None);
    }
}

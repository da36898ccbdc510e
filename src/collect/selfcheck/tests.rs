use super::*;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000).plus(Span::hours(hours))
}

fn list(numbers: &[i64], oldest: i64) -> Listed {
    let mut listed = Listed::newest();
    for (place, number) in numbers.iter().enumerate() {
        listed.count(Some(*number), Some(at(oldest + place as i64)));
    }
    listed
}

fn over(listed: Option<Listed>) -> Seen {
    Seen {
        listed,
        over: true,
        ..Seen::default()
    }
}

#[test]
fn an_empty_list_is_a_finding_the_second_time_and_only_where_it_was_not_empty() {
    let mut check = Check::default();
    let empty = || over(Some(Listed::newest()));
    for hour in 0..5 {
        let verdict = check.observe(&empty(), at(hour)).unwrap();
        assert_eq!(verdict.blind, None, "it never showed a post");
    }
    let full = over(Some(list(&[1, 2], 0)));
    assert_eq!(check.observe(&full, at(5)).unwrap().blind, Some(false));
    assert_eq!(check.observe(&empty(), at(6)).unwrap().blind, None);
    // Not modified, or a step that only read comments: nothing was looked at.
    assert_eq!(check.observe(&over(None), at(7)).unwrap().blind, None);
    assert_eq!(check.observe(&empty(), at(8)).unwrap().blind, Some(true));
    assert_eq!(check.observe(&full, at(9)).unwrap().blind, Some(false));
}

#[test]
fn numbers_that_jump_over_what_a_visit_saw_leave_a_gap() {
    let mut check = Check::default();
    check.observe(&over(Some(list(&[10, 11, 12], 0))), at(3));
    let next = check
        .observe(&over(Some(list(&[12, 14], 2))), at(4))
        .unwrap();
    assert!(
        next.joined && next.gap.is_none(),
        "a deleted post is no gap"
    );
    let jumped = check
        .observe(&over(Some(list(&[40, 41], 8))), at(10))
        .unwrap();
    assert_eq!(jumped.gap, Some((GapKind::Skipped, at(3), at(8))));
    let next = check
        .observe(&over(Some(list(&[41, 42], 9))), at(12))
        .unwrap();
    assert!(next.joined);
}

#[test]
fn a_visit_in_steps_is_judged_as_one() {
    let mut check = Check::default();
    check.observe(&over(Some(list(&[10], 0))), at(0));
    let mut top = list(&[30, 31], 20);
    top.unread = true;
    let step = Seen {
        listed: Some(top),
        ..Seen::default()
    };
    assert_eq!(check.observe(&step, at(30)), None);
    let below = Listed {
        top: false,
        unread: true,
        ..list(&[20, 21], 10)
    };
    let verdict = check.observe(&over(Some(below)), at(30)).unwrap();
    assert_eq!(verdict.gap, Some((GapKind::Unread, at(0), at(10))));
    let verdict = check.observe(&over(Some(list(&[31], 21))), at(31)).unwrap();
    assert!(verdict.joined);
}

#[test]
fn a_first_reading_over_several_visits_is_no_gap() {
    let mut check = Check::default();
    let mut top = list(&[30, 31], 20);
    top.unread = true;
    let verdict = check.observe(&over(Some(top)), at(30)).unwrap();
    assert!(verdict.gap.is_none() && !verdict.joined);
}

#[test]
fn a_feed_whose_posts_are_all_new_may_have_lost_some() {
    let mut check = Check::default();
    let feed = |oldest: i64| {
        let mut listed = Listed::newest();
        (0..3).for_each(|n| listed.count(None, Some(at(oldest + n))));
        listed
    };
    let first = check.observe(&over(Some(feed(0))), at(3)).unwrap();
    assert_eq!(first.gap, None);
    let known = Seen {
        known: 1,
        ..over(Some(feed(2)))
    };
    assert_eq!(check.observe(&known, at(5)).unwrap().gap, None);
    let lost = check.observe(&over(Some(feed(20))), at(30)).unwrap();
    assert_eq!(lost.gap, Some((GapKind::Lost, at(4), at(20))));
}

#[test]
fn a_silence_is_told_after_five_posts_that_did_not_come_but_not_for_a_night() {
    let mut check = Check::default();
    // Four weeks of a post an hour, from ten to twenty of each day.
    let moments = (0..28 * 24).filter(|hour| (10..20).contains(&(hour % 24)));
    let last = 27 * 24 + 19;
    let seen = Seen {
        moments: moments.map(at).collect(),
        ..over(None)
    };
    assert!(!check.observe(&seen, at(last)).unwrap().silent);
    assert!((6.0..14.0).contains(&check.posts_a_day()));
    let morning = last + 15;
    assert!(!check.observe(&over(None), at(morning)).unwrap().silent);
    assert!(check.observe(&over(None), at(morning + 10)).unwrap().silent);
    // One new post and it is well again.
    let back = Seen {
        moments: vec![at(morning + 11)],
        ..over(None)
    };
    assert!(!check.observe(&back, at(morning + 11)).unwrap().silent);
}

#[test]
fn a_rare_source_may_be_silent() {
    let mut check = Check::default();
    let seen = Seen {
        moments: (0..4).map(|week| at(week * 168)).collect(),
        ..over(None)
    };
    check.observe(&seen, at(504));
    assert!(!check.observe(&over(None), at(504 + 600)).unwrap().silent);
}

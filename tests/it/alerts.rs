//! How agencies are told: signed, at least once, under one id, and with visible failures.

mod ceiling;
pub mod centre;
mod mail;

use std::{collections::HashSet, sync::Arc, time::Duration};

use otklik::{
    config::secrets::WebhookSecret,
    domain::{id::Ids, job::Alert, time::Span},
    notify::{Channels, Message, Outcome, Webhook},
    store::{
        jobs::{self, JobRow, JobState},
        scope::Scope,
    },
    work::supervisor::settle,
};

use crate::{
    harness::clock,
    on_each_database,
    receiver::{Answer, Receiver},
};
use centre::{Centre, Idle};

/// Seconds from now until an alert is tried again.
fn seconds_left(centre: &Centre, alert: &JobRow) -> i64 {
    (alert.not_before - centre.clock.now().as_millis()) / 1000
}

on_each_database! {
    async fn a_new_incident_is_told_signed_and_without_its_author(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;

        let requests = receiver.requests();
        assert_eq!(requests.len(), 1);
        assert!(centre.believes(&requests[0]));
        let body = requests[0].json();
        assert_eq!(body["type"], "incident.opened");
        assert_eq!(body["data"]["place"], "ул. 1-я Садовая");
        assert_eq!(body["data"]["link"], "https://otklik.example/incidents/1");
        assert_eq!(body["data"]["due"], "2026-11-22T16:00:00Z");
        let text = String::from_utf8(requests[0].body.to_vec()).unwrap();
        assert!(!text.contains("author") && !text.contains("Марине"), "{text}");

        let alert = centre.only_alert().await;
        assert_eq!(alert.id, requests[0].header("webhook-id"));
        assert_eq!((alert.state(), alert.event()), (JobState::Delivered, "incident.opened".into()));
        assert_eq!(centre.counts().await, (1, 0, 0));
    }

    async fn a_receiver_that_was_down_is_told_once_when_it_is_up(it: TestStore) {
        let receiver = Receiver::down();
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        let waiting = centre.only_alert().await;
        assert_eq!(waiting.state(), JobState::Waiting);
        assert_eq!(waiting.last_error.as_deref(), Some("the receiver cannot be reached"));

        receiver.listen();
        centre.pass(Span::seconds(10)).await;
        centre.pass(Span::minutes(30)).await;
        let delivered = centre.only_alert().await;
        assert_eq!((delivered.state(), delivered.last_error.clone()), (JobState::Delivered, None));
        assert_eq!(receiver.ids(), [delivered.id]);
    }

    async fn waits_double_and_nothing_is_sent_before_its_moment(it: TestStore) {
        let receiver = Receiver::answering(&[500, 503, 404].map(Answer::Status));
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        for (sent, least) in [(1, 5), (2, 10), (3, 20)] {
            let alert = centre.only_alert().await;
            let left = seconds_left(&centre, &alert);
            assert!((least..=least * 5 / 4).contains(&left), "{left} after {sent}");
            centre.pass(Span::seconds(least - 1)).await;
            assert_eq!(receiver.requests().len(), sent);
            centre.pass(Span::seconds(least)).await;
        }
        assert_eq!(centre.counts().await, (1, 0, 0));
        let ids: HashSet<_> = receiver.ids().into_iter().collect();
        assert_eq!((receiver.requests().len(), ids.len()), (4, 1));
        assert!(centre.believes(receiver.requests().last().unwrap()));
    }

    async fn an_alert_is_given_up_with_its_last_error_and_tried_again_by_a_person(it: TestStore) {
        let receiver = Receiver::answering(&[500, 500, 500].map(Answer::Status));
        let mut centre = Centre::telling(it, &receiver);
        centre.alerts.max_attempts = 3;
        centre.hears_of_place(1, true).await;
        for _ in 0..5 {
            centre.pass(Span::minutes(1)).await;
        }
        let failed = centre.only_alert().await;
        assert_eq!((failed.state(), receiver.requests().len()), (JobState::Failed, 3));
        assert_eq!(
            failed.last_error.as_deref(),
            Some("the receiver answered 500 Internal Server Error; given up after 3 attempts")
        );
        assert_eq!(centre.counts().await, (0, 1, 0));

        centre.try_again(&failed.id).await;
        centre.settle().await;
        assert_eq!(centre.counts().await, (1, 0, 0));
    }

    async fn a_receiver_that_does_not_answer_in_time_is_tried_again(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Silence]);
        let centre = Centre::telling_within(it, &receiver, Duration::from_millis(300));
        centre.hears_of_place(1, true).await;
        let alert = centre.only_alert().await;
        assert_eq!(alert.last_error.as_deref(), Some("the receiver did not answer in time"));
        centre.pass(Span::seconds(10)).await;
        assert_eq!(receiver.ids(), [alert.id.clone(), alert.id]);
    }

    async fn a_receiver_that_is_gone_is_left_alone(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Status(410)]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        centre.pass(Span::minutes(30)).await;
        assert_eq!((receiver.requests().len(), centre.counts().await), (1, (0, 1, 0)));
        let told = centre.only_alert().await.last_error.unwrap();
        assert!(told.contains("410 Gone") && told.contains("alerts.webhook_url"), "{told}");
    }

    async fn a_redirect_is_not_followed(it: TestStore) {
        let elsewhere = Receiver::answering(&[]);
        let moved = Answer::With(307, "location", elsewhere.url());
        let receiver = Receiver::answering(&[moved]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        assert_eq!((receiver.requests().len(), elsewhere.requests().len()), (1, 0));
        let told = centre.only_alert().await.last_error.unwrap();
        assert!(told.contains("redirects are not followed"), "{told}");
    }

    async fn a_busy_receiver_is_left_in_peace_as_long_as_it_asks(it: TestStore) {
        let busy = Answer::With(429, "retry-after", "120".into());
        let receiver = Receiver::answering(&[busy]);
        let centre = Centre::telling(it, &receiver);
        let loops = centre.loops(centre.jobs());
        centre.keep(1, true).await;
        settle(&loops).await.unwrap();
        centre.keep(2, true).await;
        centre.clock.advance(Span::seconds(119));
        settle(&loops).await.unwrap();
        assert_eq!(receiver.requests().len(), 1);
        centre.clock.advance(Span::seconds(10));
        settle(&loops).await.unwrap();
        assert_eq!(centre.counts().await, (2, 0, 0));
    }

    async fn a_kill_between_sending_and_noting_repeats_the_same_id(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Silence]);
        let centre = Centre::telling(it, &receiver);
        centre.keep(1, true).await;
        let doomed = centre.loops(centre.jobs());
        let killed = tokio::spawn(async move { settle(&doomed).await });
        receiver.arrival().await;
        killed.abort();
        assert!(killed.await.unwrap_err().is_cancelled());

        centre.settle().await;
        assert_eq!(receiver.requests().len(), 1, "the lease still holds");
        centre.pass(Span::seconds(61)).await;
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Delivered, 2));
        assert_eq!(receiver.ids(), [alert.id.clone(), alert.id]);
    }

    async fn two_workers_send_each_alert_once(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        for place in 1..=40 {
            centre.keep(place, true).await;
        }
        centre.work_with(Idle).await;
        let (one, two) = ([centre.jobs()], [centre.jobs()]);
        let (one, two) = tokio::join!(settle(&one), settle(&two));
        one.and(two).unwrap();
        let ids: HashSet<_> = receiver.ids().into_iter().collect();
        assert_eq!((ids.len(), receiver.requests().len()), (40, 40));
    }

    async fn each_broken_promise_is_told_once(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, true).await;
        centre.pass(Span::hours(1)).await;
        assert_eq!(receiver.requests().len(), 1, "the last moment is in time");
        centre.pass(Span::millis(1)).await;
        centre.pass(Span::minutes(90)).await;
        let told = receiver.requests()[1].json();
        assert_eq!(receiver.requests().len(), 2);
        assert_eq!(told["type"], "incident.overdue");
        assert_eq!(told["data"]["due"], "2026-11-22T13:00:00Z");

        centre.pass(Span::days(30)).await;
        assert_eq!(receiver.requests().len(), 4, "taken, first answer, final answer");
        assert_eq!(centre.overdue_events().await, ["final", "first", "taken"]);
    }

    async fn imported_history_is_marked_overdue_and_tells_nobody(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let centre = Centre::telling(it, &receiver);
        centre.hears_of_place(1, false).await;
        centre.pass(Span::days(1)).await;
        assert_eq!(centre.overdue_events().await, ["first", "taken"]);
        assert_eq!((receiver.requests().len(), centre.alerts().await.len()), (0, 0));
    }

    async fn without_a_channel_nothing_waits(it: TestStore) {
        let mut centre = Centre::telling(it, &Receiver::down());
        centre.channels = Arc::new(Channels::default());
        centre.hears_of_place(1, true).await;
        let alert = centre.only_alert().await;
        assert_eq!((alert.state(), alert.attempts), (JobState::Skipped, 0));
        assert_eq!(centre.counts().await, (0, 0, 0));
    }

    async fn alerts_are_seen_within_reach_and_in_pages(it: TestStore) {
        let receiver = Receiver::answering(&[Answer::Status(410)]);
        let centre = Centre::telling(it, &receiver);
        for place in 1..=3 {
            centre.hears_of_place(place, true).await;
            centre.clock.advance(Span::seconds(1));
        }
        let mut tx = centre.it.store.read().await.unwrap();
        let service = Scope::service("test");
        let first = jobs::list(&mut tx, &service, None, None, 2).await.unwrap();
        let before = first.last().map(|row| row.id.as_str());
        let second = jobs::list(&mut tx, &service, None, before, 2).await.unwrap();
        let numbers: Vec<i64> = first.iter().chain(&second).map(|row| row.number).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let failed = jobs::list(&mut tx, &service, Some(JobState::Failed), None, 9).await.unwrap();
        assert_eq!(failed.iter().map(|row| row.number).collect::<Vec<_>>(), [1]);
        assert!(jobs::list(&mut tx, &Scope::nobody(), None, None, 9).await.is_err());
        assert!(jobs::counts(&mut tx, &Scope::nobody()).await.is_err());
    }
}

fn an_alert() -> Alert {
    Alert {
        event: "incident.opened".into(),
        incident: "01".into(),
        number: 1,
        sector: "housing".into(),
        topic: "housing.hot_water".into(),
        title: "Нет воды".into(),
        municipality: None,
        place: None,
        due: None,
        link: "/incidents/1".into(),
    }
}

#[tokio::test]
async fn a_receiver_that_talks_nonsense_is_tried_again_and_its_address_not_shown() {
    for nonsense in [
        &b"\0\xff nonsense\r\n\r\n"[..],
        b"HTTP/1.1 999999 What\r\n\r\n",
        b"",
    ] {
        let receiver = Receiver::babbling(nonsense);
        let secret = WebhookSecret::generate(&Ids::random());
        let within = Duration::from_secs(10);
        let url = receiver.url().replace("hook", "hook-token-hush");
        let webhook = Webhook::new(&url, secret, "http://x", within).unwrap();
        let alert = an_alert();
        let now = clock().now();
        let message = Message {
            id: "one",
            happened: now,
            now,
            alert: &alert,
            gathered: &[],
        };
        let outcome = webhook.deliver(message).await;
        let Outcome::Retry {
            reason,
            after: None,
        } = outcome
        else {
            panic!("{outcome:?}")
        };
        assert!(!reason.contains("hush") && !reason.is_empty(), "{reason}");
    }
}

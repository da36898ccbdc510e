//! Never above a receiver's ceiling, and nothing lost below it: webhooks wait, letters are gathered.

use std::collections::HashSet;

use otklik::{
    domain::time::{Span, Timestamp},
    store::jobs::JobState,
    work::supervisor::settle,
};

use super::{
    centre::{Centre, Idle, settings},
    mail::writing,
};
use crate::{
    mailserver::MailServer,
    on_each_database,
    receiver::{Answer, Receiver},
};

const DUTY: &str = "duty@region.example";

/// The moments at which messages came, as the story's clock tells them.
#[derive(Default)]
struct Arrivals(Vec<Timestamp>);

impl Arrivals {
    fn note(&mut self, centre: &Centre, come: usize) {
        self.0.resize(come, centre.clock.now());
    }

    /// The most that came within any hour.
    fn most_in_an_hour(&self) -> usize {
        let within = |end: &Timestamp| {
            let since = end.minus(Span::hours(1));
            self.0
                .iter()
                .filter(|at| **at > since && *at <= end)
                .count()
        };
        self.0.iter().map(within).max().unwrap_or_default()
    }
}

on_each_database! {
    async fn letters_over_the_ceiling_are_gathered_and_none_is_lost(it: TestStore) {
        let server = MailServer::start().await;
        let centre = writing(it, &server, DUTY, &[("alerts__mail_per_hour", "5")]);
        let mut arrivals = Arrivals::default();
        for place in 1..=12 {
            centre.keep(place, true).await;
        }
        centre.settle().await;
        arrivals.note(&centre, server.ids().len());
        for minute in 0..90 {
            if minute % 5 == 0 {
                centre.keep(100 + minute, true).await;
            }
            centre.pass(Span::minutes(1)).await;
            arrivals.note(&centre, server.ids().len());
        }
        centre.pass(Span::hours(1)).await;
        arrivals.note(&centre, server.ids().len());
        assert_eq!(arrivals.most_in_an_hour(), 5);

        let letters = server.letters();
        let numbers: Vec<usize> = letters.iter().map(|l| l.numbers().len()).collect();
        let mut first: Vec<_> = letters[..5].iter().collect(); // they travel side by side
        first.sort_by_key(|letter| letter.numbers().len());
        let sizes: Vec<usize> = first.iter().map(|letter| letter.numbers().len()).collect();
        assert_eq!(sizes, [1, 1, 1, 1, 8], "the hour's last letter carries what waits");
        assert_eq!(first[4].subject, "8 оповещений в одном письме");
        assert_eq!(first[4].header("List-Id"), "<alerts.region.example>");
        let ids: HashSet<&str> = letters.iter().map(|l| l.id.as_str()).collect();
        assert_eq!(ids.len(), letters.len());
        let (delivered, failed, waiting) = centre.counts().await;
        assert_eq!((failed, waiting), (0, 0));
        assert_eq!(numbers.iter().sum::<usize>() as i64, delivered, "each told once");
        assert!(delivered > 30, "{delivered}");
    }

    async fn a_gathered_letter_repeats_its_id_and_its_contents_after_a_kill(it: TestStore) {
        let server = MailServer::start().await;
        let centre = writing(it, &server, DUTY, &[("alerts__mail_per_hour", "1")]);
        for place in 1..=3 {
            centre.keep(place, true).await;
        }
        centre.work_with(Idle).await;
        server.tell("hold").await;
        let doomed = [centre.jobs()];
        let killed = tokio::spawn(async move { settle(&doomed).await });
        server.arrival().await;
        killed.abort();
        assert!(killed.await.unwrap_err().is_cancelled());

        centre.hears_of_place(4, true).await;
        centre.pass(Span::hours(1)).await;
        let letters = server.letters();
        assert_eq!((letters.len(), &letters[0].id), (2, &letters[1].id));
        assert!(letters[0].id.starts_with("digest."));
        assert_eq!(letters[0].text, letters[1].text);
        let told: HashSet<i64> = letters[1].numbers().into_iter().collect();
        assert_eq!(told, HashSet::from([1, 2, 3]));
        let states = centre.alerts().await.into_iter().filter(|a| a.number <= 3);
        let opened = states.filter(|a| a.event() == "incident.opened");
        assert!(opened.map(|a| a.state()).all(|state| state == JobState::Delivered));
    }

    async fn what_a_server_refuses_together_is_shown_for_each_and_told_again_one_by_one(it: TestStore) {
        let server = MailServer::start().await;
        let mut centre = writing(it, &server, DUTY, &[("alerts__mail_per_hour", "1")]);
        for place in 1..=3 {
            centre.keep(place, true).await;
        }
        server.tell("answer data 552 5.3.4 too big").await;
        centre.settle().await;
        assert_eq!(centre.counts().await, (0, 3, 0));
        let failed = centre.alerts().await;
        let told = "the mail server answered 552 5.3.4 too big";
        assert!(failed.iter().all(|alert| alert.last_error.as_deref() == Some(told)));
        centre.alerts.mail_per_hour = 30;
        for alert in &failed {
            centre.try_again(&alert.id).await;
        }
        centre.settle().await;
        let ids: HashSet<String> = server.ids().into_iter().collect();
        let own = failed.iter().map(|alert| format!("alert.{}@region.example", alert.id));
        assert_eq!(ids, own.collect());
    }

    async fn a_webhook_waits_below_its_ceiling(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let url = receiver.url();
        let given = [("alerts__webhook_url", url.as_str()), ("alerts__webhook_per_hour", "6")];
        let centre = Centre::with(it, &settings(&given));
        let mut arrivals = Arrivals::default();
        for place in 1..=15 {
            centre.keep(place, true).await;
        }
        for _ in 0..60 {
            centre.settle().await;
            arrivals.note(&centre, receiver.requests().len());
            centre.clock.advance(Span::minutes(20));
        }
        assert_eq!(arrivals.most_in_an_hour(), 6);
        let (delivered, failed, waiting) = centre.counts().await;
        assert_eq!((failed, waiting), (0, 0));
        assert_eq!(receiver.ids().into_iter().collect::<HashSet<_>>().len() as i64, delivered);
        assert_eq!(receiver.requests().len() as i64, delivered);
    }

    async fn a_webhook_that_answers_500_for_a_day_is_told_all_and_never_above_its_ceiling(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        receiver.always(Some(Answer::Status(500)));
        let url = receiver.url();
        let given = [("alerts__webhook_url", url.as_str()), ("alerts__webhook_per_hour", "20")];
        let centre = Centre::with(it, &settings(&given));
        let mut arrivals = Arrivals::default();
        for place in 1..=10 {
            centre.keep(place, true).await;
        }
        for step in 0..36 * 6 {
            if step == 24 * 6 {
                receiver.always(None);
            }
            centre.pass(Span::minutes(10)).await;
            arrivals.note(&centre, receiver.requests().len());
        }
        assert!(arrivals.most_in_an_hour() <= 20, "{}", arrivals.most_in_an_hour());
        assert_eq!(centre.counts().await, (30, 0, 0));
        let ids: HashSet<String> = receiver.ids().into_iter().collect();
        assert_eq!(ids.len(), 30);
    }

    async fn two_workers_keep_one_ceiling(it: TestStore) {
        let receiver = Receiver::answering(&[]);
        let url = receiver.url();
        let given = [("alerts__webhook_url", url.as_str()), ("alerts__webhook_per_hour", "7")];
        let centre = Centre::with(it, &settings(&given));
        for place in 1..=20 {
            centre.keep(place, true).await;
        }
        centre.work_with(Idle).await;
        let (one, two) = ([centre.jobs()], [centre.jobs()]);
        let (one, two) = tokio::join!(settle(&one), settle(&two));
        one.and(two).unwrap();
        let ids: HashSet<_> = receiver.ids().into_iter().collect();
        assert_eq!((ids.len(), receiver.requests().len()), (7, 7));
    }
}

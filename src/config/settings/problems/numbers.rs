//! Numbers that make no sense: below what is possible, or out of order among each other.

use super::{Found, Settings};

/// Settings by their keys, and whether each is more than 0.
macro_rules! positive {
    ($settings:ident: $($($part:ident).+,)+) => {
        [$((stringify!($($part).+), ($settings.$($part).+ as f64) > 0.0)),+]
    };
}

impl Found {
    pub(super) fn numbers(&mut self, s: &Settings) {
        self.positive(s);
        self.shares(s);
        self.ordered(s);
    }

    fn positive(&mut self, s: &Settings) {
        for (key, sound) in positive! { s:
            web.session_hours,
            web.longest_session_days,
            web.sign_in.tries,
            web.sign_in.tries_per_login,
            web.sign_in.tries_per_address,
            web.sign_in.first_delay_seconds,
            collect.connect_timeout_seconds,
            collect.timeout_seconds,
            collect.vk_per_second,
            collect.vk.user_per_second,
            collect.vk.community_per_second,
            collect.telegram_per_second,
            collect.host_per_second,
            collect.ok.per_second,
            collect.ok.per_day,
            collect.max.per_second,
            collect.max.per_day,
            collect.interval_seconds,
            collect.posts_per_visit,
            collect.posts_per_priority_visit,
            collect.pages_per_visit,
            import.max_megabytes,
            import.keep_hours,
            incidents.max_age_days,
            incidents.join_hours,
            incidents.join_metres,
            alerts.webhook_per_hour,
            alerts.mail_per_hour,
            alerts.retry_seconds,
            alerts.max_attempts,
            retention.posts_days,
            retention.waiting_days,
            retention.flagged_days,
            retention.incidents_days,
            retention.evidence_days,
            retention.deliveries_days,
            retention.backups_days,
            journal.sign_minutes,
            journal.sign_entries,
            journal.verify_hours,
        } {
            self.unless(sound, key, "must be more than 0");
        }
    }

    fn shares(&mut self, s: &Settings) {
        let u = &s.understand;
        for (key, share) in [
            ("understand.min_sector_score", u.min_sector_score),
            ("understand.claim_suggest", u.claim_suggest),
            ("understand.claim_strong", u.claim_strong),
        ] {
            let sound = (0.0..=1.0).contains(&share);
            self.unless(sound, key, "must lie between 0 and 1");
        }
    }

    fn ordered(&mut self, s: &Settings) {
        let (u, r, w) = (&s.understand, &s.retention, &s.web.sign_in);
        let ordered = w.longest_delay_seconds >= w.first_delay_seconds;
        let message = "must not lie below first_delay_seconds";
        self.unless(ordered, "web.sign_in.longest_delay_seconds", message);
        let sound = r.deleted_hours >= 0;
        self.unless(sound, "retention.deleted_hours", "must not lie below 0");
        let kept = r.posts_days >= s.incidents.max_age_days;
        let message =
            "must not lie below incidents.max_age_days: posts would go before they are routed";
        self.unless(kept, "retention.posts_days", message);
        let sound = s.journal.keep_days >= 0;
        self.unless(sound, "journal.keep_days", "must not be less than 0");
        let ordered = u.claim_suggest <= u.claim_strong;
        let message = "must not lie below claim_suggest";
        self.unless(ordered, "understand.claim_strong", message);
    }
}

//! Values that parse and still make no sense: each is told by its key, all at once.

mod numbers;

use std::path::Path;

use jiff::tz::TimeZone;
use secrecy::ExposeSecret;
use url::Url;

use super::{Settings, Tls};
use crate::config::{mailbox, secrets::KeyRing};

impl Settings {
    /// Everything that would go wrong later, in a sentence each; empty when the settings are sound.
    /// Makes and opens nothing.
    pub fn problems(&self) -> Vec<String> {
        let mut found = Found(Vec::new());
        found.places(self);
        found.addresses(self);
        found.numbers(self);
        found.communities(self);
        found.mail(self);
        found.receivers(self);
        found.0.extend(self.web.provider_problems());
        found.0.extend(KeyRing::problems(self));
        found.0
    }
}

struct Found(Vec<String>);

impl Found {
    fn unless(&mut self, sound: bool, key: &str, message: &str) {
        if !sound {
            self.0.push(format!("{key}: {message}"));
        }
    }

    fn places(&mut self, s: &Settings) {
        let zone = &s.region.timezone;
        let message = format!("«{zone}» is no IANA time zone, such as Europe/Moscow");
        self.unless(TimeZone::get(zone).is_ok(), "region.timezone", &message);
        let zone = &s.collect.vk_day_zone;
        let message = format!("«{zone}» is no IANA time zone, such as Europe/Moscow");
        let known = zone.is_empty() || TimeZone::get(zone).is_ok();
        self.unless(known, "collect.vk_day_zone", &message);
        let some = !s.data_dir.as_os_str().is_empty();
        self.unless(some, "data_dir", "a folder is wanted");
        self.folder("config_dir", &s.config_dir);
        self.folder("understand.model_dir", &s.understand.model_dir);
    }

    /// Tokens of communities stand under their numbers.
    fn communities(&mut self, s: &Settings) {
        for number in s.collect.vk.community_tokens.keys() {
            let sound = number.parse::<i64>().is_ok_and(|number| number > 0);
            let key = format!("collect.vk.community_tokens.{number}");
            self.unless(sound, &key, "wants the community's number, such as 123456");
        }
    }

    fn folder(&mut self, key: &str, path: &Path) {
        let there = path.as_os_str().is_empty() || path.is_dir();
        let message = format!("there is no folder {}", path.display());
        self.unless(there, key, &message);
    }

    fn addresses(&mut self, s: &Settings) {
        let database = s.database_url.expose_secret();
        let known = database.is_empty()
            || database.starts_with("postgres://")
            || database.starts_with("postgresql://");
        let message = "wants postgres://user:password@host/base, or nothing for SQLite";
        self.unless(known, "database_url", message);
        self.unless(
            is_listen(&s.web.listen),
            "web.listen",
            "wants address:port, such as 127.0.0.1:8080",
        );
        for (key, address, may_be_empty) in [
            ("web.public_url", &s.web.public_url, true),
            ("alerts.webhook_url", &s.alerts.webhook_url, true),
            ("collect.base.vk", &s.collect.base.vk, false),
            ("collect.base.vk_site", &s.collect.base.vk_site, false),
            ("collect.base.telegram", &s.collect.base.telegram, false),
            ("collect.base.ok", &s.collect.base.ok, false),
            ("collect.base.ok_site", &s.collect.base.ok_site, false),
            ("collect.base.max", &s.collect.base.max, false),
        ] {
            let sound = is_web(address) || may_be_empty && address.is_empty();
            self.unless(
                sound,
                key,
                "wants an address that begins with http:// or https://",
            );
        }
        let listen = &s.metrics.listen;
        let in_form = listen.is_empty() || is_listen(listen);
        let message = "wants address:port, such as 127.0.0.1:9464, or nothing";
        self.unless(in_form, "metrics.listen", message);
        let message = "anybody could read it there: set metrics.token, or listen on 127.0.0.1";
        self.unless(s.metrics.is_guarded(), "metrics.listen", message);
        let agent = !s.collect.user_agent.trim().is_empty();
        self.unless(agent, "collect.user_agent", "say who you are");
    }

    /// Events are let in by their secret alone: one that can be guessed lets anybody in.
    fn receivers(&mut self, s: &Settings) {
        for callback in &s.collect.vk.callbacks {
            let key = format!("collect.vk.callbacks: {}", callback.source);
            let length = callback.secret.expose_secret().chars().count();
            let message = "the secret wants 16 to 50 characters";
            self.unless((16..=50).contains(&length), &key, message);
            let message = "group wants the page's number, above zero";
            self.unless(callback.group > 0, &key, message);
        }
        let secret = s.collect.max.webhook_secret.expose_secret();
        let of_kind = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        let sound = (16..=256).contains(&secret.len()) && secret.chars().all(of_kind);
        let message = "wants 16 to 256 of A-Z, a-z, 0-9, _ and -, or nothing";
        let sound = sound || secret.is_empty();
        self.unless(sound, "collect.max.webhook_secret", message);
    }

    fn mail(&mut self, s: &Settings) {
        let (alerts, smtp) = (&s.alerts, &s.alerts.smtp);
        for address in &alerts.mail_to {
            let told = mailbox::address(address).err();
            self.0
                .extend(told.map(|why| format!("alerts.mail_to: {why}")));
        }
        let known = matches!(alerts.mail_language.as_str(), "ru" | "en");
        self.unless(known, "alerts.mail_language", "wants ru or en");
        if smtp.host.trim().is_empty() {
            return;
        }
        let told = mailbox::named(&smtp.from).err();
        self.0
            .extend(told.map(|why| format!("alerts.smtp.from: {why}")));
        let closed = smtp.tls != Tls::None || smtp.is_loopback();
        let message = "none is for a mail server on this machine alone; use starttls or implicit";
        self.unless(closed, "alerts.smtp.tls", message);
        let whole = smtp.user.is_empty() == smtp.password.expose_secret().is_empty();
        let message = "user and password are given together, or neither";
        self.unless(whole, "alerts.smtp.user", message);
        // A longer attempt would outlive its lease and be made twice.
        let bounded = (1..=50).contains(&smtp.timeout_seconds);
        self.unless(bounded, "alerts.smtp.timeout_seconds", "wants 1 to 50");
        let ca = smtp.ca_bundle.as_os_str().is_empty() || smtp.ca_bundle.is_file();
        let message = format!("there is no file {}", smtp.ca_bundle.display());
        self.unless(ca, "alerts.smtp.ca_bundle", &message);
    }
}

/// Host and port in form; names are not looked up.
pub fn is_listen(address: &str) -> bool {
    let parts = address.rsplit_once(':');
    parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(given: &[(&str, &str)]) -> Settings {
        let given = given
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::load(None, given).unwrap()
    }

    /// The keys of everything that is wrong.
    fn keys(settings: &Settings) -> Vec<String> {
        let told = settings.problems().into_iter();
        told.map(|problem| problem.split(": ").next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn the_shipped_settings_are_sound() {
        assert_eq!(settings(&[]).problems(), Vec::<String>::new());
    }

    #[test]
    fn every_mistake_is_told_at_once_by_its_key() {
        let wrong = settings(&[
            ("OTKLIK_REGION__TIMEZONE", "Moscow"),
            ("OTKLIK_DATABASE_URL", "mysql://x"),
            ("OTKLIK_WEB__LISTEN", "8080"),
            ("OTKLIK_ALERTS__WEBHOOK_URL", "receiver.example"),
            ("OTKLIK_ALERTS__MAX_ATTEMPTS", "0"),
            ("OTKLIK_UNDERSTAND__CLAIM_STRONG", "0.1"),
            ("OTKLIK_SECRETS__IDENTITY_KEY", "short"),
        ]);
        assert_eq!(
            keys(&wrong),
            [
                "region.timezone",
                "database_url",
                "web.listen",
                "alerts.webhook_url",
                "alerts.max_attempts",
                "understand.claim_strong",
                "secrets.identity_key",
            ]
        );
    }

    #[test]
    fn no_secret_is_shown() {
        let given = settings(&[
            (
                "OTKLIK_DATABASE_URL",
                "postgres://otklik:hush@db.example/otklik?password=hush",
            ),
            ("OTKLIK_SECRETS__IDENTITY_KEY", "hush hush hush hush"),
            ("OTKLIK_SECRETS__AUTHOR_KEY", "hush hush hush hush"),
            ("OTKLIK_SECRETS__SIGN_IN_KEY", "hush hush hush hush"),
            ("OTKLIK_SECRETS__JOURNAL_KEY", "hush hush hush hush"),
            ("OTKLIK_COLLECT__VK__TOKEN", "hush"),
            ("OTKLIK_COLLECT__OK__ACCESS_TOKEN", "hush"),
            ("OTKLIK_COLLECT__OK__SESSION_SECRET", "hush"),
            ("OTKLIK_COLLECT__OK__APPLICATION_SECRET", "hush"),
            ("OTKLIK_COLLECT__MAX__TOKEN", "hush"),
            ("OTKLIK_COLLECT__MAX__WEBHOOK_SECRET", "hush"),
            ("OTKLIK_ALERTS__WEBHOOK_SECRET", "whsec_hush"),
            ("OTKLIK_ALERTS__SMTP__PASSWORD", "hush"),
            ("OTKLIK_WEB__OIDC__CLIENT_SECRET", "hush"),
        ]);
        let shown = serde_json::to_value(&given).unwrap();
        assert!(!shown.to_string().contains("hush"), "{shown}");
        assert_eq!(
            shown["database_url"],
            "postgres://otklik:***@db.example/otklik?***"
        );
        assert_eq!(shown["collect"]["vk"]["token"], "***");
        assert_eq!(shown["collect"]["vk"]["version"], "5.199");
    }

    #[test]
    fn mistakes_of_mail_are_told_by_their_keys() {
        let wrong = settings(&[
            ("OTKLIK_ALERTS__MAIL_TO", "duty@region.example, duty"),
            ("OTKLIK_ALERTS__MAIL_LANGUAGE", "de"),
            ("OTKLIK_ALERTS__MAIL_PER_HOUR", "0"),
            ("OTKLIK_ALERTS__SMTP__HOST", "mail.region.example"),
            ("OTKLIK_ALERTS__SMTP__TLS", "none"),
            ("OTKLIK_ALERTS__SMTP__USER", "otklik"),
            ("OTKLIK_ALERTS__SMTP__TIMEOUT_SECONDS", "60"),
            ("OTKLIK_ALERTS__SMTP__CA_BUNDLE", "/nowhere/ca.pem"),
        ]);
        assert_eq!(
            keys(&wrong),
            [
                "alerts.mail_per_hour",
                "alerts.mail_to",
                "alerts.mail_language",
                "alerts.smtp.from",
                "alerts.smtp.tls",
                "alerts.smtp.user",
                "alerts.smtp.timeout_seconds",
                "alerts.smtp.ca_bundle",
            ]
        );
        assert_eq!(wrong.alerts.mail_to, ["duty@region.example", "duty"]);
    }

    #[test]
    fn a_mail_server_on_this_machine_needs_no_encryption() {
        for host in ["localhost", "127.0.0.1", "[::1]", "::1"] {
            let given = [
                ("OTKLIK_ALERTS__SMTP__HOST", host),
                ("OTKLIK_ALERTS__SMTP__TLS", "none"),
                ("OTKLIK_ALERTS__SMTP__FROM", "otklik@region.example"),
            ];
            assert_eq!(settings(&given).problems(), Vec::<String>::new(), "{host}");
        }
    }
}

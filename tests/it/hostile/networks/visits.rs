//! A source of a hostile server, and the collector that visits it: what a visit kept or recorded, how
//! long it took and how much memory. Start with [`Visits::make`].

use otklik::{
    collect::poll::Collector,
    config::settings::Settings,
    domain::{
        id::{Ids, SourceId},
        plain::is_steering,
        post::Platform,
        reading::{BodyOn, Open311, Site},
        source::SourceConfig,
        time::{Clock, Span, Timestamp},
    },
    store::{
        Priority, Store,
        sources::{self, SourceRow},
    },
    work::collecting::{Ages, Collecting},
};
use tokio::time::timeout;

use super::{
    Door, answers, more,
    wires::{Manner, Wires, says},
};
use crate::{
    harness::keys,
    hostile::{
        matrix::{Attack, Ended},
        raw::Raw,
        wire::LONGEST,
    },
    office::{Office, TOWN},
};

/// Far more than all that runs beside a visit takes, far less than what a bomb unpacks to.
const MOST_MEMORY: u64 = 400; // MiB
/// Steps that one visit may make.
const STEPS: usize = 12;

const COMMENTS_KEPT: &str =
    "select cast(count(*) as text) || ':' || cast(coalesce(sum(version), 0) as text)
    from post where kind = 'comment'";

/// A source, and who visits it.
pub struct Visits {
    store: Store,
    clock: Clock,
    collecting: Collecting,
    source: SourceConfig,
    door: &'static Door,
}

impl Visits {
    /// The source whose server this is; only that one address may be asked.
    pub fn of(office: &Office, door: &'static Door, server: &Wires, number: usize) -> Visits {
        let mut settings = Settings::load(None, []).unwrap();
        let (collect, base) = (&mut settings.collect, format!("http://{}", server.address));
        collect.private_hosts = vec![server.address.clone()];
        collect.telegram = true;
        (collect.timeout_seconds, collect.connect_timeout_seconds) = (1, 1);
        collect.base.vk = format!("{base}/method");
        collect.base.telegram = base.clone();
        (collect.base.ok, collect.base.max) = (format!("{base}/fb.do"), base.clone());
        collect.vk.token = "a-token".into();
        collect.ok.application_key = "A".into();
        collect.ok.access_token = "a-token".into();
        collect.ok.session_secret = "a secret".into();
        collect.max.token = "a-token".into();
        collect.max.wait_seconds = 0;
        let (store, clock) = (office.it.store.clone(), office.app.clock.clone());
        let zone = jiff::tz::TimeZone::UTC;
        let ids = Ids::seeded(1);
        let collector = Collector::new(collect, zone, store.clone(), clock.clone(), ids).unwrap();
        let ages = Ages::of(&settings);
        Visits {
            collecting: Collecting::new(
                store.clone(),
                collector,
                keys(),
                ages,
                clock.clone(),
                Ids::seeded(2),
            ),
            source: source(door, &base, number),
            store,
            clock,
            door,
        }
    }

    /// The answer at the door, sound ones beside it.
    pub fn set(&self, server: &Wires, thrown: Manner) {
        server.clear();
        server.on("/method/wall.get", says(answers::talked()));
        server.on("/rss", says(answers::rss(&["вода".into()])));
        server.on("/chats/-7", says(more::chat()));
        server.on(self.door.path, thrown);
    }

    /// A visit from the beginning: kept as text, or recorded as failed with a sentence and nothing
    /// else changed. After odd numbers it is visited once more: they may have become its position.
    pub async fn make(&self, raw: Option<&Raw>, attack: Attack) -> Result<Ended, String> {
        self.begin(raw).await;
        let before = memory();
        let ended = self.whole(raw).await?;
        if matches!(attack, Attack::WrongType | Attack::Numbers) && ended == Ended::Text {
            self.clock.advance(Span::minutes(10));
            self.whole(raw).await?;
        }
        let grown = memory().saturating_sub(before) / 1024;
        match raw.is_some() && grown > MOST_MEMORY {
            true => Err(format!("a visit took {grown} MiB")),
            false => Ok(ended),
        }
    }

    async fn begin(&self, raw: Option<&Raw>) {
        if let Some(raw) = raw {
            for table in ["gate", "budget", "robots", "source"] {
                raw.run(&format!("delete from {table}")).await;
            }
            self.clock.advance(Span::minutes(1));
        }
        let mut tx = self.store.write(Priority::Bulk).await.unwrap();
        let (interval, now) = (Span::minutes(10), self.clock.now());
        sources::put(&mut tx, &self.source, true, interval, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn row(&self) -> SourceRow {
        let mut tx = self.store.read().await.unwrap();
        let code = self.source.code.0.as_str();
        sources::find(&mut tx, code).await.unwrap().unwrap()
    }

    /// Every step of a visit.
    async fn whole(&self, raw: Option<&Raw>) -> Result<Ended, String> {
        let (before, talked) = (contents(raw).await, comments(raw).await);
        for _ in 0..STEPS {
            let (row, own) = (self.row().await, self.collecting.clone());
            let task = tokio::spawn(async move { own.visit(&row).await });
            let visited = timeout(LONGEST, task).await.map_err(|_| "a visit hangs")?;
            let kept = visited
                .map_err(|_| "a visit panicked")?
                .map_err(|error| format!("the store refused a visit: {error}"))?;
            let row = self.row().await;
            let far = row.next_visit > self.clock.now().plus(Span::days(370)).as_millis();
            if far {
                return Err("it is never visited again".into());
            }
            if kept.is_none() {
                let Some(said) = row.last_error else {
                    // a gate of ours: nothing was tried
                    let at = Timestamp::from_millis(row.next_visit);
                    self.clock.advance(at.since(self.clock.now()));
                    continue;
                };
                told(&said)?;
                return unchanged(before == contents(raw).await);
            }
            if row.next_visit > self.clock.now().as_millis() {
                break;
            }
        }
        // A discussion or facts that cannot be had are a note of the visit: nothing of them was kept.
        let silent = match self.door.path {
            super::COMMENTS => comments(raw).await == talked,
            super::FACTS => self.row().await.facts.is_none(),
            _ => false,
        };
        Ok(if silent { Ended::Refused } else { Ended::Text })
    }
}

fn source(door: &Door, base: &str, number: usize) -> SourceConfig {
    let owner = match door.platform {
        Platform::Vk => "-7".to_owned(),
        Platform::Telegram => "gorod".to_owned(),
        Platform::Ok => "53".to_owned(),
        Platform::Max => "-7".to_owned(),
        Platform::Site => format!("{base}/news/"),
        Platform::Open311 => format!("{base}/open311/v2"),
        _ => format!("{base}/rss"),
    };
    let code = door.name.to_lowercase().replace([' ', '.'], "-");
    SourceConfig {
        code: SourceId(format!("{code}-{number}")),
        platform: door.platform,
        owner,
        screen_name: None,
        name: "Источник".into(),
        municipality: Some(TOWN.into()),
        official: door.path == super::FACTS,
        comments: door.path == super::COMMENTS,
        boards: false,
        enabled: None,
        interval_seconds: None,
        site: (door.platform == Platform::Site).then(|| site(door, base)),
        open311: (door.path == super::REQUESTS_XML).then(|| Open311 {
            format: Some("xml".into()),
            ..Open311::default()
        }),
    }
}

/// A list by selectors, or a site that is known by its sitemap alone.
fn site(door: &Door, base: &str) -> Site {
    let text = |text: &str| Some(text.to_owned());
    if door.path == super::SITEMAP {
        return Site {
            sitemap: Some(format!("{base}{}", door.path)),
            ..Site::default()
        };
    }
    Site {
        item: text(".news"),
        title: text("h3"),
        date: text(".when"),
        body: text(".text"),
        body_on: BodyOn::Item,
        ..Site::default()
    }
}

/// The sentence that the page of sources shows; one of our own gates would mean that nothing was tried.
fn told(sentence: &str) -> Result<(), String> {
    let is_told = sentence.contains(" answered ");
    let kept_back = !is_told && sentence.ends_with("is busy") || sentence.contains("left alone");
    let odd = kept_back || sentence.chars().any(is_steering);
    match odd || sentence.len() < 10 || sentence.len() > 1000 {
        true => Err(format!("it tells {} bytes: {sentence}", sentence.len())),
        false => Ok(()),
    }
}

fn unchanged(same: bool) -> Result<Ended, String> {
    match same {
        true => Ok(Ended::Refused),
        false => Err("refused, and yet something was kept".into()),
    }
}

async fn contents(raw: Option<&Raw>) -> String {
    match raw {
        Some(raw) => raw.contents().await,
        None => String::new(),
    }
}

/// How many comments there are, and in how many versions.
async fn comments(raw: Option<&Raw>) -> Vec<String> {
    match raw {
        Some(raw) => raw.texts(COMMENTS_KEPT).await,
        None => Vec::new(),
    }
}

/// The most memory of the process since it was last asked, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
    let _ = std::fs::write("/proc/self/clear_refs", "5"); // begin anew from what is in use
    peak.unwrap_or_default()
}

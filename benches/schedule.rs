//! The scheduler with 10,000 sources: what an hour's plan costs, what a visit adds, what leasing costs on
//! SQLite, and how much memory all of it takes: `cargo bench --bench schedule`. Reports, no limits.

use std::{collections::HashSet, time::Instant};

use otklik::{
    collect::schedule::{
        plan::{Known, Plan},
        rhythm::{Hours, Observed, Rhythm},
    },
    config::settings::{Collect, Settings},
    domain::{
        id::Ids,
        post::Platform,
        source::SourceConfig,
        time::{Span, Timestamp},
    },
    store::{Priority, Store, sources},
};

const SOURCES: usize = 10_000;
const NOW: Timestamp = Timestamp::from_seconds(1_795_392_000);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(report());
}

async fn report() {
    let settings = Settings::load(None, []).expect("shipped").collect;
    let hours = Hours::of(&jiff::tz::TimeZone::UTC, NOW);
    let before = resident();
    let all = known(hours);
    println!("{SOURCES} rhythms in memory: {:.1} MB", resident() - before);

    let begun = Instant::now();
    let plan = Plan::of(&settings, &all, HashSet::new(), hours, NOW, |_, _| None);
    let vk = &plan.shares["vk:token"];
    println!(
        "an hour's plan: {} ({:.0} visits of {} sources of VK)",
        took(begun, 1),
        vk.visits,
        vk.sources
    );
    visits(&settings, &plan, &all, hours);
    database(&all, hours).await;
    println!("resident in the end: {:.1} MB", resident());
}

/// Sources with three weeks behind them, most of VK.
fn known(hours: Hours) -> Vec<Known> {
    let ids = Ids::seeded(1);
    (0..SOURCES)
        .map(|number| {
            let platform = match number % 10 {
                0..7 => Platform::Vk,
                7 => Platform::Telegram,
                _ => Platform::Feed,
            };
            let history = (0..60).map(|_| {
                let age = ids.fraction() * 21.0 * 24.0 * 60.0;
                NOW.minus(Span::minutes(age as i64))
            });
            let mut rhythm = Rhythm::default();
            let seen = Observed {
                moments: history.collect(),
                ..Observed::default()
            };
            rhythm.observe(&seen, hours, NOW);
            Known {
                code: format!("source-{number}"),
                owner: match platform {
                    Platform::Feed => format!("https://host{}.example/rss", number / 3),
                    _ => number.to_string(),
                },
                platform,
                official: number % 20 == 0,
                most: None,
                rhythm,
            }
        })
        .collect()
}

/// What a visit adds: the rhythm read, counted, asked for the next interval, and written.
fn visits(settings: &Collect, plan: &Plan, all: &[Known], hours: Hours) {
    let texts: Vec<String> = all.iter().map(|source| source.rhythm.to_text()).collect();
    let (begun, later) = (Instant::now(), NOW.plus(Span::hours(3)));
    let mut bytes = 0;
    for (source, text) in all.iter().zip(&texts) {
        let mut rhythm = Rhythm::from_text(text).expect("just written");
        let seen = Observed {
            moments: vec![NOW.plus(Span::hours(1)), NOW.plus(Span::hours(2))],
            ..Observed::default()
        };
        rhythm.observe(&seen, hours, later);
        let next = plan.standing(settings, source).next(&rhythm, hours, later);
        bytes += rhythm.to_text().len() + usize::from(next == Span::ZERO);
    }
    let each = bytes / all.len();
    println!(
        "a visit's share of the schedule: {}, {each} bytes kept",
        took(begun, all.len())
    );
}

async fn database(all: &[Known], hours: Hours) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open("", folder.path()).await.expect("SQLite");
    store.migrate().await.expect("migrated");
    let mut tx = store.write(Priority::Bulk).await.expect("a turn");
    for source in all {
        let config = config(source);
        sources::put(&mut tx, &config, true, Span::minutes(10), NOW)
            .await
            .expect("put");
        let kept = source.rhythm.to_text();
        sources::put_rhythm(&mut tx, &source.code, &kept)
            .await
            .expect("kept");
        let domain = match source.platform {
            Platform::Vk => "vk:token".to_owned(),
            Platform::Telegram => "tme".to_owned(),
            _ => format!(
                "host:{}",
                source.owner.split('/').nth(2).unwrap_or_default()
            ),
        };
        sources::put_back(&mut tx, &source.code, &domain)
            .await
            .expect("known");
    }
    tx.commit().await.expect("committed");

    let begun = Instant::now();
    let mut tx = store.read().await.expect("a reader");
    let rows = sources::list_known(&mut tx).await.expect("listed");
    let read: Vec<Rhythm> = rows
        .iter()
        .filter_map(|row| Rhythm::from_text(row.kept.as_deref()?))
        .collect();
    drop(tx);
    println!(
        "reading {} sources for a plan: {}",
        read.len(),
        took(begun, 1)
    );

    for due in [NOW.minus(Span::hours(1)), NOW.plus(Span::hours(1))] {
        let begun = Instant::now();
        const LOOKS: usize = 20;
        for _ in 0..LOOKS {
            let mut tx = store.write(Priority::Bulk).await.expect("a turn");
            let leased = sources::lease(&mut tx, "bench", due, Span::minutes(5), 6).await;
            assert_eq!(leased.expect("leased").is_empty(), due < NOW);
        }
        let word = if due < NOW { "nothing is" } else { "all are" };
        println!("leasing six while {word} due: {}", took(begun, LOOKS));
    }
    let _ = hours;
}

fn config(source: &Known) -> SourceConfig {
    SourceConfig {
        code: source.code.as_str().into(),
        platform: source.platform,
        owner: source.owner.clone(),
        screen_name: None,
        name: source.code.clone(),
        municipality: None,
        official: source.official,
        comments: false,
        boards: false,
        site: None,
        open311: None,
        enabled: None,
        interval_seconds: None,
    }
}

fn took(begun: Instant, times: usize) -> String {
    let micros = begun.elapsed().as_secs_f64() * 1e6 / times as f64;
    match micros {
        0.0..10_000.0 => format!("{micros:.0} µs"),
        _ => format!("{:.0} ms", micros / 1000.0),
    }
}

/// Megabytes that the process holds, as Linux tells.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

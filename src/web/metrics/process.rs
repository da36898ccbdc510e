//! What this process tells of itself: its counters, its index and its disk.

use std::path::Path;

use anyhow::Context;

use super::{App, sheet::Sheet};
use crate::domain::time::Timestamp;

pub(super) fn of_process(sheet: &mut Sheet, app: &App) {
    let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    sheet.gauges(
        "build_info",
        "1, with the program's version",
        [(version, 1.0)],
    );
    let loops = app.health.list();
    let named = |name: &&'static str| vec![("loop", (*name).to_owned())];
    sheet.gauges(
        "loop_up",
        "1 while a loop of this process runs well, 0 while it fails or when it stopped",
        loops
            .iter()
            .map(|(name, health)| (named(name), f64::from(u8::from(health.state == "running")))),
    );
    sheet.gauges(
        "loop_failures",
        "Failures of a loop in a row; 0 after a good tick",
        loops
            .iter()
            .map(|(name, health)| (named(name), f64::from(health.failures))),
    );
    sheet.gauges(
        "loop_last_success_timestamp_seconds",
        "When a loop last ended a tick well, Unix time",
        loops
            .iter()
            .filter_map(|(name, h)| Some((named(name), seconds(h.last_good?)))),
    );
    sheet.gauges(
        "loop_last_work_timestamp_seconds",
        "When a loop last found something to do and did it, Unix time",
        loops
            .iter()
            .filter_map(|(name, h)| Some((named(name), seconds(h.last_worked?)))),
    );
    let data = &app.settings.data_dir;
    sheet.one(
        "index_bytes",
        "Size of this process's search index on disk, bytes",
        folder_bytes(&data.join("index")) as f64,
    );
    sheet.one(
        "index_posts",
        "Posts that this process's search index can find",
        app.index.count() as f64,
    );
    if let Ok(disk) = rustix::fs::statvfs(data) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        sheet.one(
            "disk_free_bytes",
            "Free space where the data folder lies, bytes",
            free as f64,
        );
    }
}

pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1000.0
}

pub(super) fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// Files that go while they are counted count nothing.
fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder).context("no index yet") else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| file_bytes(&entry.path()))
        .sum()
}

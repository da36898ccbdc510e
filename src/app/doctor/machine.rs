//! The machine: its disk, the folder of data, and who may read secrets.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use secrecy::ExposeSecret;

use super::Findings;
use crate::{config::settings::Settings, domain::id::Ids};

const MIB: u64 = 1 << 20;
/// Less is full: a log of changes or a merge of the index needs as much at once.
const FULL: u64 = 64 * MIB;
/// Less than this and than a twentieth is nearly full.
const LOW: u64 = 1024 * MIB;

pub(super) fn examine(found: &mut Findings, settings: &Settings, file: Option<&Path>, ids: &Ids) {
    let data = &settings.data_dir;
    if !data.is_dir() {
        let what = format!("there is no data folder {}", data.display());
        found.add(
            "no-data",
            what,
            "mend data_dir, or start `otklik serve` once",
        );
        return;
    }
    disk(found, data);
    writable(found, data, ids);
    secrets(found, &data.join("secrets"));
    settings_file(found, file);
}

fn disk(found: &mut Findings, data: &Path) {
    let Ok(disk) = rustix::fs::statvfs(data) else {
        return;
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let share = free.saturating_mul(100) / disk.f_blocks.saturating_mul(disk.f_frsize).max(1);
    let what = format!(
        "the disk of {} has {} MiB left, {share} %",
        data.display(),
        free / MIB
    );
    let next = "make room: older backups and other programs' files first; nothing of Otklik's data \
        folder but index/ may be deleted";
    if free < FULL {
        found.add("disk-full", format!("{what}: nothing can be written"), next);
    } else if free < LOW && share < 5 {
        found.add("disk-nearly-full", what, next);
    }
}

fn writable(found: &mut Findings, data: &Path, ids: &Ids) {
    let probe = data.join(format!(".doctor-{:016x}", u64::from_be_bytes(ids.bytes())));
    match fs::write(&probe, b"otklik doctor") {
        Ok(()) => drop(fs::remove_file(&probe)),
        Err(error) => {
            let _ = fs::remove_file(&probe);
            if error.kind() != std::io::ErrorKind::StorageFull {
                let what = format!("{} cannot be written: {error}", data.display());
                let next = "mount it for writing and give it to the user that runs Otklik";
                found.add("data-read-only", what, next);
            }
        }
    }
}

fn secrets(found: &mut Findings, folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let paths = entries.flatten().map(|entry| entry.path());
    for path in paths.chain([folder.to_owned()]) {
        if others_may(&path, 0o077) {
            let what = format!("{} can be read by others on this machine", path.display());
            let mode = if path.is_dir() { "700" } else { "600" };
            found.add(
                "open-secret",
                what,
                format!("chmod {mode} {}", path.display()),
            );
        }
    }
}

/// A file of settings without secrets may be read by everybody.
fn settings_file(found: &mut Findings, file: Option<&Path>) {
    let Some(file) = file.filter(|file| others_may(file, 0o004)) else {
        return;
    };
    let nothing: [(String, String); 0] = [];
    let Ok(given) = Settings::load(Some(file), nothing) else {
        return;
    };
    let communities = &given.collect.vk.community_tokens;
    let given = [
        &given.database_url,
        &given.secrets.identity_key,
        &given.secrets.author_key,
        &given.secrets.sign_in_key,
        &given.secrets.journal_key,
        &given.collect.vk.token,
        &given.collect.vk.user_token,
        &given.alerts.webhook_secret,
        &given.alerts.smtp.password,
        &given.metrics.token,
        &given.web.oidc.client_secret,
    ];
    if given
        .into_iter()
        .chain(communities.values())
        .any(|secret| !secret.expose_secret().is_empty())
    {
        let what = format!(
            "{} holds secrets and can be read by everybody",
            file.display()
        );
        found.add("open-secret", what, format!("chmod 640 {}", file.display()));
    }
}

fn others_may(path: &Path, mask: u32) -> bool {
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & mask != 0)
}

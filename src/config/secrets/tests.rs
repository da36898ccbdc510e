use std::{fs, os::unix::fs::PermissionsExt};

use super::*;

fn settings(folder: &Path, given: &[(&str, &str)]) -> Settings {
    let data = ("OTKLIK_DATA_DIR".to_owned(), folder.display().to_string());
    let given = given
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Settings::load(None, given.chain([data])).unwrap()
}

fn refusal(folder: &Path, given: &[(&str, &str)]) -> String {
    match KeyRing::load(&settings(folder, given), &Ids::seeded(1)) {
        Ok(_) => panic!("it was accepted"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn made_keys_are_kept_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let first = KeyRing::load(&settings(folder.path(), &[]), &Ids::seeded(1)).unwrap();
    let second = KeyRing::load(&settings(folder.path(), &[]), &Ids::seeded(2)).unwrap();
    assert_eq!(first.identity_fingerprint(), second.identity_fingerprint());
    assert!(first.webhook == second.webhook && first.author == second.author);
    assert_eq!(first.journal.public(), second.journal.public());
    let secrets = folder.path().join("secrets");
    assert_eq!(mode(&secrets), 0o700);
    let files: Vec<_> = fs::read_dir(&secrets)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(files.len(), 5, "{files:?}");
    assert!(files.iter().all(|file| mode(file) == 0o600));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn many_that_start_together_agree_on_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets/identity_key");
    let seen: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|n| {
                let file = &file;
                scope.spawn(move || {
                    kept_or_made(file, &Ids::seeded(n), || format!("key number {n} of eight"))
                })
            })
            .collect();
        starts
            .into_iter()
            .map(|s| s.join().unwrap().unwrap())
            .collect()
    });
    assert!(seen.iter().all(|key| *key == seen[0]), "{seen:?}");
}

#[test]
fn the_file_of_one_machine_is_the_setting_of_another() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = KeyRing::load(&settings(one.path(), &[]), &Ids::seeded(1)).unwrap();
    let file = one
        .path()
        .join("secrets/identity_key")
        .display()
        .to_string();
    let given = [("OTKLIK_SECRETS__IDENTITY_KEY_FILE", file.as_str())];
    let second = KeyRing::load(&settings(two.path(), &given), &Ids::seeded(2)).unwrap();
    assert_eq!(first.identity_fingerprint(), second.identity_fingerprint());
}

#[test]
fn short_and_shapeless_keys_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let short = refusal(folder.path(), &[("OTKLIK_SECRETS__AUTHOR_KEY", "hunter2")]);
    assert!(
        short.contains("secrets.author_key") && short.contains("at least 16"),
        "{short}"
    );
    let shapeless = refusal(folder.path(), &[("OTKLIK_ALERTS__WEBHOOK_SECRET", "abc")]);
    assert!(shapeless.contains("alerts.webhook_secret"), "{shapeless}");
    fs::write(folder.path().join("secrets/identity_key"), "").unwrap();
    let cut = refusal(folder.path(), &[]);
    assert!(cut.contains("secrets/identity_key"), "{cut}");
}

#[test]
fn a_webhook_secret_reads_back() {
    let made = WebhookSecret::generate(&Ids::seeded(7));
    assert!(WebhookSecret::parse(&made.to_text()).unwrap() == made);
}

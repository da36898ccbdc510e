//! What must hold after all cells: no panic of ours, nothing of the payloads in the log, pages still
//! served, tables still there, a journal that verifies.

use std::{
    io::Write,
    sync::{Mutex, Once, PoisonError},
};

use otklik::{domain::journal::check::Verifier, store::audit};

use super::{payloads::CANARY, wire::Served};
use crate::office::{Office, journal_key};

static BEGIN: Once = Once::new();
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hears the log and the panics of the whole process; other stories' are told from ours.
pub struct Watch {
    wrong: Mutex<Vec<String>>,
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Watch {
    pub fn begin() -> Watch {
        BEGIN.call_once(|| {
            let heard = tracing_subscriber::fmt()
                .with_env_filter("otklik=debug,info")
                .with_ansi(false)
                .with_writer(|| Ear)
                .finish();
            let _ = tracing::subscriber::set_global_default(heard);
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                let ours = panic.location().filter(|at| at.file().starts_with("src/"));
                if let Some(at) = ours {
                    let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
                    panics.push(format!("a panic at {at}"));
                }
                before(panic);
            }));
        });
        Watch {
            wrong: Mutex::default(),
        }
    }

    /// The process serves, the tables are there, the journal is whole.
    pub async fn calm(&self, office: &Office, served: &Served) {
        let tell = |what: String| self.wrong.lock().unwrap().push(what);
        let page = served.get("/signin", "").await;
        if page.as_ref().map(|page| page.status) != Ok(200) {
            tell("the sign-in is no longer served".into());
        }
        let mut tx = office.it.store.read().await.unwrap();
        let verifier = Verifier::new(vec![journal_key().public()], None);
        if let Err(broken) = audit::verify(&mut tx, verifier).await.unwrap() {
            tell(format!("the journal is broken: {broken:?}"));
        }
    }

    /// The last error in the log.
    pub fn last_error() -> String {
        let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        let log = String::from_utf8_lossy(&log);
        let last = log.lines().rev().find(|line| line.contains("ERROR"));
        last.unwrap_or_default().chars().take(300).collect()
    }

    /// What went wrong beside the cells.
    pub fn wrongs(&self) -> Vec<String> {
        let mut all = std::mem::take(&mut *self.wrong.lock().unwrap());
        all.extend(
            PANICS
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        );
        let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        let log = String::from_utf8_lossy(&log);
        let bad = log.lines().filter(|line| {
            line.contains(CANARY)
                || line.contains('\u{1b}')
                || line.contains("alert(1337)")
                || line.len() > 4000
        });
        all.extend(bad.take(5).map(|line| {
            let line: String = line.chars().take(300).collect();
            format!("the log holds a payload: {line}")
        }));
        all
    }
}

//! Whether the journal is whole: the outcome of the last check, and how far it is signed.

use super::{Frame, at};
use crate::{
    domain::journal::check::Verdict,
    store::{Result, Tx, audit},
    web::locale::args,
};

/// A sentence with its tone.
pub(super) struct Say {
    pub tone: &'static str,
    pub icon: &'static str,
    pub words: String,
}

pub(super) async fn lines(tx: &mut Tx, f: &Frame) -> Result<Vec<Say>> {
    let verdict = audit::last_verdict(tx).await?;
    let last = audit::last_checkpoint(tx).await?;
    let waiting = audit::unsigned(tx).await?.entries;
    let signed = match last {
        None => say("hold", "hold", f.t("audit-never-signed")),
        Some(last) => {
            let moment = f.words.moment(at(last.at));
            let told = args![number = last.number, at = moment, n = waiting];
            say("ok", "ok", f.tr.with("audit-signed", told))
        }
    };
    Ok(vec![checked(f, verdict), signed])
}

fn checked(f: &Frame, verdict: Option<Verdict>) -> Say {
    let Some(verdict) = verdict else {
        return say("hold", "hold", f.t("audit-unchecked"));
    };
    let moment = f.words.moment(verdict.at);
    match verdict.found {
        Ok(whole) => {
            let told = args![
                at = moment,
                entries = f.words.count(whole.entries as i64),
                chains = f.words.count(whole.chains as i64)
            ];
            say("ok", "ok", f.tr.with("audit-whole", told))
        }
        Err(broken) => {
            let told = args![
                at = moment,
                what = f.code("audit-broken", broken.what.code()),
                chain = broken.chain,
                position = broken.position.to_string(),
                entry = broken.entry.unwrap_or_else(|| "—".to_owned())
            ];
            say("bad", "late", f.tr.with("audit-broken", told))
        }
    }
}

fn say(tone: &'static str, icon: &'static str, words: String) -> Say {
    Say { tone, icon, words }
}

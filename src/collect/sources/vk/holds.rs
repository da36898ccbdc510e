//! What an error of VK's makes rest beside the source that met it: the identical call, the method, or
//! the whole token. Start with [`Holds::of`]. The rests are kept in the database, under keys that another
//! token in the same place does not share.

use sha2::{Digest, Sha256};

use super::tokens::Token;
use crate::domain::{
    hex,
    source::{FetchError, Reaction},
    time::Span,
};

/// What rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The very same call: method and parameters.
    Call,
    /// The method, for this token. Other methods go on.
    Method,
    /// The method, for this token, for good: the token is of the wrong kind for it.
    Kind,
    /// The token.
    Token,
}

/// Which errors make what rest. Those that are not listed concern the source alone, or slow the whole
/// limit domain down (too many calls, the day's quota, backing off).
pub const TABLE: &[(Holds, &[i64])] = &[
    (Holds::Call, &[8, 9]),
    (Holds::Method, &[3, 20, 21, 23, 33, 43]),
    (Holds::Kind, &[27, 28]),
    (
        Holds::Token,
        &[
            2, 4, 5, 17, 24, 25, 34, 35, 38, 42, 101, 1105, 1114, 1116, 1117, 1118, 3300, 3301,
            3302, 3303, 3304, 3609,
        ],
    ),
];

/// A captcha: rests its token's whole domain, see [`CAPTCHA_AGAIN`].
pub const CAPTCHA: i64 = 14;
/// Error 15 with a subcode that speaks of the method, and error 7: see [`Holds::of`].
const CLOSED: i64 = 15;
/// No right to the method, or to this object: it depends on whether others meet it.
pub const DENIED: i64 = 7;

/// What a person has to mend is probed once so often: who mends it need not tell us.
pub const PROBE: Span = Span::hours(1);
/// A token of the wrong kind for a method is tried again after this: VK's rules change.
const KIND: Span = Span::days(1);
/// A captcha within this time after another one stops the token…
pub const CAPTCHA_AGAIN: Span = Span::hours(30);
/// …for so long: nothing that we could send makes it better.
pub const CAPTCHA_STOP: Span = Span::days(1);
/// What backs off and fails again rests twice as long, up to this.
const LONGEST: Span = Span::hours(1);

impl Holds {
    /// What an error makes rest; `None` where it concerns the source alone.
    pub fn of(error: &FetchError) -> Option<Holds> {
        let code = error.code?;
        if code == CLOSED && error.reaction == Reaction::Stop {
            return Some(Holds::Method);
        }
        let row = TABLE.iter().find(|(_, codes)| codes.contains(&code));
        row.map(|(holds, _)| *holds)
    }

    /// For how long, after `strikes` such rests in a row. `shortest` is the wait of the error's row.
    pub fn rest(self, error: &FetchError, shortest: Span, strikes: u32) -> Span {
        match error.reaction {
            _ if self == Holds::Kind => KIND,
            Reaction::Stop | Reaction::Auth => PROBE.max(shortest),
            _ => {
                let grown = shortest.as_millis() << strikes.min(8);
                Span::millis(grown).min(LONGEST.max(shortest))
            }
        }
    }
}

/// The keys that a call is held under.
pub(super) struct Keys {
    token: String,
    method: String,
    call: String,
}

/// How the key of a rest ends that a person must end.
const STOPS: &str = " stop";
/// How the key of a token of the wrong kind ends.
const WRONG: &str = " kind";

impl Keys {
    /// Those of one call.
    pub fn of(token: &Token, method: &str, params: &[(String, String)]) -> Keys {
        let mut hash = Sha256::new();
        for (name, value) in params {
            hash.update(format!("{name}={value}\n"));
        }
        let method = format!("{} {method}", token.key);
        Keys {
            call: format!("{method} {}", hex::digits(&hash.finalize()[..8])),
            token: token.key.clone(),
            method,
        }
    }

    /// The key that a rest is kept under.
    pub fn key(&self, holds: Holds, reaction: Reaction) -> String {
        let ends = match reaction {
            _ if holds == Holds::Kind => WRONG,
            Reaction::Stop | Reaction::Auth => STOPS,
            _ => "",
        };
        let begins = match holds {
            Holds::Call => &self.call,
            Holds::Method | Holds::Kind => &self.method,
            Holds::Token => &self.token,
        };
        format!("{begins}{ends}")
    }

    /// Every key under which the call may be held.
    pub fn all(&self) -> Vec<String> {
        let waits = Reaction::BackOff;
        let stops = Reaction::Stop;
        vec![
            self.key(Holds::Token, waits),
            self.key(Holds::Token, stops),
            self.key(Holds::Method, waits),
            self.key(Holds::Method, stops),
            self.key(Holds::Kind, stops),
            self.key(Holds::Call, waits),
            self.key(Holds::Call, stops),
        ]
    }

    /// Under which the memory of a captcha is kept.
    pub fn captcha(&self) -> String {
        format!("{} captcha", self.token)
    }

    /// The method of this token, for what is remembered of it.
    pub fn method(&self) -> &str {
        &self.method
    }
}

/// What a rest under this key means for whoever wants to call.
pub(super) fn refusal(key: &str) -> (Option<i64>, Reaction) {
    match key {
        _ if key.ends_with(WRONG) => (Some(27), Reaction::Stop),
        _ if key.ends_with(STOPS) => (None, Reaction::Stop),
        _ => (None, Reaction::After),
    }
}

/// Whether an error speaks of the kind of the token: another kind may do.
pub(super) fn wants_another_kind(error: &FetchError) -> bool {
    Holds::of(error) == Some(Holds::Kind)
}

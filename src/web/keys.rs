//! Keys of each kind of page. One table makes the footer's hints, the map under `?` and the
//! handlers: the script reads it from the page, so a hint can never tell of a key that does nothing.
//!
//! By physical key (`KeyboardEvent.code`), so the Russian layout works too. Each key presses a
//! visible button or follows a visible link marked `data-key`; none acts by itself.

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// `KeyboardEvent.code`.
    pub code: &'static str,
    /// What stands on the key.
    pub cap: &'static str,
    /// The locale key of its hint.
    pub hint: &'static str,
}

const fn key(code: &'static str, cap: &'static str, hint: &'static str) -> Key {
    Key { code, cap, hint }
}

const DOWN: Key = key("KeyJ", "J", "key-down");
const UP: Key = key("KeyK", "K", "key-up");
const OPEN: Key = key("Enter", "Enter", "key-open");
const SEARCH: Key = key("Slash", "/", "key-search");

/// Pages without keys of their own.
pub(crate) const PLAIN: &[Key] = &[SEARCH];
/// Lists of things to open.
pub(crate) const LIST: &[Key] = &[DOWN, UP, OPEN, SEARCH];
/// The queue.
pub(crate) const QUEUE: &[Key] = &[DOWN, UP, OPEN, key("KeyN", "N", "key-next"), SEARCH];
/// An incident.
pub(crate) const INCIDENT: &[Key] = &[
    key("KeyA", "A", "key-answer"),
    key("KeyE", "E", "key-take"),
    key("KeyM", "M", "key-pass"),
    key("KeyD", "D", "key-decline"),
    key("KeyO", "O", "key-original"),
    key("KeyJ", "J", "key-next-incident"),
    key("KeyK", "K", "key-previous-incident"),
    SEARCH,
];
/// Posts without a sector.
pub(crate) const TRIAGE: &[Key] = &[
    key("Digit1", "1", "key-sector"),
    key("Digit2", "2", "key-sector"),
    key("Digit3", "3", "key-sector"),
    key("Digit4", "4", "key-sector"),
    key("Digit5", "5", "key-sector"),
    key("Digit6", "6", "key-sector"),
    key("Digit7", "7", "key-sector"),
    key("Digit8", "8", "key-sector"),
    key("Digit9", "9", "key-sector"),
    key("Digit0", "0", "key-nothing"),
    DOWN,
    UP,
    SEARCH,
];
/// The review of a claim.
pub(crate) const CLAIM: &[Key] = &[
    key("Digit1", "1", "key-decision"),
    key("Digit2", "2", "key-decision"),
    key("Digit3", "3", "key-decision"),
    key("Digit4", "4", "key-decision"),
    key("Digit5", "5", "key-decision"),
    key("Enter", "Enter", "key-decide"),
    key("KeyS", "S", "key-skip"),
    key("KeyB", "B", "key-blur"),
    key("KeyO", "O", "key-original"),
    SEARCH,
];

/// A hint of the footer: caps that share it, and its words' key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// `["1", "9"]` for a run of digits, else each cap.
    pub caps: Vec<&'static str>,
    /// The locale key.
    pub hint: &'static str,
    /// The caps stand for a run.
    pub run: bool,
}

/// Keys with one hint become one entry.
pub(crate) fn hints(keys: &[Key]) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    for key in keys {
        match hints.iter_mut().find(|hint| hint.hint == key.hint) {
            Some(hint) => hint.caps.push(key.cap),
            None => hints.push(Hint {
                caps: vec![key.cap],
                hint: key.hint,
                run: false,
            }),
        }
    }
    for hint in &mut hints {
        if let (true, Some(first), Some(last)) =
            (hint.caps.len() > 2, hint.caps.first(), hint.caps.last())
        {
            (hint.caps, hint.run) = (vec![*first, *last], true);
        }
    }
    hints
}

/// Every table, for the test that looks up the hints.
#[cfg(test)]
pub(crate) const ALL: &[&[Key]] = &[PLAIN, LIST, QUEUE, INCIDENT, TRIAGE, CLAIM];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_a_run() {
        let hints = hints(CLAIM);
        assert_eq!(
            (hints[0].caps.as_slice(), hints[0].run),
            (&["1", "5"][..], true)
        );
        assert_eq!(hints[1].caps, ["Enter"]);
    }

    #[test]
    fn no_page_has_two_actions_on_one_key() {
        for table in ALL {
            for (i, key) in table.iter().enumerate() {
                assert!(table[i + 1..].iter().all(|other| other.code != key.code));
            }
        }
    }
}

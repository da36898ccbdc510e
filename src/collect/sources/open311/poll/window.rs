//! A span of time that is read in parts: servers cap their answers and do not tell. Start with
//! [`Window::after`].

use serde::{Deserialize, Serialize};

use crate::{collect::sources::open311::request::Request, domain::time::Timestamp};

/// An answer with fewer requests was not capped: no server's limit is lower.
const UNCAPPED: usize = 50;

/// From a moment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Window {
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Window {
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end }
    }

    /// What of the window an answer may have left out: what is older than its oldest request, or newer
    /// than its newest where the server begins with the oldest. `None` when it left out nothing, or
    /// when the server does not heed the window.
    pub fn after(self, answer: &[Request], most: Option<u32>, by_change: bool) -> Option<Self> {
        let least = most.map_or(UNCAPPED, |most| (most as usize).min(UNCAPPED));
        if answer.len() < least {
            return None;
        }
        let moment = |request: &Request| match by_change {
            true => request.changed(),
            false => request.requested,
        };
        let moments: Vec<Timestamp> = answer.iter().filter_map(moment).collect();
        let (first, last) = (moments.first()?, moments.last()?);
        let (oldest, newest) = (moments.iter().min()?, moments.iter().max()?);
        let rest = match first < last {
            true => Self::new(*newest, self.end),
            false => Self::new(self.start, *oldest),
        };
        let shrinks = rest.start > self.start || rest.end < self.end;
        (shrinks && rest.start < rest.end).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + second)
    }

    fn answer(seconds: impl Iterator<Item = i64>) -> Vec<Request> {
        let request = |second| Request {
            requested: Some(at(second)),
            ..Request::default()
        };
        seconds.map(request).collect()
    }

    #[test]
    fn a_capped_answer_leaves_a_smaller_window() {
        let window = Window::new(at(0), at(1000));
        let after = |answer: Vec<Request>| window.after(&answer, None, false);
        assert_eq!(after(answer(900..920)), None);
        assert_eq!(
            after(answer((500..1000).rev())),
            Some(Window::new(at(0), at(500)))
        );
        assert_eq!(after(answer(0..500)), Some(Window::new(at(499), at(1000))));
        // A server that does not heed the window would be asked without end.
        let stuck = Window::new(at(0), at(500));
        assert_eq!(stuck.after(&answer((500..1000).rev()), None, false), None);
        let few = window.after(&answer((990..1000).rev()), Some(10), false);
        assert_eq!(few, Some(Window::new(at(0), at(990))));
    }
}

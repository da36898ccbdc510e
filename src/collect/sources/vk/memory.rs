//! What the connector remembers between calls as long as the process runs: which methods are denied to
//! whom, rests in a row, how much to ask for. Losing it costs a few calls, never a post.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The fewest items that are asked for: more than the pages' overlap.
const LEAST: i64 = 10;
/// Nothing is remembered of more places than this: the next failures tell it again.
const MOST: usize = 10_000;

/// The connector's memory.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Rests in a row, by what rests.
    strikes: HashMap<String, u32>,
    /// Who was denied a method last, by token and method, since it last went well.
    denied: HashMap<String, Option<i64>>,
    /// How many items to ask for where VK did not manage more, by method and community.
    most: HashMap<String, i64>,
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves numbers behind, not broken invariants.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a rest; gives how many there were in a row before it.
    pub fn strike(&self, key: &str) -> u32 {
        let mut inner = self.inner();
        forget(&mut inner.strikes);
        let strikes = inner.strikes.entry(key.to_owned()).or_default();
        *strikes += 1;
        *strikes - 1
    }

    /// A community's call was denied; true when another community's was before, and none went well
    /// since: then the token has no right to the method at all.
    pub fn is_denied_to_all(&self, method: &str, group: Option<i64>) -> bool {
        let mut inner = self.inner();
        let before = inner.denied.insert(method.to_owned(), group);
        before.is_some_and(|before| before != group)
    }

    /// A call went well.
    pub fn answered(&self, method: &str, keys: &[String], place: &str) {
        let mut inner = self.inner();
        inner.denied.remove(method);
        for key in keys {
            inner.strikes.remove(key);
        }
        if let Some(most) = inner.most.get_mut(place) {
            *most *= 2;
        }
    }

    /// How many items to ask for in a place.
    pub fn most(&self, place: &str, usual: i64) -> i64 {
        let mut inner = self.inner();
        let most = inner.most.get(place).copied().unwrap_or(usual);
        if most >= usual {
            inner.most.remove(place);
        }
        most.min(usual)
    }

    /// VK did not manage so many: half of it next time.
    pub fn ask_for_less(&self, place: &str, asked: i64) {
        let mut inner = self.inner();
        forget(&mut inner.most);
        inner.most.insert(place.to_owned(), (asked / 2).max(LEAST));
    }
}

fn forget<T>(all: &mut HashMap<String, T>) {
    if all.len() >= MOST {
        all.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_is_asked_for_after_a_timeout_and_more_again_step_by_step() {
        let memory = Memory::default();
        assert_eq!(memory.most("wall", 100), 100);
        memory.ask_for_less("wall", 100);
        memory.ask_for_less("wall", 50);
        assert_eq!(memory.most("wall", 100), 25);
        for more in [50, 100, 100] {
            memory.answered("m", &[], "wall");
            assert_eq!(memory.most("wall", 100), more);
        }
    }

    #[test]
    fn a_method_is_denied_to_all_when_two_communities_in_a_row_meet_it() {
        let memory = Memory::default();
        let denied = |group| memory.is_denied_to_all("m", Some(group));
        assert_eq!([denied(1), denied(1), denied(2)], [false, false, true]);
        memory.answered("m", &[], "");
        assert!(!memory.is_denied_to_all("m", Some(3)));
    }
}

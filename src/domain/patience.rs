//! How long to wait after wrong attempts to sign in: some are free, then each wait is twice as long,
//! up to a longest. Pure; `store::attempts` keeps the counts. Start with [`Patience::delay`].
//!
//! Never a lock: whoever waits as long as they are told may try again.

use super::time::Span;

/// The rule for one thing that is counted: a login, an address, both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Wrong attempts that cost no time; the last of them is followed by the first delay.
    pub free: u32,
    /// The first delay.
    pub first: Span,
    /// No delay is longer.
    pub longest: Span,
}

impl Patience {
    /// The wait after so many wrong attempts in a row.
    pub fn delay(&self, failures: u32) -> Span {
        let Some(over) = failures.checked_sub(self.free.max(1)) else {
            return Span::ZERO;
        };
        let doubled = self.first.as_millis().checked_mul(1_i64 << over.min(32));
        match doubled {
            Some(millis) => Span::millis(millis).min(self.longest),
            None => self.longest,
        }
    }

    /// How many attempts are left before there is a delay.
    pub fn left(&self, failures: u32) -> u32 {
        self.free.max(1).saturating_sub(failures)
    }

    /// What is left of a count after a quiet time: each longest delay without an attempt takes one
    /// off. So waiting gains no more guesses than guessing does.
    pub fn remembered(&self, failures: u32, quiet: Span) -> u32 {
        let gone = quiet.as_millis().max(0) / self.longest.as_millis().max(1);
        let gone = u32::try_from(gone).unwrap_or(u32::MAX);
        failures.min(self.most()).saturating_sub(gone)
    }

    /// After so long without an attempt nothing is left of any count.
    pub fn memory(&self) -> Span {
        let each = self.longest.as_millis();
        Span::millis(each.saturating_mul(i64::from(self.most()) + 1))
    }

    /// The count from which on the delay is the longest.
    fn most(&self) -> u32 {
        let free = self.free.max(1);
        let doublings = (0..33).find(|over| self.delay(free + over) == self.longest);
        free + doublings.unwrap_or(33)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULE: Patience = Patience {
        free: 3,
        first: Span::seconds(5),
        longest: Span::minutes(15),
    };

    #[test]
    fn three_are_free_and_then_it_doubles() {
        let waits: Vec<_> = (0..8).map(|n| RULE.delay(n).as_millis() / 1000).collect();
        assert_eq!(waits, [0, 0, 0, 5, 10, 20, 40, 80]);
        assert_eq!(RULE.delay(u32::MAX), Span::minutes(15));
    }

    fn rules() -> impl Strategy<Value = Patience> {
        (0u32..50, 1i64..600, 1i64..10_000).prop_map(|(free, first, longest)| Patience {
            free,
            first: Span::seconds(first),
            longest: Span::seconds(longest.max(first)),
        })
    }

    proptest! {
        #[test]
        fn waits_grow_and_never_pass_the_longest(rule in rules(), failures in 0u32..u32::MAX) {
            let (now, next) = (rule.delay(failures), rule.delay(failures + 1));
            prop_assert!(now <= next && next <= rule.longest);
            prop_assert_eq!(now == Span::ZERO, failures < rule.free.max(1));
            prop_assert_eq!(rule.left(failures) == 0, now > Span::ZERO);
        }

        /// The point of it all: however somebody spreads their guesses over a time, they get the
        /// free ones, one for each doubling, and one for each longest delay.
        #[test]
        fn guesses_in_a_time_are_few(
            rule in rules(),
            days in 1i64..30,
            pauses in prop::collection::vec(0i64..200_000_000, 1..20),
        ) {
            let whole = Span::days(days).as_millis();
            let (mut at, mut failures, mut guesses) = (0i64, 0u32, 0i64);
            let most = i64::from(rule.most()) + whole / rule.longest.as_millis() + 1;
            for pause in pauses.iter().cycle() {
                failures += 1;
                guesses += 1;
                let quiet = rule.delay(failures).as_millis().max(pause % 7 * pause);
                at += quiet;
                if at >= whole || guesses > most {
                    break;
                }
                failures = rule.remembered(failures, Span::millis(quiet));
            }
            prop_assert!(guesses <= most, "{} guesses, at most {}", guesses, most);
        }

        #[test]
        fn nothing_is_remembered_for_ever(rule in rules(), failures in 0u32..=u32::MAX) {
            prop_assert_eq!(rule.remembered(failures, rule.memory()), 0);
            prop_assert!(rule.remembered(failures, Span::ZERO) <= failures);
        }
    }
}

//! Where two like sentences say different things: another number, or the opposite.
//!
//! Numbers are compared only where they count the same («5 дней» and «7 дней», «школа № 14» and
//! «школа № 9»); negation only on words that both sentences have. Start with [`Facts::clashes`].

mod facts;

pub(super) use facts::Facts;
use facts::{Number, is_telling};

/// A conflict, with the words on either side that make it.
pub(super) struct Clash {
    pub kind: &'static str,
    pub own: Vec<usize>,
    pub theirs: Vec<usize>,
}

impl Facts {
    /// The kinds of conflict with a claim, each once.
    pub fn conflicts(&self, claim: &Facts) -> Vec<String> {
        let mut kinds: Vec<String> = self
            .clashes(claim)
            .into_iter()
            .map(|c| c.kind.to_owned())
            .collect();
        kinds.dedup();
        kinds
    }

    /// All conflicts with a claim, numbers first.
    pub fn clashes(&self, claim: &Facts) -> Vec<Clash> {
        let mut clashes = self.number_clashes(claim);
        clashes.extend(self.negation_clashes(claim));
        if self.denials.is_empty() != claim.denials.is_empty() {
            let (own, theirs) = (self.denials.clone(), claim.denials.clone());
            clashes.push(Clash {
                kind: "negation",
                own,
                theirs,
            });
        }
        clashes
    }

    fn number_clashes(&self, claim: &Facts) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for number in claim.numbers.iter().filter(|n| !self.says(n.value)) {
            let other = |n: &&Number| !claim.says(n.value) && n.counts_as(number);
            if let Some(other) = self.numbers.iter().find(other) {
                clashes.push(Clash {
                    kind: "number",
                    own: (other.from..other.to).collect(),
                    theirs: (number.from..number.to).collect(),
                });
            }
        }
        clashes
    }

    fn negation_clashes(&self, claim: &Facts) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for (i, stem) in self.stems.iter().enumerate() {
            if !is_telling(stem) {
                continue;
            }
            let Some(j) = claim.stems.iter().position(|s| s == stem) else {
                continue;
            };
            let (own, theirs) = (self.is_negated(stem), claim.is_negated(stem));
            if own.is_some() && theirs.is_some() && own != theirs {
                clashes.push(Clash {
                    kind: "negation",
                    own: self.negation(i),
                    theirs: claim.negation(j),
                });
            }
        }
        clashes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflicts(sentence: &str, claim: &str) -> Vec<String> {
        Facts::of(sentence).conflicts(&Facts::of(claim))
    }

    #[test]
    fn numbers_conflict_where_they_count_the_same() {
        assert_eq!(
            conflicts("Воду отключат на 5 дней", "Воду отключат на 7 дней"),
            ["number"]
        );
        assert_eq!(
            conflicts("Школу № 9 закроют", "Школу № 14 закроют"),
            ["number"]
        );
        assert_eq!(
            conflicts(
                "Штраф 500 рублей за мусор",
                "Штраф пять тысяч рублей за мусор"
            ),
            ["number"]
        );
        assert!(
            conflicts(
                "Штраф 5 000 рублей за мусор",
                "Штраф пять тысяч рублей за мусор"
            )
            .is_empty()
        );
        assert!(conflicts("Закроют с 1 декабря на 3 дня", "Закроют с 1 декабря").is_empty());
        assert!(conflicts("На ул. Мира 8 закроют школу", "Школу № 14 закроют").is_empty());
    }

    #[test]
    fn negation_conflicts_on_a_shared_word() {
        assert_eq!(
            conflicts("Воду завтра не отключат", "Воду завтра отключат"),
            ["negation"]
        );
        assert_eq!(
            conflicts("Мост не будут закрывать", "Мост будут закрывать"),
            ["negation"]
        );
        assert_eq!(
            conflicts("Это фейк, что мост закроют", "Мост закроют"),
            ["negation"]
        );
        assert!(conflicts("Воду не дадут", "Воду не дадут").is_empty());
        assert!(conflicts("Не чистят двор, а мост закроют", "Мост закроют").is_empty());
    }
}

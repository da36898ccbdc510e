//! Where two like sentences say different things: another number, or the opposite.
//!
//! Numbers are compared only where they count the same («5 дней» and «7 дней», «школа № 14» and
//! «школа № 9»); negation only on words that both sentences have.

use rust_stemmers::{Algorithm, Stemmer};

use super::super::{numerals, words::Words};

/// What a sentence says of numbers and negation, by its words.
pub(super) struct Facts {
    stems: Vec<String>,
    numbers: Vec<Number>,
    /// A negated word and its particle.
    negated: Vec<(usize, usize)>,
    /// Words that deny the whole sentence: «фейк», «неправда».
    denials: Vec<usize>,
}

struct Number {
    value: f64,
    /// First word and word after the last.
    from: usize,
    to: usize,
    /// Stems of what is counted («5 дней») or numbered («школа № 14»).
    about: [Option<String>; 2],
}

/// A conflict, with the words on either side that make it.
pub(super) struct Clash {
    pub kind: &'static str,
    pub own: Vec<usize>,
    pub theirs: Vec<usize>,
}

const PARTICLES: &[&str] = &["не", "ни", "нет", "без"];
const AUXILIARIES: &[&str] = &[
    "будет",
    "будут",
    "будем",
    "буду",
    "может",
    "могут",
    "станет",
    "станут",
    "был",
    "была",
    "было",
    "были",
    "собираются",
    "планируют",
    "планируется",
    "хотят",
    "намерены",
    "должны",
    "больше",
];
const DENIALS: &[&str] = &[
    "неправд",
    "фейк",
    "лож",
    "вран",
    "опровергл",
    "опроверга",
    "вымысел",
    "выдумк",
];

impl Facts {
    pub fn of(text: &str) -> Self {
        let stemmer = Stemmer::create(Algorithm::Russian);
        let words = Words::of(text);
        let folded: Vec<&str> = words.iter().collect();
        let stems: Vec<String> = folded
            .iter()
            .map(|w| stemmer.stem(w).into_owned())
            .collect();
        let telling = |i: &usize| {
            let stem: &String = &stems[*i];
            stem.chars().count() >= 3 && !is_small(stem) && !is_verb(folded[*i])
        };
        let number = |n: numerals::Number| {
            let after = Some(n.to).filter(|i| *i < stems.len() && telling(i));
            let before = n.from.checked_sub(1).filter(telling);
            let about = [after, before].map(|i| i.map(|i| stems[i].clone()));
            Number {
                value: n.value,
                from: n.from,
                to: n.to,
                about,
            }
        };
        let numbers: Vec<Number> = numerals::numbers(&words).into_iter().map(number).collect();
        let denials = (0..stems.len()).filter(|i| DENIALS.iter().any(|d| stems[*i].starts_with(d)));
        Self {
            numbers,
            negated: negated(&folded),
            denials: denials.collect(),
            stems,
        }
    }

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
        for number in &claim.numbers {
            if self.numbers.iter().any(|n| n.value == number.value) {
                continue;
            }
            let other = |n: &&Number| {
                let said = claim.numbers.iter().any(|c| c.value == n.value);
                !said
                    && n.about
                        .iter()
                        .zip(&number.about)
                        .any(|(a, b)| a.is_some() && a == b)
            };
            if let Some(other) = self.numbers.iter().find(other) {
                let (own, theirs) = (
                    (other.from..other.to).collect(),
                    (number.from..number.to).collect(),
                );
                clashes.push(Clash {
                    kind: "number",
                    own,
                    theirs,
                });
            }
        }
        clashes
    }

    fn negation_clashes(&self, claim: &Facts) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for (i, stem) in self.stems.iter().enumerate() {
            if stem.chars().count() < 3 || is_small(stem) {
                continue;
            }
            let Some(j) = claim.stems.iter().position(|s| s == stem) else {
                continue;
            };
            let (own, theirs) = (self.state(stem), claim.state(stem));
            if own.is_some() && theirs.is_some() && own != theirs {
                let particle = |facts: &Facts, at: usize| {
                    let found = facts
                        .negated
                        .iter()
                        .find(|(word, _)| facts.stems[*word] == facts.stems[at]);
                    found.map_or(vec![at], |(word, particle)| vec![*particle, *word])
                };
                clashes.push(Clash {
                    kind: "negation",
                    own: particle(self, i),
                    theirs: particle(claim, j),
                });
            }
        }
        clashes
    }

    /// Whether every mention of a stem is negated (`Some(true)`), or none is.
    fn state(&self, stem: &str) -> Option<bool> {
        let mentions = self.stems.iter().filter(|s| *s == stem).count();
        let negated = self
            .negated
            .iter()
            .filter(|(i, _)| self.stems[*i] == stem)
            .count();
        match negated {
            0 => Some(false),
            n if n >= mentions => Some(true),
            _ => None,
        }
    }
}

/// «не отключат» negates the verb, «не будут отключать» both words after the particle.
fn negated(words: &[&str]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if !PARTICLES.contains(word)
            || words
                .get(i + 1)
                .is_some_and(|w| matches!(*w, "только" | "просто"))
        {
            continue;
        }
        let mut at = i + 1;
        while at < words.len() && at < i + 3 && AUXILIARIES.contains(&words[at]) {
            out.push((at, i));
            at += 1;
        }
        if at < words.len() {
            out.push((at, i));
        }
    }
    out
}

/// «школу № 14 закроют»: the verb is not what is counted.
fn is_verb(word: &str) -> bool {
    const NOUNS: &[&str] = &[
        "лет",
        "минут",
        "маршрут",
        "депутат",
        "комитет",
        "билет",
        "совет",
        "пакет",
        "кредит",
        "лимит",
        "институт",
        "университет",
        "кабинет",
        "предмет",
        "бюджет",
        "объект",
    ];
    let verb = ["ют", "ут", "ат", "ят", "ет", "ит", "ся"]
        .iter()
        .any(|e| word.ends_with(e));
    verb && !NOUNS.contains(&word)
}

fn is_small(stem: &str) -> bool {
    matches!(
        stem,
        "для"
            | "что"
            | "как"
            | "это"
            | "при"
            | "под"
            | "над"
            | "без"
            | "про"
            | "все"
            | "она"
            | "они"
            | "его"
            | "или"
            | "уже"
            | "еще"
            | "так"
            | "там"
            | "где"
            | "когд"
            | "есл"
            | "чтоб"
            | "тольк"
            | "тож"
            | "нет"
            | "больш"
            | "посл"
            | "чем"
    )
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

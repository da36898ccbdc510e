//! Mentions of names in a text, each with the places it may mean.

use super::{
    Gazetteer, Spot,
    context::Context,
    house::House,
    lists::lift_lists,
    names::{ORDINAL_SUFFIXES, Pattern},
    nature::Nature,
    types::Class,
    weigh::score,
};
use crate::{
    domain::place::PlaceKind,
    understand::words::{Words, fold, gap},
};

/// A name found, with all places it may mean.
#[derive(Debug)]
pub(super) struct Mention {
    /// First word.
    pub first: usize,
    /// Word after the last.
    pub end: usize,
    pub candidates: Vec<Candidate>,
    pub house: Option<House>,
    /// It says where somebody or something goes: «автобус на Светлореченск», «ехать в Берёзовку».
    pub towards: bool,
}

/// A place that a mention may mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub place: u32,
    pub nature: Nature,
    /// 0 to 1: it is a name of a place here, whichever of that name.
    pub score: f32,
    /// A fitting type word stands beside it: 2 its own, 1 of its kind.
    pub typed: u8,
}

/// Reads a text once from left to right; the longest name at a word wins.
pub(super) fn mentions(gazetteer: &Gazetteer, words: &Words, spots: &[Spot]) -> Vec<Mention> {
    let reader = Reader {
        gazetteer,
        words,
        spots,
        shouting: is_shouting(words),
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < spots.len() {
        match reader.mention(at) {
            Some(mention) => {
                at = mention.end;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    lift_lists(&mut found, words, spots);
    found
}

/// A text in the hands of a gazetteer.
pub(super) struct Reader<'a> {
    pub gazetteer: &'a Gazetteer,
    pub words: &'a Words,
    pub spots: &'a [Spot],
    /// Written in capitals: they say nothing then.
    pub shouting: bool,
}

impl<'a> Reader<'a> {
    fn mention(&self, first: usize) -> Option<Mention> {
        let starts = self.gazetteer.starts.get(self.spots[first].id as usize)?;
        let mut end = first;
        let mut hits: Vec<&Pattern> = Vec::new();
        for number in starts {
            let pattern = &self.gazetteer.patterns[*number as usize];
            let Some(stop) = self.fits(pattern, first) else {
                continue;
            };
            if stop > end {
                hits.clear();
                end = stop;
            }
            if stop == end {
                hits.push(pattern);
            }
        }
        if hits.is_empty() {
            return None;
        }
        let (context, house_end) = self.context(first, end, &hits);
        let candidates: Vec<Candidate> = self.candidates(&hits, &context);
        let towards = self.is_towards(&context, end, &candidates);
        let end = if context.house.is_some() {
            house_end
        } else {
            end
        };
        (!candidates.is_empty()).then_some(Mention {
            first,
            end,
            candidates,
            house: context.house,
            towards,
        })
    }

    /// After «на», «в», «через» an accusative tells a goal: «в Берёзовку», «в Светлореченск».
    /// Names in «о» stand undeclined in either case and tell nothing.
    fn is_towards(&self, context: &Context, end: usize, candidates: &[Candidate]) -> bool {
        let form = self.words.folded(&self.words.list()[end - 1]);
        let as_catalogued = || {
            let same =
                |c: &Candidate| fold(&self.gazetteer.places[c.place as usize].name).ends_with(form);
            !form.ends_with('о') && candidates.iter().any(same)
        };
        match context.preposition {
            Some("до" | "к" | "ко") => true,
            Some("на" | "в" | "во" | "через") => {
                form.ends_with(['у', 'ю']) || as_catalogued()
            }
            _ => false,
        }
    }

    /// The word after the pattern, when it stands at `first`.
    fn fits(&self, pattern: &Pattern, first: usize) -> Option<usize> {
        let list = self.words.list();
        if pattern.upper && !list[first].upper {
            return None;
        }
        let mut at = first;
        for (position, ids) in pattern.words.iter().enumerate() {
            if position > 0 {
                at = self.skip_ordinal(at);
                let word = list.get(at)?;
                let dotted = word.gap & gap::DOT != 0 && list[at - 1].end - list[at - 1].start > 4;
                if word.gap & (gap::STOP | gap::COMMA) != 0 || dotted {
                    return None;
                }
                if position == 1 && pattern.initial && word.gap & (gap::DOT | gap::SLASH) == 0 {
                    return None;
                }
            }
            ids.binary_search(&self.spots.get(at)?.id).ok()?;
            at += 1;
        }
        Some(self.skip_ordinal(at))
    }

    /// Passes the «й» of «7-й» and the word «номер».
    fn skip_ordinal(&self, at: usize) -> usize {
        let list = self.words.list();
        match list.get(at) {
            Some(w)
                if at > 0
                    && list[at - 1].number
                    && w.gap & (gap::HYPHEN | gap::GLUED) != 0
                    && ORDINAL_SUFFIXES.contains(&self.words.folded(w)) =>
            {
                at + 1
            }
            Some(w)
                if self.words.folded(w) == "номер"
                    && list.get(at + 1).is_some_and(|n| n.number) =>
            {
                at + 1
            }
            _ => at,
        }
    }

    pub fn fit(&self, class: Class, pattern: &Pattern) -> u8 {
        let place = pattern.place as usize;
        class.fits(
            self.gazetteer.classes[place],
            self.gazetteer.places[place].kind,
        )
    }

    fn candidates(&self, hits: &[&Pattern], context: &Context) -> Vec<Candidate> {
        let mut out: Vec<Candidate> = Vec::new();
        for pattern in hits {
            let kind = self.gazetteer.places[pattern.place as usize].kind;
            let typed = self.fit(context.class, pattern);
            let score = score(pattern.nature, kind, typed, context);
            let candidate = Candidate {
                place: pattern.place,
                nature: pattern.nature,
                score,
                typed,
            };
            match out.iter_mut().find(|c| c.place == pattern.place) {
                Some(known) if known.score < score => *known = candidate,
                Some(_) => {}
                None if score > 0.0 => out.push(candidate),
                None => {}
            }
        }
        let best = out.iter().map(|c| c.typed).max().unwrap_or(0);
        out.retain(|c| c.typed > 0 || best == 0);
        if context.house.is_some() && out.iter().any(|c| self.is_street(c)) {
            out.retain(|c| self.is_street(c) || c.typed > 0);
        }
        out
    }

    fn is_street(&self, candidate: &Candidate) -> bool {
        self.gazetteer.places[candidate.place as usize].kind == PlaceKind::Street
    }
}

/// A text in capital letters: they say nothing then.
fn is_shouting(words: &Words) -> bool {
    let long = words
        .list()
        .iter()
        .filter(|w| !w.number && w.end - w.start > 4);
    let (all, upper) = long.fold((0, 0), |(all, upper), w| {
        (all + 1, upper + usize::from(w.upper))
    });
    all > 2 && upper * 10 > all * 6
}

//! What stands around a mention: type word, preposition, house number, marks, capital letters.

use super::{
    Roles, common,
    house::{self, House},
    names::Pattern,
    nature::Nature,
    spot::Reader,
    types::{self, Class},
    weigh::agree,
};
use crate::{domain::place::PlaceKind, understand::words::gap};

/// What stands around a mention.
pub(super) struct Context<'a> {
    pub class: Class,
    pub preposition: Option<&'a str>,
    pub capital: bool,
    pub against: bool,
    pub house: Option<House>,
    /// A mark, a number or a small word follows: no noun is described.
    pub free: bool,
    /// A noun follows that an adjective may describe.
    pub describes: bool,
    /// It begins a sentence, so its capital letter says little.
    pub starts: bool,
    /// It stands at the head like an address: «Локомотивная от депо», «Песчаный, мусор…».
    pub heads: bool,
    /// A mark follows it.
    pub marked: bool,
    /// Frozen in the genitive and not a plural of people: «Мира», not «Строителей».
    pub inanimate: bool,
}

impl<'a> Reader<'a> {
    pub fn context(&self, first: usize, end: usize, hits: &[&Pattern]) -> (Context<'a>, usize) {
        let list = self.words.list();
        let (mut class, mut before) = self.type_before(first);
        let mut near = false;
        if class.0 == Class::AREA && !hits.iter().any(|p| self.fit(class, p) > 0) {
            class = Class::default();
            near = true;
        }
        let mut after = end;
        if class.is_none()
            && let Some(found) = self.type_after(end)
        {
            class = found;
            after = end + 1;
        }
        let mut against = before.is_some_and(|i| self.spots[i].has(Roles::AGAINST));
        if against
            && let Some(i) = before.and_then(|i| i.checked_sub(1))
            && self.spots[i].class.is_street()
        {
            class = self.spots[i].class;
            against = false;
            before = i.checked_sub(1);
        }
        if let Some(i) = before
            && common::BETWEEN.contains(&self.words.folded(&list[i]))
        {
            before = i.checked_sub(1);
        }
        let preposition = before
            .filter(|i| self.spots[*i].has(Roles::PREPOSITION) && list[i + 1].gap & gap::STOP == 0)
            .map(|i| self.words.folded(&list[i]));
        let (house, house_end) = self.house(hits, before, preposition, after);
        let free = self.is_free(after);
        let context = Context {
            class,
            preposition: if near {
                Some("возле")
            } else {
                preposition
            },
            inanimate: !["ов", "ев", "ей"]
                .iter()
                .any(|e| self.words.folded(&list[end - 1]).ends_with(e)),
            capital: (first..end).any(|i| list[i].capital)
                && !self.shouting
                && (first + 1 < end || !self.starts_sentence(first)),
            against,
            free,
            describes: !free && house.is_none() && self.describes_next(end),
            starts: self.starts_sentence(first) && list[first].capital,
            marked: self.is_marked(after),
            heads: self.starts_sentence(first) && list[first].capital && self.is_head(after),
            house,
        };
        (context, house_end)
    }

    /// The house number after a street, or before it, and the word after all that.
    fn house(
        &self,
        hits: &[&Pattern],
        before: Option<usize>,
        preposition: Option<&str>,
        after: usize,
    ) -> (Option<House>, usize) {
        let addressed = |p: &&Pattern| {
            let kind = self.gazetteer.places[p.place as usize].kind;
            kind == PlaceKind::Street || kind == PlaceKind::District && p.nature != Nature::Rare
        };
        if !hits.iter().any(addressed) {
            return (None, after);
        }
        if let Some(house) = house::read(self.words, self.spots, after) {
            let end = after + house.words;
            return (Some(house), end);
        }
        let last = match preposition {
            Some("по" | "на") => before.and_then(|i| i.checked_sub(1)),
            _ => before,
        };
        (last.and_then(|i| house::read_before(self.words, i)), after)
    }

    /// The type word before a name, and the index of the word before both.
    fn type_before(&self, first: usize) -> (Class, Option<usize>) {
        let Some(i) = first.checked_sub(1) else {
            return (Class::default(), None);
        };
        let (word, name) = (&self.words.list()[i], &self.words.list()[first]);
        let class = self.spots[i].class;
        let folded = self.words.folded(word);
        let dotted = name.gap & gap::DOT != 0;
        let real =
            !types::is_short(folded) || dotted || name.capital && folded != "с" && !self.shouting;
        if class.is_none() || !real || name.gap & (gap::STOP | gap::COMMA | gap::OTHER) != 0 {
            let broken =
                name.gap & (gap::STOP | gap::COMMA) != 0 || dotted && word.end - word.start > 4;
            return (Class::default(), (!broken).then_some(i));
        }
        (class, i.checked_sub(1))
    }

    fn type_after(&self, end: usize) -> Option<Class> {
        let word = self.words.list().get(end)?;
        let class = self.spots[end].class;
        let folded = self.words.folded(word);
        let short = folded.chars().count() < 2;
        if class.is_none() || short || word.gap & (gap::STOP | gap::COMMA | gap::DOT) != 0 {
            return None;
        }
        // «Ленина ул. Мира»: the type word is the next name's.
        let next = self.words.list().get(end + 1);
        let taken = next.is_some_and(|n| {
            n.capital
                && n.gap & (gap::STOP | gap::COMMA) == 0
                && !self.gazetteer.starts_at(self.spots[end + 1]).is_empty()
        });
        (!taken).then_some(class)
    }

    fn is_free(&self, at: usize) -> bool {
        match self.words.list().get(at) {
            None => true,
            Some(w) => {
                w.number
                    || w.gap & !(gap::GLUED | gap::HYPHEN) != 0
                    || self.spots[at].has(Roles::FUNCTION | Roles::PREPOSITION)
            }
        }
    }

    /// A mark or a preposition follows, not «и» or a verb.
    fn is_head(&self, at: usize) -> bool {
        self.is_marked(at)
            || self
                .spots
                .get(at)
                .is_some_and(|s| s.has(Roles::PREPOSITION))
    }

    fn is_marked(&self, at: usize) -> bool {
        let marks = gap::COMMA | gap::OTHER | gap::STOP | gap::DOT;
        let word = self.words.list().get(at);
        word.is_some_and(|w| w.gap & marks != 0 && w.gap & gap::HYPHEN == 0)
    }

    /// An adjective before a noun in lower case that it may describe: «школьной форме».
    fn describes_next(&self, end: usize) -> bool {
        let (adjective, next) = (&self.words.list()[end - 1], &self.words.list()[end]);
        !next.capital && agree(self.words.folded(adjective), self.words.folded(next))
    }

    fn starts_sentence(&self, at: usize) -> bool {
        let list = self.words.list();
        let Some(before) = at.checked_sub(1) else {
            return true;
        };
        let dot = list[at].gap & gap::DOT != 0;
        let abbreviation =
            list[before].end - list[before].start <= 4 || !self.spots[before].class.is_none();
        list[at].gap & gap::STOP != 0 || dot && !abbreviation
    }
}

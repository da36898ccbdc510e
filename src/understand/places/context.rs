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

/// What leads up to a name and its type word.
struct Lead<'a> {
    /// The last word of it.
    last: Option<usize>,
    preposition: Option<&'a str>,
    /// It says that the name is none of a place: «памятник Ленину».
    against: bool,
    /// «улица имени Ленина» is a street after all.
    street: Option<Class>,
}

impl<'a> Reader<'a> {
    /// Reads what stands around the words from `first` to before `end`, and tells the word after
    /// all that.
    pub fn context(&self, first: usize, end: usize, hits: &[&Pattern]) -> (Context<'a>, usize) {
        let (mut class, before) = self.type_before(first);
        let near = class.0 == Class::AREA && !hits.iter().any(|p| self.fit(class, p) > 0);
        if near {
            class = Class::default();
        }
        let mut after = end;
        if class.is_none()
            && let Some(found) = self.type_after(end)
        {
            class = found;
            after = end + 1;
        }
        let lead = self.lead(before);
        let (house, house_end) = self.house(hits, &lead, after);
        let free = self.is_free(after);
        let capital = self.words.list()[first].capital;
        let starts = self.starts_sentence(first) && capital;
        let context = Context {
            class: lead.street.unwrap_or(class),
            preposition: if near {
                Some("возле")
            } else {
                lead.preposition
            },
            capital: self.has_capital(first, end),
            against: lead.against,
            free,
            describes: !free && house.is_none() && self.describes_next(end),
            starts,
            heads: starts && self.is_head(after),
            marked: self.is_marked(after),
            inanimate: self.is_inanimate(end - 1),
            house,
        };
        (context, house_end)
    }

    fn lead(&self, mut before: Option<usize>) -> Lead<'a> {
        let list = self.words.list();
        let mut against = before.is_some_and(|i| self.spots[i].has(Roles::AGAINST));
        let mut street = None;
        if against
            && let Some(i) = before.and_then(|i| i.checked_sub(1))
            && self.spots[i].class.is_street()
        {
            street = Some(self.spots[i].class);
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
        Lead {
            last: before,
            preposition,
            against,
            street,
        }
    }

    /// A capital letter that says something: not for shouting, nor at a sentence's start alone.
    fn has_capital(&self, first: usize, end: usize) -> bool {
        let list = self.words.list();
        (first..end).any(|i| list[i].capital)
            && !self.shouting
            && (first + 1 < end || !self.starts_sentence(first))
    }

    fn is_inanimate(&self, last: usize) -> bool {
        let word = self.words.folded(&self.words.list()[last]);
        !["ов", "ев", "ей"].iter().any(|e| word.ends_with(e))
    }

    /// The house number after a street, or before it, and the word after all that.
    fn house(&self, hits: &[&Pattern], lead: &Lead<'_>, after: usize) -> (Option<House>, usize) {
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
        let last = match lead.preposition {
            Some("по" | "на") => lead.last.and_then(|i| i.checked_sub(1)),
            _ => lead.last,
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

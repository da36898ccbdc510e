//! Mentions of names in a text, and how likely each is a place, from what stands around it.

use super::{
    Gazetteer, Pattern, Roles, Spot, common,
    house::{self, House},
    names::{Nature, ORDINAL_SUFFIXES},
    types::{self, Class},
};
use crate::{
    domain::place::PlaceKind,
    understand::words::{Word, Words, fold, gap},
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

/// What stands around a mention.
struct Context<'a> {
    class: Class,
    preposition: Option<&'a str>,
    capital: bool,
    against: bool,
    house: Option<House>,
    /// A mark, a number or a small word follows: no noun is described.
    free: bool,
    /// A noun follows that an adjective may describe.
    describes: bool,
    /// It begins a sentence, so its capital letter says little.
    starts: bool,
    /// It stands at the head like an address: «Локомотивная от депо», «Песчаный, мусор…».
    heads: bool,
    /// A mark follows it.
    marked: bool,
    /// Frozen in the genitive and not a plural of people: «Мира», not «Строителей».
    inanimate: bool,
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

struct Reader<'a> {
    gazetteer: &'a Gazetteer,
    words: &'a Words,
    spots: &'a [Spot],
    shouting: bool,
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

    fn context(&self, first: usize, end: usize, hits: &[&Pattern]) -> (Context<'a>, usize) {
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

    fn fit(&self, class: Class, pattern: &Pattern) -> u8 {
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

/// How likely a name with its surroundings is a place. The weights were set on the annotated
/// sentences of `tests/fixtures/places.tsv` and on intuition about written Russian, in this order.
fn score(nature: Nature, kind: PlaceKind, typed: u8, c: &Context) -> f32 {
    let (base, capital) = match nature {
        Nature::Rare => (0.72, 0.1),
        Nature::Phrase | Nature::Numbered => (0.75, 0.1),
        Nature::CommonPhrase => (0.45, 0.25),
        Nature::Personal => (0.4, 0.12),
        Nature::Adjective => (0.15, 0.2),
        Nature::Common | Nature::Genitive => (0.15, 0.26),
        Nature::Bare => (0.0, 0.15),
    };
    if nature == Nature::Bare && kind != PlaceKind::Street && typed == 0 {
        return 0.0;
    }
    let mut score: f32 = base;
    score += match typed {
        2 => 0.6,
        1 => 0.5,
        _ if c.class.is_none() => 0.0,
        _ => -0.5,
    };
    if c.capital {
        score += capital;
    } else if c.starts {
        score += 0.08;
    }
    if nature == Nature::Adjective && c.capital && !c.describes && kind != PlaceKind::Street {
        score += 0.05;
    }
    let town = kind == PlaceKind::Settlement && (c.marked || nature != Nature::Common);
    if c.heads && (nature == Nature::Adjective || town) {
        score += 0.2;
    }
    score += match (&c.house, kind) {
        (Some(house), PlaceKind::Street) => 0.45 + if house.explicit { 0.05 } else { 0.0 },
        (Some(_), _) => 0.2,
        _ => 0.0,
    };
    if let Some(preposition) = c.preposition {
        score += preposition_score(preposition, nature, kind, c);
    }
    if nature == Nature::Adjective
        && c.describes
        && typed == 0
        && !(c.capital && is_on(c.preposition))
    {
        score -= 0.3;
    }
    if c.against {
        score -= 0.5;
    }
    score.clamp(0.0, 0.97)
}

fn preposition_score(preposition: &str, nature: Nature, kind: PlaceKind, c: &Context) -> f32 {
    let inside = matches!(preposition, "в" | "во" | "из");
    match (nature, kind) {
        (_, PlaceKind::Street) if inside => -0.1,
        // «на Мира» can hardly be anything but a street.
        (Nature::Genitive, PlaceKind::Street) if is_on(c.preposition) => {
            0.25 + if c.capital || c.inanimate { 0.1 } else { 0.0 }
        }
        (Nature::Personal, PlaceKind::Street) if is_on(c.preposition) => 0.3,
        (Nature::Adjective, _) if c.free && !c.capital => 0.35,
        (Nature::Adjective | Nature::Common, PlaceKind::Settlement) if is_on(c.preposition) => 0.0,
        _ => 0.15,
    }
}

fn is_on(preposition: Option<&str>) -> bool {
    matches!(preposition, Some("на" | "по"))
}

/// Whether a noun may agree with an adjective's ending; verbs in the past are told apart.
fn agree(adjective: &str, noun: &str) -> bool {
    let verb = [
        "ли", "ла", "ло", "ит", "ет", "ут", "ют", "ят", "ся", "сь", "ть",
    ];
    if noun.chars().count() < 4 || verb.iter().any(|v| noun.ends_with(v)) {
        return false;
    }
    let ending: String = adjective
        .chars()
        .skip(adjective.chars().count().saturating_sub(2))
        .collect();
    let last = noun.chars().last().unwrap_or(' ');
    let wanted = match ending.as_str() {
        "ой" | "ей" => "еиыйь",
        "ую" | "юю" => "уюь",
        "ая" | "яя" => "аяь",
        "ом" | "ем" => "еиу",
        "го" => "ая",
        "му" => "ую",
        "ый" | "ий" => return !"аеиоуыэюя".contains(last),
        "ым" | "им" => "мь",
        "ое" | "ее" => "оея",
        "ые" | "ие" => "ыиая",
        "ых" | "их" => return true,
        _ => return false,
    };
    wanted.contains(last)
}

/// «Ленина, Мира и Садовая»: a sure street lifts the doubtful ones listed with it.
fn lift_lists(found: &mut [Mention], words: &Words, spots: &[Spot]) {
    for _ in 0..2 {
        for i in 0..found.len() {
            let near = |other: &Mention, one: &Mention| {
                let (left, right) = if other.first < one.first {
                    (other, one)
                } else {
                    (one, other)
                };
                other.candidates.iter().any(|c| c.score >= 0.5)
                    && listed(words.list(), spots, words, left.end, right.first)
            };
            let lifted = i > 0 && near(&found[i - 1], &found[i])
                || found.get(i + 1).is_some_and(|n| near(n, &found[i]));
            let capital = words.list()[found[i].first].capital;
            if lifted {
                for c in found[i].candidates.iter_mut().filter(|c| c.score < 0.5) {
                    if matches!(c.nature, Nature::Personal) || capital {
                        c.score = 0.55;
                    }
                }
            }
        }
    }
}

/// Between two names stand only «и», «до», «на», a comma, a hyphen or a slash.
fn listed(list: &[Word], spots: &[Spot], words: &Words, from: usize, to: usize) -> bool {
    let small = |i: usize| {
        matches!(
            words.folded(&list[i]),
            "и" | "до" | "от" | "или" | "на" | "по" | "с"
        )
    };
    let marks = gap::COMMA | gap::HYPHEN | gap::SLASH | gap::OTHER;
    to >= from
        && to - from <= 2
        && (from..to).all(|i| small(i) || !spots[i].class.is_none())
        && (from..=to).all(|i| list[i].gap & gap::STOP == 0)
        && (from < to || list[to].gap & marks != 0)
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

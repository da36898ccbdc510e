//! From catalogue entries to word patterns: every case form of every name and alias.

use std::collections::HashSet;

use super::{
    nature::{
        Nature, is_acronym, is_nickname, is_number, is_preposition, nature_of, nature_of_word,
    },
    types::{self, Class},
    vocabulary::Vocabulary,
};
use crate::{
    domain::place::{Place, PlaceKind},
    understand::{morph, words::Words},
};

/// The suffixes of «7-й», «3-я», «5-го».
pub(super) const ORDINAL_SUFFIXES: &[&str] = &[
    "й", "я", "го", "му", "м", "ой", "ый", "ий", "ая", "е", "ю", "ую", "ом", "ого", "х", "ти",
];

/// A name of a place, as sets of word forms.
#[derive(Debug)]
pub(super) struct Pattern {
    pub place: u32,
    pub words: Vec<Vec<u32>>,
    pub nature: Nature,
    /// Counts only in capitals: «ККБ».
    pub upper: bool,
    /// The first word is one letter and wants its full stop: «М. Ключи».
    pub initial: bool,
}

/// All patterns of a place: its name and aliases in every case. `towns` are the names of all
/// settlements.
pub(super) fn patterns(
    index: u32,
    place: &Place,
    own: &mut Class,
    towns: &HashSet<&str>,
    vocabulary: &mut Vocabulary,
) -> Vec<Pattern> {
    let mut out = Vec::new();
    let name = tokens(&place.name);
    let mut add = |words: &[String], nature: Option<Nature>, upper: bool| {
        if let Some(pattern) = pattern(index, place.kind, words, nature, upper, vocabulary) {
            out.push(pattern);
        }
    };
    match place.kind {
        PlaceKind::Municipality => municipality(&name, &mut add),
        PlaceKind::Object => object(place, &name, towns, &mut add),
        _ => add(&name, None, false),
    }
    for alias in place
        .aliases
        .split('|')
        .map(str::trim)
        .filter(|a| !a.is_empty())
    {
        let upper = is_acronym(alias);
        let words = tokens(alias);
        match strip_type(&words) {
            Some((rest, class))
                if place.kind != PlaceKind::Object && place.kind != PlaceKind::Municipality =>
            {
                own.0 |= class.0;
                if rest != name {
                    add(&rest, Some(Nature::Bare), false);
                }
            }
            _ if repeats_with_preposition(&words, &name) => {}
            _ => add(&words, None, upper),
        }
    }
    out
}

/// «Берёзовский район», «Берёзовский муниципальный округ»; «городской округ Светлореченск».
fn municipality(name: &[String], add: &mut impl FnMut(&[String], Option<Nature>, bool)) {
    let adjective = name.last().is_some_and(|w| morph::adjective(w).is_some());
    let tails = [
        "район",
        "р-н",
        "округ",
        "муниципальный район",
        "муниципальный округ",
        "городской округ",
    ];
    if !adjective {
        for lead in ["городской округ", "муниципальный округ", "го", "мо"]
        {
            add(
                &[tokens(lead), name.to_vec()].concat(),
                Some(Nature::Phrase),
                false,
            );
        }
        return;
    }
    for tail in tails {
        add(
            &[name.to_vec(), tokens(tail)].concat(),
            Some(Nature::Phrase),
            false,
        );
    }
}

/// An object is known by its name with its type («стадион Химик»), and by the name alone when the
/// name says what it is. «Таволжск» alone is the town, not its station.
fn object(
    place: &Place,
    name: &[String],
    towns: &HashSet<&str>,
    add: &mut impl FnMut(&[String], Option<Nature>, bool),
) {
    let type_ = tokens(&place.type_);
    if type_.iter().any(|t| name.iter().any(|n| n == t)) {
        add(name, None, false);
        let (mut numbers, rest): (Vec<String>, Vec<String>) =
            name.iter().cloned().partition(|w| is_number(w));
        if numbers.len() == 1 {
            numbers.extend(rest);
            add(&numbers, None, false);
        }
        return;
    }
    add(
        &[type_, name.to_vec()].concat(),
        Some(Nature::Phrase),
        false,
    );
    if towns.contains(place.name.as_str()) {
        return;
    }
    if name.len() > 1 || nature_of_word(&name[0], PlaceKind::Object) == Nature::Rare {
        add(name, None, false);
    }
}

fn pattern(
    place: u32,
    kind: PlaceKind,
    words: &[String],
    nature: Option<Nature>,
    upper: bool,
    vocabulary: &mut Vocabulary,
) -> Option<Pattern> {
    let first = words.first()?;
    let nature = nature.unwrap_or_else(|| {
        if upper {
            Nature::Rare
        } else {
            nature_of(words, kind)
        }
    });
    let sets = forms(words, kind)
        .into_iter()
        .map(|forms| {
            let mut ids: Vec<u32> = forms.iter().map(|f| vocabulary.spot(f).id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        })
        .collect();
    let initial = first.chars().count() == 1 && !is_number(first);
    Some(Pattern {
        place,
        words: sets,
        nature,
        upper,
        initial,
    })
}

/// The forms of each word: adjectives and the head noun decline, what follows it stands, but for
/// objects («вокзала Таволжска»).
fn forms(words: &[String], kind: PlaceKind) -> Vec<Vec<String>> {
    let mut head_seen = is_preposition(&words[0]);
    words
        .iter()
        .map(|word| {
            if let Some(forms) = morph::adjective(word) {
                return forms;
            }
            let stands = head_seen && kind != PlaceKind::Object;
            if stands || is_number(word) || word == "усть" || is_frozen(word, words.len(), kind)
            {
                return vec![word.clone()];
            }
            head_seen = true;
            morph::noun(word)
        })
        .collect()
}

/// Streets are named in the genitive («Мира»); so are some districts («Авиаторов»).
fn is_frozen(word: &str, words: usize, kind: PlaceKind) -> bool {
    match kind {
        PlaceKind::Street => !is_nickname(word, words),
        PlaceKind::District => word.ends_with("ов") || word.ends_with("ев"),
        _ => false,
    }
}

/// The folded words of a name, without the suffixes of ordinals.
fn tokens(name: &str) -> Vec<String> {
    let words = Words::of(name);
    let mut out: Vec<String> = Vec::new();
    for word in words.iter() {
        if ORDINAL_SUFFIXES.contains(&word) && out.last().is_some_and(|w| is_number(w)) {
            continue;
        }
        out.push(word.to_owned());
    }
    out
}

/// An alias without its type word: («проспект Ленина») is («Ленина», avenue).
fn strip_type(words: &[String]) -> Option<(Vec<String>, Class)> {
    let class = |word: &String| {
        let mut class = Class::default();
        for (bits, forms) in types::TABLE {
            if forms.split_whitespace().any(|f| f == word) {
                class.0 |= bits;
            }
        }
        (!class.is_none()).then_some(class)
    };
    let [first, .., last] = words else {
        return None;
    };
    if let Some(found) = class(first) {
        return Some((words[1..].to_vec(), found));
    }
    let rest = &words[..words.len() - 1];
    let found = class(last)?;
    rest.iter()
        .all(|w| morph::adjective(w).is_some() || is_number(w))
        .then(|| (rest.to_vec(), found))
}

/// «на Горке» says no more than «Горка».
fn repeats_with_preposition(words: &[String], name: &[String]) -> bool {
    let [first, rest @ ..] = words else {
        return false;
    };
    let same = |(word, own): (&String, &String)| morph::noun(own).contains(word) || word == own;
    is_preposition(first) && rest.len() == name.len() && rest.iter().zip(name).all(same)
}

//! How likely a name is a place, from what stands around it.

use super::{context::Context, nature::Nature};
use crate::domain::place::PlaceKind;

/// How likely a name with its surroundings is a place. The weights were set on the annotated
/// sentences of `tests/fixtures/places.tsv` and on intuition about written Russian, in this order.
pub(super) fn score(nature: Nature, kind: PlaceKind, typed: u8, c: &Context) -> f32 {
    if nature == Nature::Bare && kind != PlaceKind::Street && typed == 0 {
        return 0.0;
    }
    let adjective = nature == Nature::Adjective;
    let free = adjective && c.capital && !c.describes && kind != PlaceKind::Street;
    let describing = adjective && c.describes && typed == 0 && !(c.capital && is_on(c.preposition));
    let evidence = [
        name_score(nature),
        type_score(typed, c),
        capital_score(nature, c),
        if free { 0.05 } else { 0.0 },
        if is_head(nature, kind, c) { 0.2 } else { 0.0 },
        house_score(kind, c),
        preposition_score(nature, kind, c),
        if describing { -0.3 } else { 0.0 },
        if c.against { -0.5 } else { 0.0 },
    ];
    evidence.iter().sum::<f32>().clamp(0.0, 0.97)
}

/// What the name says by itself.
fn name_score(nature: Nature) -> f32 {
    match nature {
        Nature::Rare => 0.72,
        Nature::Phrase | Nature::Numbered => 0.75,
        Nature::CommonPhrase => 0.45,
        Nature::Personal => 0.4,
        Nature::Adjective | Nature::Common | Nature::Genitive => 0.15,
        Nature::Bare => 0.0,
    }
}

fn type_score(typed: u8, c: &Context) -> f32 {
    match typed {
        2 => 0.6,
        1 => 0.5,
        _ if c.class.is_none() => 0.0,
        _ => -0.5,
    }
}

fn capital_score(nature: Nature, c: &Context) -> f32 {
    match nature {
        _ if !c.capital && c.starts => 0.08,
        _ if !c.capital => 0.0,
        Nature::Rare | Nature::Phrase | Nature::Numbered => 0.1,
        Nature::CommonPhrase => 0.25,
        Nature::Personal => 0.12,
        Nature::Adjective => 0.2,
        Nature::Common | Nature::Genitive => 0.26,
        Nature::Bare => 0.15,
    }
}

/// «Песчаный, мусор…»: the place stands before what happens there.
fn is_head(nature: Nature, kind: PlaceKind, c: &Context) -> bool {
    let town = kind == PlaceKind::Settlement && (c.marked || nature != Nature::Common);
    c.heads && (nature == Nature::Adjective || town)
}

fn house_score(kind: PlaceKind, c: &Context) -> f32 {
    match (&c.house, kind) {
        (Some(house), PlaceKind::Street) => 0.45 + if house.explicit { 0.05 } else { 0.0 },
        (Some(_), _) => 0.2,
        _ => 0.0,
    }
}

fn preposition_score(nature: Nature, kind: PlaceKind, c: &Context) -> f32 {
    let Some(preposition) = c.preposition else {
        return 0.0;
    };
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
pub(super) fn agree(adjective: &str, noun: &str) -> bool {
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

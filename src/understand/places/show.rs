//! How a place is written for people: «ул. Речная, 14», «Заводской район», «стадион Химик».

use crate::{
    domain::place::{Place, PlaceKind},
    understand::{morph, words::fold},
};

/// The shown name of a place, with its house number.
pub(super) fn name(place: &Place, house: Option<&str>) -> String {
    let type_ = place.type_.trim();
    let name = &place.name;
    let folded = fold(name);
    let adjective = folded
        .split(' ')
        .next_back()
        .is_some_and(|w| morph::adjective(w).is_some());
    let shown = match place.kind {
        PlaceKind::Municipality if !adjective => format!("{type_} {name}"),
        PlaceKind::Municipality => format!("{name} {}", long_type(type_)),
        PlaceKind::District if adjective && type_ == "район" => format!("{name} район"),
        PlaceKind::Street if adjective && matches!(type_, "тракт" | "ш." | "пр-д") => {
            format!("{name} {}", long_type(type_))
        }
        PlaceKind::Street if fold(name).starts_with("набережная") && type_ == "наб." => {
            name.clone()
        }
        PlaceKind::Object if type_.is_empty() || folded.contains(&fold(type_)) => name.clone(),
        _ => format!("{type_} {name}"),
    };
    match house {
        Some(house) => format!("{shown}, {house}"),
        None => shown,
    }
}

fn long_type(type_: &str) -> &str {
    match type_ {
        "ш." => "шоссе",
        "м. о." | "г. о." => "округ",
        "пр-д" => "проезд",
        other => other,
    }
}

//! `profiles` and `groups` of an extended answer. People are invented: their names are made of two
//! short lists, so that a name that leaks anywhere can be recognised.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Vk, groups};

const FIRST_NAMES: [&str; 8] = [
    "Аглая",
    "Варлам",
    "Гурий",
    "Епистима",
    "Лукерья",
    "Мефодий",
    "Павсикакий",
    "Хиония",
];
const LAST_NAMES: [&str; 7] = [
    "Небывалая",
    "Придуманов",
    "Вымыслова",
    "Примеров",
    "Образцова",
    "Демонстрантов",
    "Условная",
];

/// Adds whoever speaks in `items` to an answer.
pub(super) fn extend(vk: &Vk, mut answer: Value, speakers: &BTreeSet<i64>, fields: &str) -> Value {
    let fields: Vec<&str> = fields.split(',').collect();
    let profiles: Vec<Value> = speakers
        .iter()
        .filter(|&&id| id > 0)
        .map(|&id| person(id))
        .collect();
    let groups: Vec<Value> = speakers
        .iter()
        .filter_map(|&id| vk.communities.by_id(-id))
        .map(|community| groups::describe(community, &fields))
        .collect();
    answer["profiles"] = json!(profiles);
    answer["groups"] = json!(groups);
    answer
}

fn person(id: i64) -> Value {
    json!({
        "id": id,
        "first_name": FIRST_NAMES[id as usize % FIRST_NAMES.len()],
        "last_name": LAST_NAMES[id as usize % LAST_NAMES.len()],
        "sex": 1 + id % 2,
        "screen_name": format!("id{id}"),
        "photo_50": "https://sun1-1.vk.invalid/p50.jpg",
        "online": 0,
        "can_access_closed": true,
        "is_closed": false,
    })
}

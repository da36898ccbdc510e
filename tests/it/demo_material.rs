//! The demo's material: as large and varied as promised, no load for VK's patience, no training.

use std::collections::BTreeSet;

use otklik::{
    config::{catalogue::Catalogue, region::RegionCatalogue},
    demo::material::{Label, Material},
    domain::{
        post::{Platform, PostKind},
        time::Span,
    },
};

use crate::harness;

#[test]
fn the_material_is_as_large_and_varied_as_promised() {
    let region = RegionCatalogue::svetlorechye(harness::START).unwrap();
    let material = Material::of(&region).unwrap();
    let posts = &material.entries;
    let set = |of: fn(&Label) -> Option<&String>| -> BTreeSet<&str> {
        posts
            .iter()
            .filter_map(|post| of(&post.label).map(String::as_str))
            .collect()
    };
    let before = posts.iter().filter(|post| post.at < Span::ZERO);
    assert!(before.count() >= 400);
    assert!(posts.iter().filter(|post| post.at > Span::ZERO).count() >= 30);
    assert!(posts.iter().any(|post| post.at < Span::days(-28)));
    assert!(set(|label| label.municipality.as_ref()).len() >= 12);
    assert_eq!((region.pages.len(), region.claims.len()), (13, 10));
    let claims = region
        .claims
        .iter()
        .map(|claim| claim.id.as_str())
        .collect();
    assert_eq!(set(|label| label.claim.as_ref()), claims);
    let sectors: BTreeSet<&str> = set(|label| label.topic.as_ref())
        .into_iter()
        .filter_map(|topic| topic.split_once('.').map(|(sector, _)| sector))
        .collect();
    assert_eq!(sectors.len(), 10, "nine sectors and «other»: {sectors:?}");
    let texts: BTreeSet<&str> = posts.iter().map(|post| post.text.as_str()).collect();
    assert!(
        texts.len() * 100 > posts.len() * 95,
        "few texts stand twice"
    );
    let voices: BTreeSet<String> = posts
        .iter()
        .map(|post| format!("{:?}", post.voice))
        .collect();
    assert!(voices.len() > 150);
}

#[test]
fn labels_are_words_of_the_catalogue() {
    let catalogue = Catalogue::built_in().unwrap();
    let region = RegionCatalogue::svetlorechye(harness::START).unwrap();
    let municipalities = region.municipalities();
    for entry in Material::of(&region).unwrap().entries {
        let name = format!("{} {}", entry.source, entry.id);
        if let Some(topic) = &entry.label.topic {
            assert!(catalogue.topic(topic).is_some(), "{name}: {topic}");
        }
        if let Some(code) = &entry.label.municipality {
            assert!(municipalities.contains(code), "{name}: {code}");
        }
    }
}

#[test]
fn the_first_minute_is_within_vks_patience() {
    let material = Material::built_in().unwrap();
    let walls = material
        .sources
        .iter()
        .filter(|s| s.config.platform == Platform::Vk);
    let threads: BTreeSet<(&str, Option<i64>)> = material
        .entries
        .iter()
        .filter(|entry| entry.kind == PostKind::Comment && entry.at < Span::ZERO)
        .map(|entry| (entry.source.as_str(), entry.parent))
        .collect();
    let pages = walls.clone().map(|wall| {
        let posts = material.entries_of(wall.config.code.as_str());
        1 + posts
            .filter(|e| e.kind == PostKind::Post && e.at < Span::ZERO)
            .count()
            / 100
    });
    let calls = walls.clone().count() + pages.sum::<usize>() + threads.len();
    assert!(
        calls <= 135,
        "{calls} calls at 3 a second take more than 45 seconds"
    );
}

#[test]
fn no_text_of_the_demo_trains_a_model() {
    let models = harness::project().join("models");
    let mut corpus = String::new();
    let mut folders = vec![models];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                corpus.push_str(&text);
            }
        }
    }
    for entry in Material::built_in().unwrap().entries {
        let is_telling = entry.text.chars().count() > 40;
        assert!(
            !(is_telling && corpus.contains(&entry.text)),
            "{} {} stands in models/",
            entry.source,
            entry.id
        );
    }
}

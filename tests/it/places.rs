//! Places are found in written Russian as people write it.

use std::collections::BTreeSet;

use otklik::{
    config::region::RegionCatalogue,
    domain::time::Timestamp,
    understand::places::{CERTAIN, Gazetteer},
};

const SENTENCES: &str = include_str!("../fixtures/places.tsv");

fn gazetteer() -> Gazetteer {
    let region = RegionCatalogue::svetlorechye(Timestamp::from_millis(0)).unwrap();
    Gazetteer::new(&region.places)
}

fn named(gazetteer: &Gazetteer, text: &str, home: Option<&str>) -> BTreeSet<String> {
    let found = gazetteer.find(text, home);
    let certain = found.iter().filter(|m| m.score >= CERTAIN && !m.implied);
    certain
        .map(|m| format!("{}@{}", m.name, &m.municipality[2..5]))
        .collect()
}

#[test]
fn annotated_sentences_give_their_places() {
    let gazetteer = gazetteer();
    let (mut right, mut wrong, mut missed, mut rows) = (0, 0, 0, 0);
    for line in SENTENCES.lines().filter(|l| !l.starts_with('#')) {
        let mut cells = line.split('\t');
        let (home, text) = (cells.next().unwrap(), cells.next().unwrap());
        let expected = cells
            .next()
            .unwrap_or_default()
            .split(';')
            .filter(|c| !c.is_empty());
        let expected: BTreeSet<String> = expected.map(str::to_owned).collect();
        let home = (home != "-").then(|| format!("99{home}000"));
        let found = named(&gazetteer, text, home.as_deref());
        rows += 1;
        right += expected.intersection(&found).count();
        wrong += found.difference(&expected).count();
        missed += expected.difference(&found).count();
        if found != expected {
            println!("{text}\n    expected {expected:?}\n    found    {found:?}");
        }
    }
    let precision = f64::from(right as u32) / f64::from((right + wrong) as u32);
    let recall = f64::from(right as u32) / f64::from((right + missed) as u32);
    println!("{rows} sentences: precision {precision:.3}, recall {recall:.3}");
    assert!(rows >= 120 && precision >= 0.97 && recall >= 0.95);
}

#[test]
fn without_a_named_place_the_sources_home_is_implied() {
    let found = gazetteer().find("Сколько можно терпеть?", Some("99612000"));
    assert!(found[0].implied && found[0].score < CERTAIN);
    assert_eq!(found[0].municipality, "99612000");
    assert!(gazetteer().find("Сколько можно терпеть?", None).is_empty());
}

#[test]
fn strange_texts_name_nothing_and_break_nothing() {
    let gazetteer = gazetteer();
    for text in [
        "",
        "ул.",
        "д. 5",
        "№№№ 7-й й",
        "на на на",
        "\u{0}\u{301}",
        "ул. ул. ул. 5 5 5 к к 2",
        "🙂🙂 пр-т",
    ] {
        assert!(
            named(&gazetteer, text, Some("99701000")).is_empty(),
            "{text}"
        );
    }
    gazetteer.find(&"на Ленина, ".repeat(20_000), None);
}

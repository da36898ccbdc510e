use super::*;
use crate::domain::time::Timestamp;

const THRESHOLDS: Thresholds = Thresholds {
    suggest: 0.38,
    strong: 0.70,
    min_length: 20,
};

fn claim(id: &str, text: &str) -> Claim {
    Claim {
        id: id.into(),
        text: text.to_owned(),
        wordings: Vec::new(),
        rating: Rating::False,
        review: String::new(),
        reviewer: String::new(),
        published: Timestamp::from_millis(0),
        url: String::new(),
        municipality: None,
    }
}

fn book() -> ClaimBook {
    let claims = [
        claim(
            "water",
            "С понедельника в городе на две недели отключат холодную воду",
        ),
        claim("bridge", "Старый мост через реку закроют навсегда"),
        claim(
            "fine",
            "За мусор после восьми вечера будут штрафовать на 5 000 рублей",
        ),
        Claim {
            rating: Rating::Opinion,
            ..claim("taste", "Новый памятник в парке выглядит безобразно")
        },
    ];
    ClaimBook::new(&claims, THRESHOLDS)
}

#[test]
fn a_repeated_claim_is_found_inside_a_long_post() {
    let post = "Добрый день! Соседка сказала, что за мусор после восьми вечера теперь будут штрафовать \
        на 5000 рублей. Это правда? И когда починят лифт?";
    let found = book().match_text(post);
    assert_eq!(found[0].id.as_str(), "fine");
    assert!(found[0].conflicts.is_empty(), "{found:?}");
    assert!(
        found[0].sentence.starts_with("Соседка"),
        "{}",
        found[0].sentence
    );
}

#[test]
fn a_conflict_lowers_the_level_and_is_told() {
    let same = "С понедельника в городе на две недели отключат холодную воду.";
    assert_eq!(book().match_text(same)[0].level, Level::Strong);
    let opposite = "С понедельника в городе на две недели не отключат холодную воду.";
    let found = book().match_text(opposite);
    assert_eq!(
        (found[0].level, found[0].conflicts.as_slice()),
        (Level::Suggest, &["negation".to_owned()][..])
    );
    let other = "С понедельника в городе на три недели отключат холодную воду.";
    let found = book().match_text(other);
    assert_eq!(
        (found[0].level, found[0].conflicts.as_slice()),
        (Level::Suggest, &["number".to_owned()][..])
    );
}

#[test]
fn plain_complaints_short_texts_and_opinions_match_nothing() {
    let book = book();
    assert_eq!(book.len(), 3);
    for post in [
        "Во дворе третий день не вывозят мусор, контейнеры переполнены, запах стоит ужасный",
        "Мост закроют",
        "",
        "Новый памятник в парке выглядит безобразно",
    ] {
        assert!(
            book.match_text(post).is_empty(),
            "{post}: {:?}",
            book.match_text(post)
        );
    }
}

#[test]
fn an_explanation_marks_both_texts_and_loses_no_letter() {
    let (a, b) = ("Воду НЕ отключат, 5 дней!", "Воду отключат на 7 дней.");
    let (own, theirs) = explain(a, b);
    let joined = |words: &[MarkedWord]| words.iter().map(|w| w.word.as_str()).collect::<String>();
    assert_eq!((joined(&own).as_str(), joined(&theirs).as_str()), (a, b));
    let marks = |words: &[MarkedWord], mark| -> Vec<String> {
        words
            .iter()
            .filter(|w| w.mark == mark)
            .map(|w| w.word.clone())
            .collect()
    };
    assert_eq!(marks(&own, Mark::Clash), ["НЕ", "отключат", "5"]);
    assert_eq!(marks(&theirs, Mark::Clash), ["отключат", "7"]);
    assert_eq!(marks(&own, Mark::Same), ["Воду", "дней"]);
}

use super::*;

fn understander() -> Understander {
    let catalogue = Catalogue::built_in().expect("shipped");
    Understander::shipped(catalogue).expect("shipped")
}

fn read(text: &str) -> Annotation {
    understander()
        .annotate(&[Input {
            text,
            ..Input::default()
        }])
        .remove(0)
}

#[test]
fn plain_complaints_reach_their_sector() {
    for (text, sector) in [
        (
            "Третий день нет отопления, батареи ледяные, в квартире 14 градусов",
            "housing",
        ),
        (
            "На улице Садовой яма посреди дороги, пробили два колеса",
            "roads",
        ),
        ("Мусор не вывозят неделю, контейнеры переполнены", "waste"),
        (
            "Не могу записаться к терапевту в поликлинику, талонов нет",
            "health",
        ),
        (
            "Автобус 12 опять не пришёл по расписанию, ждали сорок минут",
            "transport",
        ),
    ] {
        let said = read(text);
        assert_eq!(
            said.sector.as_ref().map(|s| s.code.as_str()),
            Some(sector),
            "{text}"
        );
        let topic = said.topic.expect("a topic");
        assert!(topic.code.starts_with(sector), "{} in {sector}", topic.code);
        assert!(!said.reasons.is_empty());
    }
}

#[test]
fn content_free_messages_are_empty_and_abstained() {
    let said = read("Да, подтверждаю");
    assert_eq!(said.kind, MessageKind::Empty);
    assert!(said.abstained && said.reasons.is_empty());
}

#[test]
fn personal_data_never_reach_the_masked_text() {
    let said = read("<p>Нет света, звоните 8-912-345-67-89 или a@b.ru</p>");
    assert_eq!(said.masked, "Нет света, звоните [телефон] или [почта]");
}

#[test]
fn a_poor_comment_takes_its_parents_topic_with_less_confidence() {
    let parent = "Третий день нет отопления, батареи ледяные, в квартире 14 градусов";
    let inputs = [
        Input {
            text: parent,
            ..Input::default()
        },
        Input {
            text: "У нас тоже",
            parent: Some(parent),
            ..Input::default()
        },
    ];
    let said = understander().annotate(&inputs);
    let score = |i: usize| said[i].sector.as_ref().expect("a guess").score;
    assert_eq!(said[1].sector.as_ref().expect("a guess").code, "housing");
    assert!(score(1) < score(0));
}

#[test]
fn batches_keep_their_order() {
    let texts: Vec<String> = (0..200)
        .map(|i| format!("Яма номер {i} на дороге"))
        .collect();
    let inputs: Vec<Input<'_>> = texts
        .iter()
        .map(|text| Input {
            text,
            ..Input::default()
        })
        .collect();
    let said = understander().annotate(&inputs);
    assert!(
        said.iter()
            .zip(&texts)
            .all(|(said, text)| said.masked == *text)
    );
}

#[test]
fn the_best_topic_belongs_to_the_best_sector() {
    let understander = understander();
    for text in [
        "яма во дворе у школы",
        "мусор у остановки",
        "собаки",
        "дым",
        "а когда?",
    ] {
        let said = understander
            .annotate(&[Input {
                text,
                ..Input::default()
            }])
            .remove(0);
        let (sector, topic) = (said.sector.expect("a guess"), said.topic.expect("a guess"));
        let own = understander.catalogue.topic(&topic.code).expect("known");
        assert_eq!(own.sector, sector.code, "{text}");
        assert!(said.alternatives.len() == 3);
    }
}

#[test]
fn hostile_texts_get_a_defined_answer() {
    let huge = "нет воды ".repeat(100_000);
    for text in [
        "",
        "\u{0}\u{1}",
        "🙂🙂",
        "العربية",
        "[[[",
        "<<<<&&&&",
        &huge,
    ] {
        let said = read(text);
        assert!(said.sector.is_some_and(|s| (0.0..=1.0).contains(&s.score)));
    }
}

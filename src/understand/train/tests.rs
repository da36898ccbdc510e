use super::*;
use crate::understand::topics::{ModelError, Scratch};

const HEAT: &[&str] = &[
    "Батареи холодные, дома дубак",
    "Когда дадут отопление? Мёрзнем",
    "Холодно в квартире, батарея ледяная",
    "Отопление опять отключили, батареи остыли",
    "В подъезде холодные батареи",
];
const ROAD: &[&str] = &[
    "Яма на дороге, пробил колесо",
    "Дорога разбита, яма на яме",
    "Заделайте ямы на дороге у моста",
    "Асфальт провалился, дорога в ямах",
    "Колесо оставил в яме на дороге",
];

fn samples() -> Vec<Sample> {
    let sample = |text: &&str, class: usize, i: usize| Sample {
        text: (*text).to_owned(),
        labels: vec![Some(class), Some(class * 2 + i % 2)],
        group: String::new(),
        given: false,
    };
    let heat = HEAT.iter().enumerate().map(|(i, t)| sample(t, 0, i));
    let road = ROAD.iter().enumerate().map(|(i, t)| sample(t, 1, i));
    heat.chain(road).collect()
}

fn question(name: &str, classes: &[&str]) -> Question {
    Question {
        name: name.to_owned(),
        classes: classes.iter().map(|&c| c.to_owned()).collect(),
        params: Params::default(),
        learn_shares: true,
    }
}

fn plan() -> Plan {
    Plan {
        name: "toy".to_owned(),
        revision: 1,
        questions: vec![
            question("sector", &["тепло", "дороги"]),
            question("topic", &["т1", "т2", "д1", "д2"]),
        ],
        parents: Some(vec![0, 0, 1, 1]),
        min_samples: 1,
        max_features: Some(300),
        allowed_error: 0.05,
        threshold: None,
        soften: 1.0,
    }
}

#[test]
fn a_trained_model_answers_new_texts_and_says_why() {
    let model = train(&samples(), &plan()).model;
    let mut scratch = Scratch::default();
    let text = "На нашей дороге огромная яма";
    let answer = model.predict(text, &mut scratch);
    let (class, score) = answer[0].best().expect("two classes");
    assert_eq!(class, 1);
    assert!(score > 0.5);
    assert!(
        answer[1].best().expect("four classes").0 >= 2,
        "a topic of its sector"
    );
    for head in &answer {
        assert!((head.0.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
    let reasons = model.reasons(text, (0, class), 2, &mut scratch);
    assert!(reasons.contains(&"яма".to_owned()) || reasons.contains(&"дороге".to_owned()));
    assert!(!reasons.contains(&"огромная".to_owned()));
}

/// Sixty rows of three labels, as somebody types them who tries the command.
fn toy_table() -> Vec<Sample> {
    let kinds = [
        "Холодно в квартире, батареи ледяные, подъезд",
        "Яма на дороге, пробил колесо у дома",
        "В поликлинике нет врача и талонов, кабинет",
    ];
    let rows = (1..=20).flat_map(|n| kinds.iter().enumerate().map(move |(k, text)| (n, k, text)));
    let sample = |(n, class, text): (u32, usize, &&str)| Sample {
        text: format!("{text} {n}"),
        labels: vec![Some(class)],
        group: String::new(),
        given: false,
    };
    rows.map(sample).collect()
}

#[test]
fn a_model_of_sixty_rows_answers_what_is_like_them_and_nothing_else() {
    let plan = Plan {
        questions: vec![question("label", &["тепло", "дороги", "врачи"])],
        parents: None,
        max_features: None,
        ..plan()
    };
    let trained = train(&toy_table(), &plan);
    let mut scratch = Scratch::default();
    let mut answer = |text: &str| {
        let (class, score) = trained.model.predict(text, &mut scratch)[0].best().unwrap();
        (score >= trained.model.header().threshold).then_some(class)
    };
    assert_eq!(
        answer("В нашей квартире холодно, батареи еле тёплые"),
        Some(0)
    );
    assert_eq!(answer("На дороге у школы огромная яма"), Some(1));
    assert_eq!(answer("Второй день нет врача в поликлинике"), Some(2));
    assert_eq!(answer("Потерялся кот, рыжий, отзывается на Барсика"), None);
}

#[test]
fn training_twice_gives_the_same_bytes() {
    assert_eq!(
        train(&samples(), &plan()).model.write(),
        train(&samples(), &plan()).model.write()
    );
}

#[test]
fn broken_files_are_refused() {
    let bytes = train(&samples(), &plan()).model.write();
    let model = Model::read(&bytes).expect("whole");
    assert_eq!(model.write(), bytes);
    assert_eq!(Model::read(b"").err(), Some(ModelError::Foreign));
    assert_eq!(Model::read(b"PNG, surely").err(), Some(ModelError::Foreign));
    for cut in [9, 20, bytes.len() / 2, bytes.len() - 1] {
        assert!(
            matches!(Model::read(&bytes[..cut]), Err(ModelError::Damaged(_))),
            "{cut}"
        );
    }
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    assert!(matches!(Model::read(&flipped), Err(ModelError::Damaged(_))));
}

#[test]
fn odd_texts_get_a_defined_answer() {
    let model = train(&samples(), &plan()).model;
    let mut scratch = Scratch::default();
    for text in ["", "?!", "🙂", &"яма ".repeat(50_000), "\u{200f}\u{0}"] {
        let answer = model.predict(text, &mut scratch);
        assert!(
            answer
                .iter()
                .all(|head| head.0.iter().all(|p| p.is_finite())),
            "{text:.20}"
        );
    }
}

#[test]
fn groups_stay_in_one_fold() {
    let mut samples = samples();
    for sample in samples.iter_mut().step_by(3) {
        sample.group = "g".to_owned();
    }
    let folds = folds::assign(&samples);
    let of_group: Vec<usize> = folds.iter().copied().step_by(3).collect();
    assert!(of_group.windows(2).all(|w| w[0] == w[1]));
    assert_eq!(folds, folds::assign(&samples));
}

#[test]
fn tables_are_read_whatever_their_delimiter() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("t.csv");
    let columns = dataset::Columns {
        text: "text".to_owned(),
        label: "sector".to_owned(),
        group: None,
    };
    for mark in [",", ";", "\t"] {
        let text = "id,text,sector\n1,\"Яма, 89123456789\",roads\n2,Холод,\n".replace(',', mark);
        std::fs::write(&path, text).expect("writable");
        let table = dataset::read(&path, &columns).expect("sound");
        assert_eq!((table.rows.len(), table.skipped), (1, 1));
        assert!(
            table.rows[0].text.ends_with("[телефон]"),
            "{}",
            table.rows[0].text
        );
    }
    let columns = dataset::Columns {
        label: "sektor".to_owned(),
        ..columns
    };
    let error = dataset::read(&path, &columns)
        .expect_err("no such column")
        .to_string();
    assert!(
        error.contains("no column «sektor»; it has id, text, sector"),
        "{error}"
    );
}

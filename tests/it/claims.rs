//! Posts that repeat a reviewed claim are told; those that only complain of the same are not.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use otklik::{
    config::region::RegionCatalogue,
    domain::{claim::Level, time::Timestamp},
    understand::claims::{ClaimBook, Thresholds},
};
use serde_json::Value;

const THRESHOLDS: Thresholds = Thresholds {
    suggest: 0.38,
    strong: 0.70,
    min_length: 20,
};

fn book() -> ClaimBook {
    let region = RegionCatalogue::svetlorechye(Timestamp::from_millis(0)).unwrap();
    ClaimBook::new(&region.claims, THRESHOLDS)
}

#[test]
fn claims_are_found_in_peoples_own_words() {
    let posts = [
        (
            "c01",
            "Люди, не пейте из крана! Говорят, в водопровод попали стоки с химкомбината, вода отравлена.",
        ),
        (
            "c02",
            "слышали? с 1 декабря весь Заводской район на трое суток оставят без отопления",
        ),
        (
            "c03",
            "Это правда что 14 школу закрывают навсегда после каникул? куда детей девать",
        ),
        (
            "c04",
            "На работе сказали, что у рабочего моста лопнула опора и он вот-вот рухнет. Не ездите!",
        ),
        (
            "c05",
            "Дожили. Теперь за мусор, вынесенный после восьми вечера, будут штрафовать на 5000 рублей.",
        ),
        (
            "c06",
            "Берёзовскую больницу закроют, и всем придётся ездить лечиться в Светлореченск",
        ),
        (
            "c07",
            "А где взять десять кубов бесплатных дров, которые дают каждому жителю с печным отоплением?",
        ),
        (
            "c08",
            "Отменят ежемесячную выплату на третьего ребёнка с 1 января, вот вам и поддержка",
        ),
        (
            "c10",
            "Четвёртый трамвай перестанет ходить с 15 декабря, как теперь на работу добираться",
        ),
    ];
    let book = book();
    for (claim, post) in posts {
        let found = book.match_text(post);
        let best = found.first().map(|m| m.id.as_str());
        assert_eq!(best, Some(claim), "{post}: {found:?}");
    }
}

#[test]
fn complaints_about_the_same_things_are_not_flagged() {
    let book = book();
    for post in [
        "Из крана третий день течёт ржавая вода, слесарь не приходит.",
        "В Заводском районе холодно, батареи еле тёплые.",
        "В 14 школе дует из окон, дети сидят в куртках.",
        "На Рабочем мосту каждое утро пробка.",
        "Мусор не вывозят неделю, контейнеры переполнены.",
        "В Берёзовской больнице не дождаться терапевта.",
        "Подскажите, где купить дрова недорого?",
        "Трамвай номер 4 опять опоздал на двадцать минут.",
        "Вышка связи в Солнечном вызывает болезни, у всех болит голова.",
    ] {
        let found = book.match_text(post);
        assert!(found.is_empty(), "{post}: {found:?}");
    }
}

#[test]
fn the_opposite_or_another_number_is_never_strong() {
    let book = book();
    for (post, conflict) in [
        (
            "С 1 декабря в Заводском районе Светлореченска на пять суток отключат отопление.",
            "number",
        ),
        (
            "С 1 декабря в Заводском районе Светлореченска на трое суток не отключат отопление.",
            "negation",
        ),
        (
            "Трамвай № 6 в Светлореченске перестанет ходить с 15 декабря.",
            "number",
        ),
        (
            "Неправда, что трамвай № 4 в Светлореченске перестанет ходить с 15 декабря.",
            "negation",
        ),
        (
            "Школу № 9 на Горке закрывают навсегда после новогодних каникул.",
            "number",
        ),
        (
            "С 1 января в крае не отменят ежемесячную выплату на третьего ребёнка.",
            "negation",
        ),
    ] {
        let found = book.rank(post);
        assert_ne!(found[0].level, Level::Strong, "{post}");
        assert_eq!(found[0].conflicts, [conflict], "{post}: {found:?}");
    }
}

#[test]
fn the_command_answers_each_line_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let claims = folder.path().join("claims.jsonl");
    std::fs::write(
        &claims,
        "{\"id\":7,\"text\":\"Старый мост через реку закроют навсегда\"}\n",
    )
    .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_otklik"))
        .args(["claims", "match", "--claims"])
        .arg(&claims)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let posts = "{\"id\":1,\"text\":\"Говорят, старый мост через реку закроют навсегда!\"}\nбеда\n{\"id\":\"b\",\"text\":\"\"}\n";
    command
        .stdin
        .take()
        .unwrap()
        .write_all(posts.as_bytes())
        .unwrap();
    let output = command.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = output
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(lines[0]["id"], 1);
    assert_eq!(lines[0]["matches"][0]["claim"], 7);
    assert_eq!(lines[0]["matches"][0]["level"], "strong");
    assert!(
        lines[1]["id"].is_null() && lines[1]["error"].as_str().unwrap().starts_with("line 2: ")
    );
    assert_eq!(
        (
            &lines[2]["id"],
            lines[2]["matches"].as_array().unwrap().len()
        ),
        (&Value::from("b"), 0)
    );
}

use super::*;

const BAKERY: &str = r#"
code = "bakery"
label = "Хлеб"
label_en = "Bread"
order = 1
team = "Пекари"
hours = "всегда"
[promise]
taken = 10
first_answer = 20
final_answer = 30
[[template]]
code = "a"
title = "Ответ"
text = "Хлеб привезут в {магазин} к {время}."
"#;

fn parse(sectors: &[&str], topics: &[&str]) -> Result<Catalogue, CatalogueError> {
    let named = |kind: &str, texts: &[&str]| -> Vec<(String, String)> {
        let name = |(i, text): (usize, &&str)| (format!("{kind}{i}.toml"), (*text).to_owned());
        texts.iter().enumerate().map(name).collect()
    };
    Catalogue::parse(&named("s", sectors), &named("t", topics), &[], Vec::new())
}

fn mistakes(sectors: &[&str], topics: &[&str]) -> String {
    parse(sectors, topics)
        .expect_err("must be refused")
        .to_string()
}

#[test]
fn shipped_catalogue_is_sound() {
    let catalogue = Catalogue::built_in().expect("shipped files are checked here");
    assert_eq!(catalogue.sectors().len(), 10);
    assert!(catalogue.topics().len() >= 60);
    assert_eq!(
        catalogue.sector("waste").expect("there").label,
        "Твёрдые коммунальные отходы"
    );
    assert_eq!(
        catalogue
            .sector_by_name("Социальная защита")
            .expect("there")
            .code,
        "social"
    );
    assert_eq!(
        catalogue.topic("roads.snow").expect("there").sector,
        "roads"
    );
    for sector in catalogue.sectors() {
        assert!(
            catalogue.topics_of(&sector.code).count() >= 5,
            "{}",
            sector.code
        );
        assert!(sector.templates.len() >= 2, "{}", sector.code);
        assert!(!sector.team_en.is_empty() && !sector.hours_en.is_empty());
        let english = |t: &Template| !t.title_en.is_empty() && !t.text_en.is_empty();
        assert!(sector.templates.iter().all(english), "{}", sector.code);
        assert_eq!(sector.triage, sector.code == "other");
        for topic in catalogue.topics_of(&sector.code) {
            assert!(
                topic.code.starts_with(&format!("{}.", sector.code)),
                "{}",
                topic.code
            );
        }
    }
}

#[test]
fn templates_tell_their_prompts() {
    let catalogue = parse(&[BAKERY], &[]).expect("sound");
    assert_eq!(
        catalogue.sectors()[0].templates[0].prompts(),
        ["магазин", "время"]
    );
}

#[test]
fn an_english_answer_has_the_prompts_of_the_russian_one() {
    let with = |text: &str| format!("{BAKERY}text_en = \"{text}\"\n");
    assert!(parse(&[&with("Bread comes to {shop} by {time}.")], &[]).is_ok());
    let told = mistakes(&[&with("Bread comes to {shop}.")], &[]);
    assert_eq!(
        told,
        "s0.toml:16: text_en must have the prompts of text, in the same order"
    );
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let twin = BAKERY
        .replace("taken = 10", "taken = 25")
        .replace("{время}", "{время");
    let topics = "sector = \"fish\"\n[[topic]]\ncode = \"X\"\nlabel = \"\"\nlabel_en = \"\"\n\
                  description = \"\"\nservice_code = \"1\"\n";
    let told = mistakes(&[BAKERY, &twin], &[topics]);
    for part in [
        "s1.toml:2: sector code «bakery» is used twice, first at s0.toml:2",
        "s1.toml:3: sector label",
        "s1.toml:15: a prompt",
        "s1.toml:10: promised times",
        "t0.toml:1: there is no sector «fish»",
        "t0.toml:3: a code is made of",
        "t0.toml:4: label is empty",
    ] {
        assert!(told.contains(part), "{part} not in:\n{told}");
    }
}

#[test]
fn an_unknown_key_and_broken_toml_are_told_with_their_line() {
    let told = mistakes(&[&BAKERY.replace("hours", "ours"), "code = [\n"], &[]);
    assert!(told.contains("s0.toml:7: unknown field `ours`"), "{told}");
    assert!(told.contains("s1.toml:"), "{told}");
}

#[test]
fn an_operators_folder_replaces_the_built_in_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sectors = folder.path().join("sectors");
    std::fs::create_dir(&sectors).expect("writable");
    std::fs::write(sectors.join("bakery.toml"), BAKERY).expect("writable");
    let told = Catalogue::load(Some(folder.path())).expect_err("built-in topics lack sectors");
    assert!(told.to_string().contains("there is no sector «housing»"));
    let topics = folder.path().join("topics");
    std::fs::create_dir(topics).expect("writable");
    let catalogue = Catalogue::load(Some(folder.path())).expect("one sector without topics");
    assert_eq!(catalogue.sectors().len(), 1);
}

#[test]
fn mailboxes_of_a_sector_are_checked_in_their_line() {
    let with = |list: &str| BAKERY.replace("hours = ", &format!("mail_to = {list}\nhours = "));
    let catalogue = parse(&[&with(r#"["bread@region.example"]"#)], &[]).expect("sound");
    assert_eq!(catalogue.sectors()[0].mail_to, ["bread@region.example"]);
    let told = mistakes(
        &[&with("[\"bread@region.example\",\n\"bread at region\"]")],
        &[],
    );
    assert_eq!(
        told,
        "s0.toml:8: mail_to: «bread at region» is no mailbox, such as duty@region.example"
    );
}

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::*;
use crate::domain::table::{
    Item, Mapping, RefusedRow,
    TableField::{self, *},
    TableKind,
};

fn file(folder: &tempfile::TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("table");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn proposed(bytes: &[u8]) -> (Look, Proposal) {
    let folder = tempfile::tempdir().unwrap();
    let look = look(&file(&folder, bytes), "").unwrap();
    let proposal = look.propose();
    (look, proposal)
}

fn field_of(look: &Look, proposal: &Proposal, name: &str) -> Option<TableField> {
    let at = look.columns.iter().position(|column| column.name == name);
    proposal.columns[at.unwrap_or_else(|| panic!("no {name} in {:?}", look.columns))].field
}

/// The mapping that is proposed.
fn mapping(look: &Look, proposal: &Proposal) -> Mapping {
    let pairs = proposal.columns.iter().zip(&look.columns);
    Mapping {
        name: "n".into(),
        kind: proposal.kind,
        source: "pos".into(),
        platform: crate::domain::post::Platform::Pos,
        sheet: String::new(),
        period: proposal.period.clone(),
        columns: pairs
            .filter_map(|(p, c)| Some((p.field?, c.name.clone())))
            .collect(),
    }
}

fn read(bytes: &[u8]) -> (Vec<Item>, Vec<RefusedRow>) {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, bytes);
    let look = look(&path, "").unwrap();
    let plan = Plan::of(&look, mapping(&look, &look.propose()), TimeZone::UTC).unwrap();
    let (mut items, mut refused) = (Vec::new(), Vec::new());
    plan.read(&path, |_, row| {
        match row {
            Ok(item) => items.push(item),
            Err(why) => refused.push(why),
        }
        Step::Continue(())
    })
    .unwrap();
    (items, refused)
}

const EXPORT: &str = "Выгрузка сообщений;;;;;;;;\n\
    Сформировано 01.12.2026;;;;;;;;\n\
    ;;;;;;;;\n\
    № п/п;Номер обращения;Дата регистрации;ФИО заявителя;Телефон;Категория;Содержание;Адрес проблемы;Статус\n\
    1;2;3;4;5;6;7;8;9\n\
    1;ПОС-1;20.11.2026 10:30;Иванова Анна Петровна;89101234567;Дороги;Яма на дороге у школы, уже месяц;ул. Речная, 14, кв. 3;В работе\n\
    2;ПОС-2;21.11.2026;Смирнов Олег Ильич;89101234568;ЖКХ;Нет отопления третий день;ул. Садовая, 3;Решено\n\
    Итого;;;;;;2 сообщения;;\n";

#[test]
fn an_export_with_titles_above_it_is_understood() {
    let (look, proposal) = proposed(EXPORT.as_bytes());
    assert_eq!((look.heading, proposal.kind), (4, TableKind::Appeals));
    for (name, field) in [
        ("№ п/п", None),
        ("Номер обращения", Some(Number)),
        ("Дата регистрации", Some(Date)),
        ("ФИО заявителя", None),
        ("Телефон", None),
        ("Категория", Some(Category)),
        ("Содержание", Some(Text)),
        ("Адрес проблемы", Some(Address)),
        ("Статус", Some(Status)),
    ] {
        assert_eq!(field_of(&look, &proposal, name), field, "{name}");
    }
    let people: Vec<Option<Person>> = look.columns.iter().map(|c| c.person).collect();
    assert_eq!(people[3..5], [Some(Person::Name), Some(Person::Phone)]);
    let (items, refused) = read(EXPORT.as_bytes());
    assert_eq!(items.len(), 2);
    let Item::Appeal(first) = &items[0] else {
        panic!("a message is expected")
    };
    assert_eq!(first.facts.number, "ПОС-1");
    assert_eq!(first.post.place_hint.as_deref(), Some("ул. Речная, 14"));
    assert_eq!(refused.iter().map(|r| r.line).collect::<Vec<_>>(), [8]);
}

#[test]
fn a_column_of_names_under_a_harmless_heading_is_not_read() {
    let table = "Номер;Текст;Исполнитель\n\
        1;Яма на дороге у школы;Кузнецов Пётр Ильич\n\
        2;Нет света во дворе дома;Орлова Нина Павловна\n";
    let (look, proposal) = proposed(table.as_bytes());
    assert_eq!(look.columns[2].person, Some(Person::Name));
    assert_eq!(field_of(&look, &proposal, "Исполнитель"), None);
    let mut forced = mapping(&look, &proposal);
    forced.columns.insert(Executor, "Исполнитель".into());
    let refused = Plan::of(&look, forced, TimeZone::UTC).unwrap_err();
    assert_eq!(refused, [NoFit::Person(Executor, "Исполнитель".into())]);
}

#[test]
fn totals_take_their_span_from_the_title_and_sums_are_left_out() {
    let table = "Обращения граждан за 1 квартал 2026 года\n\
        Орган;Код темы;Количество\n\
        Комитет ЖКХ;0005.0056;1 204\n\
        Комитет ЖКХ;0003.0034;17\n\
        Итого;;1 221\n";
    let (look, proposal) = proposed(table.as_bytes());
    assert_eq!(proposal.kind, TableKind::Totals, "{look:?}");
    assert_eq!(proposal.period, "1 квартал 2026 года");
    let (items, refused) = read(table.as_bytes());
    let Item::Total(first) = &items[0] else {
        panic!("a count is expected")
    };
    assert_eq!((first.count, first.theme.as_str()), (1204, "0005.0056"));
    assert_eq!(
        (first.from.as_str(), first.to.as_str()),
        ("2026-01-01", "2026-03-31")
    );
    assert_eq!((items.len(), refused.len()), (2, 1));
}

#[test]
fn headings_of_the_same_words_are_told_apart() {
    let table = "Номер,Текст,Дата,Дата\n1,Яма на дороге у школы,20.11.2026,25.11.2026\n";
    let (look, _) = proposed(table.as_bytes());
    let names: Vec<&str> = look.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["Номер", "Текст", "Дата", "Дата (2)"]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(128))]

    #[test]
    fn any_text_is_a_table_or_none(text in "[\\PC;,\n\t\"]{1,300}") {
        let folder = tempfile::tempdir().unwrap();
        if let Ok(look) = look(&file(&folder, text.as_bytes()), "") {
            let proposal = look.propose();
            proptest::prop_assert_eq!(proposal.columns.len(), look.columns.len());
            let fields: Vec<_> = proposal.columns.iter().filter_map(|p| p.field).collect();
            let once: std::collections::HashSet<_> = fields.iter().collect();
            proptest::prop_assert_eq!(once.len(), fields.len(), "a field is proposed once");
        }
    }

    /// Whatever the order of the columns, each is found by its words and its values.
    #[test]
    fn columns_are_found_in_any_order(order in proptest::sample::subsequence((0..7usize).collect::<Vec<_>>(), 7).prop_shuffle()) {
        let columns = [
            ("Номер сообщения", ["П-1", "П-2", "П-3"]),
            ("Дата создания", ["20.11.2026", "21.11.2026", "22.11.2026"]),
            ("Статус", ["В работе", "Решено", "В работе"]),
            ("Текст", ["Яма на дороге у школы", "Нет отопления третий день", "Не вывозят мусор со двора"]),
            ("Фамилия", ["Иванова", "Петров", "Сидоров"]),
            ("Срок исполнения", ["30.11.2026", "01.12.2026", "02.12.2026"]),
            ("Исполнитель", ["Комитет ЖКХ", "Комитет дорог", "Оператор"]),
        ];
        let line = |cells: Vec<&str>| cells.join(";") + "\n";
        let mut table = line(order.iter().map(|at| columns[*at].0).collect());
        for row in 0..3 {
            table += &line(order.iter().map(|at| columns[*at].1[row]).collect());
        }
        let (look, proposal) = proposed(table.as_bytes());
        let expected = [Some(Number), Some(Date), Some(Status), Some(Text), None, Some(Deadline), Some(Executor)];
        for (at, column) in order.iter().enumerate() {
            proptest::prop_assert_eq!(proposal.columns[at].field, expected[*column], "{}", look.columns[at].name);
        }
    }
}

use proptest::strategy::Strategy;

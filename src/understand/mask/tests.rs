use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[test]
fn phones_go_in_every_spelling() {
    for phone in [
        "89123456789",
        "+79123456789",
        "8 (912) 345-67-89",
        "+7 912 345 67 89",
        "8-912-345-67-89",
        "8.912.345.67.89",
        "912 345-67-89",
        "9123456789",
        "8 (47123) 4-56-78",
        "345-67-89",
        "+375 29 123 45 67",
        "8\u{a0}912\u{a0}345–67–89",
    ] {
        assert_eq!(
            mask(&format!("звоните {phone}, Анна")),
            "звоните [телефон], Анна",
            "{phone}"
        );
        assert_eq!(
            mask(&format!("дом 5 {phone}")),
            "дом 5 [телефон]",
            "{phone}"
        );
    }
    assert_eq!(
        mask("тел. 2-34-56 или 55-12-34"),
        "тел. [телефон] или [телефон]"
    );
    assert_eq!(mask("Телефон:234567"), "Телефон:[телефон]");
}

#[test]
fn addresses_cards_documents_and_mentions_go() {
    assert_eq!(mask("пишите ivan.k@mail.ru."), "пишите [почта].");
    assert_eq!(mask("карта 4276 1234 5678 9012"), "карта [карта]");
    assert_eq!(mask("карта 4111111111111111!"), "карта [карта]!");
    assert_eq!(mask("паспорт 45 08 123456"), "паспорт [документ]");
    assert_eq!(mask("СНИЛС 112-233-445 95"), "СНИЛС [документ]");
    assert_eq!(mask("ИНН 461234567890"), "ИНН [документ]");
    assert_eq!(mask("лицевой счёт 40123456"), "лицевой счёт [документ]");
    assert_eq!(
        mask("[id12345|Иван], @ivan_k, вы где?"),
        "[упоминание], [упоминание], вы где?"
    );
}

#[test]
fn ordinary_numbers_stay() {
    for text in [
        "ул. Мира, д. 145, корпус 3",
        "ждём с 10.05.2031 по 15.06.2031, 8.05.2031 12.30",
        "автобусы 263, 14 и 7 ходят с 6-30 до 22-00",
        "платим 1 250 000 рублей, а было 980 тысяч",
        "смета 89 123 456 789 рублей",
        "12-05-24 подали заявку № 18345",
        "5000 руб. за 2030 год, 16.4 градуса",
        "кадастровый номер 99:01:020304:15",
        "[club1|Паблик] и собака@двор",
    ] {
        assert_eq!(mask(text), text);
    }
}

/// A line of `sentences.txt` as it is said and as it should be masked.
fn sentence(line: &str) -> (String, String) {
    let (mut said, mut masked) = (String::new(), String::new());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let (hidden, behind) = after.split_once('}').unwrap();
        let (word, text) = hidden.split_once(':').unwrap();
        said.push_str(&format!("{before}{text}"));
        masked.push_str(&format!("{before}[{word}]"));
        rest = behind;
    }
    (said + rest, masked + rest)
}

/// How often each word in brackets occurs.
fn hidden(masked: &str) -> BTreeMap<&'static str, usize> {
    const ALL: [&str; 8] = [PHONE, EMAIL, CARD, DOCUMENT, MENTION, FLAT, PLATE, NAME];
    let count = |word: &'static str| (word, masked.matches(word).count());
    ALL.into_iter().map(count).collect()
}

#[test]
fn sentences_are_masked_where_they_should_be_and_nowhere_else() {
    let lines = include_str!("sentences.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#') && !line.is_empty());
    let pairs: Vec<(String, String)> = lines.map(sentence).collect();
    assert!(pairs.len() >= 150, "{}", pairs.len());
    let mut figures = BTreeMap::<&str, [usize; 3]>::new();
    let mut wrong = Vec::new();
    for (said, wanted) in &pairs {
        let masked = mask(said);
        let (got, due) = (hidden(&masked), hidden(wanted));
        for (word, got) in got {
            let [right, found, wanted] = figures.entry(word).or_default();
            (*right, *found, *wanted) = (
                *right + got.min(due[word]),
                *found + got,
                *wanted + due[word],
            );
        }
        if masked != *wanted {
            wrong.push(format!("{said}\n  wanted {wanted}\n  got    {masked}"));
        }
    }
    for (word, [right, found, wanted]) in &figures {
        println!("{word}: precision {right}/{found}, recall {right}/{wanted}");
    }
    println!(
        "{} of {} sentences as wanted",
        pairs.len() - wrong.len(),
        pairs.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn phone() -> impl Strategy<Value = (String, String)> {
    let digits = (prop::sample::select(vec!["9", "4", "3"]), "[0-9]{9}");
    let shape = prop::sample::select(vec![
        "+7 ### ### ## ##",
        "8(###)###-##-##",
        "8###-###-##-##",
        "8 ### ### ####",
        "+7##########",
        "8-###-#######",
    ]);
    (digits, shape).prop_map(|((first, rest), shape)| {
        let digits = format!("{first}{rest}");
        let mut next = digits.chars();
        let fill = |c| {
            if c == '#' {
                next.next().unwrap_or('0')
            } else {
                c
            }
        };
        (shape.chars().map(fill).collect(), digits.clone())
    })
}

proptest! {
    #[test]
    fn masking_never_panics_and_settles(text in "\\PC*|[0-9+() .\\-@a-zтел\\[\\]|]{0,60}") {
        let once = mask(&text).into_owned();
        prop_assert_eq!(mask(&once), once.as_str());
    }

    #[test]
    fn words_of_people_settle_too(
        text in "(Иванова |Мария |марии |Петровна|петровны |ул\\. |А\\. |Б\\.|кв\\. |кв|квартире |д\\. |[0-9]{1,3}|-|А123ВС77|, |имени |\\[|\\]| ){0,12}"
    ) {
        let once = mask(&text).into_owned();
        prop_assert_eq!(mask(&once), once.as_str());
    }

    #[test]
    fn houses_stay(house in 1..300u32, flat in 1..900u32, street in "[А-Я][а-я]{3,8}ая") {
        let said = format!("ул. {street}, д. {house}, кв. {flat}");
        prop_assert_eq!(mask(&said), format!("ул. {street}, д. {house}, [квартира]"));
    }

    #[test]
    fn no_name_with_a_patronymic_survives(
        name in prop::sample::select(vec!["Мария Петровна", "Марии Петровне", "Олегом Львовичем", "Олега Львовича"]),
        before in "([а-яё]{1,8}ет )?", after in "( [а-яё ]{0,10})?"
    ) {
        let masked = mask(&format!("{before}{name}{after}")).into_owned();
        prop_assert_eq!(masked, format!("{before}[имя]{after}"));
    }

    #[test]
    fn no_digit_of_a_phone_survives(
        (phone, _) in phone(), before in "[а-яё ,.!]{0,20}", after in "( [а-яё]|[,.!)])?[а-яё ,!]{0,20}"
    ) {
        let masked = mask(&format!("{before}{phone}{after}")).into_owned();
        prop_assert!(!masked.contains(|c: char| c.is_ascii_digit()), "{}", masked);
    }
}

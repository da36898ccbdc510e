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
        "ул. Мира, д. 145, кв. 12, корпус 3",
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
    fn no_digit_of_a_phone_survives(
        (phone, _) in phone(), before in "[а-яё ,.!]{0,20}", after in "( [а-яё]|[,.!)])?[а-яё ,!]{0,20}"
    ) {
        let masked = mask(&format!("{before}{phone}{after}")).into_owned();
        prop_assert!(!masked.contains(|c: char| c.is_ascii_digit()), "{}", masked);
    }
}

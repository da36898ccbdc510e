use proptest::prelude::*;

use super::detect;

#[test]
fn tells_each_language_from_a_short_post() {
    let posts = [
        ("rus", "А у нас в подъезде опять нет света"),
        ("ukr", "А в нашому під'їзді знову немає світла"),
        ("bel", "А ў нашым пад'ездзе зноў няма святла"),
        ("kaz", "Біздің подъезде тағы жарық жоқ"),
        ("kir", "Биздин кире бериште дагы жарык жок"),
        ("tat", "Бездә тагын ут юк, ни эшләргә?"),
        ("bak", "Беҙҙә тағы ут юҡ, ни эшләргә?"),
        ("chv", "Пирӗн патӑмӑрта каллех ҫутӑ ҫук"),
        ("sah", "Биһиги дьиэбитигэр эмиэ уот суох"),
        ("tyv", "Бистиң бажыңывыста база катап чырык чок"),
        ("alt", "Бистиҥ турада ойто ло јарык јок"),
        ("khk", "Манай байранд дахиад л гэрэл алга байна"),
        ("bxr", "Манай гэртэ баһа гэрэл үгы болоо"),
        ("xal", "Мана герт дәкәд герл уга бәәнә"),
        ("oss", "Нӕ хӕдзары та рухс нӕй, цы кӕнӕм?"),
        ("kbd", "Ди унэм аргуэру нэху щыӏэкъым"),
        ("koi", "Миян керкуын бӧра битӧм, мый керны?"),
        ("ydd", "בײַ אונדז אין הויז איז ווידער נישטאָ קיין ליכט"),
        ("heb", "אין לנו חשמל בבית כבר שלושה ימים"),
        ("eng", "There is no light in our house again"),
        ("deu", "In unserem Haus gibt es schon wieder keinen Strom"),
    ];
    for (code, post) in posts {
        assert_eq!(detect(post), code, "{post}");
    }
}

#[test]
fn takes_short_words_that_could_be_several_languages_for_russian() {
    for post in [
        "Да",
        "нет воды",
        "Позор!!!",
        "Привет",
        "ул. Ленина 5",
        "ок",
        "спс",
    ] {
        assert_eq!(detect(post), "rus", "{post}");
    }
}

#[test]
fn leaves_open_what_gives_no_evidence() {
    for post in [
        "",
        "   ",
        "112",
        "👍👍👍",
        "я",
        "+7 900 000-00-00",
        "https://example.org/a",
        "@name",
    ] {
        assert_eq!(detect(post), "und", "{post}");
    }
}

#[test]
fn does_not_take_masks_and_addresses_for_words() {
    assert_eq!(detect("[телефон] [упоминание]"), "und");
    assert_eq!(
        detect("Бездә ут юк, [телефон] https://example.org/novosti"),
        "tat"
    );
}

#[test]
fn gives_a_mixed_post_its_chief_language() {
    assert_eq!(
        detect("Скачал Windows Update, интернет всё равно не работает"),
        "rus"
    );
    assert_eq!(
        detect("Вчера сказали мне «рахмат», хотя я ничего не сделал для них"),
        "rus"
    );
}

#[test]
fn reads_letters_typed_for_want_of_a_keyboard() {
    assert_eq!(detect("Пирĕн ялта çул япăх, ăçта каймалла?"), "chv");
    assert_eq!(detect("Фи махуэ фIыуэ, дауэ фыщыт? Псы щыIэкъым"), "kbd");
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC{0,200}") {
        prop_assert!(matches!(detect(&text).len(), 3));
    }

    #[test]
    fn never_panics_on_our_letters(text in "[а-яёһҡҫӏӕІI1'’ \u{300}-\u{308}א-תײַ\u{5F0}]{0,80}") {
        prop_assert_eq!(detect(&text).len(), 3);
    }
}

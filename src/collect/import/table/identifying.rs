//! Columns and cells that tell who wrote: they are named to people and never read. A wrong suspicion
//! costs a column, a missed one costs somebody's privacy; so in doubt a column is not read. Start with
//! [`by_heading`].

use super::words::tokens;
use crate::domain::post::coded;

coded! {
    /// What a column tells of a person.
    Person {
        /// A name.
        Name = "name",
        /// A phone, or another way to reach them.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
        /// Where they live.
        Home = "home",
        /// Documents, birth, sex.
        Document = "document",
        /// An account of theirs.
        Account = "account",
    }
}

/// Words that begin headings of what is asked, not of who asks: «Дата ответа заявителю».
const OF_THE_MATTER: [&str; 13] = [
    "текст",
    "суть",
    "содержание",
    "описание",
    "дата",
    "срок",
    "статус",
    "количество",
    "число",
    "категория",
    "тематика",
    "тема",
    "канал",
];

/// What a column of this heading tells of a person.
pub(super) fn by_heading(heading: &str) -> Option<Person> {
    let words = tokens(heading);
    let has = |stems: &[&str]| {
        words
            .iter()
            .any(|w| stems.iter().any(|stem| w.starts_with(stem)))
    };
    let is = |whole: &[&str]| words.iter().any(|word| whole.contains(&word.as_str()));
    let in_a_row = |parts: &[&str]| words.windows(parts.len()).any(|w| w == parts);
    if has(&[
        "рожд",
        "birth",
        "паспорт",
        "passport",
        "снилс",
        "возраст",
        "гражданств",
    ]) || is(&["инн", "пол", "полис", "snils", "inn", "age", "sex"])
        || in_a_row(&["лицевой", "счет"])
    {
        return Some(Person::Document);
    }
    let matter = words
        .first()
        .is_some_and(|word| OF_THE_MATTER.contains(&word.as_str()));
    let who = has(&[
        "заявител",
        "граждан",
        "автор",
        "отправител",
        "прожив",
        "пропис",
        "жительств",
    ]);
    if has(&[
        "телефон",
        "моб",
        "phone",
        "сотов",
        "whatsapp",
        "viber",
        "контакт",
        "contact",
    ]) || is(&["тел", "tel", "факс"])
    {
        return Some(Person::Phone);
    }
    if has(&["email", "емейл", "имейл", "мейл", "почт", "mail"]) {
        return Some(Person::Email);
    }
    if has(&[
        "логин",
        "никнейм",
        "аккаунт",
        "профил",
        "username",
        "login",
        "пользовател",
        "user",
    ]) || is(&["ник", "nick", "ip", "esia", "есиа"])
    {
        return Some(Person::Account);
    }
    if has(&["прожив", "пропис", "жительств", "домашн"])
        || (has(&["адрес", "address"]) && (who || has(&["регистрац", "applicant"])))
        || is(&["индекс", "квартира"])
    {
        return Some(Person::Home);
    }
    let named = has(&[
        "фио",
        "фамил",
        "отчеств",
        "инициал",
        "surname",
        "patronymic",
        "applicant",
    ]) || is(&[
        "имя",
        "fio",
        "firstname",
        "lastname",
        "fullname",
        "author",
        "sender",
    ]) || in_a_row(&["ф", "и", "о"])
        // «category_name» names no person
        || words == ["name"]
        || (is(&["name"]) && is(&["first", "last", "full", "middle", "person", "citizen"]));
    match named || (who && !matter) {
        true => Some(Person::Name),
        false => None,
    }
}

/// How much doubt is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The heading says enough.
    None,
    /// Only what is nothing else: a patronymic, an e-mail address, a phone with its code.
    Some,
    /// Whatever looks like it.
    Full,
}

/// What the values of a column tell of a person; `None` when at most a third do.
pub(super) fn by_values<'a>(values: impl Iterator<Item = &'a str>, doubt: Doubt) -> Option<Person> {
    let mut found = [0usize; Person::ALL.len()];
    let mut all = 0;
    for value in values.filter(|value| !value.is_empty()) {
        all += 1;
        // long texts are masked where they are read, word by word
        if value.chars().count() > 80 {
            continue;
        }
        let person = match doubt {
            Doubt::None => None,
            Doubt::Some => told_surely(value),
            Doubt::Full => told(value),
        };
        if let Some(person) = person {
            found[person as usize] += 1;
        }
    }
    let (most, at) = found.iter().zip(0..).max()?;
    (*most > 0 && *most * 3 > all).then(|| Person::ALL[at])
}

/// Whether a short cell tells of a person: such a one is kept empty, whatever its column is called.
pub fn tells_of_person(cell: &str) -> bool {
    told(cell).is_some()
}

/// [`tells_of_person`] for cells that may look like it and be none: numbers and addresses.
pub(super) fn surely_tells_of_person(cell: &str) -> bool {
    told_surely(cell).is_some()
}

fn told_surely(cell: &str) -> Option<Person> {
    let has_code = cell.contains(['+', '(']) || cell.starts_with("89") || cell.starts_with("79");
    match told(cell)? {
        Person::Phone if !has_code => None,
        Person::Name if !has_patronymic(cell) => None,
        person => Some(person),
    }
}

fn told(cell: &str) -> Option<Person> {
    if is_email(cell) {
        return Some(Person::Email);
    }
    if is_document(cell) {
        return Some(Person::Document);
    }
    if is_phone(cell) {
        return Some(Person::Phone);
    }
    has_name(cell).then_some(Person::Name)
}

fn is_email(cell: &str) -> bool {
    cell.split_whitespace().any(|word| {
        let parts = word.split_once('@');
        parts.is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
    })
}

/// Ten or eleven digits as phones are written: with marks between, a plus, or a mobile code.
fn is_phone(cell: &str) -> bool {
    let marks = |c: char| "+()- \u{a0}.;,".contains(c);
    let of_phone = |c: char| c.is_ascii_digit() || marks(c);
    let begin = cell.find(|c: char| c.is_ascii_digit() || c == '+' || c == '(');
    let Some(begin) = begin else { return false };
    let rest = &cell[begin..];
    let run = &rest[..rest.find(|c| !of_phone(c)).unwrap_or(rest.len())];
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let is_dated = run.matches('.').count() >= 2 || run.contains(['.', ',']) && !run.contains('(');
    let written = run.trim().contains(['+', '(', '-', ' ', '\u{a0}']) && !is_dated;
    match digits.len() {
        11 => {
            let country = digits.starts_with(['7', '8']);
            country && (written || digits[1..].starts_with('9'))
        }
        10 => (written && !digits.starts_with(['1', '2'])) || digits.starts_with('9'),
        _ => false,
    }
}

/// СНИЛС and passports: groups of digits of known lengths.
fn is_document(cell: &str) -> bool {
    let shape: String = cell
        .trim()
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    matches!(
        shape.as_str(),
        "000-000-000 00" | "000-000-000-00" | "00 00 000000" | "0000 000000" | "0000 №000000"
    )
}

/// Endings of patronymics.
const PATRONYMICS: [&str; 10] = [
    "ович",
    "евич",
    "ьич",
    "овна",
    "евна",
    "ична",
    "инична",
    "вичу",
    "вича",
    "оглы",
];

/// Given names that stand beside a surname often enough to be told from a street or a firm.
const GIVEN: &[&str] = &[
    "александр",
    "алексей",
    "анатолий",
    "андрей",
    "антон",
    "артем",
    "борис",
    "вадим",
    "валентин",
    "валерий",
    "василий",
    "виктор",
    "виталий",
    "владимир",
    "вячеслав",
    "геннадий",
    "георгий",
    "григорий",
    "данил",
    "денис",
    "дмитрий",
    "евгений",
    "егор",
    "иван",
    "игорь",
    "илья",
    "кирилл",
    "константин",
    "леонид",
    "максим",
    "михаил",
    "никита",
    "николай",
    "олег",
    "павел",
    "петр",
    "роман",
    "руслан",
    "рустам",
    "сергей",
    "станислав",
    "степан",
    "тимур",
    "федор",
    "юрий",
    "ярослав",
    "александра",
    "алина",
    "алла",
    "анастасия",
    "анна",
    "валентина",
    "вера",
    "виктория",
    "галина",
    "дарья",
    "екатерина",
    "елена",
    "зинаида",
    "инна",
    "ирина",
    "карина",
    "кристина",
    "ксения",
    "лариса",
    "лидия",
    "любовь",
    "людмила",
    "маргарита",
    "марина",
    "мария",
    "надежда",
    "наталия",
    "наталья",
    "нина",
    "оксана",
    "ольга",
    "полина",
    "раиса",
    "светлана",
    "софья",
    "тамара",
    "татьяна",
    "юлия",
    "яна",
];

/// Two capital words, the second a patronymic.
fn has_patronymic(cell: &str) -> bool {
    let words: Vec<&str> = cell.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let small = pair[1].trim_matches([',', '.', ';']).to_lowercase();
        let named = is_word(pair[0]) && is_word(pair[1].trim_matches([',', '.', ';']));
        named && PATRONYMICS.iter().any(|end| small.ends_with(end))
    })
}

/// «Иванова Анна Петровна», «Анна Петровна», «Иванов А.П.», «Анна Иванова» anywhere in a short cell.
fn has_name(cell: &str) -> bool {
    let words: Vec<&str> = cell
        .split(|c: char| c.is_whitespace() || ",;:()\"«»".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(2).any(|pair| {
        let [first, second] = [pair[0], pair[1]];
        let small = [first.to_lowercase(), second.to_lowercase()].map(|w| w.replace('ё', "е"));
        let patronymic = PATRONYMICS.iter().any(|end| small[1].ends_with(end));
        let given = |at: usize| GIVEN.contains(&small[at].as_str());
        (is_word(first)
            && is_word(second)
            && (patronymic || given(0) || given(1))
            && !is_street(first))
            || (is_word(first) && is_initials(second))
            || (is_initials(first) && is_word(second))
    }) || has_initials_joined(&words)
}

/// «ул. Ивана», «имени» and the like stand before names of streets.
fn is_street(word: &str) -> bool {
    matches!(
        word,
        "Улица" | "Проспект" | "Площадь" | "Переулок" | "Бульвар"
    )
}

/// A capital and small Cyrillic letters, or capitals only: «ИВАНОВ», «Иванова-Петрова».
fn is_word(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| *c != '-');
    let russian =
        |c: char| ('а'..='я').contains(&c) || ('А'..='Я').contains(&c) || "ёЁ".contains(c);
    letters
        .next()
        .is_some_and(|c| c.is_uppercase() && russian(c))
        && word.chars().count() > 1
        && letters.all(russian)
}

/// `А.П.`, `А.`, `А.П`
fn is_initials(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| *c != '.').collect();
    word.contains('.')
        && matches!(letters.len(), 1 | 2)
        && letters
            .iter()
            .all(|c| c.is_uppercase() && c.is_alphabetic())
        && word.chars().count() <= 4
}

/// `А.П.Иванов`
fn has_initials_joined(words: &[&str]) -> bool {
    words.iter().any(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        match parts[..] {
            [a, b, surname] => a.chars().count() == 1 && b.chars().count() == 1 && is_word(surname),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_people_are_known() {
        use Person::{Account, Document, Email, Home, Name, Phone};
        for (heading, person) in [
            ("ФИО", Name),
            ("Ф.И.О. заявителя", Name),
            ("Фамилия", Name),
            ("Имя", Name),
            ("Автор", Name),
            ("Заявитель", Name),
            ("Гражданин", Name),
            ("applicant_name", Name),
            ("name", Name),
            ("First name", Name),
            ("Телефон", Phone),
            ("Тел.", Phone),
            ("Контактные данные", Phone),
            ("Моб. номер", Phone),
            ("E-mail", Email),
            ("Эл. почта заявителя", Email),
            ("Адрес проживания", Home),
            ("Адрес заявителя", Home),
            ("Место жительства", Home),
            ("Почтовый адрес", Email),
            ("Дата рождения", Document),
            ("СНИЛС", Document),
            ("Профиль автора", Account),
            ("ID пользователя", Account),
        ] {
            assert_eq!(by_heading(heading), Some(person), "{heading}");
        }
        for heading in [
            "Номер обращения",
            "Дата ответа заявителю",
            "Текст обращения гражданина",
            "Адрес проблемы",
            "Категория",
            "Исполнитель",
            "Наименование органа",
            "Статус",
            "Координаты",
            "category_name",
            "Муниципальное образование",
            "Количество обращений граждан",
            "Срок ответа",
        ] {
            assert_eq!(by_heading(heading), None, "{heading}");
        }
    }

    #[test]
    fn values_of_people_are_known_and_those_of_offices_are_not() {
        for cell in [
            "Иванова Анна Петровна",
            "ИВАНОВА АННА ПЕТРОВНА",
            "Иванов А.П.",
            "А.П. Иванов",
            "А.П.Иванов",
            "Смирнов Олег",
            "начальник отдела Кузнецов Пётр Ильич",
            "+7 (910) 123-45-67",
            "89101234567",
            "8 4712 55-66-77",
            "anna@example.ru",
            "123-456-789 01",
            "45 10 123456",
        ] {
            assert!(tells_of_person(cell), "{cell}");
        }
        for cell in [
            "Администрация города Светлореченска",
            "Комитет ЖКХ",
            "ООО «УК Заречье»",
            "В работе",
            "ПОС-2026-000123",
            "1234567",
            "20.11.2026 10:30",
            "2026-11-20 10:30:00",
            "Дороги / ямы",
            "51.73, 36.19",
            "Светлореченск",
            "г. о. Светлореченск",
            "0012345678",
        ] {
            assert!(!tells_of_person(cell), "{cell}");
        }
    }

    #[test]
    fn numbers_and_streets_are_not_taken_for_phones_and_names() {
        for cell in [
            "50-7890-1234",
            "3-4567-890123",
            "ул. М. Горького, 5",
            "пр. К. Маркса, 10",
        ] {
            assert!(!surely_tells_of_person(cell), "{cell}");
        }
        for cell in [
            "+7 910 123-45-67",
            "89101234567",
            "Иванова Анна Петровна",
            "a@example.ru",
        ] {
            assert!(surely_tells_of_person(cell), "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_heading_and_cell_are_judged(text in "\\PC{0,60}") {
            by_heading(&text);
            tells_of_person(&text);
        }
    }
}

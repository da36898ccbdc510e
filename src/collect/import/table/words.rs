//! The words of headings: which field each may name. Vocabulary only; [`crate::collect::import::table`]
//! weighs it against the values. Start with [`likeness`].

use crate::domain::table::TableField::{self, *};

/// A heading's words: small letters, `ё` as `е`, «№» a word of its own.
pub(super) fn tokens(heading: &str) -> Vec<String> {
    let small = heading.to_lowercase().replace('ё', "е").replace('№', " № ");
    let words = small.split(|c: char| !c.is_alphanumeric() && c != '№');
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Stems of a heading and how surely they name the field. A stem with `=` is a whole word.
type Named = (TableField, &'static str, f32);

const NAMED: &[Named] = &[
    (Number, "№ обращен", 1.0),
    (Number, "№ сообщен", 1.0),
    (Number, "номер обращен", 1.0),
    (Number, "номер сообщен", 1.0),
    (Number, "номер инцидент", 1.0),
    (Number, "№ инцидент", 1.0),
    (Number, "номер заявк", 1.0),
    (Number, "рег номер", 1.0),
    (Number, "рег №", 1.0),
    (Number, "идентификатор", 0.85),
    (Number, "номер", 0.8),
    (Number, "=number", 0.85),
    (Number, "=№", 0.6),
    (Number, "=id", 0.85),
    (Number, "=uid", 0.8),
    (Number, "=ид", 0.75),
    (Number, "код обращен", 0.8),
    (Date, "дата создан", 1.0),
    (Date, "дата поступ", 1.0),
    (Date, "дата регистр", 1.0),
    (Date, "дата обращен", 1.0),
    (Date, "дата сообщен", 1.0),
    (Date, "дата публикац", 1.0),
    (Date, "дата подач", 1.0),
    (Date, "дата", 0.75),
    (Date, "создан", 0.75),
    (Date, "поступил", 0.75),
    (Date, "=date", 0.85),
    (Date, "=created", 0.85),
    (Status, "статус", 1.0),
    (Status, "состоян", 0.9),
    (Status, "стади", 0.75),
    (Status, "этап", 0.75),
    (Status, "=status", 1.0),
    (Status, "=state", 0.8),
    (Status, "результат рассмотр", 0.7),
    (Category, "категор", 1.0),
    (Category, "групп тем", 0.9),
    (Category, "тематик", 0.9),
    (Category, "рубрик", 0.9),
    (Category, "тема", 0.8),
    (Category, "сфера", 0.65),
    (Category, "раздел", 0.65),
    (Category, "=category", 1.0),
    (Category, "=theme", 0.75),
    (Subcategory, "подкатегор", 1.0),
    (Subcategory, "подтем", 0.95),
    (Subcategory, "факт", 0.7),
    (Subcategory, "вид проблем", 0.75),
    (Subcategory, "вопрос", 0.55),
    (Subcategory, "=subcategory", 1.0),
    (Text, "текст", 1.0),
    (Text, "содержан", 0.95),
    (Text, "суть", 0.95),
    (Text, "описан", 0.9),
    (Text, "сообщен", 0.55),
    (Text, "обращен", 0.45),
    (Text, "=text", 1.0),
    (Text, "=message", 0.9),
    (Text, "=description", 0.9),
    (Municipality, "муниципал", 1.0),
    (Municipality, "=мо", 0.85),
    (Municipality, "район", 0.8),
    (Municipality, "округ", 0.75),
    (Municipality, "территор", 0.7),
    (Municipality, "населенн пункт", 0.7),
    (Municipality, "=municipality", 1.0),
    (Address, "адрес", 1.0),
    (Address, "местополож", 0.9),
    (Address, "локац", 0.8),
    (Address, "место", 0.65),
    (Address, "улиц", 0.65),
    (Address, "=address", 1.0),
    (Lat, "широт", 1.0),
    (Lat, "=lat", 1.0),
    (Lat, "=latitude", 1.0),
    (Lon, "долгот", 1.0),
    (Lon, "=lon", 1.0),
    (Lon, "=lng", 1.0),
    (Lon, "=longitude", 1.0),
    (Point, "координат", 1.0),
    (Point, "геолокац", 0.9),
    (Point, "геометк", 0.9),
    (Point, "=coordinates", 1.0),
    (Executor, "исполнител", 1.0),
    (Executor, "ответствен орган", 1.0),
    (Executor, "ответствен", 0.85),
    (Executor, "ведомств", 0.7),
    (Executor, "организац", 0.65),
    (Executor, "орган", 0.55),
    (Executor, "=executor", 1.0),
    (Executor, "=agency", 0.8),
    (Deadline, "срок исполн", 1.0),
    (Deadline, "срок ответ", 1.0),
    (Deadline, "крайн срок", 1.0),
    (Deadline, "контрольн дата", 1.0),
    (Deadline, "планов дата", 1.0),
    (Deadline, "дедлайн", 1.0),
    (Deadline, "срок", 0.9),
    (Deadline, "=deadline", 1.0),
    (Answered, "дата ответ", 1.0),
    (Answered, "дата решен", 1.0),
    (Answered, "дата исполн", 1.0),
    (Answered, "дата закрыт", 0.95),
    (Answered, "фактич дата", 0.95),
    (Answered, "=answered", 1.0),
    (Answered, "=closed", 0.7),
    (Channel, "канал", 1.0),
    (Channel, "источник", 0.9),
    (Channel, "способ", 0.8),
    (Channel, "соцсет", 0.75),
    (Channel, "площадк", 0.75),
    (Channel, "=channel", 1.0),
    (Body, "наименован орган", 1.0),
    (Body, "орган", 0.9),
    (Body, "организац", 0.85),
    (Body, "ведомств", 0.9),
    (Body, "муниципал", 0.7),
    (Body, "район", 0.6),
    (Body, "=body", 1.0),
    (Theme, "код тем", 1.0),
    (Theme, "код вопрос", 1.0),
    (Theme, "тематик", 0.95),
    (Theme, "тема", 0.95),
    (Theme, "шифр", 0.9),
    (Theme, "вопрос", 0.8),
    (Theme, "категор", 0.8),
    (Theme, "раздел", 0.7),
    (Theme, "=код", 0.6),
    (Theme, "=theme", 1.0),
    (Count, "количеств", 1.0),
    (Count, "кол во", 1.0),
    (Count, "=число", 0.9),
    (Count, "всего", 0.85),
    (Count, "итого", 0.8),
    (Count, "обращений", 0.5),
    (Count, "=count", 1.0),
    (Period, "период", 1.0),
    (Period, "месяц", 0.95),
    (Period, "квартал", 0.95),
    (Period, "=год", 0.85),
    (Period, "=period", 1.0),
];

/// A counter of lines is no number of a message.
fn counts_lines(words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|w| w == word);
    has("пп")
        || words
            .windows(2)
            .any(|pair| pair[0] == "п" && pair[1] == "п")
        || has("порядковый")
}

/// How well a heading names a field, 0 to 1: the best of the vocabulary, less for each word that is not
/// in it.
pub(super) fn likeness(field: TableField, words: &[String]) -> f32 {
    if words.is_empty() || (field == Number && counts_lines(words)) {
        return 0.0;
    }
    let entries = NAMED.iter().filter(|(of, ..)| *of == field);
    let likeness = entries.filter_map(|(_, stems, weight)| {
        let stems: Vec<&str> = stems.split(' ').collect();
        let all = stems
            .iter()
            .all(|stem| words.iter().any(|word| fits(stem, word)));
        let share = stems.len().min(words.len()) as f32 / words.len() as f32;
        all.then_some(weight * (0.75 + 0.25 * share))
    });
    likeness.fold(0.0, f32::max)
}

fn fits(stem: &str, word: &str) -> bool {
    match stem.strip_prefix('=') {
        Some(whole) => word == whole,
        None => word.starts_with(stem),
    }
}

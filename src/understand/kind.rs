//! Messages without content, by rule: «Да», «+», «Здравствуйте», «Сообщение без текста», a link.
//!
//! The other kinds are a head of the topic model. Start with [`is_empty`].

use super::text;

/// Words that say nothing of their own, folded.
const FILLERS: &[&str] = &[
    "да",
    "нет",
    "неа",
    "ага",
    "угу",
    "ок",
    "окей",
    "хорошо",
    "ладно",
    "ясно",
    "понятно",
    "подтверждаю",
    "подтверждаем",
    "согласен",
    "согласна",
    "согласны",
    "поддерживаю",
    "плюсую",
    "плюс",
    "присоединяюсь",
    "здравствуйте",
    "здраствуйте",
    "здрасте",
    "привет",
    "приветствую",
    "добрый",
    "доброе",
    "доброго",
    "день",
    "дня",
    "вечер",
    "вечера",
    "утро",
    "утра",
    "времени",
    "суток",
    "уважаемый",
    "уважаемая",
    "уважаемые",
    "пожалуйста",
    "ап",
    "up",
    "тоже",
    "и",
    "а",
    "я",
    "мы",
    "у",
    "нас",
    "меня",
    "вот",
    "ну",
    "тест",
    "test",
    "фото",
    "видео",
    "жду",
    "ждем",
    "ответа",
    "вас",
    "вам",
    "вы",
    "точно",
    "именно",
    "конечно",
    "верно",
    "так",
    "http",
    "https",
    "www",
    "ссылка",
    "смотрите",
    "см",
    "это",
    "то",
    "же",
    "самое",
    "ничего",
];

/// Whole messages that platforms and people leave in place of a text, folded.
const PLACEHOLDERS: &[&str] = &[
    "сообщение без текста",
    "без текста",
    "текст отсутствует",
    "нет текста",
];

/// A message of at most so many words may be nothing but fillers; a longer one says something.
const MOST_WORDS: usize = 8;

/// Whether a text (cleaned and masked) has no content at all.
pub fn is_empty(masked: &str) -> bool {
    content_words(masked, 1) == 0
}

/// Whether a comment says too little to be understood without what it answers.
pub fn is_poor(masked: &str) -> bool {
    content_words(masked, 3) < 3
}

/// Words that say something, counted up to `enough`.
fn content_words(masked: &str, enough: usize) -> usize {
    let mut all = 0;
    let mut found = 0;
    let mut folded_all = String::new();
    for piece in masked.split_whitespace() {
        if is_link(piece)
            || (piece.starts_with('[')
                && piece.trim_end_matches(['.', ',', '!', '?']).ends_with(']'))
        {
            continue;
        }
        for word in text::words(piece) {
            all += 1;
            let folded = text::fold(word);
            let says = folded.chars().any(char::is_alphabetic)
                && folded.chars().count() > 1
                && !FILLERS.contains(&folded.as_str());
            found += usize::from(says);
            if all <= MOST_WORDS {
                folded_all.push_str(if folded_all.is_empty() { "" } else { " " });
                folded_all.push_str(&folded);
            }
            if found >= enough && all > MOST_WORDS {
                return found;
            }
        }
    }
    if PLACEHOLDERS.contains(&folded_all.as_str()) {
        0
    } else {
        found
    }
}

fn is_link(piece: &str) -> bool {
    let piece = piece.trim_start_matches(['(', '<', '«', '"']);
    piece.contains("://")
        || piece.starts_with("www.")
        || piece.starts_with("t.me/")
        || piece.starts_with("vk.com/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_free_messages_are_empty() {
        for text in [
            "",
            "Да",
            "+",
            "+1",
            "Да, подтверждаю",
            "Здравствуйте!",
            "Добрый день",
            "Сообщение без текста",
            "👍👍",
            "https://example.org/photo1",
            "...",
            "[телефон]",
            "Здравствуйте, [упоминание]!",
            "Тест",
            "12345",
        ] {
            assert!(is_empty(text), "{text}");
        }
    }

    #[test]
    fn short_complaints_are_not_empty() {
        for text in [
            "Нет воды",
            "Спасибо!",
            "яма",
            "Когда дадут тепло?",
            "Да сколько можно?!",
            "Здравствуйте, нет света",
        ] {
            assert!(!is_empty(text), "{text}");
        }
    }

    #[test]
    fn poor_comments_need_their_parent() {
        for text in ["У нас тоже", "И на Кирова так же", "Да, то же самое!"]
        {
            assert!(is_poor(text), "{text}");
        }
        assert!(!is_poor("У нас на Кирова тоже третий день нет воды"));
    }
}

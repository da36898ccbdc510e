//! Words with their places in the text: what places, claims and duplicates are compared by.
//!
//! Folding is lower case and «ё» as «е»; nothing is stemmed and nothing is thrown away: the span
//! of each word leads back to the text as it stands. Start with [`Words::of`].

/// Marks between a word and the one before it, as bits.
pub mod gap {
    /// A full stop.
    pub const DOT: u8 = 1;
    /// A comma.
    pub const COMMA: u8 = 2;
    /// A mark that ends a sentence for certain: `!`, `?`, `…`, `;` or a new line.
    pub const STOP: u8 = 4;
    /// A hyphen.
    pub const HYPHEN: u8 = 8;
    /// A number sign (№).
    pub const NUMBER: u8 = 16;
    /// Any other mark: brackets, quotes, colon, dash.
    pub const OTHER: u8 = 32;
    /// A slash.
    pub const SLASH: u8 = 64;
    /// Nothing at all stands between: «5к2» is three words.
    pub const GLUED: u8 = 128;
}

/// A run of letters or of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte in the text.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    fold_start: u32,
    fold_end: u32,
    /// Bits of [`gap`] before it.
    pub gap: u8,
    /// Digits only.
    pub number: bool,
    /// Starts with a capital letter.
    pub capital: bool,
    /// Two letters or more, all capital.
    pub upper: bool,
}

/// A text cut into words.
#[derive(Debug, Default)]
pub struct Words {
    folded: String,
    words: Vec<Word>,
}

/// Abbreviations that keep their hyphen or slash; all other hyphenated words are cut.
const WHOLE: &[&str] = &[
    "пр-т",
    "пр-кт",
    "пр-д",
    "р-н",
    "р-не",
    "р-на",
    "б-р",
    "м-н",
    "м-не",
    "мк-н",
    "мк-не",
    "ж-р",
    "пр-кта",
    "пр-кте",
    "пр-та",
    "пр-те",
    "пр-ту",
    "б-ре",
    "б-ру",
    "пр-де",
    "ул-ца",
    "ул-це",
    "пл-дь",
    "ж/р",
    "ж/м",
];

impl Words {
    /// Cuts a text into words.
    pub fn of(text: &str) -> Self {
        let mut words = Self {
            folded: String::with_capacity(text.len()),
            words: Vec::with_capacity(text.len() / 10),
        };
        words.cut(text);
        words
    }

    /// The words.
    pub fn list(&self) -> &[Word] {
        &self.words
    }

    /// A word folded: lower case, «е» for «ё».
    pub fn folded(&self, word: &Word) -> &str {
        &self.folded[word.fold_start as usize..word.fold_end as usize]
    }

    /// All folded words in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|w| self.folded(w))
    }

    fn cut(&mut self, text: &str) {
        let mut marks = 0u8;
        let mut chars = text.char_indices().peekable();
        while let Some(&(at, c)) = chars.peek() {
            if !is_letter(c) && !c.is_ascii_digit() {
                marks |= mark(c);
                chars.next();
                continue;
            }
            let number = c.is_ascii_digit();
            let (mut count, mut capitals, mut end) = (0u32, 0u32, at);
            let fold_start = self.folded.len() as u32;
            while let Some(&(i, c)) = chars.peek() {
                if number != c.is_ascii_digit() || !(is_letter(c) || number || is_accent(c)) {
                    break;
                }
                count += u32::from(!is_accent(c));
                capitals += u32::from(c.is_uppercase());
                fold_into(c, &mut self.folded);
                end = i + c.len_utf8();
                chars.next();
            }
            let glued = self.words.last().is_some_and(|w| w.end as usize == at);
            self.words.push(Word {
                start: at as u32,
                end: end as u32,
                fold_start,
                fold_end: self.folded.len() as u32,
                gap: if glued { gap::GLUED } else { marks },
                number,
                capital: text[at..].starts_with(char::is_uppercase),
                upper: count > 1 && capitals == count,
            });
            marks = 0;
            self.join_abbreviation(text);
        }
    }

    /// Joins «пр» and «т» of «пр-т» again.
    fn join_abbreviation(&mut self, text: &str) {
        let [.., first, second] = self.words[..] else {
            return;
        };
        let hyphen = second.gap == gap::HYPHEN || second.gap == gap::SLASH;
        if !hyphen || second.start != first.end + 1 || second.end - first.start > 16 {
            return;
        }
        let mut whole = String::with_capacity(16);
        text[first.start as usize..second.end as usize]
            .chars()
            .for_each(|c| fold_into(c, &mut whole));
        if WHOLE.contains(&whole.as_str()) {
            self.folded.truncate(first.fold_start as usize);
            self.folded.push_str(&whole);
            self.words.pop();
            if let Some(word) = self.words.last_mut() {
                word.end = second.end;
                word.fold_end = self.folded.len() as u32;
            }
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (c > '\u{7f}' && c.is_alphabetic())
}

/// Stress and the marks of a decomposed «й» or «ё», which some keyboards send.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{30f}').contains(&c)
}

fn mark(c: char) -> u8 {
    match c {
        '.' => gap::DOT,
        ',' => gap::COMMA,
        '!' | '?' | '…' | ';' | '\n' | '\r' => gap::STOP,
        '-' | '‐' | '‑' => gap::HYPHEN,
        '№' => gap::NUMBER,
        '/' | '\\' => gap::SLASH,
        c if c.is_whitespace() => 0,
        _ => gap::OTHER,
    }
}

fn fold_into(c: char, out: &mut String) {
    match c {
        'А'..='Я' => out.push(char::from_u32(c as u32 + 32).unwrap_or(c)),
        'а'..='я' | 'a'..='z' | '0'..='9' => out.push(c),
        'ё' | 'Ё' => out.push('е'),
        'A'..='Z' => out.push(c.to_ascii_lowercase()),
        '\u{306}' if out.ends_with('и') => {
            out.pop();
            out.push('й');
        }
        c if is_accent(c) => {}
        c => c.to_lowercase().for_each(|c| out.push(c)),
    }
}

/// A text in lower case with «е» for «ё», all else as it stands.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_into(c, &mut out));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Words::of(text).iter().map(str::to_owned).collect()
    }

    #[test]
    fn words_are_folded_and_cut_between_letters_and_digits() {
        assert_eq!(words("Ул. Зелёная, 5К2!"), ["ул", "зеленая", "5", "к", "2"]);
        assert_eq!(
            words("Усть-Таволга пр-т 7-й"),
            ["усть", "таволга", "пр-т", "7", "й"]
        );
        assert_eq!(words("слово\u{301} и\u{306}од"), ["слово", "йод"]);
        assert!(words("… — !").is_empty());
    }

    #[test]
    fn spans_lead_back_to_the_text() {
        let text = "Яма на Речной, 14";
        let words = Words::of(text);
        let spans: Vec<&str> = words
            .list()
            .iter()
            .map(|w| &text[w.start as usize..w.end as usize])
            .collect();
        assert_eq!(spans, ["Яма", "на", "Речной", "14"]);
        assert_eq!(words.list()[3].gap, gap::COMMA);
        assert!(words.list()[2].capital && words.list()[3].number);
    }
}

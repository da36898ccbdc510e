//! Words as short rows of small numbers, one per letter, the same however people type a letter.
//!
//! People without the right keyboard write `ă` of another script for `ӑ`, `h` for `һ`, `1` for
//! the palochka; Yiddish has digraphs with a code of their own. Start with [`spell`].

/// One letter. Zero is the edge of a word.
pub type Symbol = u8;

/// The edge of a word.
pub const EDGE: Symbol = 0;

/// An apostrophe inside a word: Ukrainian and Belarusian write it, Russian does not.
const APOSTROPHE: Symbol = symbol_at(0x482);

/// Where Hebrew letters go: the places of historic Cyrillic ones, which nobody writes in posts.
const HEBREW: Symbol = symbol_at(0x460);

const fn symbol_at(code: u32) -> Symbol {
    (code - 0x42F) as Symbol
}

/// Words of a text without digits, addresses, @names and the bracketed words of `mask`.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|piece| !is_address(piece))
        .flat_map(|piece| piece.split(|c: char| !is_part(c)))
        .filter(|word| word.chars().any(is_letter))
}

fn is_address(piece: &str) -> bool {
    piece.starts_with(['@', '['])
        || piece.contains("://")
        || piece.contains('@')
        || piece.starts_with("www.")
        || piece.starts_with("vk.com")
        || piece.starts_with("t.me")
}

fn is_part(c: char) -> bool {
    is_letter(c) || is_apostrophe(c) || is_mark(c) || c.is_numeric()
}

/// Whether `c` is a letter of any script: the answer of the standard library, sooner for ours.
pub fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphabetic(),
        _ => is_cyrillic(c) || is_hebrew(c) || c.is_alphabetic(),
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`')
}

/// Combining marks: accents over Cyrillic, points under Hebrew.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}')
}

/// Whether `c` is a Cyrillic letter.
pub fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}')
}

/// Whether `c` is a Hebrew letter or a Yiddish digraph.
pub fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{5D0}'..='\u{5EA}' | '\u{5EF}'..='\u{5F2}' | '\u{FB1D}'..='\u{FB4F}')
}

/// Writes the letters of `word` between two edges into `symbols`; a word without Cyrillic and
/// Hebrew letters leaves it empty.
pub fn spell(word: &str, symbols: &mut Vec<Symbol>) {
    symbols.clear();
    if !word.chars().any(|c| is_cyrillic(c) || is_hebrew(c)) {
        return;
    }
    symbols.push(EDGE);
    let mut chars = word.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        push_letter(before, c, next, symbols);
        before = Some(c);
    }
    symbols.push(EDGE);
}

fn push_letter(before: Option<char>, c: char, next: Option<char>, symbols: &mut Vec<Symbol>) {
    if is_palochka(before, c, next) {
        symbols.push(symbol_at('ӏ' as u32));
    } else if is_apostrophe(c) {
        if before.is_some_and(is_cyrillic) && next.is_some_and(is_cyrillic) {
            symbols.push(APOSTROPHE);
        }
    } else if is_mark(c) {
        add_mark(c, symbols);
    } else if is_hebrew(c) {
        push_hebrew(c, symbols);
    } else {
        let c = small(c);
        let c = lookalike(c).unwrap_or(c);
        if let '\u{430}'..='\u{52E}' = c {
            symbols.push(symbol_at(c as u32));
        }
    }
}

/// A small letter; faster than the standard way for the letters that fill our texts.
fn small(c: char) -> char {
    match c {
        'а'..='џ' => c,
        'А'..='Я' => char::from_u32(c as u32 + 32).unwrap_or(c),
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The palochka of Kabardian and its neighbours is typed as I, l, 1 or the Ukrainian capital І.
fn is_palochka(before: Option<char>, c: char, next: Option<char>) -> bool {
    let small_cyrillic = |c: char| is_cyrillic(c) && c.is_lowercase();
    match c {
        'Ӏ' | 'ӏ' => true,
        '1' | 'l' | '|' => before.is_some_and(is_cyrillic) && next.is_some_and(is_cyrillic),
        'I' | 'І' if before.is_some_and(small_cyrillic) => true,
        'I' | 'І' => before.is_none() && matches!(next, Some('э' | 'у' | 'ы')),
        _ => false,
    }
}

/// A letter of its own made of a letter and a mark after it, where one exists.
fn add_mark(mark: char, symbols: &mut [Symbol]) {
    let Some(last) = symbols.last_mut() else {
        return;
    };
    let base = char::from_u32(u32::from(*last) + 0x42F).unwrap_or(' ');
    let whole = match (base, mark) {
        ('и', '\u{306}') => 'й',
        ('у', '\u{306}') => 'ў',
        ('а', '\u{306}') => 'ӑ',
        ('е', '\u{306}') => 'ӗ',
        ('і', '\u{308}') => 'ї',
        ('е', '\u{308}') => 'ё',
        ('о', '\u{308}') => 'ӧ',
        ('у', '\u{308}') => 'ӱ',
        ('у', '\u{30B}') => 'ӳ',
        ('и', '\u{308}') => 'ӥ',
        _ => return,
    };
    *last = symbol_at(whole as u32);
}

/// Hebrew letters without points; the digraphs of Yiddish as two letters.
fn push_hebrew(c: char, symbols: &mut Vec<Symbol>) {
    let two = match c {
        '\u{5F0}' => ['ו', 'ו'],
        '\u{5F1}' => ['ו', 'י'],
        '\u{5F2}' | '\u{FB1F}' => ['י', 'י'],
        '\u{FB1D}' => ['י', EMPTY],
        '\u{FB2A}' | '\u{FB2B}' => ['ש', EMPTY],
        '\u{FB2E}'..='\u{FB30}' => ['א', EMPTY],
        '\u{FB31}' | '\u{FB4C}' => ['ב', EMPTY],
        '\u{FB35}' | '\u{FB4B}' => ['ו', EMPTY],
        '\u{FB39}' => ['י', EMPTY],
        '\u{FB3B}' | '\u{FB4D}' => ['כ', EMPTY],
        '\u{FB44}' | '\u{FB4E}' => ['פ', EMPTY],
        '\u{FB4A}' => ['ת', EMPTY],
        c => [c, EMPTY],
    };
    for c in two {
        if let '\u{5D0}'..='\u{5EA}' = c {
            symbols.push(HEBREW + (c as u32 - 0x5D0) as Symbol);
        }
    }
}

const EMPTY: char = ' ';

/// The Cyrillic letter for one of another script inside a Cyrillic word.
fn lookalike(c: char) -> Option<char> {
    Some(match c {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        'k' => 'к',
        'm' => 'м',
        't' => 'т',
        'i' => 'і',
        'h' => 'һ',
        'j' => 'ј',
        's' => 'ѕ',
        'ă' => 'ӑ',
        'ĕ' => 'ӗ',
        'ç' => 'ҫ',
        'ÿ' | 'ӱ' if c == 'ÿ' => 'ӳ',
        'ü' => 'ү',
        'ö' | 'ɵ' => 'ө',
        'ə' => 'ә',
        'æ' => 'ӕ',
        'ï' => 'ї',
        'ë' => 'ё',
        _ => return None,
    })
}

//! Which language a text is in: ISO 639-3 codes, `und` when the text does not tell.
//!
//! The letters choose the way. Cyrillic and Hebrew letters go to a model of our own (`model`),
//! learned at first use from the texts in `models/language`, because whatlang knows few of the
//! languages written with them; all others go to whatlang (`latin`). A mixed text gets its
//! dominant language. Nothing here translates or judges. Start with [`detect`].

mod alphabet;
mod corpus;
mod latin;
mod model;

#[cfg(test)]
mod tests;

/// The answer where the text gives too little evidence.
pub const UNKNOWN: &str = "und";

/// Letters that are read; the rest of a long text changes no answer worth its time.
const READ_LETTERS: usize = 300;

/// The ISO 639-3 code of the language that most of `text` is in, or [`UNKNOWN`]. Addresses of
/// pages and mailboxes, @names, digits and emoji tell nothing. Never fails, whatever the text.
///
/// ```
/// use otklik::understand::language::detect;
/// assert_eq!(detect("Когда дадут воду?"), "rus");
/// assert_eq!(detect("Қашан су береді?"), "kaz");
/// assert_eq!(detect("👍👍 112"), "und");
/// ```
pub fn detect(text: &str) -> &'static str {
    let text = head(text);
    let letters = Letters::count(text);
    let own = letters.cyrillic + letters.hebrew;
    if letters.all == 0 {
        UNKNOWN
    } else if own * 2 >= letters.all {
        own_model(text, own)
    } else {
        latin::detect(text, own == 0)
    }
}

/// What our own model says of the Cyrillic and Hebrew words of a text with `letters` of them.
fn own_model(text: &str, letters: usize) -> &'static str {
    if letters < 2 {
        return UNKNOWN;
    }
    let model = &*corpus::MODEL;
    let mut scores = model.start();
    let mut symbols = Vec::with_capacity(32);
    for word in alphabet::words(text) {
        alphabet::spell(word, &mut symbols);
        model.add_word(&symbols, &mut scores);
    }
    model.best(&scores)
}

/// The text up to the blank after its first [`READ_LETTERS`] letters.
fn head(text: &str) -> &str {
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        letters += usize::from(alphabet::is_letter(c));
        if letters >= READ_LETTERS && c.is_whitespace() || letters > 2 * READ_LETTERS {
            return &text[..at];
        }
    }
    text
}

/// How many letters of which kind stand in the words of a text.
#[derive(Default)]
struct Letters {
    cyrillic: usize,
    hebrew: usize,
    all: usize,
}

impl Letters {
    fn count(text: &str) -> Self {
        let mut letters = Self::default();
        for c in alphabet::words(text).flat_map(str::chars) {
            letters.cyrillic += usize::from(alphabet::is_cyrillic(c));
            letters.hebrew += usize::from(alphabet::is_hebrew(c));
            letters.all += usize::from(alphabet::is_letter(c));
        }
        letters
    }
}

//! The alphabet of features: a 6-bit code for each letter, so that five of them fit into a key.

/// Stands before and after each word.
pub(super) const EDGE: u8 = 1;
/// «а»; small and capital letters are one.
pub(super) const CYRILLIC: u8 = 2;
/// «a».
pub(super) const LATIN: u8 = 34;
/// Any digit.
pub(super) const DIGIT: u8 = 60;
/// The first of three codes for letters of other languages.
pub(super) const FOREIGN: u8 = 61;

/// Code of each character below U+0500; 0 is a separator.
pub(super) static CODES: [u8; 0x500] = codes();

const fn codes() -> [u8; 0x500] {
    let mut table = [0u8; 0x500];
    let mut i: u32 = 0;
    while i < 32 {
        table[(0x430 + i) as usize] = CYRILLIC + i as u8;
        table[(0x410 + i) as usize] = CYRILLIC + i as u8;
        i += 1;
    }
    // ё is е
    table[0x451] = CYRILLIC + 5;
    table[0x401] = CYRILLIC + 5;
    i = 0;
    while i < 26 {
        table[(0x61 + i) as usize] = LATIN + i as u8;
        table[(0x41 + i) as usize] = LATIN + i as u8;
        i += 1;
    }
    i = 0;
    while i < 10 {
        table[(0x30 + i) as usize] = DIGIT;
        i += 1;
    }
    // letters of other languages
    i = 0x400;
    while i < 0x500 {
        if table[i as usize] == 0 && !(0x482 <= i && i <= 0x489) {
            table[i as usize] = FOREIGN + (i / 2 % 3) as u8;
        }
        i += 1;
    }
    table
}

/// A Latin letter in a Cyrillic word, as the letter it looks like.
pub(super) fn unmix(code: u8) -> u8 {
    if !(LATIN..DIGIT).contains(&code) {
        return code;
    }
    let letter = char::from(code - LATIN + b'a');
    let like = crate::understand::text::lookalike(letter).map(|c| CODES[c as usize]);
    like.unwrap_or(code)
}

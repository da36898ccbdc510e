//! Dates in pieces: numbers, words and marks, with blanks fallen away.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Number {
        value: i64,
        digits: usize,
    },
    /// In small letters.
    Word(String),
    Mark(char),
}

/// The pieces of a text; `5 : 30` and `5:30` are one.
pub(super) struct Tokens(Vec<Token>);

impl Tokens {
    pub fn of(text: &str) -> Self {
        let mut out = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(&c) = chars.peek() {
            if c.is_ascii_digit() {
                let mut digits = String::new();
                while let Some(d) = chars.next_if(char::is_ascii_digit) {
                    digits.push(d);
                }
                out.push(Token::Number {
                    value: digits.parse().unwrap_or(i64::MAX),
                    digits: digits.len(),
                });
            } else if c.is_alphabetic() {
                let mut word = String::new();
                while let Some(letter) = chars.next_if(|c| c.is_alphabetic()) {
                    word.extend(letter.to_lowercase());
                }
                out.push(Token::Word(word));
            } else {
                chars.next();
                if !c.is_whitespace() {
                    out.push(Token::Mark(c));
                }
            }
        }
        Self(out)
    }

    pub fn get(&self, at: usize) -> Option<&Token> {
        self.0.get(at)
    }

    /// Places from `start` on, with what stands there.
    pub fn rest(&self, start: usize) -> impl Iterator<Item = (usize, &Token)> {
        self.0.iter().enumerate().skip(start)
    }

    pub fn number(&self, at: usize) -> Option<i64> {
        match self.get(at)? {
            Token::Number { value, .. } => Some(*value),
            _ => None,
        }
    }

    pub fn is_mark(&self, at: usize, marks: &[char]) -> bool {
        matches!(self.get(at), Some(Token::Mark(c)) if marks.contains(c))
    }
}

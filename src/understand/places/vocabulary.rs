//! The words that a gazetteer knows, each with an id, the type word it is and the parts it plays.

use std::collections::HashMap;

use super::{Roles, Spot, common, types};
use crate::understand::numerals;

/// The words known to the gazetteer.
pub(super) struct Vocabulary {
    pub words: HashMap<String, Spot>,
    next: u32,
}

impl Vocabulary {
    /// The small words and type words that every gazetteer knows.
    pub fn new() -> Self {
        let mut vocabulary = Self {
            words: HashMap::new(),
            next: 1,
        };
        for (class, forms) in types::TABLE {
            for form in forms.split_whitespace() {
                vocabulary.spot(form).class.0 |= class;
            }
        }
        let roles = [
            (Roles::UNIT, common::UNITS),
            (Roles::FUNCTION, common::FUNCTION),
            (Roles::AGAINST, common::AGAINST),
            (Roles::PREPOSITION, common::PREPOSITIONS),
        ];
        for (role, list) in roles {
            for word in list.split_whitespace() {
                vocabulary.spot(word).roles |= role;
            }
        }
        for (form, value) in numerals::ordinals() {
            vocabulary.alias(&form, &value.to_string());
        }
        vocabulary
    }

    /// The word's entry, made when it is new.
    pub fn spot(&mut self, word: &str) -> &mut Spot {
        let next = &mut self.next;
        self.words.entry(word.to_owned()).or_insert_with(|| {
            *next += 1;
            Spot {
                id: *next,
                ..Spot::default()
            }
        })
    }

    /// Makes `form` mean the same as `word`.
    fn alias(&mut self, form: &str, word: &str) {
        let id = self.spot(word).id;
        self.spot(form).id = id;
    }

    /// How many ids there are.
    pub fn size(&self) -> usize {
        self.next as usize + 1
    }
}

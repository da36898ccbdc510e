//! Which words of a text spoke for an answer.

use super::{Model, Scratch};
use crate::understand::features::Block;

impl Model {
    /// The words that spoke most for a class of a head, strongest first, as the text has them.
    pub fn reasons(
        &self,
        text: &str,
        (head, class): (usize, usize),
        most: usize,
        scratch: &mut Scratch,
    ) -> Vec<String> {
        let lane = self.header.lanes(head).start + class;
        let encoded = scratch.encoder.encode(text);
        // a positive weight speaks for the class, a negative one for all others
        let mut shares = vec![[0f32; 2]; encoded.words.len()];
        let mut norms = [1e-6f32; 2];
        encoded.each(|key, word| {
            if let Some(row) = self.table.find(key) {
                let block = usize::from(Block::of(key) == Block::Letters);
                norms[block] += self.idf[row as usize].powi(2);
                shares[word][block] += f32::from(self.rows[row as usize * self.lanes + lane]);
            }
        });
        let scale = norms.map(|n| n.sqrt().recip());
        let share = |parts: [f32; 2]| parts[0] * scale[0] + parts[1] * scale[1];
        let places = encoded
            .words
            .iter()
            .map(|w| w.start as usize..w.end as usize);
        let shown = places.map(|place| text[place].to_lowercase());
        strongest(shown.zip(shares.into_iter().map(share)), most)
    }
}

/// Words of more than two letters by falling share, each once with the sum of its shares.
fn strongest(words: impl Iterator<Item = (String, f32)>, most: usize) -> Vec<String> {
    let mut ranked: Vec<(String, f32)> = Vec::new();
    for (word, share) in words {
        match ranked.iter_mut().find(|(known, _)| *known == word) {
            Some((_, sum)) => *sum += share,
            None if word.chars().count() > 2 => ranked.push((word, share)),
            None => {}
        }
    }
    ranked.retain(|(_, share)| *share > 0.0);
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let words = ranked.into_iter().take(most);
    words.map(|(word, _)| word).collect()
}

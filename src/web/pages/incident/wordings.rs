//! Earlier wordings of a post, with what the next one changed marked. Start with [`of_posts`].

use std::collections::HashMap;

use super::{Error, Frame};
use crate::{
    store::{
        Tx,
        incidents::IncidentRow,
        posts::{self, Earlier, PostRow},
    },
    understand::understander::readable,
    web::{
        auth::session::Visitor,
        text::{Piece, pieces},
    },
};

/// Texts of more words together are shown without marks: finding the changes grows with their product.
const MOST: usize = 250_000;

/// An earlier wording as the page shows it.
pub(super) struct Wording {
    /// «Прежний текст, с 20 ноября 10:05».
    pub title: String,
    pub parts: Vec<Part>,
}

/// A stretch of words.
pub(super) struct Part {
    pub change: Change,
    pub pieces: Vec<Piece>,
}

/// What the next wording did with a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Kept,
    Gone,
    Added,
}

impl Part {
    pub fn gone(&self) -> bool {
        self.change == Change::Gone
    }

    pub fn added(&self) -> bool {
        self.change == Change::Added
    }
}

/// The earlier wordings of the posts of an incident, by post, the first one first.
pub(super) async fn of_posts(
    tx: &mut Tx,
    f: &Frame,
    visitor: &Visitor,
    row: &IncidentRow,
    rows: &[PostRow],
) -> Result<HashMap<String, Vec<Wording>>, Error> {
    let mut earlier = HashMap::<String, Vec<Earlier>>::new();
    for one in posts::list_versions(tx, &visitor.scope, row).await? {
        earlier.entry(one.post.clone()).or_default().push(one);
    }
    let mut all = HashMap::new();
    for post in rows {
        if let Some(versions) = earlier.remove(&post.id) {
            all.insert(post.id.clone(), wordings(f, &versions, &post.text));
        }
    }
    Ok(all)
}

fn wordings(f: &Frame, versions: &[Earlier], present: &str) -> Vec<Wording> {
    let mut texts: Vec<String> = versions.iter().map(|v| v.masked(readable)).collect();
    texts.push(present.to_owned());
    let pairs = versions.iter().zip(texts.windows(2));
    pairs
        .map(|(version, pair)| Wording {
            title: f.v("post-earlier", f.words.moment(version.since.into())),
            parts: marked(&pair[0], &pair[1]),
        })
        .collect()
}

/// One text with what another changed: words that went and words that came.
fn marked(before: &str, after: &str) -> Vec<Part> {
    let (old, new) = (words(before), words(after));
    if old.len().saturating_mul(new.len()) > MOST {
        return vec![Part {
            change: Change::Kept,
            pieces: pieces(before),
        }];
    }
    let common = common(&old, &new);
    let mut parts: Vec<(Change, String)> = Vec::new();
    let mut push = |change: Change, word: &str| {
        // the last word of a text has no blank behind it, and one of the other text may follow
        let blank = if word.ends_with(char::is_whitespace) {
            ""
        } else {
            " "
        };
        match parts.last_mut() {
            Some((last, text)) if *last == change => text.extend([word, blank]),
            _ => parts.push((change, format!("{word}{blank}"))),
        }
    };
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let same = i < old.len() && j < new.len() && old[i].trim() == new[j].trim();
        if same {
            push(Change::Kept, new[j]);
            (i, j) = (i + 1, j + 1);
        } else if j >= new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            push(Change::Gone, old[i]);
            i += 1;
        } else {
            push(Change::Added, new[j]);
            j += 1;
        }
    }
    let part = |(change, text): (Change, String)| Part {
        change,
        pieces: pieces(&text),
    };
    parts.into_iter().map(part).collect()
}

/// Words with the blanks behind them, so that joined they are the text.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// For each pair of ends, how many words they have in common in one order.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] = match old[i].trim() == new[j].trim() {
                true => table[i + 1][j + 1] + 1,
                false => table[i + 1][j].max(table[i][j + 1]),
            };
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let sign = |change| match change {
            Change::Kept => "",
            Change::Gone => "-",
            Change::Added => "+",
        };
        let said = |part: &Part| {
            let text: String = part
                .pieces
                .iter()
                .map(|piece| piece.text.as_str())
                .collect();
            format!("{}({})", sign(part.change), text.trim())
        };
        marked(before, after).iter().map(said).collect()
    }

    #[test]
    fn what_went_and_what_came_is_marked() {
        assert_eq!(
            told("Нет воды третий день", "Нет воды пятый день, спасите"),
            "(Нет воды)-(третий день)+(пятый день, спасите)"
        );
        assert_eq!(told("Яма", "Яма"), "(Яма)");
        assert_eq!(told("", "Яма"), "+(Яма)");
        assert_eq!(told("Яма у дома", ""), "-(Яма у дома)");
    }

    proptest::proptest! {
        #[test]
        fn both_texts_can_be_read_out_of_the_marks(before in "[абв ]{0,30}", after in "[абв ]{0,30}") {
            let parts = marked(&before, &after);
            let read = |without: Change| -> String {
                let kept = parts.iter().filter(|part| part.change != without);
                kept.flat_map(|part| &part.pieces).map(|piece| piece.text.as_str()).collect()
            };
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&read(Change::Added)), words(&before));
            assert_eq!(words(&read(Change::Gone)), words(&after));
        }
    }
}

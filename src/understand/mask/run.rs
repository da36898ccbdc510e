//! Digits and the marks between them, and where in such a run a personal number stands.

use super::numbers::{Cue, Number};

/// Digits with the marks that people put between them, as one run: `8 (912) 345-67-89`.
#[derive(Debug)]
pub(super) struct Run {
    /// Groups of digits: start and end in bytes from the start of the run.
    groups: Vec<(usize, usize)>,
    digits: Vec<u8>,
    /// The byte before each group: a blank, a hyphen, a bracket.
    marks: Vec<u8>,
    length: usize,
}

impl Run {
    /// Reads the run that begins at `at`; its length is at least one byte.
    pub(super) fn read(bytes: &[u8], at: usize) -> Run {
        let mut run = Run {
            groups: Vec::new(),
            digits: Vec::new(),
            marks: Vec::new(),
            length: 1,
        };
        let mut pos = at;
        loop {
            let gap = gap_length(&bytes[pos..], run.groups.is_empty());
            let start = pos + gap;
            let count = bytes[start..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count();
            if count == 0 || (gap == 0 && !run.groups.is_empty()) {
                return run;
            }
            run.marks
                .push(if gap == 0 { b' ' } else { bytes[start - 1] });
            run.groups.push((start - at, start - at + count));
            run.digits.extend(&bytes[start..start + count]);
            pos = start + count;
            run.length = pos - at;
        }
    }

    /// Bytes to step over when nothing in the run is personal.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The first personal number: start and end within the run, and the word for it. `before` is
    /// the masked text so far (for cues such as «тел.»), `text` begins with the run.
    pub(super) fn personal(
        &self,
        before: &str,
        text: &str,
    ) -> Option<(usize, usize, &'static str)> {
        let mut offset = 0;
        for first in 0..self.groups.len() {
            let cue = Cue::of(if first == 0 { before } else { "" });
            for last in (first..self.groups.len().min(first + 8)).rev() {
                let (start, end) = (self.groups[first].0, self.groups[last].1);
                let count: usize = self.groups[first..=last].iter().map(|g| g.1 - g.0).sum();
                let number = Number {
                    digits: &self.digits[offset..offset + count],
                    shape: &self.groups[first..=last],
                    marks: &self.marks[first + 1..=last],
                    plus: text[..start].trim_end_matches(['(', ' ']).ends_with('+'),
                };
                if let Some(word) = number.word(cue, &text[end..]) {
                    let lead = text[..start].trim_end_matches(['(', ' ', '+']).len();
                    return Some((if first == 0 { 0 } else { start.min(lead + 1) }, end, word));
                }
            }
            offset += self.groups[first].1 - self.groups[first].0;
        }
        None
    }
}

/// Bytes of marks before the next group of digits; 0 when there is none.
fn gap_length(bytes: &[u8], leading: bool) -> usize {
    let mut length = 0;
    while length < 4 {
        match bytes.get(length) {
            Some(b'0'..=b'9') => return length,
            Some(b'+') if leading => length += 1,
            Some(b' ' | b'-' | b'(' | b')' | b'.') => length += 1,
            // no-break space and dashes, two and three bytes
            Some(0xC2) if bytes.get(length + 1) == Some(&0xA0) => length += 2,
            Some(0xE2)
                if matches!(bytes.get(length + 1..length + 3), Some([0x80, 0x90..=0x95])) =>
            {
                length += 3;
            }
            _ => return 0,
        }
    }
    if bytes.get(length).is_some_and(u8::is_ascii_digit) {
        length
    } else {
        0
    }
}

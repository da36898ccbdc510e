//! Shapes, rulers and small charts as SVG: figures stand in attributes, never in styles (the policy
//! forbids them). Nothing here holds text of people, so it may go to the page unescaped.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::domain::coverage::Cell;

/// A shape of the page's sprite, hidden from screen readers: a word always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Icon(pub &'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0;
        write!(
            f,
            r##"<svg class="ico" aria-hidden="true"><use href="#i-{name}"/></svg>"##
        )
    }
}

impl HtmlSafe for Icon {}

/// The ruler of a promise: the tick stands at the same place in each row, elapsed time fills toward
/// it, overdue time runs past it hatched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ruler {
    /// Elapsed part of the promise; 1 is the tick, above it overdue.
    pub part: f64,
    /// `late`, `soon`, `time`, `done`.
    pub tone: &'static str,
}

const TICK: f64 = 96.0;
const BEYOND: f64 = 28.0;

impl fmt::Display for Ruler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.part.max(0.0);
        let fill = TICK * part.min(1.0);
        let over = (TICK * (part - 1.0)).clamp(0.0, BEYOND);
        write!(
            f,
            r#"<svg class="ruler {}" width="126" height="10" viewBox="0 0 126 10" aria-hidden="true"><rect class="bed" y="3" width="{TICK}" height="4"/><rect class="run" y="3" width="{fill:.1}" height="4"/>"#,
            self.tone
        )?;
        if over > 0.0 {
            let over = over.max(4.0);
            write!(
                f,
                r#"<rect class="over" x="{TICK}" y="3" width="{over:.1}" height="4" fill="url(#hatch)"/>"#
            )?;
        }
        write!(
            f,
            r#"<rect class="tick" x="{TICK}" width="2" height="10"/></svg>"#
        )
    }
}

impl HtmlSafe for Ruler {}

/// Bars of weeks with the norm as a dashed line. The figures stand in the label, and beside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weeks {
    /// Posts by week, oldest first.
    pub counts: Vec<i64>,
    /// The norm a week.
    pub norm: i64,
    /// What a screen reader says; already free of markup.
    pub label: String,
}

impl fmt::Display for Weeks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let top = self
            .counts
            .iter()
            .copied()
            .max()
            .unwrap_or(0)
            .max(self.norm)
            .max(1);
        let y = |count: i64| 24.0 - 22.0 * count as f64 / top as f64;
        write!(
            f,
            r#"<svg class="weeks" width="92" height="26" viewBox="0 0 92 26" role="img" aria-label=""#
        )?;
        for c in self
            .label
            .chars()
            .filter(|c| !matches!(c, '"' | '<' | '>' | '&'))
        {
            write!(f, "{c}")?;
        }
        write!(f, r#"">"#)?;
        for (i, count) in self.counts.iter().enumerate() {
            let class = if *count < self.norm { "low" } else { "met" };
            let (x, top) = (i as f64 * 11.5, y(*count));
            let height = (24.0 - top).max(1.0);
            write!(
                f,
                r#"<rect class="{class}" x="{x:.1}" y="{:.1}" width="9.5" height="{height:.1}"/>"#,
                24.0 - height
            )?;
        }
        if self.norm > 0 {
            let y = y(self.norm);
            write!(f, r#"<line x1="0" x2="92" y1="{y:.1}" y2="{y:.1}"/>"#)?;
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for Weeks {}

/// The hours of seven days as a strip: read, tried in vain, not read; each has a height of its own beside
/// its colour. The figure stands in the label, and beside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hours {
    /// Oldest first.
    pub cells: Vec<Cell>,
    /// What a screen reader says; already free of markup.
    pub label: String,
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.cells.len() * 4;
        write!(
            f,
            r#"<svg class="hours" viewBox="0 0 {width} 28" preserveAspectRatio="none" role="img" aria-label="{}">"#,
            self.label.replace(['"', '<', '>', '&'], "")
        )?;
        let mut from = 0;
        for run in self.cells.chunk_by(|a, b| a == b) {
            let (class, height) = match run[0] {
                Cell::Before => ("before", 2),
                Cell::Read => ("read", 28),
                Cell::Failed => ("failed", 16),
                Cell::Missed => ("missed", 6),
            };
            let (x, y, width) = (from * 4, 28 - height, run.len() * 4);
            write!(
                f,
                r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#
            )?;
            from += run.len();
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for Hours {}

/// A part of a whole as a bar, hidden: the figure stands beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bar {
    /// 0 to 1.
    pub part: f64,
    /// `soon` near the limit, else `plain`.
    pub tone: &'static str,
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = 96.0 * self.part.clamp(0.0, 1.0);
        write!(
            f,
            r#"<svg class="bar {}" width="96" height="6" viewBox="0 0 96 6" aria-hidden="true"><rect class="bed" width="96" height="6"/><rect class="run" width="{width:.1}" height="6"/></svg>"#,
            self.tone
        )
    }
}

impl HtmlSafe for Bar {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tick_never_moves_and_overdue_runs_past_it() {
        let early = Ruler {
            part: 0.2,
            tone: "time",
        }
        .to_string();
        let late = Ruler {
            part: 9.0,
            tone: "late",
        }
        .to_string();
        let tick = r#"<rect class="tick" x="96" width="2" height="10"/>"#;
        assert!(early.contains(tick) && late.contains(tick));
        assert!(!early.contains("over") && late.contains(r#"width="28.0""#));
    }
}

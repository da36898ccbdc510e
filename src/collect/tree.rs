//! Pages as trees of elements, for selectors. Start with [`parse`], which refuses what would cost the
//! tree builder minutes; [`text_of`] gives an element's text.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Node, Selector};

use super::html;

/// Tags deeper than this come from no layout; a tree of them would cost minutes.
const DEEPEST: usize = 400;
/// Ten times what the fullest page holds.
const MOST_ENTITIES: usize = 20_000;
/// As many times what the fullest page holds.
const MOST_TAGS: usize = 50_000;

/// The tree of a page.
///
/// # Errors
/// A sentence when it holds no tags, when they are nested without end, or when it is made of entities.
pub fn parse(page: &str) -> Result<Html, &'static str> {
    let tagged = |(at, _)| page[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic());
    if !page.match_indices('<').any(tagged) {
        return Err("it is no page of HTML");
    }
    refuse_deep(page)?;
    Ok(Html::parse_document(page))
}

/// Tags nested without end, and entities without end, make the tree builder quadratic, and tags without
/// end cost memory. An end closes only what is open under its name: `<b></i>` is one level deeper.
///
/// # Errors
/// A sentence.
pub fn refuse_deep(page: &str) -> Result<(), &'static str> {
    if page.matches('&').count() > MOST_ENTITIES {
        return Err("the page is made of entities");
    }
    if page.matches('<').count() > MOST_TAGS {
        return Err("the page is made of tags");
    }
    let mut depth = 0usize;
    let mut open: HashMap<String, usize> = HashMap::new();
    for (at, _) in page.match_indices('<') {
        let rest = &page[at + 1..];
        if let Some(count) = rest
            .strip_prefix('/')
            .and_then(|end| open.get_mut(&name(end)))
        {
            if *count > 0 {
                *count -= 1;
                depth -= 1;
            }
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) && !ends_itself(&name(rest)) {
            *open.entry(name(rest)).or_default() += 1;
            depth += 1;
        }
        if depth > DEEPEST {
            return Err("the page nests its tags without end");
        }
    }
    Ok(())
}

fn name(tag: &str) -> String {
    let letters = tag.chars().take_while(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Elements that hold nothing, and those whose next one ends them: old pages leave their ends out.
fn ends_itself(name: &str) -> bool {
    const VOID: [&str; 8] = ["br", "img", "meta", "link", "input", "hr", "source", "path"];
    const IMPLIED: [&str; 7] = ["p", "li", "option", "dt", "dd", "td", "tr"];
    VOID.contains(&name) || IMPLIED.contains(&name)
}

/// The text of an element without the elements that `without` finds: blocks are lines.
pub fn text_of(element: ElementRef<'_>, without: &[Selector]) -> String {
    let mut out = String::new();
    gather(element, without, &mut out);
    html::tidy(&out)
}

/// The depth is bounded by [`refuse_deep`].
fn gather(element: ElementRef<'_>, without: &[Selector], out: &mut String) {
    for child in element.children() {
        match child.value() {
            Node::Text(text) => {
                let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
                out.extend(text.chars().map(blank));
            }
            Node::Element(_) => {
                let Some(child) = ElementRef::wrap(child) else {
                    continue;
                };
                if !without.iter().any(|css| css.matches(&child)) {
                    enter(child, without, out);
                }
            }
            _ => {}
        }
    }
}

fn enter(element: ElementRef<'_>, without: &[Selector], out: &mut String) {
    match element.value().name() {
        "script" | "style" | "noscript" | "template" | "iframe" | "svg" | "select" => {}
        "br" | "hr" => out.push('\n'),
        name if html::is_block(name) => {
            out.push('\n');
            gather(element, without, out);
            out.push('\n');
        }
        "td" | "th" => {
            out.push(' ');
            gather(element, without, out);
        }
        _ => gather(element, without, out),
    }
}

/// An element's text on one line.
pub fn line_of(element: ElementRef<'_>, without: &[Selector]) -> String {
    let words = text_of(element, without);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_leaves_out_what_it_is_told_to() {
        let page = "<main><h1>Вода</h1><p>Нет&nbsp;воды<br>с утра<p>Ждём<span class=n>: 5</span>\
            <script>x</script><table><tr><td>а<td>б</table></main>";
        let tree = parse(page).expect("a page");
        let main = Selector::parse("main").expect("a selector");
        let numbers = [Selector::parse(".n").expect("a selector")];
        let main = tree.select(&main).next().expect("the element");
        let text = "Вода\n\nНет воды\nс утра\n\nЖдём\n\nа б";
        assert_eq!(text_of(main, &numbers), text);
        assert!(line_of(main, &[]).contains("Ждём: 5 а"));
    }

    #[test]
    fn endless_nesting_is_refused_and_old_pages_are_not() {
        assert!(parse(&"<div>".repeat(100_000)).is_err());
        assert!(parse(&"&amp;".repeat(100_000)).is_err());
        assert!(parse(&"<table><tr><td>x<p>y</table>".repeat(2_000)).is_ok());
    }
}

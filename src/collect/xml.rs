//! XML of programs (sitemaps, Open311) as flat records. Start with [`read_records`].
//!
//! No entity of a document's own is expanded and nothing is fetched: a document that declares one is
//! refused. Feeds and pages, which are broken more often, have readers of their own.

use quick_xml::{Reader, events::Event};

use super::html;

/// Elements inside one another; documents of these kinds have about six.
const DEEPEST: usize = 32;
/// Bytes of one field.
const LONGEST: usize = 256 * 1024;

/// An element that holds what belongs together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Its name, in small letters.
    pub name: String,
    /// The texts inside, by their path: `loc`, `news:news/news:title`.
    pub fields: Vec<(String, String)>,
}

impl Record {
    /// The first text under a path; an empty one is none.
    pub fn get(&self, path: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == path)?;
        Some(found.1.trim()).filter(|text| !text.is_empty())
    }
}

/// What a document held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Records {
    /// The name of the outermost element, in small letters.
    pub root: String,
    /// The records, in order.
    pub list: Vec<Record>,
    /// Why reading ended before the document's end; what came before stands.
    pub cut: Option<String>,
}

/// Reads the records of the given names, at most `most`.
///
/// # Errors
/// A sentence when the document declares entities or is nested without end.
pub fn read_records(text: &str, names: &[&str], most: usize) -> Result<Records, String> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    reader.config_mut().allow_dangling_amp = true;
    reader.config_mut().check_end_names = false;
    let mut draft = Draft::of(names);
    while draft.found.list.len() < most {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(draft.found),
            Ok(event) => draft.take(&event)?,
            Err(error) => {
                draft.found.cut = Some(format!("it is no whole XML: {error}"));
                return Ok(draft.found);
            }
        }
    }
    draft.found.cut = Some(format!("it holds more than {most} entries"));
    Ok(draft.found)
}

/// What was read so far.
struct Draft<'a> {
    names: &'a [&'a str],
    found: Records,
    /// The prefix of the outermost element: it says nothing about the others.
    prefix: String,
    open: Vec<String>,
    /// The record that is open, and how many elements are open outside it.
    record: Option<(Record, usize)>,
    text: String,
}

impl<'a> Draft<'a> {
    fn of(names: &'a [&'a str]) -> Self {
        Self {
            names,
            found: Records::default(),
            prefix: String::new(),
            open: Vec::new(),
            record: None,
            text: String::new(),
        }
    }

    fn take(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::DocType(declared) if declared.to_ascii_uppercase().contains("ENTITY") => {
                return Err("it declares entities of its own, which are not read".into());
            }
            Event::Start(tag) => self.opened(&lower(tag.name().as_ref()))?,
            Event::Empty(tag) => {
                self.opened(&lower(tag.name().as_ref()))?;
                self.closed();
            }
            Event::End(_) => self.closed(),
            Event::Text(text) => self.says(text),
            Event::CData(text) => self.says(text),
            Event::GeneralRef(name) => {
                let whole = format!("&{};", &**name);
                let known = html::entity(&whole).0;
                self.says(known.map_or(whole, String::from).as_str());
            }
            _ => {}
        }
        Ok(())
    }

    fn opened(&mut self, name: &str) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err("it nests its elements without end".into());
        }
        if self.open.is_empty() && self.found.root.is_empty() {
            self.prefix = name.split_once(':').map_or("", |(prefix, _)| prefix).into();
        }
        let own = match name.split_once(':') {
            Some((prefix, local)) if prefix == self.prefix => local,
            _ => name,
        };
        if self.open.is_empty() && self.found.root.is_empty() {
            own.clone_into(&mut self.found.root);
        }
        if self.record.is_none() && self.names.contains(&own) {
            let name = own.to_owned();
            let fields = Vec::new();
            self.record = Some((Record { name, fields }, self.open.len()));
        }
        self.open.push(own.to_owned());
        self.text.clear();
        Ok(())
    }

    fn closed(&mut self) {
        let Some((record, outside)) = &mut self.record else {
            self.open.pop();
            return;
        };
        let path = self.open.get(*outside + 1..).unwrap_or_default();
        if !path.is_empty() && !self.text.trim().is_empty() {
            let text = std::mem::take(&mut self.text);
            record.fields.push((path.join("/"), text));
        }
        self.text.clear();
        self.open.pop();
        if self.open.len() == *outside {
            let done = self.record.take().map(|(record, _)| record);
            self.found.list.extend(done);
        }
    }

    fn says(&mut self, text: &str) {
        if self.record.is_some() && self.text.len() + text.len() <= LONGEST {
            self.text.push_str(text);
        }
    }
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_flat_and_entities_of_a_documents_own_are_refused() {
        let text = "\u{feff} <?xml version=\"1.0\"?><a:set xmlns:a=\"x\"><a:url><a:loc>http://g.example/?a=1&amp;b=2</a:loc>\
            <n:news><n:title><![CDATA[Вода & свет]]></n:title></n:news><empty/></a:url><a:url><a:loc>half";
        let found = read_records(text, &["url"], 10).expect("records");
        assert_eq!((found.root.as_str(), found.list.len()), ("set", 1));
        assert_eq!(found.list[0].get("loc"), Some("http://g.example/?a=1&b=2"));
        assert_eq!(found.list[0].get("n:news/n:title"), Some("Вода & свет"));
        let bomb = "<!DOCTYPE a [<!ENTITY x \"aaaa\"><!ENTITY y \"&x;&x;\">]><a><url>&y;</url></a>";
        assert!(read_records(bomb, &["url"], 10).is_err());
        let outside = "<!DOCTYPE a [<!entity x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
        assert!(read_records(outside, &["url"], 10).is_err());
        assert!(read_records(&"<a>".repeat(100), &["url"], 10).is_err());
        let many = format!("<a>{}</a>", "<url/>".repeat(20));
        let found = read_records(&many, &["url"], 10).expect("records");
        assert!(found.list.len() == 10 && found.cut.is_some());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(<url>|</url>|<loc>|</a>|<a:b/>|<!DOCTYPE|\\]>|<!\\[CDATA\\[|&amp;|&x|<\\?xml|\\PC){0,40}") {
            let _ = read_records(&text, &["url"], 10);
        }
    }
}

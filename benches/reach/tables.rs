//! The region as rows: each table gathers its inserts as text, and brings them to the database at once.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::{
    fill::Hand,
    region::{Incident, NOW, Post},
};

/// Rows of a statement: neither database likes endless ones.
const ROWS: usize = 400;

const POST: &str = "post (id, platform, kind, source, author, author_kind, published, captured, \
    version, content_hash, text, alerts, revision, handled)";
const ANNOTATION: &str = "annotation (post, revision, model, made, language, kind, sector, \
    sector_score, topic, topic_score, abstained, alternatives, reasons, municipality, fingerprint, \
    masked)";
const LINK: &str = "post_link (post, owner, external_id, url)";
const CHANGE: &str = "change (post, kind)";
const INCIDENT: &str = "incident (id, number, sector, topic, title, municipality, state, holder, \
    cycle, posts, opened, updated, last_post)";
const MEMBER: &str = "incident_post (post, incident, joined, joined_by, score)";
const EVENT: &str =
    "incident_event (id, incident, cycle, at, who, kind, from_value, to_value, note)";
const CYCLE: &str =
    "cycle (incident, number, opened, closed, answer, answer_url, answered, answered_by)";
const CLOCK: &str = "clock (incident, cycle, kind, starts, due, stopped, raised)";

/// Rows of one table on their way.
struct Table {
    head: &'static str,
    text: String,
    rows: usize,
}

/// A value as SQL.
#[derive(Clone, Copy)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
}

impl<'a> From<i64> for Cell<'a> {
    fn from(value: i64) -> Self {
        Cell::Int(value)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Cell::Text(value)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(value: &'a String) -> Self {
        Cell::Text(value)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

macro_rules! row {
    ($table:expr, $($cell:expr),* $(,)?) => { $table.add(&[$(Cell::from($cell)),*]) };
}

impl Table {
    fn new(head: &'static str) -> Self {
        Self {
            head,
            text: String::new(),
            rows: 0,
        }
    }

    fn add(&mut self, cells: &[Cell<'_>]) {
        let first = self.rows.is_multiple_of(ROWS);
        if first {
            let end = if self.rows > 0 { ";\n" } else { "" };
            let _ = write!(self.text, "{end}insert into {} values (", self.head);
        } else {
            self.text.push_str(",(");
        }
        for (i, cell) in cells.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let _ = match cell {
                Cell::Null => write!(self.text, "{comma}null"),
                Cell::Int(n) => write!(self.text, "{comma}{n}"),
                Cell::Text(text) => write!(self.text, "{comma}'{}'", text.replace('\'', "''")),
            };
        }
        self.text.push(')');
        self.rows += 1;
    }

    async fn flush(&mut self, hand: &mut Hand) -> Result<()> {
        self.rows = 0;
        match std::mem::take(&mut self.text) {
            empty if empty.is_empty() => Ok(()),
            text => hand.run(text).await.context(self.head),
        }
    }
}

/// Every table, in the order in which they are written.
pub struct Tables {
    revision: i64,
    post: Table,
    annotation: Table,
    link: Table,
    change: Table,
    incident: Table,
    member: Table,
    event: Table,
    cycle: Table,
    clock: Table,
}

impl Tables {
    pub fn new(revision: i64) -> Self {
        Self {
            revision,
            post: Table::new(POST),
            annotation: Table::new(ANNOTATION),
            link: Table::new(LINK),
            change: Table::new(CHANGE),
            incident: Table::new(INCIDENT),
            member: Table::new(MEMBER),
            event: Table::new(EVENT),
            cycle: Table::new(CYCLE),
            clock: Table::new(CLOCK),
        }
    }

    pub async fn flush(&mut self, hand: &mut Hand) -> Result<()> {
        let tables = [
            &mut self.post,
            &mut self.annotation,
            &mut self.link,
            &mut self.change,
            &mut self.incident,
            &mut self.member,
            &mut self.event,
            &mut self.cycle,
            &mut self.clock,
        ];
        for table in tables {
            table.flush(hand).await?;
        }
        Ok(())
    }

    pub fn post(&mut self, p: &Post, sector: &str, topic: &str, municipality: Option<&str>) {
        let source = format!("public-{}", p.source);
        let captured = p.published + 300_000;
        row!(
            self.post,
            &p.id,
            p.platform,
            "post",
            &source,
            &p.author,
            "person",
            p.published,
            captured,
            1,
            &p.author,
            &p.text,
            1,
            self.revision,
            1
        );
        row!(
            self.annotation,
            &p.id,
            self.revision,
            "reach",
            captured,
            "rus",
            "complaint",
            sector,
            1,
            topic,
            1,
            0,
            "[]",
            "[\"слово\"]",
            municipality,
            p.fingerprint,
            &p.text
        );
        let url = format!("https://network.example/wall-{}", p.id);
        row!(self.link, &p.id, &source, &p.id, &url);
        row!(self.change, &p.id, "understood");
    }

    pub fn incident(&mut self, i: &Incident) {
        let last = i.posts.last().map_or(i.opened, |post| post.published);
        row!(
            self.incident,
            &i.id,
            i.number,
            &i.sector,
            &i.topic,
            &i.title,
            &i.municipality,
            i.state,
            i.holder.as_ref(),
            i.cycle,
            i.posts.len() as i64,
            i.opened,
            i.updated,
            last
        );
        for post in &i.posts {
            self.post(post, &i.sector, &i.topic, Some(&i.municipality));
            row!(
                self.member,
                &post.id,
                &i.id,
                post.published + 400_000,
                "machine",
                1
            );
        }
        for cycle in 1..=i.cycle {
            self.cycle(i, cycle);
        }
        self.events(i);
    }

    fn cycle(&mut self, i: &Incident, cycle: i64) {
        let is_past = cycle < i.cycle;
        let answered = i.answered.or(is_past.then_some(i.opened + 60_000));
        let ended = (i.is_ended() || is_past).then_some(i.updated);
        let by = answered
            .and(i.holder.as_deref())
            .or(answered.map(|_| "staff0"));
        let text = answered.map(|_| "Бригада выехала, работы закончены, подача восстановлена.");
        let url = answered.map(|_| "https://network.example/answer");
        row!(
            self.cycle, &i.id, cycle, i.opened, ended, text, url, answered, by
        );
        for (kind, due, stopped) in [
            (
                "taken",
                i.opened + 7_200_000,
                i.holder.as_ref().map(|_| i.opened + 3_600_000),
            ),
            ("first", i.due, answered),
            ("final", i.due + 864_000_000, ended),
        ] {
            let stopped = if is_past { Some(i.updated) } else { stopped };
            let raised = (stopped.is_none() && due < NOW.as_millis()).then_some(due);
            row!(
                self.clock, &i.id, cycle, kind, i.opened, due, stopped, raised
            );
        }
    }

    fn events(&mut self, i: &Incident) {
        let mut n = 0;
        let mut add = |at: i64, who: &str, kind: &str, to: Option<&str>| {
            n += 1;
            let id = format!("{}{n:02}", &i.id[..24]);
            row!(
                self.event,
                &id,
                &i.id,
                i.cycle,
                at,
                who,
                kind,
                None::<&str>,
                to,
                None::<&str>
            );
        };
        add(i.opened, "machine", "opened", Some(i.sector.as_str()));
        for post in &i.posts[1..] {
            add(post.published + 400_000, "machine", "joined", None);
        }
        let Some(holder) = &i.holder else { return };
        add(i.opened + 3_600_000, holder, "take", Some("in_progress"));
        if let Some(at) = i.answered {
            add(at, holder, "answer", Some("answered"));
        }
        if i.is_ended() {
            add(i.updated, holder, "close", Some("closed"));
        }
    }
}

/// Sources that nobody visits.
pub fn sources() -> String {
    let mut table = Table::new(
        "source (code, platform, owner, name, official, comments, state, cursor, cursor_version, \
         interval_ms, next_visit, lease_until, failures, posts)",
    );
    for n in 0..40 {
        let (code, name) = (format!("public-{n}"), format!("Подслушано {n}"));
        row!(
            table, &code, "vk", &code, &name, 0, 0, "off", "", 0, 600_000, 0, 0, 0, 0
        );
    }
    table.text
}

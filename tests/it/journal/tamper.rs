//! A hand that has the whole database and respects nothing: it drops the triggers and writes what it
//! wants.

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use crate::harness::TestStore;

pub enum Hand {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A column of a row.
#[derive(Debug)]
pub struct Cell {
    table: &'static str,
    id: String,
    column: &'static str,
    is_number: bool,
    pub value: String,
}

const AUDIT: &[&str] = &[
    "id",
    "who",
    "kind",
    "subject",
    "detail",
    "chain",
    "previous",
    "hash",
    "#at",
    "#position",
];
const CHAIN: &[&str] = &[
    "id",
    "process",
    "origin",
    "hash",
    "#began",
    "#first",
    "#position",
    "#signed",
];
const CHECKPOINT: &[&str] = &[
    "previous",
    "key",
    "heads",
    "hash",
    "signature",
    "#number",
    "#at",
];

fn columns(table: &str) -> &'static [&'static str] {
    match table {
        "audit" => AUDIT,
        "audit_chain" => CHAIN,
        _ => CHECKPOINT,
    }
}

fn id_of(table: &str) -> &'static str {
    match table {
        "audit_checkpoint" => "number",
        _ => "id",
    }
}

impl Cell {
    /// A byte changed at the start, in the middle and at the end, and one more; numbers by one bit.
    pub fn changes(&self) -> Vec<String> {
        if self.is_number {
            let number: i64 = self.value.parse().unwrap();
            return [0, 7, 40]
                .map(|bit| (number ^ (1 << bit)).to_string())
                .into();
        }
        let mut bytes = self.value.clone().into_bytes();
        let mut all = vec![format!("{}x", self.value)];
        let length = bytes.len();
        let mut places = vec![0, length / 2, length.saturating_sub(1)];
        places.dedup();
        for at in places.into_iter().filter(|at| *at < length) {
            let was = bytes[at];
            bytes[at] = if was == b'7' { b'8' } else { b'7' };
            all.push(String::from_utf8(bytes.clone()).unwrap());
            bytes[at] = was;
        }
        all
    }
}

impl Hand {
    /// One that has dropped every trigger and every uniqueness.
    pub async fn on(it: &TestStore) -> Hand {
        let hand = Self::bare(it).await;
        for trigger in [
            "audit_insert",
            "audit_update",
            "audit_delete",
            "audit_truncate",
        ] {
            hand.drop_trigger(trigger, "audit").await;
        }
        for trigger in [
            "audit_chain_update",
            "audit_chain_delete",
            "audit_chain_truncate",
        ] {
            hand.drop_trigger(trigger, "audit_chain").await;
        }
        for trigger in [
            "audit_checkpoint_update",
            "audit_checkpoint_delete",
            "audit_checkpoint_change",
            "audit_checkpoint_truncate",
        ] {
            hand.drop_trigger(trigger, "audit_checkpoint").await;
        }
        hand.run("drop index if exists audit_place").await;
        hand
    }

    /// One that meets the triggers.
    pub async fn bare(it: &TestStore) -> Hand {
        match it.url.is_empty() {
            true => {
                let file = it.folder.path().join("otklik.db");
                let url = format!("sqlite://{}", file.display());
                Hand::Sqlite(SqlitePool::connect(&url).await.unwrap())
            }
            false => Hand::Postgres(PgPool::connect(&it.url).await.unwrap()),
        }
    }

    async fn drop_trigger(&self, trigger: &str, table: &str) {
        let text = match self {
            Hand::Sqlite(_) => format!("drop trigger if exists {trigger}"),
            Hand::Postgres(_) => format!("drop trigger if exists {trigger} on {table}"),
        };
        self.run(&text).await;
    }

    pub async fn try_run(&self, text: &str) -> Result<(), String> {
        let text = AssertSqlSafe(text.to_owned());
        match self {
            Hand::Sqlite(pool) => sqlx::query(text).execute(pool).await.map(drop),
            Hand::Postgres(pool) => sqlx::query(text).execute(pool).await.map(drop),
        }
        .map_err(|e| e.to_string())
    }

    pub async fn run(&self, text: &str) {
        self.try_run(text).await.unwrap();
    }

    /// The only column of every row.
    pub async fn texts(&self, text: &str) -> Vec<String> {
        let text = AssertSqlSafe(text.to_owned());
        let rows: Vec<(String,)> = match self {
            Hand::Sqlite(pool) => sqlx::query_as(text).fetch_all(pool).await.unwrap(),
            Hand::Postgres(pool) => sqlx::query_as(text).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// Ids of a table's rows, in order.
    pub async fn ids(&self, table: &str) -> Vec<String> {
        let id = id_of(table);
        let text = format!("select cast({id} as text) from {table} order by {id}");
        self.texts(&text).await
    }

    /// Every column of every row of the journal.
    pub async fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for table in ["audit", "audit_chain", "audit_checkpoint"] {
            for id in self.ids(table).await {
                for column in columns(table) {
                    let name = column.trim_start_matches('#');
                    let key = id_of(table);
                    let text = format!(
                        "select cast({name} as text) from {table} where {key} = {}",
                        quoted(table, &id)
                    );
                    cells.push(Cell {
                        table,
                        id: id.clone(),
                        column: name,
                        is_number: column.starts_with('#'),
                        value: self.texts(&text).await.remove(0),
                    });
                }
            }
        }
        cells
    }

    /// Writes a cell that holds `now`.
    pub async fn put(&self, cell: &Cell, now: &str, value: &str) {
        let (table, column, key) = (cell.table, cell.column, id_of(cell.table));
        let value = match cell.is_number {
            true => value.to_owned(),
            false => format!("'{value}'"),
        };
        let id = if column == key { now } else { &cell.id };
        let at = format!("{key} = {}", quoted(table, id));
        self.run(&format!("update {table} set {column} = {value} where {at}"))
            .await;
    }

    /// Takes a row out, and keeps it in a table of its own name: SQLite's other connections may still
    /// know the columns of an earlier one.
    pub async fn take_out(&self, table: &str, id: &str) {
        let at = format!("{} = {}", id_of(table), quoted(table, id));
        self.run(&format!(
            "create table kept_{table} as select * from {table} where {at}"
        ))
        .await;
        self.run(&format!("delete from {table} where {at}")).await;
    }

    pub async fn put_back(&self, table: &str) {
        self.run(&format!("insert into {table} select * from kept_{table}"))
            .await;
        self.run(&format!("drop table kept_{table}")).await;
    }

    /// Exchanges the ids of two entries: each stands where the other stood.
    pub async fn exchange(&self, one: &str, other: &str) {
        for (from, to) in [(one, "between"), (other, one), ("between", other)] {
            self.run(&format!("update audit set id = '{to}' where id = '{from}'"))
                .await;
        }
    }

    /// Puts a copy of an entry in, at a place given by two expressions.
    pub async fn copy(&self, id: &str, chain: &str, position: &str) {
        self.run(&format!(
            "insert into audit (id, at, who, kind, subject, detail, chain, position, previous, hash)
             select 'copy', at, who, kind, subject, detail, {chain}, {position}, previous, hash
             from audit where id = '{id}'"
        ))
        .await;
    }

    pub async fn remove_copy(&self) {
        self.run("delete from audit where id = 'copy'").await;
    }
}

fn quoted(table: &str, id: &str) -> String {
    match id_of(table) {
        "number" => id.to_owned(),
        _ => format!("'{id}'"),
    }
}

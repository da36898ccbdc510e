//! PostgreSQL: a file a table, in the text form of `copy`, by one snapshot; restored into a schema of
//! its own, which is swapped in by one transaction.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, pool::PoolConnection};

use super::{Part, Snapshot, Store, Table};

/// Where the next database is made; what an earlier restore left there is of no use.
pub(super) const SCHEMA: &str = "otklik_restore";
/// sqlx's table: the restoring program fills it by migrating.
const MIGRATIONS: &str = "_sqlx_migrations";
/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

const TABLES: &str = "select table_name::text from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1";
const COLUMNS: &str = "select column_name::text from information_schema.columns
    where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'
    order by ordinal_position";
const IDENTITIES: &str = "select table_name::text, column_name::text
    from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'";
const FUNCTIONS: &str = "select p.oid::regprocedure::text,
        format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid))
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1";

pub(super) async fn snapshot(pool: &PgPool, folder: &Path) -> Result<Snapshot> {
    let mut c = pool.acquire().await?;
    let read = "begin transaction isolation level repeatable read, read only";
    sqlx::raw_sql(read).execute(&mut *c).await?;
    let copied = copy_out(&mut c, folder).await;
    if copied.is_err() {
        let _ = c.close().await; // it may stand in the middle of a copy
    } else {
        sqlx::raw_sql("commit").execute(&mut *c).await?;
    }
    copied
}

async fn copy_out(c: &mut PoolConnection<Postgres>, folder: &Path) -> Result<Snapshot> {
    let schema = "select coalesce(max(version), 0) from _sqlx_migrations where success";
    let (schema,): (i64,) = sqlx::query_as(schema).fetch_one(&mut **c).await?;
    std::fs::create_dir(folder.join("tables"))?;
    let mut parts = Vec::new();
    for name in tables(c)
        .await?
        .into_iter()
        .filter(|name| name != MIGRATIONS)
    {
        let columns: Vec<(String,)> = sqlx::query_as(COLUMNS)
            .bind(&name)
            .fetch_all(&mut **c)
            .await?;
        let columns: Vec<String> = columns.into_iter().map(|(column,)| column).collect();
        let path = format!("tables/{name}.copy.gz");
        let table = Table {
            name,
            columns,
            rows: 0,
        };
        let copied = copy_table(c, &table, &folder.join(&path)).await;
        let rows = copied.with_context(|| format!("copying the table {}", table.name))?;
        parts.push(Part {
            path,
            tables: vec![Table { rows, ..table }],
        });
    }
    Ok(Snapshot { schema, parts })
}

async fn tables(c: &mut PgConnection) -> Result<Vec<String>> {
    let names: Vec<(String,)> = sqlx::query_as(TABLES).fetch_all(c).await?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}

/// Gives the number of rows: in the text form each ends with the only kind of line feed there is.
async fn copy_table(c: &mut PgConnection, table: &Table, file: &Path) -> Result<u64> {
    let mut out = GzEncoder::new(BufWriter::new(File::create_new(file)?), Compression::fast());
    let copy = format!(
        "copy {} ({}) to stdout",
        quoted(&table.name),
        list(&table.columns)
    );
    let mut stream = c.copy_out_raw(&copy).await?;
    let mut rows = 0;
    while let Some(chunk) = stream.try_next().await? {
        rows += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        out.write_all(&chunk)?;
    }
    let file = out.finish()?.into_inner()?;
    file.sync_all()?;
    Ok(rows)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    quoted.join(", ")
}

/// Makes the schema anew, brings it to the snapshot's version and copies the rows in.
pub(super) async fn fill(
    store: &Store,
    pool: &PgPool,
    folder: &Path,
    from: &Snapshot,
) -> Result<()> {
    let anew = format!("drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}");
    sqlx::raw_sql(AssertSqlSafe(anew))
        .execute(pool)
        .await
        .context(
            "cannot make a schema beside the one in use: the user needs the right to create in the \
         database (grant create on database … to …)",
        )?;
    store.migrate_to(from.schema).await?;
    let mut c = pool.acquire().await?;
    let known = tables(&mut c).await?;
    for table in from.parts.iter().flat_map(|part| &part.tables) {
        ensure!(
            known.contains(&table.name),
            "the backup holds a table {} that version {} has not",
            table.name,
            from.schema
        );
    }
    for name in known.iter().filter(|name| *name != MIGRATIONS) {
        let (rows,): (bool,) = sqlx::query_as(AssertSqlSafe(format!(
            "select exists (select 1 from {})",
            quoted(name)
        )))
        .fetch_one(&mut *c)
        .await?;
        if rows {
            let empty = AssertSqlSafe(format!("truncate {}", quoted(name)));
            sqlx::raw_sql(empty).execute(&mut *c).await?;
        }
    }
    for part in &from.parts {
        let [table] = part.tables.as_slice() else {
            bail!("{} does not hold one table", part.path);
        };
        let copied = copy_in(&mut c, table, &folder.join(&part.path)).await;
        let rows = copied.with_context(|| format!("copying the table {}", table.name))?;
        ensure!(
            rows == table.rows,
            "{} holds {rows} rows, not {}",
            part.path,
            table.rows
        );
    }
    settle_counters(&mut c).await
}

async fn copy_in(c: &mut PgConnection, table: &Table, file: &Path) -> Result<u64> {
    let mut from = GzDecoder::new(BufReader::new(File::open(file)?));
    let copy = format!(
        "copy {} ({}) from stdin",
        quoted(&table.name),
        list(&table.columns)
    );
    let mut into = c.copy_in_raw(&copy).await?;
    let mut chunk = vec![0; CHUNK];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(into.finish().await?),
            Ok(read) => into.send(&chunk[..read]).await.map(drop)?,
            Err(error) => {
                into.abort(error.to_string()).await?;
                return Err(error.into());
            }
        }
    }
}

/// Counters go on behind the rows. Transactions of the old server mean nothing on this one: all its
/// changes are past.
async fn settle_counters(c: &mut PgConnection) -> Result<()> {
    let identities: Vec<(String, String)> = sqlx::query_as(IDENTITIES).fetch_all(&mut *c).await?;
    for (table, column) in identities {
        let (of, column) = (quoted(&table), quoted(&column));
        let next = format!(
            "select setval(pg_get_serial_sequence('{of}', '{}'),
            coalesce((select max({column}) from {of}), 0) + 1, false)",
            column.trim_matches('"')
        );
        sqlx::raw_sql(AssertSqlSafe(next)).execute(&mut *c).await?;
    }
    sqlx::raw_sql("update change set xid = 0 where xid <> 0")
        .execute(&mut *c)
        .await?;
    Ok(())
}

/// Drops our tables and functions in the schema in use and moves the new ones there.
pub(super) async fn swap(pool: &PgPool) -> Result<()> {
    let mut tx = pool.begin().await?;
    let (home,): (String,) = sqlx::query_as("select quote_ident(current_schema())")
        .fetch_one(&mut *tx)
        .await?;
    let new: Vec<(String,)> = sqlx::query_as(
        "select table_name::text
        from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE'",
    )
    .bind(SCHEMA)
    .fetch_all(&mut *tx)
    .await?;
    let functions: Vec<(String, String)> = sqlx::query_as(FUNCTIONS)
        .bind(SCHEMA)
        .fetch_all(&mut *tx)
        .await?;
    let mut steps = Vec::new();
    for (table,) in &new {
        let table = quoted(table);
        steps.push(format!("drop table if exists {home}.{table} cascade"));
        steps.push(format!("alter table {SCHEMA}.{table} set schema {home}"));
    }
    for (function, bare) in &functions {
        steps.push(format!("drop function if exists {home}.{bare} cascade"));
        steps.push(format!("alter function {function} set schema {home}"));
    }
    steps.push(format!("drop schema {SCHEMA}"));
    for step in steps {
        sqlx::raw_sql(AssertSqlSafe(step)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Sessions of `otklik`; a restore goes by another name.
pub(super) async fn others(pool: &PgPool) -> super::super::Result<i64> {
    let count = "select count(*) from pg_stat_activity where datname = current_database()
        and application_name = 'otklik'";
    let (count,): (i64,) = sqlx::query_as(count).fetch_one(pool).await?;
    Ok(count)
}

//! Opening the database: the embedded file, or PostgreSQL with a sentence when it does not answer.
//! No sentence holds the password. Start with [`postgres`].

use std::{io::ErrorKind, net::ToSocketAddrs, path::Path, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Error, Pools, Result};

/// A server that takes longer than this to greet is told as one that does not answer.
const WITHIN: Duration = Duration::from_secs(5);

/// A page that waits longer for a connection says that the database is away; loops try again later.
const PATIENCE: Duration = Duration::from_secs(3);

/// What `database_url` may be.
const POSSIBLE: &str =
    "write postgres://user:password@host:port/base for PostgreSQL, or leave it empty for SQLite";

/// Connects once, to learn why when it does not go, and then gives a pool: a pool would try again
/// for half a minute and say only that time ran out.
pub(super) async fn postgres(url: &str, name: &str) -> Result<Pools> {
    pool(options(url)?.application_name(name)).await
}

/// A pool whose unqualified names mean tables of another schema of the same database.
pub(super) async fn postgres_beside(url: &str, schema: &str) -> Result<Pools> {
    let options = options(url)?.application_name("otklik restore");
    pool(options.options([("search_path", schema)])).await
}

async fn pool(options: PgConnectOptions) -> Result<Pools> {
    greet(&options, WITHIN).await?;
    let pool: PgPool = PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options);
    Ok(Pools::Postgres(pool))
}

/// The address, understood. The text itself is not repeated: it holds the password.
fn options(url: &str) -> Result<PgConnectOptions> {
    let wrong = |what: &str| Error::Address(format!("{what}: {POSSIBLE}"));
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(wrong("it is no address"));
    };
    if !matches!(scheme, "postgres" | "postgresql") {
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let named = Some(scheme).filter(|s| s.len() <= 16 && s.chars().all(plain));
        let scheme = named.map_or("it is no address".to_owned(), |s| {
            format!("there is no support for {s}")
        });
        return Err(wrong(&scheme));
    }
    // an «@» after the host's end, before any option: the password has a sign that ends a host
    let named = rest.split('=').next().unwrap_or_default();
    let after_host = named.trim_start_matches('/').split_once(['/', '?', '#']);
    if after_host.is_some_and(|(_, after)| after.contains('@')) {
        return Err(wrong(
            "a sign in its user, password or base must be escaped (/ is %2F, ? is %3F, # is %23, \
             @ is %40)",
        ));
    }
    PgConnectOptions::from_str(url).map_err(|error| match error {
        sqlx::Error::Configuration(why) => wrong(&why.to_string()),
        error => error.into(),
    })
}

/// One connection within a time, closed again.
async fn greet(options: &PgConnectOptions, within: Duration) -> Result<()> {
    let (why, next) = match tokio::time::timeout(within, connect(options)).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(why)) => why,
        Err(_) => (
            format!("no answer within {} s", within.as_secs_f32()),
            "check host, port and what filters the network between",
        ),
    };
    let tried = tried(options);
    Err(Error::Unreachable(format!("{tried}: {why}; {next}")))
}

fn tried(options: &PgConnectOptions) -> String {
    let user = options.get_username();
    let base = options.get_database().unwrap_or(user);
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    format!("cannot open the PostgreSQL database {base} at {host} as {user}")
}

/// Why it did not go, and what to do next.
type Why = (String, &'static str);

async fn connect(options: &PgConnectOptions) -> Result<(), Why> {
    let by_name = options.get_socket().is_none() && !options.get_host().starts_with('/');
    if by_name && !is_known(options.get_host(), options.get_port()).await {
        let why = "no such host".to_owned();
        return Err((why, "mend the host in database_url, or the name service"));
    }
    let mut connection = options.connect().await.map_err(why)?;
    let _ = connection.ping().await; // it has greeted: what follows is the pool's
    let _ = connection.close().await;
    Ok(())
}

/// Whether a name has an address. Asked on a thread of its own, which nobody waits for at the end: a
/// silent name service takes its time.
async fn is_known(host: &str, port: u16) -> bool {
    let (tell, told) = tokio::sync::oneshot::channel();
    let host = host.trim_matches(['[', ']']).to_owned();
    std::thread::spawn(move || tell.send((host, port).to_socket_addrs().is_ok()));
    told.await.unwrap_or(true)
}

fn why(error: sqlx::Error) -> Why {
    const RUNS: &str = "start PostgreSQL there, or mend host and port in database_url";
    const ACCESS: &str = "mend user and password in database_url, or the server's pg_hba.conf";
    match &error {
        sqlx::Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => {
            ("connection refused".to_owned(), RUNS)
        }
        sqlx::Error::Io(io) => (io.to_string(), RUNS),
        sqlx::Error::Database(told) => {
            let said = told.message();
            match told.code().as_deref() {
                Some("28P01" | "28000") => (format!("authentication failed: {said}"), ACCESS),
                Some("3D000") => (
                    "there is no such database".to_owned(),
                    "create it with createdb, or mend its name in database_url",
                ),
                Some("53300" | "57P03") => (said.to_owned(), "wait a minute and try again"),
                _ => (said.to_owned(), "see the server's log"),
            }
        }
        other => (other.to_string(), "mend database_url"),
    }
}

/// The embedded file, made when it is missing.
pub(super) async fn sqlite(file: &Path) -> Result<Pools> {
    open_file(file).await.map_err(|why| {
        let next = "can the folder be written, and is the file one of Otklik's?";
        Error::Unreachable(format!("cannot open {}: {why}; {next}", file.display()))
    })
}

async fn open_file(file: &Path) -> Result<Pools, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(std::time::Duration::from_secs(10))
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory")
        // what is deleted is overwritten: purged text is in no page of the file
        .pragma("secure_delete", "on")
        // 32 MB of log before it is brought into the file: keys are hashes, so each batch touches
        // many pages, most of them again and again
        .pragma("wal_autocheckpoint", "8000")
        .statement_cache_capacity(200);
    let write = patient()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    // each reader has a cache of its own: small ones, for the system keeps the file's pages as well
    let options = options
        .pragma("query_only", "on")
        .pragma("cache_size", "-16384");
    let read = patient().max_connections(8).connect_with(options).await?;
    Ok(Pools::Sqlite { read, write })
}

/// A full disk makes SQLite roll back by itself, which sqlx does not see: it would take the connection
/// for one within a transaction for ever. Such a one is replaced.
fn patient() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(PATIENCE)
        .before_acquire(|connection, _| {
            let free = !connection.is_in_transaction();
            Box::pin(async move { Ok(free) })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(url: &str) -> String {
        let options = match options(url) {
            Ok(options) => options,
            Err(error) => return error.to_string(),
        };
        let within = Duration::from_millis(300);
        greet(&options, within).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn a_server_that_is_silent_is_told_as_such() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let told = refused(&format!("postgres://vera:hush@127.0.0.1:{port}/centre")).await;
        let expected = format!(
            "cannot open the PostgreSQL database centre at 127.0.0.1:{port} as vera: \
             no answer within 0.3 s; check host, port and what filters the network between"
        );
        assert_eq!(told, expected);
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_no_such_host() {
        let told = refused("postgres://vera:hush@nowhere.invalid/centre").await;
        // a machine without a name service answers late: then the time runs out
        let expected = ["no such host; mend", "no answer within"];
        assert!(expected.iter().any(|why| told.contains(why)), "{told}");
        assert!(told.contains("centre at nowhere.invalid:5432"), "{told}");
        assert!(!told.contains("hush"), "{told}");
    }

    #[test]
    fn an_address_of_another_kind_is_refused_at_once_and_not_repeated() {
        for (url, what) in [
            ("mysql://vera:hush@db/centre", "no support for mysql"),
            ("sqlite://hush.db", "no support for sqlite"),
            ("hush", "it is no address"),
            ("vera hush@db:5432", "it is no address"),
            ("postgres://vera:1/hush@db/centre", "must be escaped"),
            ("postgres://vera:hush@db:port/centre", "invalid port"),
            ("postgres://vera:hush@db/centre?sslmode=hu", "unknown value"),
        ] {
            let told = options(url).unwrap_err().to_string();
            assert!(
                told.starts_with("database_url: ") && told.contains(what),
                "{told}"
            );
            assert!(
                told.contains("PostgreSQL") && told.contains("SQLite"),
                "{told}"
            );
            assert!(!told.contains("hush"), "{told}");
        }
        assert!(options("postgresql://vera:hush%2Fhush@db/centre").is_ok());
    }
}

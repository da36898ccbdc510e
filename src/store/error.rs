//! Why the store refuses: each sentence says what happened and what to do next.

/// Why the store refuses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the scope may not see it: callers cannot tell which.
    #[error("{0} was not found")]
    NotFound(String),
    /// Somebody else was faster; read again and decide anew.
    #[error("{0} was changed meanwhile")]
    Conflict(String),
    /// The scope does not allow it.
    #[error("not allowed: {0}")]
    Denied(&'static str),
    /// `database_url` is no address of a database that we know.
    #[error("database_url: {0}")]
    Address(String),
    /// The database could not be opened: what was tried, why it failed, what to do next.
    #[error("{0}")]
    Unreachable(String),
    /// The database failed or is away.
    #[error("the database: {0}")]
    Database(#[source] sqlx::Error),
    /// A text holds a character that no database text may hold: NUL.
    #[error("a text with the character NUL cannot be stored: take it out")]
    NotText,
    /// The migrations could not run.
    #[error("migrating the database: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database was migrated by a later program.
    #[error(
        "the database has schema version {found}, this program knows versions up to {known}: run \
         the newer program, or restore a backup that was made before the upgrade"
    )]
    #[allow(missing_docs, reason = "versions of the schema")]
    Newer { found: i64, known: i64 },
    /// A row holds what it must not hold.
    #[error("a stored value is broken: {0}")]
    Broken(String),
    /// The database was filled under another identity key.
    #[error(
        "this database was filled under another identity key, with which every post would be \
         stored twice; give this machine the first one's: copy its data_dir/secrets/identity_key, \
         or set OTKLIK_SECRETS__IDENTITY_KEY"
    )]
    OtherIdentity,
}

/// PostgreSQL's `character_not_in_repertoire`.
const NOT_IN_REPERTOIRE: &str = "22021";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            Some(NOT_IN_REPERTOIRE) => Error::NotText,
            _ => Error::Database(error),
        }
    }
}

//! Staff: accounts, the roles they hold, and the scope that follows from them.
//!
//! Knows password hashes as opaque text: making and checking them is `web::auth`. Start with
//! [`create`] and [`scope_of`].

use std::collections::{BTreeSet, HashMap};

use sqlx::FromRow;

use super::{
    Error, Result, Sql, Tx,
    scope::{Grant, Scope},
    sql::{execute, fetch, statements},
};
use crate::domain::{
    id::UserId,
    time::Timestamp,
    user::{Field, Permission, Role},
};

statements! {
    CREATE = Sql::both("insert into account (id, login, name, password, created)
        values ($1, $2, $3, $4, $5) on conflict (login) do nothing");
    ADD_GRANT = Sql::both("insert into account_role (account, role, sector, municipality)
        values ($1, $2, $3, $4)");
    FIND = Sql::both("select id, login, name, password, disabled from account where id = $1");
    FIND_BY_LOGIN = Sql::both("select id, login, name, password, disabled from account
        where login = $1");
    LIST_GRANTS = Sql::both("select role, sector, municipality from account_role
        where account = $1 order by role, sector, municipality");
    LIST_RIGHTS = Sql::both("select role, permission, null as field from role_permission
        where role in (select role from account_role where account = $1)
        union all select role, null, field from role_field
        where role in (select role from account_role where account = $1)");
    REMOVE_GRANTS = Sql::both("delete from account_role where account = $1");
    LOCK = Sql::each("select id from account where id = $1",
        "select id from account where id = $1 for update");
    SET_NAME = Sql::both("update account set name = $2 where id = $1 and name <> $2");
    SET_PASSWORD = Sql::both("update account set password = $2 where id = $1");
    SET_DISABLED = Sql::both("update account set disabled = $2 where id = $1");
    LIST_NAMES = Sql::both("select login, name from account order by login");
}

/// An account as it is stored.
#[derive(Clone, FromRow)]
#[allow(missing_docs, reason = "the columns of the same names")]
pub struct AccountRow {
    pub id: String,
    pub login: String,
    pub name: String,
    /// The password's hash (PHC text).
    pub password: String,
    pub disabled: Option<i64>,
}

impl std::fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccountRow({})", self.login)
    }
}

/// A new member of staff.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// A fresh identifier.
    pub id: UserId,
    /// The name they sign in with; lower case.
    pub login: &'a str,
    /// How colleagues see them.
    pub name: &'a str,
    /// The password's hash.
    pub password: &'a str,
    /// The role.
    pub role: Role,
    /// Sectors within reach; none is all of them.
    pub sectors: &'a [String],
    /// Municipalities within reach; none is all of them.
    pub municipalities: &'a [String],
}

/// Stores an account with its role.
///
/// # Errors
/// [`Error::Conflict`] when the login is taken.
pub async fn create(tx: &mut Tx, new: &NewAccount<'_>, now: Timestamp) -> Result<()> {
    let id = new.id.as_str();
    let made = execute!(
        tx,
        CREATE,
        id,
        new.login,
        new.name,
        new.password,
        now.as_millis()
    )?;
    if made == 0 {
        return Err(Error::Conflict(format!("the account {}", new.login)));
    }
    for sector in all_or_each(new.sectors) {
        for municipality in all_or_each(new.municipalities) {
            add_grant(tx, &new.id, new.role, sector, municipality).await?;
        }
    }
    Ok(())
}

/// Stores an account that has neither password nor role yet.
///
/// # Errors
/// [`Error::Conflict`] when the login is taken.
pub async fn create_bare(
    tx: &mut Tx,
    id: &UserId,
    login: &str,
    name: &str,
    now: Timestamp,
) -> Result<()> {
    let made = execute!(tx, CREATE, id.as_str(), login, name, "", now.as_millis())?;
    match made {
        0 => Err(Error::Conflict(format!("the account {login}"))),
        _ => Ok(()),
    }
}

/// A role with its reach, as it is held: `None` is every sector or municipality.
pub type Held = (Role, Option<String>, Option<String>);

/// Gives an account these roles and no others; false when it holds just these.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_grants(tx: &mut Tx, account: &UserId, wanted: &BTreeSet<Held>) -> Result<bool> {
    let held = fetch!(
        fetch_all(String, Option<String>, Option<String>),
        tx,
        LIST_GRANTS,
        account.as_str()
    )?;
    let known: BTreeSet<Held> = held
        .iter()
        .filter_map(|(role, s, m)| Some((Role::from_code(role)?, s.clone(), m.clone())))
        .collect();
    if known.len() == held.len() && known == *wanted {
        return Ok(false);
    }
    execute!(tx, REMOVE_GRANTS, account.as_str())?;
    for (role, sector, municipality) in wanted {
        add_grant(
            tx,
            account,
            *role,
            sector.as_deref(),
            municipality.as_deref(),
        )
        .await?;
    }
    Ok(true)
}

/// Waits until nobody else changes an account; until the end of `tx` nobody else does.
///
/// # Errors
/// [`Error::Database`].
pub async fn lock(tx: &mut Tx, account: &UserId) -> Result<()> {
    fetch!(fetch_optional(String,), tx, LOCK, account.as_str())?;
    Ok(())
}

/// Changes how colleagues see somebody.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_name(tx: &mut Tx, account: &UserId, name: &str) -> Result<()> {
    execute!(tx, SET_NAME, account.as_str(), name)?;
    Ok(())
}

/// Gives an account one more role; `None` is every sector or municipality, where the role allows it.
///
/// # Errors
/// [`Error::Database`].
pub async fn add_grant(
    tx: &mut Tx,
    account: &UserId,
    role: Role,
    sector: Option<&str>,
    municipality: Option<&str>,
) -> Result<()> {
    let account = account.as_str();
    execute!(tx, ADD_GRANT, account, role.code(), sector, municipality)?;
    Ok(())
}

fn all_or_each(codes: &[String]) -> Vec<Option<&str>> {
    if codes.is_empty() {
        vec![None]
    } else {
        codes.iter().map(|code| Some(code.as_str())).collect()
    }
}

/// The account with this login.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_by_login(tx: &mut Tx, login: &str) -> Result<Option<AccountRow>> {
    Ok(fetch!(fetch_optional AccountRow, tx, FIND_BY_LOGIN, login)?)
}

/// The account with this identifier.
///
/// # Errors
/// [`Error::Database`].
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<AccountRow>> {
    Ok(fetch!(fetch_optional AccountRow, tx, FIND, id)?)
}

/// Changes the password's hash. Its sessions are the caller's to end.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_password(tx: &mut Tx, account: &UserId, hash: &str) -> Result<()> {
    execute!(tx, SET_PASSWORD, account.as_str(), hash)?;
    Ok(())
}

/// Switches an account off at a moment, or on again with none.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_disabled(tx: &mut Tx, account: &UserId, at: Option<Timestamp>) -> Result<()> {
    let at = at.map(Timestamp::as_millis);
    execute!(tx, SET_DISABLED, account.as_str(), at)?;
    Ok(())
}

/// Names by login, to show who did something.
///
/// # Errors
/// [`Error::Database`].
pub async fn list_names(tx: &mut Tx) -> Result<HashMap<String, String>> {
    Ok(fetch!(fetch_all(String, String), tx, LIST_NAMES)?
        .into_iter()
        .collect())
}

/// What an account may see and do, from its roles and the tables of permissions and fields. A role,
/// permission or field that this version does not know gives nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn scope_of(tx: &mut Tx, account: &AccountRow) -> Result<Scope> {
    let id = account.id.as_str();
    let allowed = fetch!(
        fetch_all(String, Option<String>, Option<String>),
        tx,
        LIST_RIGHTS,
        id
    )?;
    let held = fetch!(
        fetch_all(String, Option<String>, Option<String>),
        tx,
        LIST_GRANTS,
        id
    )?;
    let grants: Vec<Grant> = held
        .into_iter()
        .filter_map(|(code, sector, municipality)| {
            Some(Grant {
                role: Role::from_code(&code)?,
                sector,
                municipality,
                permissions: allowed
                    .iter()
                    .filter(|(role, ..)| *role == code)
                    .filter_map(|(_, permission, _)| Permission::from_code(permission.as_deref()?))
                    .collect(),
                fields: allowed
                    .iter()
                    .filter(|(role, ..)| *role == code)
                    .filter_map(|(.., field)| Field::from_code(field.as_deref()?))
                    .collect(),
            })
        })
        .collect();
    Ok(Scope::of(&account.login, &grants))
}

//! Who somebody whom the provider named is here: their account, and the roles that follow from their
//! groups, anew at each sign-in. Start with [`admit`].

use std::collections::BTreeSet;

use super::{Person, Refusal};
use crate::{
    config::settings::RoleRule,
    domain::{id::UserId, time::Timestamp},
    store::{
        self, Priority, Tx,
        accounts::{self, AccountRow, Held},
        audit::{AuditKind, Entry, append},
        providers, sessions,
    },
    web::{Error, Shared, auth::hash_secret},
};

/// The longest login and name.
const LONGEST: usize = 64;

/// The account of a person, with the roles that they have today. Whoever lost a role there loses it
/// here, and every session that was opened with it.
pub(crate) async fn admit(
    app: &Shared,
    person: &Person,
) -> Result<Result<AccountRow, Refusal>, Error> {
    match admit_once(app, person).await {
        // A new person came by another window at the same moment: their account is there now.
        Err(Error::Conflict) => admit_once(app, person).await,
        ended => ended,
    }
}

async fn admit_once(app: &Shared, person: &Person) -> Result<Result<AccountRow, Refusal>, Error> {
    let issuer = &app.settings.web.oidc.issuer;
    let wanted = roles(&app.settings.web.oidc.roles, &person.values);
    let now = app.now();
    let mut tx = app.store.write(Priority::Person).await?;
    let id = match providers::find(&mut tx, issuer, &person.subject).await? {
        Some(id) => id,
        None if wanted.is_empty() => return Ok(Err(Refusal::NoRole)),
        None => join(app, &mut tx, person, now).await?,
    };
    // Two windows with different groups would leave the roles of both.
    accounts::lock(&mut tx, &id).await?;
    if accounts::put_grants(&mut tx, &id, &wanted).await? {
        let ended = sessions::close_others(&mut tx, &id, "").await?;
        changed(app, &mut tx, &id, &wanted, ended, now).await?;
    }
    if let Some(name) = shown_name(person) {
        accounts::set_name(&mut tx, &id, &name).await?;
    }
    let account = accounts::find(&mut tx, id.as_str()).await?;
    tx.commit().await?;
    let account = account.ok_or(Error::Internal)?;
    Ok(match account.disabled {
        Some(_) => Err(Refusal::Disabled),
        None if wanted.is_empty() => Err(Refusal::NoRole),
        None => Ok(account),
    })
}

/// Every role that a value of theirs gives, with its reach.
fn roles(rules: &[RoleRule], values: &[String]) -> BTreeSet<Held> {
    let all_or_each = |codes: &[String]| match codes.is_empty() {
        true => vec![None],
        false => codes.iter().cloned().map(Some).collect(),
    };
    let held = rules.iter().filter(|rule| values.contains(&rule.value));
    held.flat_map(|rule| {
        let municipalities = all_or_each(&rule.municipalities);
        all_or_each(&rule.sectors)
            .into_iter()
            .flat_map(move |sector| {
                let each = municipalities.clone().into_iter();
                each.map(move |municipality| (rule.role, sector.clone(), municipality))
            })
    })
    .collect()
}

/// A new account. A login that somebody has already stays theirs: whoever chooses their own name at
/// the provider takes over nobody's account here.
async fn join(app: &Shared, tx: &mut Tx, person: &Person, now: Timestamp) -> Result<UserId, Error> {
    let issuer = &app.settings.web.oidc.issuer;
    let id = UserId(app.ids.ulid(now));
    let plain = plain_login(person);
    let mark = hash_secret(&format!("{issuer}\n{}", person.subject)).to_lowercase();
    let mark: String = mark
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    let login = match accounts::find_by_login(tx, &plain).await? {
        None => plain,
        Some(_) => format!("{plain}-{mark}"),
    };
    let name = shown_name(person).unwrap_or_else(|| login.clone());
    accounts::create_bare(tx, &id, &login, &name, now).await?;
    providers::link(tx, issuer, &person.subject, &id).await?;
    Ok(id)
}

/// Their login there, with the letters that logins have here.
fn plain_login(person: &Person) -> String {
    let login = person.login.as_deref().unwrap_or_default();
    let login = login.split('@').next().unwrap_or_default().to_lowercase();
    let plain: String = login
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .take(LONGEST - 9)
        .collect();
    match plain.is_empty() {
        true => "person".to_owned(),
        false => plain,
    }
}

fn shown_name(person: &Person) -> Option<String> {
    let name = person.name.as_deref()?.trim();
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    Some(name).filter(|name| !name.is_empty())
}

async fn changed(
    app: &Shared,
    tx: &mut Tx,
    id: &UserId,
    wanted: &BTreeSet<Held>,
    ended: u64,
    now: Timestamp,
) -> Result<(), store::Error> {
    let Some(account) = accounts::find(tx, id.as_str()).await? else {
        return Ok(());
    };
    let subject = format!("account:{}", account.login);
    let roles: BTreeSet<&str> = wanted.iter().map(|(role, ..)| role.code()).collect();
    let roles: Vec<&str> = roles.into_iter().collect();
    let roles = format!("roles: {}", roles.join(", "));
    let ended = (ended > 0).then(|| format!("{ended} sessions"));
    let events = [
        (AuditKind::Changed, Some(roles)),
        (AuditKind::SessionsEnded, ended),
    ];
    for (kind, detail) in events {
        let Some(detail) = detail else { continue };
        let entry = Entry {
            who: "service:provider",
            kind,
            subject: &subject,
            detail: &detail,
        };
        append(tx, &app.ids, now, &entry).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::Role;

    fn person(login: &str) -> Person {
        Person {
            subject: "1".into(),
            login: Some(login.into()),
            name: None,
            values: Vec::new(),
        }
    }

    #[test]
    fn each_value_gives_its_role_with_its_reach() {
        let rule = |value: &str, role, sectors: &[&str], places: &[&str]| RoleRule {
            value: value.into(),
            role,
            sectors: sectors.iter().map(|s| (*s).to_owned()).collect(),
            municipalities: places.iter().map(|s| (*s).to_owned()).collect(),
        };
        let rules = [
            rule(
                "zhkh",
                Role::BlockEmployee,
                &["housing", "waste"],
                &["997", "996"],
            ),
            rule("audit", Role::Auditor, &[], &[]),
        ];
        let given = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|s| (*s).to_owned()).collect();
            roles(&rules, &values)
        };
        assert_eq!(given(&["zhkh", "football"]).len(), 4);
        assert_eq!(
            given(&["audit"]),
            BTreeSet::from([(Role::Auditor, None, None)])
        );
        assert_eq!(given(&["zhkh", "audit"]).len(), 5);
        assert!(given(&["ZHKH"]).is_empty() && given(&[]).is_empty());
    }

    #[test]
    fn logins_get_our_letters() {
        assert_eq!(
            plain_login(&person("A.Ivanova@region.example")),
            "a.ivanova"
        );
        assert_eq!(plain_login(&person("Иванова")), "person");
        assert!(plain_login(&person(&"x".repeat(200))).len() <= 55);
    }
}

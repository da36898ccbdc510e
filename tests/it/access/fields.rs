//! Role × field: what a role does not see comes back empty from the store itself.

use otklik::{
    domain::{
        id::{IncidentId, UserId},
        user::{Field, Permission, Role},
    },
    incidents::act::{Command, act},
    store::{
        Priority, accounts,
        incidents::{self, EventRow, IncidentRow},
        posts::{self, PostRow},
        scope::{Grant, Scope},
    },
};

use crate::{
    harness::START,
    office::{HEATING, Office, Said, TOWN, post_id},
    on_each_database,
};

/// A post that no incident has: who reads posts and no incidents finds it as well.
const LOOSE: Said = Said {
    id: "2",
    abstained: true,
    ..HEATING
};

/// `+` is seen, `-` comes back empty, `.` is not asked for: the role has no such rows.
const TABLE: &str = "
                 text source voice place staff notes
curator           +     +     +     +     +     +
executor          +     +     +     +     +     +
centre_head       +     +     +     +     +     +
direction_head    +     +     +     +     +     +
block_lead        +     +     -     +     +     +
block_head        +     +     +     +     +     +
block_employee    +     +     +     +     +     +
content_centre    +     +     -     -     .     .
media_lead        +     +     -     -     .     .
municipal_head    +     -     -     +     -     -
leadership        .     .     .     .     .     .
auditor           .     .     .     .     .     .
administrator     .     .     .     .     .     .
";

/// The marks of a role, in the order of [`Field::ALL`].
fn expected(role: Role) -> Vec<char> {
    let mut lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    let head: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(
        head,
        Field::ALL.iter().map(|f| f.code()).collect::<Vec<_>>()
    );
    let line = lines.find(|line| line.split_whitespace().next() == Some(role.code()));
    let marks = line.unwrap_or_else(|| panic!("{role} has no line"));
    marks
        .split_whitespace()
        .skip(1)
        .map(|mark| mark.chars().next().unwrap())
        .collect()
}

async fn scope_of(office: &Office, role: Role) -> Scope {
    office.hire(role.code(), role, &["housing"], &[TOWN]).await;
    let mut tx = office.it.store.read().await.unwrap();
    let account = accounts::find_by_login(&mut tx, role.code()).await.unwrap();
    accounts::scope_of(&mut tx, &account.unwrap())
        .await
        .unwrap()
}

/// Somebody takes the heating and hands it back with a reason.
async fn handle(office: &Office) {
    let mut boris = Scope::service("test");
    boris.who = "boris".into();
    let mut tx = office.it.store.write(Priority::Person).await.unwrap();
    let row = incidents::find_by_number(&mut tx, &boris, 1)
        .await
        .unwrap()
        .unwrap();
    let id = IncidentId(row.id);
    let answer = Command::Answer {
        text: "Тепло дали, причина в насосе".into(),
        url: "https://vk.example/answer".into(),
    };
    let reopen = Command::Reopen {
        reason: "снова холодно, пишут жители".into(),
    };
    for command in [Command::Take, answer, reopen, Command::Take] {
        act(&mut tx, &office.app.desk, &boris, &id, &command, START)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

fn in_post(row: &PostRow, field: Field) -> Option<bool> {
    Some(match field {
        Field::Text => !row.text.is_empty() && row.reasons.contains("отопления"),
        Field::Source => !row.source.is_empty() && row.source_name.is_some(),
        Field::Voice => row.author.is_some(),
        Field::Place => row.place_name.is_some(),
        Field::Staff | Field::Notes => return None,
    })
}

fn in_incident(row: &IncidentRow, events: &[EventRow], field: Field) -> Option<bool> {
    let names = |who: &str| events.iter().any(|event| event.who == who);
    let reasons = || events.iter().filter_map(|event| event.note.as_deref());
    assert!(
        row.held && names("machine"),
        "that somebody holds it, everybody sees"
    );
    Some(match field {
        Field::Text => !row.title.is_empty(),
        Field::Place => row.place_name.is_some() && row.lat.is_some() && row.place.is_some(),
        Field::Staff => row.holder.is_some() && names("boris"),
        Field::Notes => reasons().any(|note| note.contains("снова холодно")),
        Field::Source | Field::Voice => return None,
    })
}

on_each_database! {
    async fn each_role_sees_the_fields_of_its_duty_and_no_more(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[HEATING, LOOSE]).await;
        handle(&office).await;
        for role in Role::ALL {
            let scope = scope_of(&office, *role).await;
            let mut tx = office.it.store.read().await.unwrap();
            let post = posts::find(&mut tx, &scope, &post_id(&LOOSE)).await;
            let incident = incidents::find_by_number(&mut tx, &scope, 1).await;
            for (field, mark) in Field::ALL.iter().zip(expected(*role)) {
                let mut seen = Vec::new();
                if let Ok(post) = &post {
                    seen.extend(in_post(post.as_ref().unwrap(), *field));
                }
                if let Ok(incident) = &incident {
                    let row = incident.as_ref().unwrap();
                    let events = incidents::list_events(&mut tx, &scope, row).await.unwrap();
                    seen.extend(in_incident(row, &events, *field));
                }
                let right = match mark {
                    '.' => seen.is_empty(),
                    mark => !seen.is_empty() && seen.iter().all(|s| *s == (mark == '+')),
                };
                assert!(right, "{role} {field}: {seen:?} is not {mark}");
            }
        }
    }

    async fn a_field_is_seen_only_where_its_grant_reaches(it: TestStore) {
        let office = Office::open(it).await;
        let far = Said { id: "5", topic: "roads.potholes", ..HEATING };
        office.hears(&[HEATING, far.clone()]).await;
        office.hire("anna", Role::BlockEmployee, &["housing"], &[]).await;
        let mut tx = office.it.store.write(Priority::Person).await.unwrap();
        let account = accounts::find_by_login(&mut tx, "anna").await.unwrap().unwrap();
        accounts::add_grant(&mut tx, &UserId(account.id.clone()), Role::MunicipalHead, None, Some(TOWN)).await.unwrap();
        let scope = accounts::scope_of(&mut tx, &account).await.unwrap();
        let near = posts::find(&mut tx, &scope, &post_id(&HEATING)).await.unwrap().unwrap();
        let far = posts::find(&mut tx, &scope, &post_id(&far)).await.unwrap().unwrap();
        assert!(near.source_name.is_some() && near.author.is_some() && near.opens);
        assert!(far.source_name.is_none() && far.author.is_none() && !far.opens);
        assert!(!far.text.is_empty());
    }

    async fn acting_on_an_incident_keeps_a_holder_that_one_does_not_see(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[HEATING]).await;
        handle(&office).await;
        let anna = Scope::of("anna", &[Grant {
            role: Role::BlockEmployee,
            sector: Some("housing".into()),
            municipality: None,
            permissions: vec![Permission::ReadIncidents, Permission::HandleIncidents],
            fields: vec![Field::Text],
        }]);
        let mut tx = office.it.store.write(Priority::Person).await.unwrap();
        let row = incidents::find_by_number(&mut tx, &anna, 1).await.unwrap().unwrap();
        assert!(row.holder.is_none());
        let id = IncidentId(row.id);
        let decline = Command::Decline { reason: "не наша сеть, передано в район".into() };
        act(&mut tx, &office.app.desk, &anna, &id, &decline, START).await.unwrap();
        let whole = incidents::find(&mut tx, &Scope::service("test"), &id).await.unwrap().unwrap();
        assert_eq!(whole.holder.as_deref(), Some("boris"));
    }

    async fn a_municipal_head_reads_what_and_where_and_not_who(it: TestStore) {
        let office = Office::open(it).await;
        office.hears(&[HEATING]).await;
        handle(&office).await;
        let mut head = office.with(Role::MunicipalHead, &[], &[TOWN]).await;
        let page = head.get("/incidents/1").await;
        assert!(page.sees("третий день нет отопления") && page.sees("ул. Речная, 14"));
        assert!(page.sees("сотрудник блока"));
        for hidden in ["Светлореченск рядом", "житель А", "boris", "снова холодно, пишут", "/out/"] {
            assert!(!page.sees(hidden), "{hidden}");
        }
        let page = head.get("/queue").await;
        assert!(page.sees("сотрудник блока") && !page.sees("boris"));
    }
}

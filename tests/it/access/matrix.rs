//! Role × route: each cell is asked for and compared with the table below. A route that is not in the
//! table fails the test. The statuses are printed, and written to `access-matrix-….txt` in the target
//! folder's `tmp`.

use std::fmt::Write as _;

use axum::http::{Request, StatusCode, header};
use otklik::{
    domain::{
        id::IncidentId,
        job::{Alert, Job},
        page::GosOrg,
        time::Span,
        user::Role,
    },
    incidents::act::{Command, act},
    store::{
        Priority,
        incidents::{self, NewIncident},
        jobs, pages,
        scope::Scope,
        sessions, sources,
        tables::imports,
    },
    web::{auth::hash_secret, table},
};

use crate::{
    harness::{Database, START, project},
    office::{DISTRICT, HEATING, Office, PASSWORD, Said, TOWN, Visitor, post_id},
    on_each_database,
};

/// The columns: a login, its role, its sectors and municipalities. Everything asked for lies in
/// `housing` and [`TOWN`]; the last four have their grants elsewhere, `ni` has none where it needs one.
const COLUMNS: &[(&str, Role, &[&str], &[&str])] = &[
    ("cu", Role::Curator, &[], &[]),
    ("ex", Role::Executor, &[], &[]),
    ("ch", Role::CentreHead, &[], &[]),
    ("dh", Role::DirectionHead, &[], &[]),
    ("bl", Role::BlockLead, &["housing"], &[]),
    ("bh", Role::BlockHead, &["housing"], &[]),
    ("be", Role::BlockEmployee, &["housing"], &[]),
    ("cc", Role::ContentCentre, &[], &[]),
    ("ml", Role::MediaLead, &[], &[]),
    ("mh", Role::MunicipalHead, &[], &[TOWN]),
    ("le", Role::Leadership, &[], &[]),
    ("au", Role::Auditor, &[], &[]),
    ("ad", Role::Administrator, &[], &[]),
    ("ni", Role::BlockEmployee, &[], &[]),
    ("st", Role::Auditor, &[], &[]), // a stranger: nobody signs in
    ("bl'", Role::BlockLead, &["waste"], &[]),
    ("bh'", Role::BlockHead, &["waste"], &[]),
    ("be'", Role::BlockEmployee, &["waste"], &[]),
    ("mh'", Role::MunicipalHead, &[], &[DISTRICT]),
];

/// `+` is the status in the second column, `-` is 403, `0` is 404 (there, but not for them), `>` leads
/// to the sign-in, `!` is 401. What stands after a colon is the action. No role decides over one's own
/// account: there 422 is the answer to a form with a wrong code or two different passwords, and
/// 415 to an upload that is none. `/metrics` wants a token of its own that no role has, and is not there
/// while the settings give none.
/// A centre without a sign-in provider has none of its addresses. Networks' events are guarded by a secret
/// of theirs: nobody of the centre has it, and all get the answer of an address that is not there.
/// A source of a file is changed in the file, and a backfill that is over cannot be stopped: 409.
const MATRIX: &str = "
                                           cu ex ch dh bl bh be cc ml mh le au ad ni st bl' bh' be' mh'
get  /                                 303  +  +  +  +  +  +  +  +  +  +  +  +  +  -  >  +   +   +   +
get  /signin                           200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
post /signin                           303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /signin/code                      303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
post /signin/code                      303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /signin/factor                    303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
post /signin/factor                    303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /signin/provider                  404  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /signin/provider/back             404  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
post /signout                          303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
get  /overview                         200  +  -  +  +  +  +  -  -  +  +  +  -  -  -  >  +   +   -   +
get  /queue                            200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  >  +   +   +   +
get  /queue.csv                        200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  >  +   +   +   +
get  /queue/fresh                      200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  >  +   +   +   +
post /queue/next                       303  +  +  +  +  -  +  +  -  -  -  -  -  -  -  >  -   +   +   -
get  /incidents/{number}               200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  >  0   0   0   0
post /incidents/{number}/take          303  +  +  +  +  -  +  +  -  -  -  -  -  -  -  >  0   0   0   0
post /incidents/{number}/answer        303  +  +  +  +  -  +  +  -  -  -  -  -  -  -  >  0   0   0   0
post /incidents/{number}/close         303  +  +  +  +  -  +  +  -  -  -  -  -  -  -  >  0   0   0   0
get  /incidents/{number}/{action}:pass 200  +  +  +  +  -  +  +  -  -  -  -  -  -  -  >  -   0   0   -
get  /incidents/{number}/{action}:decline 200 + + +  +  -  +  +  -  -  -  -  -  -  -  >  -   0   0   -
get  /incidents/{number}/{action}:reopen  200 + + +  +  -  +  +  -  -  -  -  -  -  -  >  -   0   0   -
post /incidents/{number}/{action}:pass 303  +  +  +  +  -  +  +  -  -  -  -  -  -  -  >  0   0   0   0
post /incidents/{number}/{action}:decline 303 + + +  +  -  +  +  -  -  -  -  -  -  -  >  0   0   0   0
post /incidents/{number}/{action}:reopen  303 + + +  +  -  +  +  -  -  -  -  -  -  -  >  0   0   0   0
get  /out/{post}                       303  +  +  +  +  -  +  +  +  -  -  -  -  -  -  >  -   0   0   -
get  /triage                           200  +  -  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
post /triage/{post}                    303  +  -  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
get  /claims                           200  +  -  +  -  -  -  -  +  +  -  -  -  -  -  >  -   -   -   -
post /claims                           303  +  -  +  -  -  -  -  +  +  -  -  -  -  -  >  -   -   -   -
get  /search                           200  +  +  +  +  +  +  +  +  +  +  -  -  -  -  >  +   +   +   +
get  /alerts                           200  +  -  +  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
post /alerts/{id}/retry                303  +  -  +  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
get  /sources                          200  +  -  +  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
get  /sources/new                      200  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
post /sources/new                      422  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
get  /sources/{code}/edit              409  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
post /sources/{code}/edit              409  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
get  /sources/{code}                   200  +  -  +  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
post /sources/{code}/{action}:visit    303  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
post /sources/{code}/{action}:backfill 303  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
post /sources/{code}/{action}:cease    409  -  -  -  -  -  -  -  -  -  -  -  -  +  -  >  -   -   -   -
get  /import                           200  +  +  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
post /import                           415  +  +  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
get  /import/figures                   200  +  +  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
get  /import/{id}                      200  +  +  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
post /import/{id}                      303  +  +  +  -  -  -  -  -  -  -  -  -  -  -  >  -   -   -   -
get  /pages                            200  +  -  +  +  -  -  -  +  +  -  -  -  +  -  >  -   -   -   -
post /pages/{code}/mark                303  +  -  +  -  -  -  -  +  -  -  -  -  +  -  >  -   -   -   -
get  /audit                            200  -  -  -  -  -  -  -  -  -  -  -  +  -  -  >  -   -   -   -
get  /audit.jsonl                      200  -  -  -  -  -  -  -  -  -  -  -  +  -  -  >  -   -   -   -
post /receive/vk/{source}              404  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
post /receive/max                      404  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /health                           200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /metrics                          200  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0   0   0   0
get  /api/v1/incidents                 200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  !  +   +   +   +
get  /api/v1/incidents/{number}        200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  !  0   0   0   0
get  /api/v1/posts/search              200  +  +  +  +  +  +  +  +  +  +  -  -  -  -  !  +   +   +   +
get  /api/v1/incidents/{number}/posts  200  +  +  +  +  +  +  +  -  -  +  -  -  -  -  !  0   0   0   0
get  /api/v1/posts/{id}                200  +  +  +  +  +  +  +  +  +  +  -  -  -  -  !  0   0   0   0
get  /api/v1/sources                   200  +  -  +  -  -  -  -  -  -  -  -  -  +  -  !  -   -   -   -
get  /api/v1/sectors                   200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  !  +   +   +   +
get  /api/v1/topics                    200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  !  +   +   +   +
get  /api/v1/municipalities            200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  !  +   +   +   +
get  /api/v1/openapi.json              200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
post /api/v1/submissions               201  -  -  -  -  -  -  -  -  -  -  -  -  -  -  !  -   -   -   -
get  /api/v1/submissions/{id}          200  -  -  -  -  -  -  -  -  -  -  -  -  -  -  !  -   -   -   -
patch /api/v1/submissions/{id}         200  -  -  -  -  -  -  -  -  -  -  -  -  -  -  !  -   -   -   -
delete /api/v1/submissions/{id}        204  -  -  -  -  -  -  -  -  -  -  -  -  -  -  !  -   -   -   -
get  /api/v1/stats                     200  +  -  +  +  +  +  -  -  +  +  +  -  -  -  !  +   +   -   +
get  /static/{version}/{name}          200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +   +   +   +
get  /me                               200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
post /me/end                           303  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
get  /me/factor                        200  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
post /me/factor                        422  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
post /me/factor/codes                  422  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
post /me/factor/remove                 422  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
post /me/password                      422  +  +  +  +  +  +  +  +  +  +  +  +  +  +  >  +   +   +   +
";

/// A line of the table.
pub struct Row {
    pub method: &'static str,
    pub pattern: &'static str,
    pub action: &'static str,
    ok: u16,
    marks: Vec<&'static str>,
}

/// Every route of the table, with each of its actions.
pub fn rows() -> Vec<Row> {
    let mut lines = MATRIX.lines().filter(|line| !line.is_empty());
    let head: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let columns: Vec<&str> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(head, columns);
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        let (method, address) = (words.next().unwrap(), words.next().unwrap());
        let (pattern, action) = address.split_once(':').unwrap_or((address, ""));
        let ok = words.next().unwrap().parse().unwrap();
        let marks: Vec<&str> = words.collect();
        assert_eq!(marks.len(), COLUMNS.len(), "{line}");
        Row {
            method,
            pattern,
            action,
            ok,
            marks,
        }
    };
    lines.map(row).collect()
}

#[test]
fn every_route_has_a_line_and_every_role_a_column() {
    let rows = rows();
    let served: Vec<_> = table::all().map(|a| (a.method, a.path)).collect();
    for (method, path) in &served {
        let held = rows
            .iter()
            .any(|row| (row.method, row.pattern) == (*method, *path));
        assert!(
            held,
            "{method} {path} is served and is not in the access matrix"
        );
    }
    for row in &rows {
        assert!(
            served.contains(&(row.method, row.pattern)),
            "{} is not served",
            row.pattern
        );
    }
    for role in Role::ALL {
        assert!(
            COLUMNS.iter().any(|(_, known, ..)| known == role),
            "{role} has no column"
        );
    }
}

#[test]
fn no_route_is_made_outside_the_table() {
    let mut folders = vec![project().join("src/web"), project().join("src/app")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("web/table.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                for word in [".route(", ".route_service(", ".nest(", ".fallback("] {
                    assert!(
                        !text.contains(word),
                        "{} makes a route by itself",
                        path.display()
                    );
                }
            }
        }
    }
}

/// The office, and what each cell needs: an incident, a post or an alert of its own.
pub struct World {
    pub office: Office,
    made: std::sync::atomic::AtomicU64,
}

/// What a cell asks: address and form.
pub type Asked = (String, Vec<(&'static str, String)>);

impl World {
    pub fn new(office: Office) -> World {
        World {
            office,
            made: 0.into(),
        }
    }

    async fn incident(&self, commands: &[Command]) -> i64 {
        let store = &self.office.it.store;
        let (desk, scope) = (&self.office.app.desk, Scope::service("test"));
        let id = IncidentId(desk.ids.ulid(START));
        let new = NewIncident {
            id: &id,
            sector: "housing",
            topic: "housing.heating",
            title: "Третий день нет отопления",
            municipality: Some(TOWN),
            place: None,
            place_name: None,
            point: None,
            last_post: START,
        };
        let mut tx = store.write(Priority::Person).await.unwrap();
        let number = incidents::open(&mut tx, &new, START).await.unwrap();
        for command in commands {
            act(&mut tx, desk, &scope, &id, command, START)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        number
    }

    /// A new post in housing: unsure, so that it waits, or one that may repeat a claim.
    async fn post(&self, waits: bool) -> String {
        let n = self.made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let said = Said {
            id: format!("m{n}").leak(),
            abstained: waits,
            claim: (!waits).then_some("c02"),
            place: None,
            ..HEATING
        };
        self.office.hears(std::slice::from_ref(&said)).await;
        post_id(&said).0
    }

    async fn failed_alert(&self) -> String {
        let number = self.incident(&[]).await;
        let mut tx = self.office.it.store.write(Priority::Person).await.unwrap();
        let service = Scope::service("test");
        let row = incidents::find_by_number(&mut tx, &service, number)
            .await
            .unwrap()
            .unwrap();
        let id = IncidentId(row.id);
        let alert = Alert {
            event: "incident.opened".into(),
            incident: id.clone(),
            number,
            sector: row.sector,
            topic: row.topic,
            title: row.title,
            municipality: row.municipality,
            place: None,
            due: None,
            link: format!("/incidents/{number}"),
        };
        let (ids, job) = (&self.office.app.ids, Job::Notify(alert));
        let key = jobs::enqueue(&mut tx, ids, &job, Some(&id), START, START)
            .await
            .unwrap();
        for job in jobs::list_unaddressed(&mut tx, START, 100).await.unwrap() {
            jobs::fail(&mut tx, &job, "410 Gone", START).await.unwrap();
        }
        tx.commit().await.unwrap();
        key
    }

    /// A wall of the town that is read.
    async fn wall(&self) -> String {
        let mut tx = self.office.it.store.read().await.unwrap();
        let list = sources::list(&mut tx, &Scope::service("test"))
            .await
            .unwrap();
        list.into_iter()
            .find(|row| row.platform == "vk")
            .unwrap()
            .code
    }

    /// A page of the town and a mark that it does not have now.
    async fn page(&self) -> (String, String, &'static str) {
        let mut tx = self.office.it.store.read().await.unwrap();
        let list = pages::list(&mut tx, &Scope::service("test")).await.unwrap();
        let page = list
            .into_iter()
            .find(|p| p.municipality.as_deref() == Some(TOWN))
            .unwrap();
        let other = GosOrg::ALL.iter().find(|mark| mark.code() != page.gosorg);
        (page.code, page.gosorg, other.unwrap().code())
    }

    /// A file that was uploaded, and is gone from the disk: its page tells that.
    async fn import(&self) -> String {
        let id = self.office.app.ids.ulid(START);
        let mut tx = self.office.it.store.write(Priority::Person).await.unwrap();
        let service = Scope::service("test");
        imports::begin(&mut tx, &service, &id, "a.csv", None, START)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A question that is answered as meant, about things of its own.
    pub async fn cell(&self, row: &Row) -> Asked {
        let reason = || ("reason", "жители просят проверить снова".to_owned());
        let seen = |state: &str| ("seen", state.to_owned());
        let answer = Command::Answer {
            text: "Тепло дали, причина в насосе".into(),
            url: "https://vk.example/1".into(),
        };
        let done = [answer, Command::Close];
        let (path, fields) = match (row.method, row.pattern, row.action) {
            ("get", "/queue/fresh", _) => ("/queue/fresh?since=0".into(), vec![]),
            ("get", "/search" | "/api/v1/posts/search", _) => {
                (format!("{}?q=a", row.pattern), vec![])
            }
            ("get", "/static/{version}/{name}", _) => ("/static/1/mark.svg".into(), vec![]),
            ("get", "/out/{post}", _) => (format!("/out/{}", post_id(&HEATING)), vec![]),
            (
                "get",
                "/incidents/{number}"
                | "/api/v1/incidents/{number}"
                | "/api/v1/incidents/{number}/posts",
                _,
            ) => (row.pattern.replace("{number}", "1"), vec![]),
            ("post", "/receive/vk/{source}", _) => ("/receive/vk/vk-own".into(), vec![]),
            (_, "/api/v1/posts/{id}" | "/api/v1/submissions/{id}", _) => {
                let id = post_id(&HEATING).0;
                (row.pattern.replace("{id}", &id), vec![])
            }
            ("post", "/queue/next", _) => {
                self.incident(&[]).await;
                (row.pattern.into(), vec![])
            }
            ("post", "/incidents/{number}/take", _) => (
                format!("/incidents/{}/take", self.incident(&[]).await),
                vec![seen("new")],
            ),
            ("post", "/incidents/{number}/answer", _) => {
                let n = self.incident(&[]).await;
                let text = ("text", "Здравствуйте! Тепло вернули сегодня.".to_owned());
                let url = ("url", "https://vk.example/answer".to_owned());
                (
                    format!("/incidents/{n}/answer"),
                    vec![seen("new"), text, url],
                )
            }
            ("post", "/incidents/{number}/close", _) => {
                let n = self.incident(&done[..1]).await;
                (format!("/incidents/{n}/close"), vec![seen("answered")])
            }
            (_, "/incidents/{number}/{action}", "reopen") => {
                let n = self.incident(&done).await;
                (
                    format!("/incidents/{n}/reopen"),
                    vec![seen("closed"), reason()],
                )
            }
            (_, "/incidents/{number}/{action}", action) => {
                let n = self.incident(&[]).await;
                let sector = ("sector", "transport".to_owned());
                (
                    format!("/incidents/{n}/{action}"),
                    vec![seen("new"), sector, reason()],
                )
            }
            ("post", "/triage/{post}", _) => {
                let sector = ("sector", "housing".to_owned());
                (format!("/triage/{}", self.post(true).await), vec![sector])
            }
            ("post", "/claims", _) => {
                let decision = ("decision", "repeats".to_owned());
                let of = [
                    ("post", self.post(false).await),
                    ("claim", "c02".to_owned()),
                ];
                (
                    "/claims".into(),
                    [vec![decision, reason()], of.to_vec()].concat(),
                )
            }
            ("post", "/alerts/{id}/retry", _) => (
                format!("/alerts/{}/retry", self.failed_alert().await),
                vec![],
            ),
            ("post", "/pages/{code}/mark", _) => {
                let (code, mark, other) = self.page().await;
                let note = ("note", "проверено по заявлению органа".to_owned());
                (
                    format!("/pages/{code}/mark"),
                    vec![seen(&mark), ("mark", other.into()), note],
                )
            }
            (_, "/import/{id}", _) => {
                let drop = ("do", "drop".to_owned());
                (format!("/import/{}", self.import().await), vec![drop])
            }
            (
                _,
                "/sources/{code}" | "/sources/{code}/edit" | "/sources/{code}/{action}",
                action,
            ) => {
                let code = self.wall().await;
                let path = row.pattern.replace("{code}", &code);
                let yesterday = START.minus(Span::days(1)).to_rfc3339();
                let from = ("from", yesterday[..10].to_owned());
                (path.replace("{action}", action), vec![from])
            }
            ("post", "/me/password", _) => {
                let typed = [("new", "одно".to_owned()), ("again", "другое".to_owned())];
                (row.pattern.into(), typed.to_vec())
            }
            (_, pattern, _) => (pattern.to_owned(), vec![]),
        };
        assert!(!path.contains('{'), "{path} has no cell");
        (path, fields)
    }

    /// The token of somebody's forms, from the store: a page that holds it may be closed to them.
    pub async fn csrf(&self, visitor: &Visitor) -> String {
        let Some(secret) = visitor.cookie("otklik") else {
            return String::new();
        };
        let mut tx = self.office.it.store.read().await.unwrap();
        let session = sessions::find(&mut tx, &hash_secret(secret), START)
            .await
            .unwrap();
        session.unwrap().csrf
    }

    /// Status, and where it leads.
    async fn ask(&self, row: &Row, login: &str, visitor: &mut Visitor) -> (u16, String) {
        let (path, mut fields) = self.cell(row).await;
        let page = match (row.method, row.pattern) {
            ("post", "/signin") => {
                let token = visitor.get("/signin").await.field("token");
                let known = if login == "st" { "cu" } else { login };
                let fields = [
                    ("token", token.as_str()),
                    ("login", known),
                    ("password", PASSWORD),
                ];
                visitor.send("/signin", &fields).await
            }
            (_, pattern) if pattern.starts_with("/api/") => {
                let mut request = Request::builder().uri(&path);
                request = request.method(row.method.to_uppercase().as_str());
                if login != "st" {
                    request =
                        request.header(header::AUTHORIZATION, format!("Bearer token of {login}"));
                }
                self.office
                    .stranger()
                    .ask(request, axum::body::Body::empty())
                    .await
            }
            ("post", _) => {
                fields.push(("csrf", self.csrf(visitor).await));
                let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
                visitor.send(&path, &fields).await
            }
            _ => visitor.get(&path).await,
        };
        (page.status.as_u16(), page.location().to_owned())
    }
}

/// The mark that an answer is; none when it is no intended one.
fn mark_of(ok: u16, (status, leads): &(u16, String)) -> &'static str {
    match StatusCode::from_u16(*status) {
        Ok(StatusCode::SEE_OTHER) if leads.starts_with("/signin?next=") => ">",
        _ if *status == ok => "+",
        Ok(StatusCode::FORBIDDEN) => "-",
        Ok(StatusCode::NOT_FOUND) => "0",
        Ok(StatusCode::UNAUTHORIZED) => "!",
        _ => "?",
    }
}

async fn open(it: crate::harness::TestStore) -> World {
    let office = Office::open(it).await;
    office.hears(&[HEATING]).await;
    for (login, role, sectors, municipalities) in COLUMNS {
        let login = login.replace('\'', "2");
        office.hire(&login, *role, sectors, municipalities).await;
    }
    World::new(office)
}

on_each_database! {
    async fn every_role_gets_from_every_route_what_the_table_says(it: TestStore) {
        let database = if it.store.is_postgres() { Database::Postgres } else { Database::Sqlite };
        let world = open(it).await;
        let mut visitors = Vec::new();
        for (name, ..) in COLUMNS {
            let login = name.replace('\'', "2");
            let visitor = match login.as_str() {
                "st" => world.office.stranger(),
                login => world.office.enters(login).await,
            };
            visitors.push((login, visitor));
        }
        let (mut told, mut wrong) = (String::new(), Vec::new());
        let names = COLUMNS.iter().map(|(name, ..)| format!("{name:>4}")).collect::<String>();
        writeln!(told, "{:<48}{names}", "").unwrap();
        for row in rows() {
            let label = format!("{:<4} {} {}", row.method, row.pattern, row.action);
            write!(told, "{label:<48}").unwrap();
            // An address may try to sign in so many times a minute.
            world.office.app.clock.advance(Span::minutes(1));
            for ((login, visitor), mark) in visitors.iter().zip(&row.marks) {
                let mut visitor = match (row.pattern, login.as_str()) {
                    ("/signin" | "/signout", login) if row.method == "post" && login != "st" => world.office.enters(login).await,
                    _ => visitor.clone(),
                };
                let answer = world.ask(&row, login, &mut visitor).await;
                write!(told, " {:>3}", answer.0).unwrap();
                if mark_of(row.ok, &answer) != *mark {
                    wrong.push(format!("{label} as {login}: {} {}, not {mark}", answer.0, answer.1));
                }
            }
            told.push('\n');
        }
        println!("{told}");
        let file = format!("{}/access-matrix-{database:?}.txt", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&file, &told).unwrap();
        assert!(wrong.is_empty(), "{wrong:#?}\n{told}");
    }
}

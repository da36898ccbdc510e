//! The store's functions beside the bare SQL of the same result.

use std::{fmt::Debug, time::Instant};

use anyhow::{Result, ensure};
use otklik::{
    app::Centre,
    domain::{id::PostId, incident::IncidentState},
    store::{
        accounts,
        incidents::{self, IncidentRow, QueueFilter, StateCount},
        posts::{self, PostRow},
        scope::Scope,
    },
};

use super::{
    bare::Bare,
    measure::{beside, times},
    pages::{EMPLOYEE, HEAD, Person},
    region::{Dice, NOW, Region},
    tables::Cell,
};

const OPEN: [IncidentState; 4] = [
    IncidentState::New,
    IncidentState::Assigned,
    IncidentState::InProgress,
    IncidentState::Answered,
];
const LAST: i64 = i64::MAX;

/// What a comparison needs.
struct Beside<'a> {
    centre: &'a Centre,
    bare: Bare,
    region: &'a Region,
    head: Scope,
    employee: Scope,
}

/// One function, timed within an open transaction.
macro_rules! ours {
    ($it:expr, |$tx:ident, $round:ident| $call:expr) => {
        times(|$round| {
            let it = $it;
            async move {
                let mut held = it.centre.store.read().await?;
                let $tx = &mut held;
                let began = Instant::now();
                std::hint::black_box($call.await?);
                Ok(began.elapsed())
            }
        })
        .await?
    };
}

/// The hand-written statement, timed the same way.
macro_rules! bare {
    ($it:expr, $row:ty, $sql:expr, |$round:ident| $cells:expr) => {
        times(|$round| {
            let (it, sql) = ($it, &$sql);
            async move {
                let (took, rows) = it.bare.fetch::<$row>(sql, &$cells).await?;
                std::hint::black_box(rows);
                Ok(took)
            }
        })
        .await?
    };
}

/// Prints the table.
pub async fn report(centre: &Centre, region: &Region, bare: Bare) -> Result<()> {
    let it = Beside {
        centre,
        bare,
        region,
        head: scope(centre, HEAD).await?,
        employee: scope(centre, EMPLOYEE).await?,
    };
    it.lists().await?;
    it.counts().await?;
    it.one().await?;
    it.hits().await
}

async fn scope(centre: &Centre, person: Person) -> Result<Scope> {
    let mut tx = centre.store.read().await?;
    let account = accounts::find_by_login(&mut tx, person.login).await?;
    Ok(accounts::scope_of(&mut tx, &account.expect("hired before")).await?)
}

fn open() -> QueueFilter {
    QueueFilter {
        states: OPEN.to_vec(),
        limit: 51,
        ..QueueFilter::default()
    }
}

/// Both give the same, by what tells rows apart.
fn same<T: PartialEq + Debug>(name: &str, bare: Vec<T>, ours: Vec<T>) -> Result<usize> {
    ensure!(bare == ours, "{name}: bare {bare:?}, ours {ours:?}");
    Ok(ours.len())
}

fn numbers(rows: &[IncidentRow]) -> Vec<i64> {
    rows.iter().map(|row| row.number).collect()
}

impl Beside<'_> {
    async fn list(
        &self,
        name: &str,
        scope: &Scope,
        filter: QueueFilter,
        condition: &str,
        cells: &[Cell<'_>],
    ) -> Result<()> {
        let sql = self.list_sql(condition);
        let (_, expected) = self.bare.fetch::<IncidentRow>(&sql, cells).await?;
        let mut tx = self.centre.store.read().await?;
        let got = incidents::list(&mut tx, scope, &filter).await?;
        drop(tx);
        let rows = same(name, numbers(&expected), numbers(&got))?;
        let (it, filter) = (self, &filter);
        let bare = bare!(it, IncidentRow, sql, |_round| cells);
        let ours = ours!(it, |tx, _round| incidents::list(tx, scope, filter));
        beside(name, rows, &bare, &ours);
        Ok(())
    }

    fn list_sql(&self, condition: &str) -> String {
        let gather = match self.bare {
            Bare::Sqlite(_) => "group_concat(distinct p.platform)",
            Bare::Postgres(_) => "string_agg(distinct p.platform, ',')",
        };
        format!(
            "select i.id, i.number, i.sector, i.topic, i.title, i.municipality, i.place,
                i.place_name, i.lat, i.lon, i.state, i.holder, i.cycle, i.posts, i.opened,
                i.updated, i.last_post, c.due, c.starts, c.stopped, y.answer, y.answer_url,
                y.answered, y.answered_by,
                (select {gather} from incident_post m join post p on p.id = m.post
                 where m.incident = i.id) as platforms
             from incident i
             left join clock c on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
             left join cycle y on y.incident = i.id and y.number = i.cycle
             where {condition}"
        )
    }

    async fn lists(&self) -> Result<()> {
        const ORDER: &str = "order by case when c.stopped is null then c.due else \
            9223372036854775807 end, i.number limit 51";
        const STATES: &str = "i.state in ('new', 'assigned', 'in_progress', 'answered')";
        let all = format!("{STATES} {ORDER}");
        self.list("queue, head", &self.head, open(), &all, &[])
            .await?;
        let deep = QueueFilter {
            after: Some((NOW.as_millis() + 200_000_000, 5)),
            ..open()
        };
        let after = format!(
            "{STATES} and (case when c.stopped is null then c.due else {LAST} end, i.number)
             > ($1, $2) {ORDER}"
        );
        let cells = [Cell::Int(NOW.as_millis() + 200_000_000), Cell::Int(5)];
        self.list("queue, head, deep", &self.head, deep, &after, &cells)
            .await?;
        let town = self.region.municipality(5);
        let own = format!("{STATES} and i.sector = $1 and i.municipality = $2 {ORDER}");
        let cells = [Cell::Text("housing"), Cell::Text(town)];
        self.list("queue, employee", &self.employee, open(), &own, &cells)
            .await?;
        let late = QueueFilter {
            overdue_at: Some(NOW),
            ..open()
        };
        let overdue = format!("{STATES} and c.stopped is null and c.due < $1 {ORDER}");
        let cells = [Cell::Int(NOW.as_millis())];
        self.list("overdue, head", &self.head, late, &overdue, &cells)
            .await?;
        let ended = QueueFilter {
            states: vec![IncidentState::Closed, IncidentState::Declined],
            ..open()
        };
        let closed = format!("i.state in ('closed', 'declined') {ORDER}");
        self.list("ended, head", &self.head, ended.clone(), &closed, &[])
            .await?;
        let own = format!(
            "i.state in ('closed', 'declined') and i.sector = $1 and i.municipality = $2 {ORDER}"
        );
        let cells = [Cell::Text("housing"), Cell::Text(town)];
        self.list("ended, employee", &self.employee, ended, &own, &cells)
            .await
    }

    async fn counts(&self) -> Result<()> {
        const COUNT: &str = "select i.sector, i.topic, i.municipality, i.state,
                count(*) as incidents,
                cast(sum(case when c.stopped is null and c.due < $1 then 1 else 0 end) as bigint)
                    as overdue
            from incident i
            left join clock c on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
            where i.state in ('new', 'assigned', 'in_progress', 'answered')";
        const GROUP: &str = "group by i.sector, i.topic, i.municipality, i.state";
        let all = format!("{COUNT} {GROUP}");
        let town = self.region.municipality(5);
        let own = format!("{COUNT} and i.sector = $2 and i.municipality = $3 {GROUP}");
        let now = Cell::Int(NOW.as_millis());
        let of_town = [
            Cell::Int(NOW.as_millis()),
            Cell::Text("housing"),
            Cell::Text(town),
        ];
        for (name, scope, sql, cells) in [
            ("counts, head", &self.head, all, &[now][..]),
            ("counts, employee", &self.employee, own, &of_town[..]),
        ] {
            let (it, filter) = (self, &open());
            let sum = |rows: &[StateCount]| rows.iter().map(|row| row.incidents).sum::<i64>();
            let (_, expected) = it.bare.fetch::<StateCount>(&sql, cells).await?;
            let mut tx = it.centre.store.read().await?;
            let got = incidents::count_by_state(&mut tx, scope, filter, NOW).await?;
            drop(tx);
            same(name, vec![sum(&expected)], vec![sum(&got)])?;
            let bare = bare!(it, StateCount, sql, |_round| cells);
            let ours = ours!(it, |tx, _round| incidents::count_by_state(
                tx, scope, filter, NOW
            ));
            beside(name, got.len(), &bare, &ours);
        }
        Ok(())
    }

    /// An incident with clocks, events and posts.
    async fn one(&self) -> Result<()> {
        let it = self;
        let number = |round| 1 + Dice::of(round).below(it.region.incidents) as i64;
        let sql = it.list_sql("i.number = $1");
        let bare = bare!(it, IncidentRow, sql, |round| [Cell::Int(number(round))]);
        let ours = ours!(it, |tx, round| incidents::find_by_number(
            tx,
            &it.head,
            number(round)
        ));
        beside("incident by number", 1, &bare, &ours);
        let sql = format!(
            "{POST} where ip.incident = (select id from incident where number = $1)
             order by ip.joined, p.published, p.id"
        );
        let bare = bare!(it, PostRow, sql, |round| [Cell::Int(number(round))]);
        let mut rows = Vec::new();
        for round in 0..2000 {
            let mut tx = it.centre.store.read().await?;
            rows.push(incidents::find_by_number(&mut tx, &it.head, number(round)).await?);
        }
        let rows: Vec<IncidentRow> = rows.into_iter().flatten().collect();
        let row = |round: u64| &rows[round as usize % rows.len()];
        let ours = ours!(it, |tx, round| posts::list_of_incident(
            tx,
            &it.head,
            row(round)
        ));
        beside("posts of an incident", 3, &bare, &ours);
        let ours = ours!(it, |tx, round| incidents::list_events(
            tx,
            &it.head,
            row(round)
        ));
        let sql = "select at, who, kind, from_value, to_value, note from incident_event
            where incident = (select id from incident where number = $1)
            order by at desc, id desc";
        let bare = bare!(it, incidents::EventRow, sql, |round| [Cell::Int(number(
            round
        ))]);
        beside("events of an incident", 6, &bare, &ours);
        Ok(())
    }

    /// Twenty posts by id, as a page of hits has them.
    async fn hits(&self) -> Result<()> {
        let it = self;
        let ids = |round: u64| -> Vec<PostId> {
            let mut dice = Dice::of(round + 99);
            let posts = std::iter::from_fn(|| {
                let incident = it.region.incident(dice.below(it.region.incidents));
                Some(PostId(incident.posts.into_iter().next()?.id))
            });
            posts.take(20).collect()
        };
        let all: Vec<Vec<PostId>> = (0..500).map(ids).collect();
        let of = |round: u64| &all[round as usize % all.len()];
        let marks: Vec<String> = (1..=20).map(|n| format!("${n}")).collect();
        let sql = format!("{POST} where p.id in ({})", marks.join(", "));
        let bare = times(|round| {
            let (it, sql) = (it, &sql);
            async move {
                let cells: Vec<Cell<'_>> = of(round).iter().map(|id| id.as_str().into()).collect();
                Ok(it.bare.fetch::<PostRow>(sql, &cells).await?.0)
            }
        })
        .await?;
        let ours = ours!(it, |tx, round| posts::list(tx, &it.head, of(round)));
        beside("twenty hits", 20, &bare, &ours);
        Ok(())
    }
}

const POST: &str = "select p.id, p.platform, p.kind, p.source, s.name as source_name, p.parent,
        p.published, p.captured, p.edited, p.deleted, p.title, a.masked as text, p.author,
        p.author_kind, p.views, a.language, a.kind as message_kind, i.sector, a.sector_score,
        i.topic, a.topic_score, a.abstained, a.reasons, a.alternatives, i.municipality,
        a.place_name, a.place_score, ip.incident
    from post p join annotation a on a.post = p.id
    left join source s on s.code = p.source
    left join incident_post ip on ip.post = p.id
    left join incident i on i.id = ip.incident";

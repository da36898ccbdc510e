//! The store's functions beside the bare SQL of the same result.

use std::{fmt::Debug, time::Instant};

use anyhow::{Result, ensure};
use otklik::{
    app::Centre,
    domain::{id::PostId, incident::IncidentState, time::Span},
    store::{
        accounts,
        incidents::{self, CodeCount, Facet, IncidentRow, Moments, QueueFilter, Standing},
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

fn ended() -> QueueFilter {
    QueueFilter {
        states: vec![IncidentState::Closed, IncidentState::Declined],
        ..open()
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
        format!(
            "select i.id, i.number, i.sector, i.topic, i.title, i.municipality, i.place,
                i.place_name, i.lat, i.lon, i.state, i.holder, i.cycle, i.posts, i.opened,
                i.updated, i.last_post, c.due, c.starts, c.stopped, y.answer, y.answer_url,
                y.answered, y.answered_by, i.queue_at, i.networks
             from incident i
             left join clock c on c.incident = i.id and c.cycle = i.cycle and c.kind = 'first'
             left join cycle y on y.incident = i.id and y.number = i.cycle
             where {condition}"
        )
    }

    async fn lists(&self) -> Result<()> {
        const ORDER: &str = "order by i.queue_at, i.number limit 51";
        let town = self.region.municipality(5);
        let (now, town) = (Cell::Int(NOW.as_millis()), Cell::Text(town));
        let own = "i.sector = $1 and i.municipality = $2";
        let all = format!("i.queue_at < {LAST} {ORDER}");
        self.list("queue, head", &self.head, open(), &all, &[])
            .await?;
        let deep = QueueFilter {
            after: Some((NOW.as_millis() + 200_000_000, 5)),
            ..open()
        };
        let after = format!("i.queue_at < {LAST} and (i.queue_at, i.number) > ($1, $2) {ORDER}");
        let cells = [Cell::Int(NOW.as_millis() + 200_000_000), Cell::Int(5)];
        self.list("queue, head, deep", &self.head, deep, &after, &cells)
            .await?;
        let sql = format!("{own} and i.queue_at < {LAST} {ORDER}");
        let of_town = [Cell::Text("housing"), town];
        self.list("queue, employee", &self.employee, open(), &sql, &of_town)
            .await?;
        let late = QueueFilter {
            overdue_at: Some(NOW),
            ..open()
        };
        let overdue = format!("i.queue_at < $1 {ORDER}");
        self.list("overdue, head", &self.head, late, &overdue, &[now])
            .await?;
        self.ended(&of_town, ORDER, own).await
    }

    async fn ended(&self, of_town: &[Cell<'_>], order: &str, own: &str) -> Result<()> {
        let closed = format!("i.queue_at = {LAST} {order}");
        self.list("ended, head", &self.head, ended(), &closed, &[])
            .await?;
        let deep = QueueFilter {
            after: Some((LAST, self.region.incidents as i64 / 2)),
            ..ended()
        };
        let sql = format!("i.queue_at = {LAST} and i.number > $1 {order}");
        let cells = [Cell::Int(self.region.incidents as i64 / 2)];
        self.list("ended, head, deep", &self.head, deep, &sql, &cells)
            .await?;
        let sql = format!("{own} and i.queue_at = {LAST} {order}");
        self.list("ended, employee", &self.employee, ended(), &sql, of_town)
            .await
    }

    async fn standing(&self) -> Result<()> {
        let moments = Moments {
            now: NOW,
            today: NOW.plus(Span::hours(6)),
            tomorrow: NOW.plus(Span::hours(30)),
        };
        let (it, filter) = (self, &open());
        let sql = format!(
            "select i.state, cast(case when i.queue_at < $1 then 0 when i.queue_at <= $2 then 1
                when i.queue_at <= $3 then 2 else 3 end as bigint) as due,
                cast(case when i.holder is null then 0 when i.holder = $4 then 1 else 2 end
                    as bigint) as held,
                i.networks, count(*) as incidents
             from incident i where i.queue_at < {LAST} group by 1, 2, 3, 4"
        );
        let cells = [
            Cell::Int(moments.now.as_millis()),
            Cell::Int(moments.today.as_millis()),
            Cell::Int(moments.tomorrow.as_millis()),
            Cell::Text(HEAD.login),
        ];
        let (_, expected) = it.bare.fetch::<Standing>(&sql, &cells).await?;
        let mut tx = it.centre.store.read().await?;
        let got = incidents::standing(&mut tx, &it.head, filter, moments).await?;
        drop(tx);
        let sum = |rows: &[Standing]| rows.iter().map(|row| row.incidents).sum::<i64>();
        same("standing", vec![sum(&expected)], vec![sum(&got)])?;
        let bare = bare!(it, Standing, sql, |_round| cells);
        let ours = ours!(it, |tx, _round| incidents::standing(
            tx, &it.head, filter, moments
        ));
        beside("standing of those open, head", got.len(), &bare, &ours);
        Ok(())
    }

    async fn counts(&self) -> Result<()> {
        self.standing().await?;
        let town = self.region.municipality(5);
        let of_open = |columns: &str, and: &str, group: &str| {
            format!(
                "select {columns}, count(*) as incidents from incident i
                 where i.queue_at < {LAST} {and} group by {group}"
            )
        };
        let of_ended = |columns: &str, group: &str| {
            format!(
                "select {columns}, cast(sum(incidents) as bigint) as incidents from ended_total
                 where platform = '' group by {group}"
            )
        };
        let own = format!("and i.sector = 'housing' and i.municipality = '{town}'");
        let topic = "i.sector, i.topic as code";
        let town = "'' as sector, i.municipality as code";
        let by_topic = of_open(topic, "", "i.sector, i.topic");
        let own_by_topic = of_open(topic, &own, "i.sector, i.topic");
        let (head, employee) = (&self.head, &self.employee);
        for (name, scope, filter, by, sql) in [
            ("open by topic, head", head, open(), Facet::Topic, by_topic),
            (
                "open by topic, employee",
                employee,
                open(),
                Facet::Topic,
                own_by_topic,
            ),
            (
                "open by municipality, head",
                head,
                open(),
                Facet::Municipality,
                of_open(town, "", "i.municipality"),
            ),
            (
                "ended by state, head",
                head,
                ended(),
                Facet::State,
                of_ended("'' as sector, state as code", "state"),
            ),
            (
                "ended by topic, head",
                head,
                ended(),
                Facet::Topic,
                of_ended("sector, topic as code", "sector, topic"),
            ),
        ] {
            self.count(name, scope, &filter, by, &sql).await?;
        }
        Ok(())
    }

    async fn count(
        &self,
        name: &str,
        scope: &Scope,
        filter: &QueueFilter,
        by: Facet,
        sql: &str,
    ) -> Result<()> {
        let it = self;
        let (_, expected) = it.bare.fetch::<CodeCount>(sql, &[]).await?;
        let mut tx = it.centre.store.read().await?;
        let got = incidents::count_by(&mut tx, scope, filter, by).await?;
        drop(tx);
        let sum = |rows: &[CodeCount]| rows.iter().map(|row| row.incidents).sum::<i64>();
        same(name, vec![sum(&expected)], vec![sum(&got)])?;
        let bare = bare!(it, CodeCount, sql, |_round| []);
        let ours = ours!(it, |tx, _round| incidents::count_by(tx, scope, filter, by));
        beside(name, got.len(), &bare, &ours);
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
        // whoever asks first fetches the pages from the disk: that is not what is compared
        let _warmed = ours!(it, |tx, round| incidents::list_events(
            tx,
            &it.head,
            row(round)
        ));
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
        a.place_name, a.place_score, ip.incident, i.number,
        i.municipality as incident_municipality
    from post p join annotation a on a.post = p.id
    left join source s on s.code = p.source
    left join incident_post ip on ip.post = p.id
    left join incident i on i.id = ip.incident";

//! What the store and the index give, against brute force.

use std::collections::{BTreeMap, BTreeSet};

use otklik::{
    index::query::Search,
    store::{
        claims,
        incidents::{self, QueueFilter},
        jobs, pages, posts, routing,
    },
};

use super::{
    asker::{Asker, Checked},
    read::{count, ids, numbers},
    world::{Fact, Fate, PLACES, SECTORS},
};
use crate::{
    access::oracle::{may, sees},
    harness::START,
};

impl Asker<'_> {
    /// The queue with its counts, posts and links, one by one.
    pub async fn check_lists(&self) -> Checked {
        let mut tx = self.world.office.it.store.read().await.unwrap();
        let all = QueueFilter {
            limit: 500,
            ..QueueFilter::default()
        };
        let want: BTreeSet<i64> = numbers(&self.incidents("read"));
        let got = incidents::list(&mut tx, &self.scope, &all)
            .await
            .map(|rows| rows.iter().map(|r| r.number).collect::<BTreeSet<_>>());
        self.same(
            "the queue",
            got.ok(),
            may(self.held, "read").then_some(want),
        )?;
        for (name, filter) in filters(&all) {
            let counts = incidents::count_by_state(&mut tx, &self.scope, &filter, START).await;
            let got = counts
                .ok()
                .map(|rows| rows.iter().map(|c| c.incidents).sum::<i64>() as usize);
            let want = self
                .incidents("read")
                .into_iter()
                .filter(|f| chosen(&filter, f))
                .count();
            self.same(name, got, may(self.held, "read").then_some(want))?;
        }
        for fact in &self.world.facts {
            let post = posts::find(&mut tx, &self.scope, &fact.id)
                .await
                .ok()
                .flatten();
            let want = sees(self.held, "posts", fact.spot);
            self.same(
                "a post",
                post.as_ref()
                    .is_some_and(|row| row.text.contains(&fact.marker)),
                want,
            )?;
            let link = posts::find_link(&mut tx, &self.scope, &fact.id)
                .await
                .ok()
                .flatten();
            let opens = sees(self.held, "links", fact.spot);
            self.same("a link", link.is_some(), opens)?;
            self.same(
                "a post's link",
                post.as_ref().is_some_and(|row| row.opens),
                want && opens,
            )?;
            if let Some(number) = fact.incident {
                let row = incidents::find_by_number(&mut tx, &self.scope, number)
                    .await
                    .ok()
                    .flatten();
                self.same(
                    "an incident",
                    row.is_some(),
                    sees(self.held, "read", fact.spot),
                )?;
            }
        }
        Ok(())
    }

    /// What waits, claims, alerts, and official pages, which have no sector.
    pub async fn check_other_lists(&self) -> Checked {
        let (scope, mut tx) = (
            &self.scope,
            self.world.office.it.store.read().await.unwrap(),
        );
        let waits = ids(&self.facts("triage", &[Fate::Waits]));
        let want = may(self.held, "triage").then_some(waits);
        let got = routing::list_triage(&mut tx, scope, 500, 0).await.ok();
        self.same(
            "triage",
            got.map(|rows| {
                rows.into_iter()
                    .map(|(id, _)| id.0)
                    .collect::<BTreeSet<_>>()
            }),
            want.clone(),
        )?;
        let got = routing::count_triage(&mut tx, scope).await.ok();
        self.same("count of triage", got, want.map(|ids| ids.len() as i64))?;
        let want = may(self.held, "claims").then_some(ids(&self.facts("claims", &[Fate::Claims])));
        let got = claims::list_open(&mut tx, scope, 500).await.ok();
        self.same(
            "claims",
            got.map(|rows| rows.into_iter().map(|row| row.post).collect()),
            want,
        )?;
        let alerts = self.facts("alerts", &[Fate::Moved]);
        let titles: BTreeMap<i64, bool> = alerts
            .iter()
            .map(|f| (f.incident.unwrap(), sees(self.held, "read", f.spot)))
            .collect();
        let got = jobs::list(&mut tx, scope, None, None, 500).await.ok();
        let got = got.map(|rows| {
            rows.into_iter()
                .map(|row| (row.number, row.title.is_some()))
                .collect()
        });
        self.same("alerts", got, may(self.held, "alerts").then_some(titles))?;
        let registry = &self.world.office.app.region.pages;
        let near = registry.iter().filter(|page| {
            let spots = SECTORS.map(|s| (Some(s), page.municipality.as_deref().map(known)));
            spots
                .into_iter()
                .chain([(None, page.municipality.as_deref().map(known))])
                .any(|spot| sees(self.held, "pages", spot))
        });
        let want: BTreeSet<String> = near.map(|page| page.code.clone()).collect();
        let got = pages::list(&mut tx, scope).await.ok();
        self.same(
            "official pages",
            got.map(|rows| rows.into_iter().map(|row| row.code).collect()),
            may(self.held, "pages").then_some(want),
        )?;
        Ok(())
    }

    /// Hits, totals and facets of the index, from the one filter.
    pub fn check_index(&self) -> Checked {
        for words in ["вода", "", "метка117", "\"вода метка130\" OR метка104"]
        {
            let search = Search {
                words: words.into(),
                reach: self.scope.search_reach(),
                limit: 500,
                facets: vec!["sector", "municipality"],
                ..Search::default()
            };
            let found = self.world.office.app.index.search(&search).unwrap();
            let named = |fact: &&&Fact| !words.contains("метка") || words.contains(&fact.marker);
            let posts = self.posts("posts");
            let want: Vec<&Fact> = posts.iter().filter(named).copied().collect();
            let got: BTreeSet<String> = found.hits.iter().map(|hit| hit.id.0.clone()).collect();
            self.same(words, (found.total, got), (want.len(), ids(&want)))?;
            let facet = |name: &str| found.facets[name].clone();
            self.same(
                "sectors of hits",
                facet("sector"),
                count(&want, |spot| spot.0),
            )?;
            self.same(
                "places of hits",
                facet("municipality"),
                count(&want, |spot| spot.1),
            )?;
        }
        Ok(())
    }
}

/// The queue's filters: nothing, each sector, each municipality, and a pair.
fn filters(all: &QueueFilter) -> Vec<(String, QueueFilter)> {
    let mut filters = vec![("all".to_owned(), all.clone())];
    for sector in SECTORS {
        let sectors = vec![sector.to_owned()];
        filters.push((
            sector.to_owned(),
            QueueFilter {
                sectors,
                ..all.clone()
            },
        ));
    }
    for place in PLACES.into_iter().flatten() {
        let municipalities = vec![place.to_owned()];
        filters.push((
            place.to_owned(),
            QueueFilter {
                municipalities,
                ..all.clone()
            },
        ));
    }
    filters
}

fn chosen(filter: &QueueFilter, fact: &Fact) -> bool {
    let within = |codes: &[String], code: Option<&str>| {
        codes.is_empty() || code.is_some_and(|c| codes.iter().any(|k| k == c))
    };
    within(&filter.sectors, fact.spot.0) && within(&filter.municipalities, fact.spot.1)
}

fn known(code: &str) -> &'static str {
    PLACES
        .into_iter()
        .flatten()
        .find(|place| *place == code)
        .unwrap_or("elsewhere")
}

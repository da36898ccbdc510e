//! What pages, fragments, tables and the API show, against brute force.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;

use super::{
    asker::{Asker, Checked},
    read::{count, encoded, links, markers, marks, options},
    world::{Fact, Fate, SECTORS},
};
use crate::access::oracle::{may, sees};

impl Asker<'_> {
    pub async fn check_api(&self) -> Checked {
        let page = self.api("/api/v1/incidents?limit=500").await;
        self.same(
            "status of /incidents",
            page.status == StatusCode::OK,
            may(self.held, "read"),
        )?;
        self.same(
            "/incidents",
            markers(&page.text),
            marks(&self.incidents("read")),
        )?;
        let page = self
            .api(&format!(
                "/api/v1/posts/search?limit=200&q={}",
                encoded("вода")
            ))
            .await;
        self.same(
            "status of /posts/search",
            page.status == StatusCode::OK,
            may(self.held, "posts"),
        )?;
        self.same(
            "/posts/search",
            markers(&page.text),
            marks(&self.posts("posts")),
        )?;
        let links = self
            .posts("posts")
            .iter()
            .filter(|f| sees(self.held, "links", f.spot))
            .count();
        self.same(
            "links of /posts/search",
            page.text.matches("\"/out/").count(),
            links,
        )?;
        for sector in SECTORS {
            let page = self
                .api(&format!("/api/v1/incidents?sector={sector}"))
                .await;
            let mut want = self.incidents("read");
            want.retain(|fact| fact.spot.0 == Some(sector));
            self.same(sector, markers(&page.text), marks(&want))?;
        }
        Ok(())
    }

    pub async fn check_stats(&self) -> Checked {
        let page = self.api("/api/v1/stats").await;
        self.same(
            "status of /stats",
            page.status == StatusCode::OK,
            may(self.held, "stats"),
        )?;
        if page.status != StatusCode::OK {
            return Ok(());
        }
        let told = page.json();
        self.same(
            "posts",
            told["posts"].as_u64().unwrap() as usize,
            self.posts("stats").len(),
        )?;
        let suggestions = self.facts("stats", &[Fate::Claims]).len();
        self.same(
            "suggestions",
            told["suggestions"].as_u64().unwrap() as usize,
            suggestions,
        )?;
        let sums = told["incidents"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(sector, states)| {
                let sum = states
                    .as_object()
                    .unwrap()
                    .values()
                    .map(|n| n.as_u64().unwrap())
                    .sum();
                (sector.clone(), sum)
            });
        let got: BTreeMap<String, u64> = sums.collect();
        self.same(
            "incidents",
            got,
            count(&self.incidents("stats"), |spot| spot.0),
        )?;
        Ok(())
    }

    /// The page, its facets, its table and the fragment that htmx asks for.
    pub async fn check_queue_pages(&mut self) -> Checked {
        let want = marks(&self.incidents("read"));
        let status = if may(self.held, "read") {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        let page = self.visitor.get("/queue").await;
        self.same("status of the page", page.status, status)?;
        self.same("the page", markers(&page.text), want.clone())?;
        let shown = options(&page.text, "sector");
        if !shown.is_empty() {
            self.same(
                "sectors of the page",
                shown,
                count(&self.incidents("read"), |spot| spot.0),
            )?;
        }
        let table = self.visitor.get("/queue.csv").await;
        self.same("the table", markers(&table.text), want.clone())?;
        let fresh = self.visitor.get("/queue/fresh?since=0").await;
        self.same("status of the fragment", fresh.status, status)?;
        if status == StatusCode::OK {
            let words = fresh.text.rsplit("</svg>").next().unwrap();
            let digits: String = words
                .trim()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            self.same("the fragment", digits.parse().unwrap_or(0), want.len())?;
        }
        Ok(())
    }

    /// Every page of hits, and the facets beside them.
    pub async fn check_search_page(&mut self) -> Checked {
        let (mut seen, mut facets) = (BTreeSet::new(), BTreeMap::new());
        for from in [0, 20, 40] {
            let path = format!("/search?q={}&from={from}", encoded("вода"));
            let page = self.visitor.get(&path).await;
            self.same(
                "status of the search",
                page.status == StatusCode::OK,
                may(self.held, "posts"),
            )?;
            seen.extend(markers(&page.text));
            facets = links(&page.text, "sector");
        }
        self.same("the search", seen, marks(&self.posts("posts")))?;
        self.same(
            "sectors of the search",
            facets,
            count(&self.posts("posts"), |spot| spot.0),
        )?;
        Ok(())
    }

    /// An incident's page names nothing else that is out of reach: posts, similar ones, neighbours.
    pub async fn check_incident_pages(&mut self) -> Checked {
        let mut known = marks(&self.posts("posts"));
        known.extend(marks(&self.incidents("read")));
        let sample: Vec<Fact> = self
            .world
            .facts
            .iter()
            .filter(|f| f.incident.is_some())
            .step_by(7)
            .cloned()
            .collect();
        for fact in sample {
            let page = self
                .visitor
                .get(&format!("/incidents/{}", fact.incident.unwrap()))
                .await;
            let want = match (may(self.held, "read"), sees(self.held, "read", fact.spot)) {
                (false, _) => StatusCode::FORBIDDEN,
                (true, false) => StatusCode::NOT_FOUND,
                (true, true) => StatusCode::OK,
            };
            self.same("an incident's page", page.status, want)?;
            let foreign: Vec<_> = markers(&page.text).difference(&known).cloned().collect();
            self.same("words out of reach", foreign, Vec::<String>::new())?;
            let takes = page.text.contains("/take\"");
            self.same(
                "the button",
                takes,
                want == StatusCode::OK && sees(self.held, "handle", fact.spot),
            )?;
        }
        Ok(())
    }
}

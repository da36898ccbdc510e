//! Totals: sector × state, municipalities, and what waits for a decision. No texts and no names.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page, statics};
use crate::{
    domain::{incident::IncidentState, user::Permission},
    store::{
        Tx, claims,
        incidents::{By, Total, totals},
        jobs, routing,
    },
    web::{Error, Shared, auth::session::Visitor, form::Asked, frame::About, keys},
};

#[derive(Template)]
#[template(path = "overview.html", config = "src/web/askama.toml")]
struct OverviewPage {
    f: Frame,
    figures: Vec<Figure>,
    states: Vec<(&'static str, String)>,
    sectors: Vec<Line>,
    sum: Line,
    places: Vec<Line>,
    links: bool,
}

struct Figure {
    label: String,
    value: i64,
    tone: &'static str,
    note: String,
    href: Option<&'static str>,
}

/// A line of the table: figures by state, all, and overdue.
#[derive(Default)]
struct Line {
    code: String,
    label: String,
    by_state: Vec<i64>,
    open: i64,
    overdue: i64,
}

pub(super) async fn show(State(app): State<Shared>, asked: Asked) -> Result<Response, Error> {
    let f = asked.frame(&app, About::new("/overview", "overview-title", keys::PLAIN));
    let visitor = &asked.visitor;
    visitor.require(Permission::ReadStats)?;
    let mut tx = app.store.read().await?;
    let (scope, now) = (&visitor.scope, app.now());
    let by_sector = totals(&mut tx, scope, By::Sector, now).await?;
    let by_place = totals(&mut tx, scope, By::Municipality, now).await?;
    let lang = f.tr.lang;
    let mut sectors = lines(&by_sector, |code| app.sector_label(code, lang));
    let order = |code: &str| app.catalogue.sector(code).map_or(u32::MAX, |s| s.order);
    sectors.sort_by_key(|line| order(&line.code));
    let mut places = lines(&by_place, |code| app.municipality_label(code));
    places.sort_by_key(|line| (-line.overdue, -line.open, line.label.clone()));
    let mut sum = sum(&sectors);
    sum.label = f.t("overview-sum");
    let states = IncidentState::ALL.iter();
    page(OverviewPage {
        figures: figures(&mut tx, visitor, &f, &sum).await?,
        states: states
            .map(|s| (s.code(), f.code("state", s.code())))
            .collect(),
        sectors,
        sum,
        places,
        links: visitor.may(Permission::ReadIncidents),
        f,
    })
}

/// The strip of totals: what this person may act upon.
async fn figures(
    tx: &mut Tx,
    visitor: &Visitor,
    f: &Frame,
    sum: &Line,
) -> Result<Vec<Figure>, Error> {
    let may = |permission| visitor.may(permission);
    let reads = may(Permission::ReadIncidents);
    let figure = |key: &str, value: i64, tone, href: Option<&'static str>| Figure {
        label: f.t(&format!("overview-{key}")),
        note: f.t(&format!("overview-{key}-note")),
        tone: if value > 0 { tone } else { "" },
        value,
        href: href.filter(|_| reads),
    };
    let mut figures = vec![
        figure("open", sum.open, "", Some("/queue")),
        figure("overdue", sum.overdue, "late", Some("/queue?due=overdue")),
    ];
    if may(Permission::Triage) {
        let waiting = routing::count_triage(tx, &visitor.scope).await?;
        figures.push(figure("triage", waiting, "", Some("/triage")));
    }
    if may(Permission::ReviewClaims) {
        let waiting = claims::count_open(tx, &visitor.scope).await?;
        figures.push(figure("claims", waiting, "", Some("/claims")));
    }
    let failed = jobs::counts(tx, &visitor.scope).await?.failed;
    let page = may(Permission::ReadAlerts).then_some("/alerts?state=failed");
    figures.push(figure("alerts", failed, "soon", page));
    Ok(figures)
}

fn lines(counts: &[Total], label: impl Fn(&str) -> String) -> Vec<Line> {
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for count in counts {
        let Some(code) = count.code.as_deref() else {
            continue;
        };
        let line = lines.entry(code).or_insert_with(|| Line {
            code: code.to_owned(),
            label: label(code),
            by_state: vec![0; IncidentState::ALL.len()],
            ..Line::default()
        });
        let at = IncidentState::ALL
            .iter()
            .position(|s| s.code() == count.state);
        if let Some(cell) = at.and_then(|at| line.by_state.get_mut(at)) {
            *cell += count.incidents;
        }
        if IncidentState::from_code(&count.state).is_some_and(IncidentState::is_open) {
            line.open += count.incidents;
        }
        line.overdue += count.overdue;
    }
    lines.into_values().collect()
}

fn sum(lines: &[Line]) -> Line {
    let mut sum = Line {
        by_state: vec![0; IncidentState::ALL.len()],
        ..Line::default()
    };
    for line in lines {
        for (cell, n) in sum.by_state.iter_mut().zip(&line.by_state) {
            *cell += n;
        }
        sum.open += line.open;
        sum.overdue += line.overdue;
    }
    sum
}

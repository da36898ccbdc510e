//! What the buttons of a source's page do: visit now, read a period again, stop that. Each
//! is an entry of the journal.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use jiff::civil::Date;

use super::{Form, kept_for, show_again};
use crate::{
    domain::{
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{Priority, Tx, audit::AuditKind, backfills, watch},
    web::{
        Error, Shared,
        form::Posted,
        frame::{About, Frame, go_on},
        keys,
        pages::note,
    },
};

/// What a press of a button did.
struct Done {
    flash: &'static str,
    detail: String,
}

impl Done {
    fn of(flash: &'static str, detail: &str) -> Option<Self> {
        let detail = detail.to_owned();
        Some(Self { flash, detail })
    }
}

pub(in crate::web::pages) async fn act(
    State(app): State<Shared>,
    Path((code, action)): Path<(String, String)>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    visitor.scope.require(Permission::Administer)?;
    let mut tx = app.store.read().await?;
    let source = watch::source(&mut tx, &visitor.scope, &code).await?;
    drop(tx);
    let now = app.now();
    let mut tx = app.store.write(Priority::Person).await?;
    let done = match action.as_str() {
        "visit" => visit(&mut tx, &code, now).await?,
        "cease" => cease(&mut tx, &code, posted.fields.get("backfill"), now).await?,
        "backfill" => match period(&app, &posted, &source.platform, now) {
            Ok(period) => {
                let id = app.ids.ulid(now);
                let new = backfills::NewBackfill {
                    id: &id,
                    source: &code,
                    since: period.0,
                    until: period.1,
                    who: &visitor.scope.who,
                };
                backfills::add(&mut tx, &new, now).await?;
                let (from, to) = (period.0.to_rfc3339(), period.1.to_rfc3339());
                Done::of("source-backfill", &format!("backfill {from} {to}"))
            }
            Err(problem) => {
                drop(tx);
                let about = About::new("/sources", "sources-title", keys::PLAIN);
                let f = Frame::new(&app, visitor, &headers, about);
                let form = Form {
                    from: posted.fields.get("from").to_owned(),
                    to: posted.fields.get("to").to_owned(),
                    problem: Some(f.t(problem)),
                    ..Form::default()
                };
                return show_again(&app, visitor, f, &code, form).await;
            }
        },
        _ => return Err(Error::NotFound),
    };
    let done = done.ok_or(Error::Refused)?;
    let subject = format!("source:{code}");
    note(
        &app,
        &mut tx,
        visitor,
        AuditKind::Changed,
        &subject,
        &done.detail,
    )
    .await?;
    tx.commit().await?;
    Ok(go_on(&app, &format!("/sources/{code}"), done.flash))
}

async fn visit(tx: &mut Tx, code: &str, now: Timestamp) -> Result<Option<Done>, Error> {
    let due = watch::visit_now(tx, code, now).await?;
    Ok(Done::of("source-visit", "visit now").filter(|_| due))
}

async fn cease(tx: &mut Tx, code: &str, id: &str, now: Timestamp) -> Result<Option<Done>, Error> {
    let stopped = backfills::stop(tx, code, id, now).await?;
    Ok(Done::of("source-ceased", "backfill stopped").filter(|_| stopped))
}

/// The days of the form as moments, or the locale key of what is wrong.
fn period(
    app: &Shared,
    posted: &Posted,
    platform: &str,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), &'static str> {
    if !matches!(platform, "vk" | "telegram" | "feed") {
        return Err("backfill-reach-none");
    }
    let date = |name: &str| posted.fields.get(name).parse::<Date>().ok();
    let from = date("from").ok_or("wrong-from-unknown")?;
    let to = match posted.fields.get("to") {
        "" => None,
        _ => Some(date("to").ok_or("wrong-to-unknown")?),
    };
    let begin = |day: Date| {
        let zoned = day.to_zoned(app.zone().clone()).ok();
        zoned.map(|zoned| Timestamp::from(zoned.timestamp()))
    };
    let since = begin(from).ok_or("wrong-from-unknown")?;
    let end = to.and_then(|to| to.tomorrow().ok()).and_then(begin);
    let until = end.map_or(now, |end| end.minus(Span::millis(1)).min(now));
    match () {
        () if since >= until => Err("wrong-from-late"),
        () if until <= now.minus(kept_for(app)) => Err("wrong-to-outlived"),
        () => Ok((since, until)),
    }
}

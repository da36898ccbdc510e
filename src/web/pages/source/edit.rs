//! Adding a source on the page, and changing one that was added there. Sources of the files are changed
//! in the files. Start with [`blank`] and [`add`].

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::address::{self, Address};
use crate::{
    domain::{
        place::PlaceKind,
        post::Platform,
        source::SourceConfig,
        time::{Span, Timestamp},
        user::Permission,
    },
    store::{Priority, Tx, audit::AuditKind, entries, sources, watch},
    web::{
        Error, Shared,
        auth::session::Visitor,
        form::{Asked, Fields, Posted},
        frame::{About, Frame, go_on},
        keys,
        pages::{note, page, page_with, statics},
    },
};

/// What can be added here; the others need more than an address.
const PLATFORMS: [Platform; 3] = [Platform::Vk, Platform::Telegram, Platform::Feed];
/// Minutes between visits that somebody may ask for.
const MINUTES: std::ops::RangeInclusive<i64> = 5..=1440;
/// The longest name.
const LONGEST_NAME: usize = 120;

#[derive(Template)]
#[template(path = "source_edit.html", config = "src/web/askama.toml")]
struct EditPage {
    f: Frame,
    action: String,
    back: String,
    is_new: bool,
    form: Form,
    platforms: Vec<(&'static str, String)>,
    municipalities: Vec<(String, String)>,
    telegram_off: bool,
    /// The field that is wrong, or nothing.
    wrong: &'static str,
    problem: Option<String>,
}

/// The fields, as they were sent.
#[derive(Default, Clone)]
struct Form {
    platform: String,
    address: String,
    name: String,
    municipality: String,
    comments: bool,
    official: bool,
    off: bool,
    minutes: String,
}

/// What is wrong: the field and the locale key of the sentence.
type Wrong = (&'static str, &'static str);

impl Form {
    fn of(fields: &Fields) -> Self {
        let text = |name: &str| fields.get(name).to_owned();
        Self {
            platform: text("platform"),
            address: text("address"),
            name: text("name"),
            municipality: text("municipality"),
            comments: fields.has("comments"),
            official: fields.has("official"),
            off: fields.has("off"),
            minutes: text("minutes"),
        }
    }

    fn of_entry(entry: &SourceConfig) -> Self {
        let minutes = entry.interval_seconds.map(|seconds| seconds / 60);
        Self {
            platform: entry.platform.code().to_owned(),
            address: entry.screen_name.clone().unwrap_or(entry.owner.clone()),
            name: entry.name.clone(),
            municipality: entry.municipality.clone().unwrap_or_default(),
            comments: entry.comments,
            official: entry.official,
            off: entry.enabled == Some(false),
            minutes: minutes.map_or_else(String::new, |minutes| minutes.to_string()),
        }
    }

    /// The entry, but for its code.
    fn entry(&self, app: &Shared, code: Option<&str>) -> Result<SourceConfig, Wrong> {
        let known = PLATFORMS.iter().any(|p| p.code() == self.platform);
        if !known {
            return Err(("platform", "wrong-platform-unknown"));
        }
        let Address { owner, screen_name } =
            address::read(&self.platform, &self.address).map_err(|wrong| ("address", wrong))?;
        if self.name.is_empty() || self.name.chars().count() > LONGEST_NAME {
            return Err(("name", "wrong-name-length"));
        }
        let place = (!self.municipality.is_empty()).then_some(self.municipality.as_str());
        if place.is_some_and(|place| !app.region.municipalities().contains(place)) {
            return Err(("municipality", "wrong-municipality-unknown"));
        }
        let minutes = match self.minutes.as_str() {
            "" => None,
            text => Some(text.parse::<i64>().ok().filter(|m| MINUTES.contains(m)))
                .map(|minutes| minutes.ok_or(("minutes", "wrong-minutes-range")))
                .transpose()?,
        };
        let of_address = Address {
            owner: owner.clone(),
            screen_name: screen_name.clone(),
        };
        let code = code.map_or_else(|| address::code(&self.platform, &of_address), str::to_owned);
        let entry = json!({
            "code": code,
            "platform": self.platform,
            "owner": owner,
            "screen_name": screen_name,
            "name": self.name,
            "municipality": place,
            "official": self.official,
            "comments": self.comments && self.platform == "vk",
            "enabled": !self.off,
            "interval_seconds": minutes.map(|minutes| minutes * 60),
        });
        serde_json::from_value(entry).map_err(|_| ("address", "wrong-address-vk"))
    }
}

fn frame(app: &Shared, visitor: &Visitor, headers: &HeaderMap, title: &'static str) -> Frame {
    let about = About::new("/sources", title, keys::PLAIN);
    Frame::new(app, visitor, headers, about)
}

fn view(app: &Shared, f: Frame, code: Option<&str>, form: Form, wrong: Option<Wrong>) -> EditPage {
    let places = app.region.places.iter();
    let municipalities = places.filter(|place| place.kind == PlaceKind::Municipality);
    EditPage {
        action: match code {
            Some(code) => format!("/sources/{code}/edit"),
            None => "/sources/new".to_owned(),
        },
        back: code.map_or_else(|| "/sources".to_owned(), |code| format!("/sources/{code}")),
        is_new: code.is_none(),
        platforms: PLATFORMS
            .iter()
            .map(|p| (p.code(), f.code("platform", p.code())))
            .collect(),
        municipalities: municipalities
            .map(|place| (place.code.clone(), app.municipality_label(&place.code)))
            .collect(),
        telegram_off: !app.settings.collect.telegram,
        wrong: wrong.map_or("", |(field, _)| field),
        problem: wrong.map(|(_, key)| f.t(key)),
        form,
        f,
    }
}

/// The empty form.
pub(in crate::web::pages) async fn blank(
    State(app): State<Shared>,
    asked: Asked,
) -> Result<Response, Error> {
    asked.visitor.scope.require(Permission::Administer)?;
    let f = frame(&app, &asked.visitor, &asked.headers, "source-new");
    let form = Form {
        platform: "vk".to_owned(),
        comments: true,
        ..Form::default()
    };
    page(view(&app, f, None, form, None))
}

/// The form of a source that was added here.
pub(in crate::web::pages) async fn ask(
    State(app): State<Shared>,
    Path(code): Path<String>,
    asked: Asked,
) -> Result<Response, Error> {
    asked.visitor.scope.require(Permission::Administer)?;
    let mut tx = app.store.read().await?;
    watch::source(&mut tx, &asked.visitor.scope, &code).await?;
    let entry = added_here(&app, &mut tx, &code).await?;
    let entry = entry.ok_or(Error::Refused)?;
    let f = frame(&app, &asked.visitor, &asked.headers, "source-edit");
    page(view(&app, f, Some(&code), Form::of_entry(&entry), None))
}

/// The entry of a source that no file holds.
pub(super) async fn added_here(
    app: &Shared,
    tx: &mut Tx,
    code: &str,
) -> Result<Option<SourceConfig>, Error> {
    let of_file = app.region.sources.iter().any(|s| s.code.as_str() == code);
    match of_file {
        true => Ok(None),
        false => Ok(entries::find(tx, code).await?),
    }
}

/// Adds a source: it is visited next.
pub(in crate::web::pages) async fn add(
    State(app): State<Shared>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    visitor.scope.require(Permission::Administer)?;
    let form = Form::of(&posted.fields);
    let mut tx = app.store.write(Priority::Person).await?;
    let entry = match form.entry(&app, None) {
        Ok(entry) => fresh(&mut tx, entry).await?,
        Err(wrong) => Err(wrong),
    };
    match entry {
        Err(wrong) => {
            drop(tx);
            let f = frame(&app, visitor, &headers, "source-new");
            let view = view(&app, f, None, form, Some(wrong));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, view)
        }
        Ok(entry) => {
            keep(&app, &mut tx, visitor, &entry, "added").await?;
            tx.commit().await?;
            Ok(go_on(
                &app,
                &format!("/sources/{}", entry.code),
                "source-added",
            ))
        }
    }
}

/// The entry with a code of its own, unless something reads that address already.
async fn fresh(tx: &mut Tx, mut entry: SourceConfig) -> Result<Result<SourceConfig, Wrong>, Error> {
    if entries::same(tx, entry.platform.code(), &entry.owner)
        .await?
        .is_some()
    {
        return Ok(Err(("address", "wrong-address-known")));
    }
    let wanted = entry.code.as_str().to_owned();
    for n in 2.. {
        if sources::find(tx, entry.code.as_str()).await?.is_none() {
            break;
        }
        entry.code = format!("{wanted}-{n}").as_str().into();
    }
    Ok(Ok(entry))
}

/// Changes a source that was added here.
pub(in crate::web::pages) async fn change(
    State(app): State<Shared>,
    Path(code): Path<String>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Error> {
    let visitor = &posted.visitor;
    visitor.scope.require(Permission::Administer)?;
    let mut tx = app.store.write(Priority::Person).await?;
    watch::source(&mut tx, &visitor.scope, &code).await?;
    let known = added_here(&app, &mut tx, &code).await?;
    let known = known.ok_or(Error::Refused)?;
    let form = Form {
        platform: known.platform.code().to_owned(),
        ..Form::of(&posted.fields)
    };
    let changed = match form.entry(&app, Some(&code)) {
        Ok(entry) if entry.owner == known.owner => Ok(entry),
        Ok(entry) => match entries::same(&mut tx, known.platform.code(), &entry.owner).await? {
            Some(_) => Err(("address", "wrong-address-known")),
            None => Ok(entry),
        },
        Err(wrong) => Err(wrong),
    };
    match changed {
        Err(wrong) => {
            drop(tx);
            let f = frame(&app, visitor, &headers, "source-edit");
            let view = view(&app, f, Some(&code), form, Some(wrong));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, view)
        }
        Ok(entry) => {
            keep(&app, &mut tx, visitor, &entry, "changed").await?;
            if entry.owner != known.owner {
                entries::begin_anew(&mut tx, &code, app.now()).await?;
            }
            tx.commit().await?;
            Ok(go_on(&app, &format!("/sources/{code}"), "source-changed"))
        }
    }
}

async fn keep(
    app: &Shared,
    tx: &mut Tx,
    visitor: &Visitor,
    entry: &SourceConfig,
    word: &str,
) -> Result<(), Error> {
    let now: Timestamp = app.now();
    let settings = &app.settings.collect;
    let allowed = entry.platform != Platform::Telegram || settings.telegram;
    let enabled = allowed && entry.enabled.unwrap_or(true);
    let seconds = entry.interval_seconds.unwrap_or(settings.interval_seconds);
    sources::put(tx, entry, enabled, Span::seconds(seconds), now).await?;
    entries::put(tx, entry, &visitor.scope.who, now).await?;
    let subject = format!("source:{}", entry.code);
    note(app, tx, visitor, AuditKind::Changed, &subject, word).await
}

//! A town's site without a feed: a list of news in windows-1251, ten a page, its dates in Russian words,
//! and the widget of the state feedback platform on its front page. Start with [`list`]; the news' own
//! pages are the articles of [`super::feeds`].

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;

use super::{
    material::{DemoSource, Entry},
    site::{escape, lines},
    world::World,
};

/// News of one page.
const PAGE: usize = 10;

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// The list's page of this number, from 1 on.
pub(super) fn list(world: &World, source: &DemoSource, number: usize, zone: &TimeZone) -> Response {
    let folder = source.config.owner.trim_end_matches("/news/");
    let before = number.saturating_sub(1).saturating_mul(PAGE);
    let all: Vec<&Entry> = world.visible(source.config.code.as_str()).collect();
    let shown = all.iter().skip(before).take(PAGE);
    let items: String = shown
        .map(|entry| item(world, entry, folder, zone))
        .collect();
    let older = match all.len() > before + PAGE {
        true => format!(
            "<a class=\"more\" href=\"?page={}\">Ещё новости</a>",
            number + 1
        ),
        false => String::new(),
    };
    html(&format!(
        "<h1>Новости</h1>\n<div class=\"list\">{items}</div>\n{older}"
    ))
}

fn item(world: &World, entry: &Entry, folder: &str, zone: &TimeZone) -> String {
    let at = world.published(entry).in_zone(zone);
    let month = MONTHS[usize::from(at.month().unsigned_abs()) - 1];
    let date = format!(
        "{} {month} {} г., {:02}:{:02}",
        at.day(),
        at.year(),
        at.hour(),
        at.minute()
    );
    let title = escape(entry.title.as_deref().unwrap_or_default());
    format!(
        "<div class=\"news\"><a href=\"{folder}/{}.html\">{title}</a> <span class=\"when\">{date}</span></div>\n",
        entry.id
    )
}

/// The front page, with the widget.
pub(super) fn front() -> Response {
    html(
        "<h1>Демонстрационный город</h1>\n<script src=\"https://pos.gosuslugi.ru/bin/script.min.js\"></script>\n\
         <div id=\"js-show-iframe-wrapper\"></div>\n\
         <script>Widget(\"https://pos.gosuslugi.ru/form\", 4711)</script>",
    )
}

fn html(body: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"ru\"><head><title>Город</title></head><body>\n{body}\n</body></html>"
    );
    let bytes = encoding_rs::WINDOWS_1251.encode(&page).0.into_owned();
    let kind = "text/html; charset=windows-1251";
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// A news' own page.
pub(super) fn article(world: &World, entry: &Entry, zone: &TimeZone) -> Response {
    let title = escape(entry.title.as_deref().unwrap_or_default());
    let day = world
        .published(entry)
        .in_zone(zone)
        .strftime("%d.%m.%Y")
        .to_string();
    html(&format!(
        "<main><h1>{title}</h1>\n<p class=\"when\">{day}</p>\n<div class=\"text\"><p>{}</p></div></main>",
        lines(world.wording(entry).0)
    ))
}

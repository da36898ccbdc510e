//! Public previews of Telegram channels: `/s/{channel}` with `before`, `after` and `q`, in the
//! structure that t.me serves. Start with [`router`]; one message is drawn in `message`.

mod message;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

use super::{
    material::{DemoSource, Entry},
    site::{self, escape},
    world::{World, chance},
};
use crate::domain::post::Platform;
use message::{Block, blocks};

/// Blocks on a page, as at t.me.
const PAGE: usize = 20;

/// The server's routes.
pub fn router(world: World) -> Router {
    Router::new()
        .route("/s/{channel}", get(preview))
        .route("/{channel}", get(about))
        .route("/{channel}/{id}", get(one))
        .route("/robots.txt", get(|| async { "User-agent: *\nAllow: /\n" }))
        .with_state(Arc::new(world))
}

#[derive(Deserialize)]
struct Part {
    before: Option<i64>,
    after: Option<i64>,
    q: Option<String>,
}

fn channel<'a>(world: &'a World, name: &str) -> Option<&'a DemoSource> {
    let mut sources = world.material().sources.iter();
    sources.find(|source| {
        source.config.platform == Platform::Telegram
            && source.config.owner.eq_ignore_ascii_case(name)
    })
}

/// A page of messages; an unknown name is sent to its information page, as t.me does.
async fn preview(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Response {
    let Some(source) = channel(&world, &name) else {
        return Redirect::to(&format!("/{name}")).into_response();
    };
    let all = blocks(&world, source);
    let shown = chosen(&all, &part);
    Html(page(&world, source, &all, shown, &host(&headers))).into_response()
}

/// At most [`PAGE`] blocks, oldest first.
fn chosen<'a>(all: &'a [Block<'a>], part: &Part) -> Vec<&'a Block<'a>> {
    let words = part.q.as_deref().map(str::to_lowercase);
    let found = all.iter().filter(|block| {
        part.before.is_none_or(|before| block.id() < before)
            && part.after.is_none_or(|after| block.id() > after)
            && words.as_deref().is_none_or(|q| block.says(q))
    });
    let found: Vec<&Block> = found.collect();
    let first = match part.after {
        Some(_) => 0,
        None => found.len().saturating_sub(PAGE),
    };
    found.into_iter().skip(first).take(PAGE).collect()
}

fn page(
    world: &World,
    source: &DemoSource,
    all: &[Block],
    shown: Vec<&Block>,
    site: &str,
) -> String {
    let name = &source.config.owner;
    let (mut rel, mut older, mut newer) = (String::new(), String::new(), String::new());
    if let Some(first) = shown
        .first()
        .filter(|first| all.iter().any(|b| b.id() < first.id()))
    {
        rel += &format!(
            "<link rel=\"prev\" href=\"/s/{name}?before={}\">\n",
            first.id()
        );
        older = more(name, "before", first.id());
    }
    if let Some(last) = shown
        .last()
        .filter(|last| all.iter().any(|b| b.id() > last.id()))
    {
        rel += &format!(
            "<link rel=\"next\" href=\"/s/{name}?after={}\">\n",
            last.id()
        );
        newer = more(name, "after", last.id());
    }
    let messages = match shown.is_empty() {
        true => "<div class=\"tgme_widget_message_centered\"><div class=\"tme_no_messages_found\">\
                 No posts found</div></div>"
            .to_owned(),
        false => shown
            .iter()
            .map(|block| block.html(world, source, site))
            .collect(),
    };
    format!(
        "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\">\n\
         <title>{title} – Telegram</title>\n{rel}</head>\n\
         <body class=\"widget_frame_base tgme_webpreview\">\n{header}\n\
         <main class=\"tgme_main\" data-url=\"/{name}\"><div class=\"tgme_container\">\n\
         <section class=\"tgme_channel_history js-message_history\">\n\
         {older}{messages}{newer}\n</section>\n</div></main>\n</body>\n</html>\n",
        title = escape(&source.config.name),
        header = header(source, all, site),
    )
}

fn more(name: &str, side: &str, id: i64) -> String {
    format!(
        "<div class=\"tgme_widget_message_centered js-messages_more_wrap\">\
         <a href=\"/s/{name}?{side}={id}\" class=\"tme_messages_more js-messages_more\" \
         data-{side}=\"{id}\"></a></div>\n"
    )
}

fn header(source: &DemoSource, all: &[Block], site: &str) -> String {
    let name = &source.config.owner;
    let photos = all.iter().map(Block::photos).sum::<usize>();
    format!(
        "<header class=\"tgme_header\"><div class=\"tgme_container\">\
         <section class=\"tgme_right_column\"><div class=\"tgme_channel_info\">\n\
         <div class=\"tgme_channel_info_header\">\
         <div class=\"tgme_channel_info_header_title_wrap\">\
         <div class=\"tgme_channel_info_header_title\"><span dir=\"auto\">{title}</span></div>\
         <div class=\"tgme_channel_info_header_labels\"></div></div>\
         <div class=\"tgme_channel_info_header_username\"><a href=\"{site}/{name}\">@{name}</a></div>\
         </div>\n<div class=\"tgme_channel_info_counters\">\
         <div class=\"tgme_channel_info_counter\"><span class=\"counter_value\">{members}</span> \
         <span class=\"counter_type\">subscribers</span></div>\
         <div class=\"tgme_channel_info_counter\"><span class=\"counter_value\">{photos}</span> \
         <span class=\"counter_type\">photos</span></div></div>\n\
         <div class=\"tgme_channel_info_description\">Новости и сообщения жителей.<br/>\
         Прислать: через бота канала</div>\n</div></section></div></header>",
        title = escape(&source.config.name),
        members = rounded(members(source)),
    )
}

fn members(source: &DemoSource) -> u64 {
    900 + chance(source.config.owner.len() as i64, 11) % 30_000
}

/// Counts as t.me writes them: `940`, `11.4K`, `1.2M`.
fn rounded(count: u64) -> String {
    let short = |unit: u64, letter: &str| {
        let tenths = count * 10 / unit;
        match tenths % 10 {
            0 => format!("{}{letter}", tenths / 10),
            tenth => format!("{}.{tenth}{letter}", tenths / 10),
        }
    };
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => short(1_000, "K"),
        _ => short(1_000_000, "M"),
    }
}

/// Where links lead: this server, by the name it was asked by.
fn host(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}

/// The information page of a name; a name that nobody has shows an empty card.
async fn about(State(world): State<Arc<World>>, Path(name): Path<String>) -> Html<String> {
    let card = match channel(&world, &name) {
        None => "<div class=\"tgme_page_icon\"></div>".to_owned(),
        Some(source) => format!(
            "<div class=\"tgme_page_title\"><span dir=\"auto\">{}</span></div>\
             <div class=\"tgme_page_extra\">{} subscribers</div>",
            escape(&source.config.name),
            members(source)
        ),
    };
    Html(format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Telegram</title></head>\
         <body><div class=\"tgme_page\">{card}</div></body></html>\n"
    ))
}

/// One message: the widget when embedded, a plain page for people.
async fn one(
    State(world): State<Arc<World>>,
    Path((name, id)): Path<(String, i64)>,
    Query(asked): Query<std::collections::HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let Some(source) = channel(&world, &name) else {
        return Redirect::to(&format!("/{name}")).into_response();
    };
    let all = blocks(&world, source);
    let block = all.iter().find(|block| block.holds(id));
    if asked.contains_key("embed") {
        let inner = match block {
            Some(block) => block.html(&world, source, &host(&headers)),
            None => "<div class=\"tgme_widget_message_error\">Post not found</div>".to_owned(),
        };
        return Html(format!(
            "<!DOCTYPE html>\n<html><body>{inner}</body></html>\n"
        ))
        .into_response();
    }
    let entry: Option<&Entry> = block.and_then(Block::entry);
    match entry {
        Some(entry) => site::post(&world, &source.config.name, entry).into_response(),
        None => site::missing().into_response(),
    }
}

//! Sites without feeds, over real HTTP: lists by selectors, their pages, sitemaps; and a parser that
//! finds nothing is an error, never «no news».

use std::io::Write;

use otklik::{
    domain::{
        post::Platform,
        reading::{BodyOn, Site},
        source::{Page, Reaction, SourceConfig},
        time::Span,
    },
    store::{Priority, sources},
    work::collecting::config_of,
};

use crate::{
    collect::{Crawler, source},
    harness::START,
    network::{Answer, says, status},
};

/// An item of the town's list: its number and its date as the town writes it.
fn row(id: u32, date: &str) -> String {
    format!(
        "<div class='news'><a class='to' href='/news/{id}'>Новость {id}</a><i class='when'>{date}</i></div>"
    )
}

fn list(rows: &[String], more: &str) -> Answer {
    let page = format!(
        "<html><body><h1>Новости</h1>{}{more}</body></html>",
        rows.concat()
    );
    says(encoding_rs::WINDOWS_1251.encode(&page).0)
        .with("content-type", "text/html; charset=windows-1251")
}

fn page(id: u32, text: &str) -> Answer {
    says(format!(
        "<html><body><nav>Меню</nav><main><h1>Новость {id}</h1><div class='text'><p>{text}</p>\
         <p class='seen'>Просмотров: {}</p></div></main></body></html>",
        text.len()
    ))
}

fn site(crawler: &Crawler, table: Site) -> SourceConfig {
    SourceConfig {
        site: Some(table),
        ..source(Platform::Site, &format!("{}/news/", crawler.net.base))
    }
}

fn selectors() -> Site {
    let text = |text: &str| Some(text.to_owned());
    Site {
        item: text(".news"),
        link: text("a.to"),
        date: text(".when"),
        body: text(".text"),
        next: text("a.older"),
        zone: text("Asia/Yekaterinburg"),
        remove: vec![".seen".into()],
        ..Site::default()
    }
}

fn texts(page: &Page) -> Vec<&str> {
    page.posts.iter().map(|post| post.text.as_str()).collect()
}

#[tokio::test]
async fn a_list_leads_to_its_pages_and_each_is_read_once() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    let rows = [row(2, "сегодня, 05:00"), row(1, "20 ноября 2026 г., 12:30")];
    let elsewhere = "<div class=news><a class=to href='http://elsewhere.example/9'>Чужая</a><i class=when>21.11.2026</i></div>";
    net.on("/news/", list(&rows, elsewhere));
    net.on("/news/1", page(1, "На Садовой включили отопление."));
    net.on("/news/2", page(2, "Автобус № 5 снова ходит."));
    let town = site(&crawler, selectors());
    let first = crawler.visit(&town).await.unwrap();
    assert_eq!(
        texts(&first),
        [
            "Чужая", // of the list alone: its page is another site's
            "Автобус № 5 снова ходит.",
            "На Садовой включили отопление."
        ]
    );
    let post = &first.posts[2];
    assert_eq!(post.title.as_deref(), Some("Новость 1"));
    assert_eq!(post.published.unwrap().to_rfc3339(), "2026-11-20T07:30:00Z");
    assert_eq!(
        post.url.as_deref(),
        Some(format!("{}/news/1", net.base).as_str())
    );
    assert!(!first.more);
    let second = crawler.visit(&town).await.unwrap();
    assert!(second.posts.is_empty());
    assert_eq!(net.asked().len(), 4, "the list twice, each page once");
}

#[tokio::test]
async fn an_edit_is_a_new_wording_and_a_counter_is_none() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    net.on("/news/", list(&[row(1, "22.11.2026 10:00")], ""));
    net.on("/news/1", page(1, "Воды нет."));
    let mut table = selectors();
    table.remove.clear(); // the counter stands in the text
    let town = site(&crawler, table);
    assert_eq!(crawler.visit(&town).await.unwrap().posts.len(), 1);
    net.clear("/news/1");
    net.on("/news/1", says("<main><h1>Новость 1</h1><div class=text><p>Воды нет.</p><p class=seen>Просмотров: 99</p></div></main>"));
    crawler.clock.advance(Span::days(1));
    assert!(crawler.visit(&town).await.unwrap().posts.is_empty());
    net.clear("/news/1").on("/news/1", page(1, "Вода есть."));
    crawler.clock.advance(Span::days(1));
    let edited = crawler.visit(&town).await.unwrap();
    assert!(edited.posts[0].text.starts_with("Вода есть."));
    net.clear("/news/1").on("/news/1", status(404));
    crawler.clock.advance(Span::days(1));
    let gone = crawler.visit(&town).await.unwrap();
    assert_eq!(gone.absent.len(), 1, "asked for by name and not there");
    assert_eq!(gone.absent[0], edited.posts[0].key);
}

#[tokio::test]
async fn older_pages_are_read_back_to_what_is_known_and_nothing_is_forgotten() {
    let crawler = Crawler::with(|s| s.collect.pages_per_visit = 4).await;
    let net = &crawler.net;
    let of = |ids: std::ops::RangeInclusive<u32>| -> Vec<String> {
        ids.rev().map(|id| row(id, "21.11.2026 10:00")).collect()
    };
    net.on(
        "/news/",
        list(&of(4..=6), "<a class=older href='/news/?page=2'>Раньше</a>"),
    );
    net.on("/news/?page=2", list(&of(1..=3), ""));
    for id in 1..=6 {
        net.on(&format!("/news/{id}"), page(id, &format!("Текст {id}.")));
    }
    let town = site(&crawler, selectors());
    let mut seen = Vec::new();
    for visit in 0.. {
        let page = crawler.visit(&town).await.unwrap();
        seen.extend(texts(&page).into_iter().map(str::to_owned));
        assert!(visit < 5);
        if !page.more {
            break;
        }
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            "Текст 1.",
            "Текст 2.",
            "Текст 3.",
            "Текст 4.",
            "Текст 5.",
            "Текст 6."
        ]
    );
    let older = net
        .asked()
        .iter()
        .filter(|asked| asked.query == "page=2")
        .count();
    assert_eq!(older, 1);
}

#[tokio::test]
async fn a_parser_that_finds_nothing_is_broken_and_not_silent() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    let rows = [1, 2, 3, 4, 5].map(|id| row(id, "21.11.2026"));
    net.on("/news/", list(&rows, ""));
    let mut table = selectors();
    table.body_on = BodyOn::Item;
    table.body = None;
    let town = site(&crawler, table.clone());
    assert_eq!(crawler.visit(&town).await.unwrap().posts.len(), 5);
    let laid_out_anew = rows.concat().replace("class='news'", "class='card'");
    net.clear("/news/").on("/news/", list(&[laid_out_anew], ""));
    let broken = crawler.visit(&town).await.unwrap_err();
    assert_eq!(broken.reaction, Reaction::Stop);
    assert!(
        broken
            .message
            .starts_with("PARSER_BROKEN: the list holds no item and held 5"),
        "{broken}"
    );
    let half = [1, 2, 3, 4, 5].map(|id| row(id, if id > 2 { "скоро" } else { "21.11.2026" }));
    net.clear("/news/").on("/news/", list(&half, ""));
    let broken = crawler.visit(&town).await.unwrap_err();
    assert!(
        broken
            .message
            .contains("only 2 of 5 items of the list have a date"),
        "{broken}"
    );
    net.clear("/news/").on("/news/", list(&rows, ""));
    assert!(
        crawler.visit(&town).await.is_ok(),
        "mended at the source, it goes on"
    );
    let wrong = site(
        &crawler,
        Site {
            item: Some(".newz".into()),
            ..table
        },
    );
    let fresh = Crawler::start().await;
    fresh.net.on("/news/", list(&rows, ""));
    let wrong = SourceConfig {
        owner: format!("{}/news/", fresh.net.base),
        ..wrong
    };
    let broken = fresh.visit(&wrong).await.unwrap_err();
    assert!(
        broken
            .message
            .contains("never held any: look at the site's `item` selector"),
        "{broken}"
    );
}

#[tokio::test]
async fn a_site_without_selectors_is_read_by_its_common_structure() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    let card = |id: u32| {
        format!(
            "<li class=card><time datetime='2026-11-2{id}T10:00:00+05:00'></time><a href='/n/{id}'>Что нового в городе {id}</a></li>"
        )
    };
    let cards = [card(1), card(2), card(0)].concat();
    net.on("/news/", says(format!("<head><link rel=alternate type='application/atom+xml' href='/atom'></head><ul>{cards}</ul>")));
    for id in 0..3 {
        net.on(&format!("/n/{id}"), says(format!("<article><h1>Что нового в городе {id}</h1><p>Дорогу на улице Садовой, {id}, сегодня откроют.</p></article>")));
    }
    let town = source(Platform::Site, &format!("{}/news/", net.base));
    let page = crawler.visit(&town).await.unwrap();
    assert_eq!(page.posts.len(), 3);
    assert!(
        page.posts[0].text.starts_with("Дорогу на улице Садовой, 2"),
        "the newest first"
    );
    assert!(
        page.notes.iter().any(|note| note.contains("/atom")),
        "{:?}",
        page.notes
    );

    let notice = Crawler::start().await;
    notice.net.on(
        "/news/",
        says("<main><h1>Отключения воды</h1><p>Завтра воды не будет на улице Мира.</p></main>"),
    );
    let page_of = |base: &str| source(Platform::Site, &format!("{base}/news/"));
    let first = notice.visit(&page_of(&notice.net.base)).await.unwrap();
    assert_eq!(first.posts[0].title.as_deref(), Some("Отключения воды"));
    assert!(
        notice
            .visit(&page_of(&notice.net.base))
            .await
            .unwrap()
            .posts
            .is_empty()
    );
    notice.net.clear("/news/").on("/news/", says("<main><h1>Отключения воды</h1><p>Отключений на этой неделе больше не будет.</p></main>"));
    let again = notice.visit(&page_of(&notice.net.base)).await.unwrap();
    assert_eq!(again.posts[0].key, first.posts[0].key);
}

/// A sitemap of the pages with their days of change.
fn map(base: &str, pages: &[(u32, &str)]) -> String {
    let url = |(id, day): &(u32, &str)| {
        format!("<url><loc>{base}/news/{id}</loc><lastmod>{day}</lastmod></url>")
    };
    let urls: String = pages.iter().map(url).collect();
    format!(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}\
        <url><loc>{base}/about</loc><lastmod>2026-11-22</lastmod></url>\
        <url><loc>https://elsewhere.example/news/9</loc><lastmod>2026-11-22</lastmod></url></urlset>"
    )
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn a_sitemap_leads_to_new_and_changed_pages() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    let base = &net.base;
    net.on(
        "/robots.txt",
        says(format!(
            "User-agent: *\nDisallow: /about\nSitemap: {base}/index.xml\n"
        )),
    );
    net.on(
        "/index.xml",
        says(format!(
            "<sitemapindex><sitemap><loc>{base}/news.xml.gz</loc></sitemap></sitemapindex>"
        )),
    );
    let days = [(1, "2026-11-20"), (2, "2026-11-21"), (3, "2024-01-01")];
    net.on("/news.xml.gz", says(packed(&map(base, &days))));
    for id in 1..=4 {
        net.on(&format!("/news/{id}"), page(id, &format!("Текст {id}.")));
    }
    let town = site(
        &crawler,
        Site {
            item: None,
            date: None,
            sitemap: Some("auto".into()),
            sitemap_match: Some("/news/".into()),
            ..selectors()
        },
    );
    let first = crawler.visit(&town).await.unwrap();
    assert_eq!(
        texts(&first).len(),
        2,
        "the third is old: {:?}",
        texts(&first)
    );
    let days = [
        (1, "2026-11-22"),
        (2, "2026-11-21"),
        (3, "2024-01-01"),
        (4, "2026-11-22"),
    ];
    net.clear("/news.xml.gz")
        .on("/news.xml.gz", says(packed(&map(base, &days))));
    net.clear("/news/1")
        .on("/news/1", page(1, "Текст 1, исправленный."));
    crawler.clock.advance(Span::hours(2));
    let mut again: Vec<String> = texts(&crawler.visit(&town).await.unwrap())
        .iter()
        .map(|t| t.to_string())
        .collect();
    again.sort();
    assert_eq!(again, ["Текст 1, исправленный.", "Текст 4."]);
    assert!(
        !net.paths()
            .iter()
            .any(|path| path == "/about" || path == "/news/9")
    );
}

#[tokio::test]
async fn sitemaps_that_would_harm_are_refused() {
    let crawler = Crawler::start().await;
    let net = &crawler.net;
    let town = site(
        &crawler,
        Site {
            sitemap: Some("auto".into()),
            ..Site::default()
        },
    );
    let bomb = "<!DOCTYPE urlset [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>&a;</loc></url></urlset>";
    net.on("/sitemap.xml", says(bomb));
    let refused = crawler.visit(&town).await.unwrap_err();
    assert!(refused.message.contains("declares entities"), "{refused}");
    // An index that leads to itself ends after three steps.
    let circle = format!(
        "<sitemapindex><sitemap><loc>{}/sitemap.xml</loc></sitemap></sitemapindex>",
        net.base
    );
    net.clear("/sitemap.xml").on("/sitemap.xml", says(circle));
    let refused = crawler.visit(&town).await.unwrap_err();
    assert!(refused.message.contains("names no page"), "{refused}");
    assert_eq!(net.asked().len(), 1 + 3);
}

#[tokio::test]
async fn the_database_keeps_how_a_site_is_read() {
    let crawler = Crawler::start().await;
    let town = site(&crawler, selectors());
    let mut tx = crawler.store.store.write(Priority::Person).await.unwrap();
    sources::put(&mut tx, &town, true, Span::minutes(10), START)
        .await
        .unwrap();
    let row = sources::find(&mut tx, town.code.as_str())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(config_of(&row).unwrap().site, town.site);
    let plain = SourceConfig { site: None, ..town };
    sources::put(&mut tx, &plain, true, Span::minutes(10), START)
        .await
        .unwrap();
    let row = sources::find(&mut tx, plain.code.as_str())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.reading, None);
}

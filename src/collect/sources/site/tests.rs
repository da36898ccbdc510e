//! Invented pages of invented towns, in the shapes that sites have.

use jiff::tz::Offset;

use super::{article::read_article, item::Item, list::read_list, *};
use crate::domain::{
    post::CapturedPost,
    reading::{BodyOn, Site},
};

fn reading<'a>(selectors: &'a Selectors, address: &'a Url) -> Reading<'a> {
    Reading {
        selectors,
        address,
        charset: None,
        robots: "",
        zone: Offset::constant(5).to_time_zone(),
        now: Timestamp::from_seconds(1_795_424_400), // 23 November 2026, 14:00 by that zone
    }
}

fn news() -> Url {
    Url::parse("https://gorod.example/news/").expect("an address")
}

fn list(page: impl AsRef<[u8]>, site: &Site) -> list::List {
    let selectors = Selectors::of(site).expect("selectors");
    let address = news();
    read_list(page.as_ref(), &reading(&selectors, &address)).expect("a list")
}

fn article(page: impl AsRef<[u8]>, site: &Site) -> Result<Item, String> {
    let selectors = Selectors::of(site).expect("selectors");
    let address = news().join("7").expect("an address");
    read_article(page.as_ref(), &reading(&selectors, &address))
}

fn told(item: &Item) -> Option<String> {
    item.published.map(Timestamp::to_rfc3339)
}

const LIST: &str = "<html><head><meta charset=utf-8><link rel=alternate type='application/rss+xml' href=/rss>\
    </head><body><ul class=menu><li><a href=/>Главная страница сайта</a><li><a href=/docs>Документы города</a>\
    <li><a href=/about>О городе и районе</a></ul><div class=list>\
    <div class=news-item><a class=t href='/news/1?utm_source=x#top'>На Садовой включили отопление</a>\
    <span class=date>Сегодня, 12:30</span><p class=lead>Дома прогреты. <b class=n>Просмотров: 5</b></p></div>\
    <div class=news-item><a class=t href='2'>Расписание автобусов изменится</a>\
    <span class=date>22 ноября 2026 г., 09:00</span><p class=lead>С понедельника.</p></div>\
    <div class=news-item><a class=t href='/news/3'>Приём граждан перенесён</a>\
    <span class=date>20.11.2026</span><p class=lead>На среду.</p></div>\
    </div><a class=next href='?PAGEN_1=2'>Дальше</a></body></html>";

#[test]
fn a_list_is_read_by_selectors() {
    let text = |text: &str| Some(text.to_owned());
    let site = Site {
        item: text(".news-item"),
        link: text("a.t"),
        date: text(".date"),
        body: text(".lead"),
        body_on: BodyOn::Item,
        remove: vec![".n".into()],
        next: text("a.next"),
        ..Site::default()
    };
    let list = list(LIST, &site);
    assert_eq!(list.items.len(), 3);
    let first = &list.items[0];
    assert_eq!(
        first.title.as_deref(),
        Some("На Садовой включили отопление")
    );
    assert_eq!(first.text, "Дома прогреты.");
    assert_eq!(told(first).as_deref(), Some("2026-11-23T07:30:00Z"));
    assert_eq!(
        told(&list.items[2]).as_deref(),
        Some("2026-11-19T19:00:00Z")
    );
    assert_eq!(first.id(), "https://gorod.example/news/1");
    assert_eq!(list.items[1].id(), "https://gorod.example/news/2");
    assert_eq!(
        list.next.map(String::from).as_deref(),
        Some("https://gorod.example/news/?PAGEN_1=2")
    );
    assert_eq!(
        list.feed.map(String::from).as_deref(),
        Some("https://gorod.example/rss")
    );
    let post: CapturedPost = first
        .clone()
        .into_post("https://gorod.example/news/")
        .expect("a post");
    assert_eq!(
        (post.key.platform, post.text.as_str()),
        (Platform::Site, "Дома прогреты.")
    );
}

#[test]
fn a_list_without_selectors_is_what_repeats_and_is_dated() {
    let found = list(LIST, &Site::default());
    let titles: Vec<_> = found
        .items
        .iter()
        .filter_map(|item| item.title.as_deref())
        .collect();
    assert_eq!(
        titles,
        [
            "На Садовой включили отопление",
            "Расписание автобусов изменится",
            "Приём граждан перенесён",
        ]
    );
    assert!(found.items.iter().all(|item| item.published.is_some()));
    // The menu alone is no list: nothing in it is dated.
    let menu = LIST.replace("class=date", "class=d");
    assert!(list(menu, &Site::default()).items.is_empty());
}

const PAGE: &str = "<html><head><title>Отопление — Город</title><link rel=canonical href='http://gorod.example/news/7/'>\
    </head><body><header>Город</header><nav>Меню</nav><main><h1>На Садовой включили отопление</h1>\
    <span class='news-date'>5 мая 2026, 12:30</span><div class=share>Поделиться</div>\
    <p>На улице Садовой&nbsp;с утра включили отопление.</p><p>Горячая линия работает.</p>\
    <div class=menu-bottom>Ещё новости</div></main><footer>Все права</footer></body></html>";

#[test]
fn a_page_is_read_by_its_common_structure() {
    let item = article(PAGE, &Site::default()).expect("a page");
    assert_eq!(item.title.as_deref(), Some("На Садовой включили отопление"));
    assert!(
        item.text
            .ends_with("На улице Садовой с утра включили отопление.\n\nГорячая линия работает.")
    );
    assert!(!item.text.contains("Поделиться") && !item.text.contains("Все права"));
    assert_eq!(told(&item).as_deref(), Some("2026-05-05T07:30:00Z"));
    assert_eq!(
        item.link.map(String::from).as_deref(),
        Some("http://gorod.example/news/7/")
    );
    let elsewhere = PAGE.replace("http://gorod.example/news/7/", "https://gorod.example/");
    let item = article(elsewhere, &Site::default()).expect("a page");
    assert_eq!(
        item.link.map(String::from).as_deref(),
        Some("https://gorod.example/news/7")
    );
    // A label that lies about the charset changes nothing.
    let lying = PAGE.replace("<head>", "<head><meta charset=UTF-8>");
    let bytes = encoding_rs::WINDOWS_1251.encode(&lying).0;
    assert!(
        article(bytes, &Site::default())
            .expect("a page")
            .text
            .contains("с утра")
    );
}

#[test]
fn what_a_page_says_of_itself_comes_first() {
    let linked = "<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"WebSite\"},{\"@type\":\"NewsArticle\",\
        \"headline\":\"Снег &amp; лёд\",\"datePublished\":\"2026-11-20T10:00:00+05:00\",\"dateModified\":\
        \"2026-11-21T10:00:00+05:00\",\"author\":{\"name\":\"Пётр Петров\"}}]}</script>";
    let item = article(
        PAGE.replace("</head>", &format!("{linked}</head>")),
        &Site::default(),
    )
    .expect("a page");
    assert_eq!(item.title.as_deref(), Some("Снег & лёд"));
    assert_eq!(told(&item).as_deref(), Some("2026-11-20T05:00:00Z"));
    assert!(item.edited.is_some() && !format!("{item:?}").contains("Петров"));
    let closed = PAGE.replace(
        "<head>",
        "<head><meta name=Robots content='noindex, follow'>",
    );
    assert_eq!(article(closed, &Site::default()).expect("a page").text, "");
    assert!(
        article(
            "<html><body><nav>Меню</nav></body></html>",
            &Site::default()
        )
        .is_err()
    );
    let body = Site {
        body: Some(".none".into()),
        ..Site::default()
    };
    assert!(article(PAGE, &body).is_err());
}

#[test]
fn a_wording_is_told_from_its_counters() {
    let item = |text: &str| Item {
        text: text.into(),
        ..Item::default()
    };
    let print = item("Воды нет.\nПросмотров: 17").print();
    assert_eq!(print, item("Воды  нет.\n\nПросмотров: 18").print());
    assert_ne!(print, item("Вода есть.\nПросмотров: 17").print());
}

proptest::proptest! {
    #[test]
    fn never_panics(page in "(<div class=date>|<li class=a>|<a href=/x>|</a>|<article>|<time datetime=|<h1>|<script type='application/ld\\+json'>|\\{\"@type\":|5 мая|\\PC){0,40}") {
        let page = format!("<html>{page}");
        let _ = list(&page, &Site::default());
        let _ = article(&page, &Site::default());
    }
}

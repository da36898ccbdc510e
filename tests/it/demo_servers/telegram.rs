//! Channel previews: structure, numbers, paging, search.

use std::collections::HashMap;

use otklik::{demo::telegram, domain::time::Span};
use scraper::{ElementRef, Html, Selector};

use super::Served;

/// A page of a channel, taken apart.
struct Channel(Html);

impl Served {
    async fn channel(&self, path: &str) -> Channel {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200);
        Channel(Html::parse_document(&answer.text().await.unwrap()))
    }
}

impl Channel {
    fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    /// Numbers of the blocks, as they stand.
    fn numbers(&self) -> Vec<i64> {
        let blocks = self.all(".tgme_widget_message_wrap > .tgme_widget_message[data-post]");
        let names = blocks.iter().map(|block| block.attr("data-post").unwrap());
        names
            .map(|name| name.rsplit_once('/').unwrap().1.parse().unwrap())
            .collect()
    }
}

#[tokio::test]
async fn a_channels_page_has_the_structure_of_a_preview() {
    let server = Served::start(telegram::router).await;
    let mut found: HashMap<&str, usize> = HashMap::new();
    for name in [
        "svetly_chp_demo",
        "levyi_bereg_demo",
        "sineozersk_demo",
        "berezovka_demo",
    ] {
        let page = server.channel(&format!("/s/{name}")).await;
        let numbers = page.numbers();
        assert!(
            (2..=20).contains(&numbers.len()) && numbers.is_sorted(),
            "{name}: {numbers:?}"
        );
        for part in [
            ".tgme_channel_info_header_title",
            ".tgme_channel_info_counter .counter_value",
            ".service_message",
            ".tgme_widget_message_text.js-message_text",
            ".tgme_widget_message_date time[datetime]",
            ".tgme_widget_message_views",
            ".tgme_widget_message_grouped_wrap a[href$='?single']",
            "a.tgme_widget_message_reply[href]",
        ] {
            *found.entry(part).or_default() += page.all(part).len();
        }
        let meta = page.all(".tgme_widget_message_meta");
        let edited = meta
            .iter()
            .filter(|m| m.text().collect::<String>().starts_with("edited"));
        *found.entry("edited").or_default() += edited.count();
    }
    assert_eq!(found.len(), 9);
    assert!(found.values().all(|&count| count > 0), "{found:?}");
}

#[tokio::test]
async fn a_channel_is_paged_by_number_and_searched() {
    let server = Served::start(telegram::router).await;
    server.clock.advance(Span::hours(1));
    let mut older = server.channel("/s/berezovka_demo").await;
    let mut all: Vec<i64> = older.numbers();
    while let Some(link) = older.all("a.tme_messages_more[data-before]").first() {
        let path = link.attr("href").unwrap().to_owned();
        older = server.channel(&path).await;
        let numbers = older.numbers();
        assert!(numbers.last() < all.first());
        all.splice(0..0, numbers);
    }
    assert!(all.len() > 10 && all.is_sorted());
    let middle = all[all.len() / 2];
    let newer = server
        .channel(&format!("/s/berezovka_demo?after={middle}"))
        .await;
    assert_eq!(
        newer.numbers(),
        all[all.len() / 2 + 1..][..newer.numbers().len()]
    );
    let found = server.channel("/s/berezovka_demo?q=вода").await;
    assert!(found.numbers().len() < all.len());
    let nothing = server.channel("/s/berezovka_demo?q=абракадабра").await;
    assert_eq!(nothing.all(".tme_no_messages_found").len(), 1);
    let unknown = server.get("/s/nobody_here_at_all").await;
    assert_eq!(unknown.headers()["location"], "/nobody_here_at_all");
}

//! The demo's servers speak the networks' protocols, over real HTTP, on a clock that stands.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use otklik::{
    config::{region::RegionCatalogue, secrets::WebhookSecret},
    demo::{material::Material, world::World},
    domain::{
        id::Ids,
        post::{Platform, PostKind},
        time::{Clock, Span},
    },
    notify::signature,
};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::harness;

/// A demo server with its clock; stopped when dropped.
struct Served {
    base: String,
    clock: Clock,
    http: reqwest::Client,
    _stop: tokio_util::sync::DropGuard,
}

impl Served {
    async fn start(router: impl FnOnce(World) -> axum::Router) -> Served {
        let clock = harness::clock();
        let world = World::starting_now(Material::built_in().unwrap(), clock.clone());
        let stop = CancellationToken::new();
        let address = otklik::demo::server::serve(router(world), &stop)
            .await
            .unwrap();
        Served {
            base: format!("http://{address}"),
            clock,
            http: client(),
            _stop: stop.drop_guard(),
        }
    }

    async fn vk() -> Served {
        Served::start(|world| otklik::demo::vk::router(world, "token")).await
    }

    /// A VK call; the clock moves so far between calls that no rate is met. An error 6 that comes
    /// out of the blue is met as a client meets it: by calling again.
    async fn call(&self, method: &str, params: Params<'_>) -> Value {
        loop {
            self.clock.advance(Span::millis(400));
            let answer = self.call_now(method, params).await;
            if answer["error"]["error_code"] != 6 {
                return answer;
            }
        }
    }

    async fn call_now(&self, method: &str, params: Params<'_>) -> Value {
        let request = self.http.post(format!("{}/method/{method}", self.base));
        let request = request
            .bearer_auth("token")
            .form(params)
            .query(&[("v", "5.199")]);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.http
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
    }
}

/// A client for loopback: follows no redirects and needs no certificates.
fn client() -> reqwest::Client {
    // A second call finds the provider there, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap()
}

/// Parameters of a VK call.
type Params<'a> = &'a [(&'a str, &'a str)];

const CITY: &str = "-900000102";

fn ids(answer: &Value) -> Vec<i64> {
    let items = answer["response"]["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_i64().unwrap())
        .collect()
}

fn code(answer: &Value) -> i64 {
    answer["error"]["error_code"].as_i64().unwrap_or(0)
}

#[tokio::test]
async fn a_wall_comes_newest_first_with_the_pinned_post_on_top() {
    let vk = Served::vk().await;
    let answer = vk
        .call("wall.get", &[("owner_id", "-900000101"), ("count", "100")])
        .await;
    let items = answer["response"]["items"].as_array().unwrap();
    assert_eq!(answer["response"]["count"], items.len());
    assert_eq!(items[0]["is_pinned"], 1);
    let dates: Vec<i64> = items
        .iter()
        .map(|item| item["date"].as_i64().unwrap())
        .collect();
    assert!(dates[1..].is_sorted_by(|newer, older| newer >= older));
    assert!(dates[0] < dates[1], "an old post is pinned");
}

#[tokio::test]
async fn pages_of_a_wall_join_without_gap_or_repeat() {
    let vk = Served::vk().await;
    let whole = ids(&vk
        .call(
            "wall.get",
            &[("domain", "golos_svetlogo"), ("count", "500")],
        )
        .await);
    let mut joined = Vec::new();
    for offset in ["0", "30", "60", "90"] {
        let page = [("owner_id", CITY), ("count", "30"), ("offset", offset)];
        joined.extend(ids(&vk.call("wall.get", &page).await));
    }
    joined.truncate(100);
    assert_eq!(joined, whole);
}

#[tokio::test]
async fn bad_calls_get_vks_errors() {
    let vk = Served::vk().await;
    let cases: [(&str, Params, i64); 10] = [
        ("wall.get", &[], 100),
        ("wall.get", &[("owner_id", "soon")], 100),
        ("wall.get", &[("owner_id", CITY), ("offset", "-1")], 100),
        ("wall.get", &[("owner_id", "-77")], 100),
        ("wall.get", &[("owner_id", "77")], 30),
        ("wall.get", &[("domain", "nobody_here")], 113),
        ("wall.get", &[("owner_id", "-900000109")], 15),
        ("groups.getById", &[("group_ids", "nobody_here")], 125),
        (
            "wall.getComments",
            &[("owner_id", CITY), ("post_id", "1")],
            212,
        ),
        ("wall.fly", &[], 3),
    ];
    for (method, params, expected) in cases {
        assert_eq!(
            code(&vk.call(method, params).await),
            expected,
            "{method} {params:?}"
        );
    }
    let address = format!("{}/method/wall.get?owner_id={CITY}", vk.base);
    let ask = async |address: String| -> Value {
        vk.http
            .get(address)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let wrong_token = ask(format!("{address}&v=5.199&access_token=other")).await;
    assert_eq!(code(&wrong_token), 5);
    assert_eq!(
        wrong_token["error"]["request_params"][0]["value"],
        "wall.get"
    );
    assert_eq!(code(&ask(format!("{address}&access_token=token")).await), 8);
    vk.clock.advance(Span::seconds(1));
    let by_query = ask(format!("{address}&v=5.199&access_token=token")).await;
    assert!(by_query["response"]["count"].as_i64().unwrap() > 50);
}

#[tokio::test]
async fn a_fourth_call_in_a_second_is_refused_and_later_ones_are_not() {
    let vk = Served::vk().await;
    let wall = [("owner_id", CITY), ("count", "1")];
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code(&vk.call_now("wall.get", &wall).await));
    }
    assert_eq!(codes, [0, 0, 0, 6]);
    vk.clock.advance(Span::seconds(1));
    assert_eq!(code(&vk.call_now("wall.get", &wall).await), 0);
    let mut refused = 0;
    for _ in 0..100 {
        vk.clock.advance(Span::seconds(1));
        refused += usize::from(code(&vk.call_now("wall.get", &wall).await) == 6);
    }
    assert_eq!(refused, 2, "now and then, whatever the rate");
}

#[tokio::test]
async fn comments_hang_in_branches_and_are_cut_unless_told() {
    let vk = Served::vk().await;
    let posts = vk
        .call("wall.get", &[("owner_id", "-900000203"), ("count", "100")])
        .await;
    let posts = posts["response"]["items"].as_array().unwrap();
    let most = posts
        .iter()
        .max_by_key(|post| post["comments"]["count"].as_i64());
    let post = most.unwrap()["id"].to_string();
    let ask = [
        ("owner_id", "-900000203"),
        ("post_id", &post),
        ("count", "100"),
    ];
    let cut = vk.call("wall.getComments", &ask).await;
    let whole = vk
        .call(
            "wall.getComments",
            &[
                &ask[..],
                &[
                    ("preview_length", "0"),
                    ("thread_items_count", "10"),
                    ("extended", "1"),
                ],
            ]
            .concat(),
        )
        .await;
    let length = |answer: &Value| {
        let items = answer["response"]["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|c| c["text"].as_str().unwrap().chars().count())
            .max()
            .unwrap()
    };
    assert!(length(&cut) <= 93 && length(&whole) > 93);
    let answer = &whole["response"];
    let heads = answer["items"].as_array().unwrap();
    let in_branches: u64 = heads
        .iter()
        .map(|c| c["thread"]["count"].as_u64().unwrap())
        .sum();
    assert!(in_branches > 0);
    assert_eq!(
        answer["count"].as_u64().unwrap(),
        heads.len() as u64 + in_branches
    );
    assert_eq!(answer["current_level_count"], heads.len());
    assert!(
        answer["profiles"]
            .as_array()
            .unwrap()
            .iter()
            .all(|p| p["id"].as_i64().unwrap() > 1 << 32)
    );
    let head = heads.iter().find(|c| c["thread"]["count"] != 0).unwrap();
    let head = head["id"].to_string();
    let branch = vk
        .call(
            "wall.getComments",
            &[&ask[..], &[("comment_id", &head)]].concat(),
        )
        .await;
    assert_eq!(
        branch["response"]["items"][0]["parents_stack"][0].to_string(),
        head
    );
}

#[tokio::test]
async fn communities_show_the_mark_only_when_asked() {
    let vk = Served::vk().await;
    let groups = "adm_svetlorechensk,900000203,school14_svr";
    let plain = vk.call("groups.getById", &[("group_ids", groups)]).await;
    assert_eq!(plain["response"]["groups"].as_array().unwrap().len(), 3);
    assert!(plain["response"]["groups"][0].get("verified").is_none());
    let fields = "verified,is_government_organization,trust_mark,members_count";
    let full = vk
        .call(
            "groups.getById",
            &[("group_ids", groups), ("fields", fields)],
        )
        .await;
    let groups = &full["response"]["groups"];
    assert_eq!(groups[0]["is_government_organization"], true);
    assert_eq!(groups[0]["verified"], 1);
    assert_eq!(
        groups[1]["is_government_organization"], false,
        "the mark was lost"
    );
    assert!(groups[2]["members_count"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn walls_repost_edit_delete_and_show_kinds_that_nobody_knows() {
    let vk = Served::vk().await;
    let city = [
        ("owner_id", "-900000101"),
        ("count", "100"),
        ("extended", "1"),
    ];
    let answer = vk.call("wall.get", &city).await;
    let items = answer["response"]["items"].as_array().unwrap();
    let repost = items
        .iter()
        .find(|item| item.get("copy_history").is_some())
        .unwrap();
    assert_eq!(repost["copy_history"][0]["owner_id"], -900_000_203);
    assert!(items.iter().any(|item| item.get("signer_id").is_some()));
    let groups = answer["response"]["groups"].as_array().unwrap();
    assert!(groups.iter().any(|group| group["id"] == 900_000_203));

    let mut kinds = BTreeSet::new();
    let mut edited = 0;
    for owner in 900_000_101..=900_000_106 {
        let answer = vk
            .call(
                "wall.get",
                &[("owner_id", &format!("-{owner}")), ("count", "100")],
            )
            .await;
        for item in answer["response"]["items"].as_array().unwrap() {
            edited += usize::from(item.get("edited").is_some());
            for attachment in item["attachments"].as_array().unwrap() {
                kinds.insert(attachment["type"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(edited >= 1);
    assert!(
        kinds.contains("photo") && kinds.contains("geo_story"),
        "{kinds:?}"
    );

    let auto = ids(&vk
        .call("wall.get", &[("owner_id", "-900000104"), ("count", "100")])
        .await);
    vk.clock.advance(Span::minutes(5));
    let later = ids(&vk
        .call("wall.get", &[("owner_id", "-900000104"), ("count", "100")])
        .await);
    let gone: Vec<&i64> = auto.iter().filter(|id| !later.contains(id)).collect();
    assert_eq!(gone.len(), 1, "one author deletes a post");
    let name = format!("-900000104_{}", gone[0]);
    let by_id = vk.call("wall.getById", &[("posts", &name)]).await;
    assert_eq!(ids(&by_id), [0i64; 0]);
}

#[tokio::test]
async fn new_posts_appear_as_the_clock_advances() {
    let vk = Served::vk().await;
    let wall = [("owner_id", CITY), ("count", "100")];
    let mut seen = vec![ids(&vk.call("wall.get", &wall).await)[0]];
    for _ in 0..20 {
        vk.clock.advance(Span::minutes(1));
        seen.push(ids(&vk.call("wall.get", &wall).await)[0]);
    }
    seen.dedup();
    assert!(seen.len() > 3, "{seen:?}");
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn a_link_to_a_post_leads_to_a_page() {
    let vk = Served::vk().await;
    let wall = [("owner_id", "-3000000107"), ("count", "1")];
    let id = ids(&vk.call("wall.get", &wall).await)[0];
    let page = vk.get(&format!("/wall-3000000107_{id}")).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Ключи и округа"));
    assert_eq!(vk.get("/wall-3000000107_1").await.status(), 404);
    assert_eq!(vk.get("/school14_svr").await.status(), 200);
}

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
    let telegram = Served::start(otklik::demo::telegram::router).await;
    let mut found: HashMap<&str, usize> = HashMap::new();
    for name in [
        "svetly_chp_demo",
        "levyi_bereg_demo",
        "sineozersk_demo",
        "berezovka_demo",
    ] {
        let page = telegram.channel(&format!("/s/{name}")).await;
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
    let telegram = Served::start(otklik::demo::telegram::router).await;
    telegram.clock.advance(Span::hours(1));
    let mut older = telegram.channel("/s/berezovka_demo").await;
    let mut all: Vec<i64> = older.numbers();
    while let Some(link) = older.all("a.tme_messages_more[data-before]").first() {
        let path = link.attr("href").unwrap().to_owned();
        older = telegram.channel(&path).await;
        let numbers = older.numbers();
        assert!(numbers.last() < all.first());
        all.splice(0..0, numbers);
    }
    assert!(all.len() > 10 && all.is_sorted());
    let middle = all[all.len() / 2];
    let newer = telegram
        .channel(&format!("/s/berezovka_demo?after={middle}"))
        .await;
    assert_eq!(
        newer.numbers(),
        all[all.len() / 2 + 1..][..newer.numbers().len()]
    );
    let found = telegram.channel("/s/berezovka_demo?q=вода").await;
    assert!(found.numbers().len() < all.len());
    let nothing = telegram.channel("/s/berezovka_demo?q=абракадабра").await;
    assert_eq!(nothing.all(".tme_no_messages_found").len(), 1);
    let unknown = telegram.get("/s/nobody_here_at_all").await;
    assert_eq!(unknown.headers()["location"], "/nobody_here_at_all");
}

async fn feeds() -> Served {
    let region = RegionCatalogue::svetlorechye(harness::START).unwrap();
    Served::start(|world| otklik::demo::feeds::router(world, &region, TimeZone::UTC)).await
}

#[tokio::test]
async fn one_feed_is_really_windows_1251() {
    let feeds = feeds().await;
    let bytes = feeds
        .get("/dolgopolyansky/news.xml")
        .await
        .bytes()
        .await
        .unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    assert!(bytes.starts_with(b"<?xml version=\"1.0\" encoding=\"windows-1251\"?>"));
    let (text, _, broken) = encoding_rs::WINDOWS_1251.decode(&bytes);
    assert!(!broken && text.contains("Долгополянский район"));
    let told = feed_rs::parser::parse(&bytes[..]).unwrap();
    let utf8 = feeds.get("/gazeta/rss.xml").await.text().await.unwrap();
    let paper = feed_rs::parser::parse(utf8.as_bytes()).unwrap();
    assert!(told.entries.len() > 3 && paper.entries.len() > 3);
    for entry in told.entries.iter().chain(&paper.entries) {
        assert!(entry.published.is_some() && entry.title.is_some());
    }
    let article = url::Url::parse(&paper.entries[0].links[0].href).unwrap();
    assert_eq!(feeds.get(article.path()).await.status(), 200);
}

#[tokio::test]
async fn an_unchanged_feed_answers_304_until_something_is_new() {
    let feeds = feeds().await;
    let first = feeds.get("/gazeta/rss.xml").await;
    let (tag, date) = (&first.headers()["etag"], &first.headers()["last-modified"]);
    let again = async |name: &str, value: &reqwest::header::HeaderValue| {
        let request = feeds.http.get(format!("{}/gazeta/rss.xml", feeds.base));
        request
            .header(name, value)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(again("if-none-match", tag).await, 304);
    assert_eq!(again("if-modified-since", date).await, 304);
    feeds.clock.advance(Span::hours(2));
    assert_eq!(again("if-none-match", tag).await, 200);
    let robots = feeds.get("/robots.txt").await.text().await.unwrap();
    assert!(robots.contains("Crawl-delay: 1"));
}

#[tokio::test]
async fn the_sink_believes_signed_alerts_and_is_out_of_order_now_and_then() {
    let secret = WebhookSecret::generate(&Ids::seeded(7));
    let (sink_secret, mut statuses) = (secret.clone(), Vec::new());
    let clock = harness::clock();
    let sink_clock = clock.clone();
    let sink = Served::start(|_| otklik::demo::sink::router(sink_secret, sink_clock)).await;
    let seconds = clock.now().as_millis() / 1000;
    let send = async |id: &str, body: &'static str, signature: String| {
        let request = sink.http.post(format!("{}/hook", sink.base)).body(body);
        let request = request
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature);
        request.send().await.unwrap().status().as_u16()
    };
    let body = r#"{"type":"incident.opened","data":{"number":12,"title":"Нет воды"}}"#;
    for number in 0..16 {
        let id = format!("alert-{number}");
        let signed = signature::sign(&secret, &id, seconds, body.as_bytes());
        statuses.push(send(&id, body, signed).await);
    }
    assert_eq!(statuses[14], 503);
    assert_eq!(statuses.iter().filter(|&&status| status == 204).count(), 15);
    assert_eq!(send("alert-1", body, "v1,bm8=".into()).await, 401);
    let repeat = signature::sign(&secret, "alert-1", seconds, body.as_bytes());
    assert_eq!(send("alert-1", body, repeat).await, 204);
    let list: Value = sink.get("/deliveries").await.json().await.unwrap();
    assert_eq!(list["accepted"], 15, "a repeat counts once");
    assert!(sink.get("/").await.text().await.unwrap().contains("№ 12"));
}

#[tokio::test]
async fn the_demo_points_the_settings_at_itself() {
    let running = otklik::demo::start(harness::clock(), &Ids::seeded(1))
        .await
        .unwrap();
    let nothing: [(String, String); 0] = [];
    let mut settings = otklik::config::settings::Settings::load(None, nothing).unwrap();
    running.apply(&mut settings);
    for address in [
        &settings.collect.base.vk,
        &settings.collect.base.telegram,
        &settings.alerts.webhook_url,
    ] {
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    }
    let feeds = running
        .region
        .sources
        .iter()
        .filter(|s| s.platform == Platform::Feed);
    let paper = feeds.map(|source| source.owner.clone()).next().unwrap();
    assert_eq!(client().get(paper).send().await.unwrap().status(), 200);
    let review = &running.region.claims[0].url;
    assert_eq!(client().get(review).send().await.unwrap().status(), 200);
    for page in &running.region.pages {
        assert_eq!(
            client().get(&page.address).send().await.unwrap().status(),
            200
        );
    }
    drop(running);
}

#[test]
fn the_material_is_as_large_and_varied_as_promised() {
    let region = RegionCatalogue::svetlorechye(harness::START).unwrap();
    let material = Material::of(&region).unwrap();
    let posts = &material.entries;
    let set = |of: fn(&otklik::demo::material::Label) -> Option<&String>| -> BTreeSet<&str> {
        posts
            .iter()
            .filter_map(|post| of(&post.label).map(String::as_str))
            .collect()
    };
    let before = posts.iter().filter(|post| post.at < Span::ZERO);
    assert!(before.count() >= 400);
    assert!(posts.iter().filter(|post| post.at > Span::ZERO).count() >= 30);
    assert!(posts.iter().any(|post| post.at < Span::days(-28)));
    assert!(set(|label| label.municipality.as_ref()).len() >= 12);
    assert_eq!((region.pages.len(), region.claims.len()), (12, 10));
    let claims = region
        .claims
        .iter()
        .map(|claim| claim.id.as_str())
        .collect();
    assert_eq!(set(|label| label.claim.as_ref()), claims);
    let sectors: BTreeSet<&str> = set(|label| label.topic.as_ref())
        .into_iter()
        .filter_map(|topic| topic.split_once('.').map(|(sector, _)| sector))
        .collect();
    assert_eq!(sectors.len(), 10, "nine sectors and «other»: {sectors:?}");
    let texts: BTreeSet<&str> = posts.iter().map(|post| post.text.as_str()).collect();
    assert!(
        texts.len() * 100 > posts.len() * 95,
        "few texts stand twice"
    );
    let voices: BTreeSet<String> = posts
        .iter()
        .map(|post| format!("{:?}", post.voice))
        .collect();
    assert!(voices.len() > 150);
}

#[test]
fn the_first_minute_is_within_vks_patience() {
    let material = Material::built_in().unwrap();
    let walls = material
        .sources
        .iter()
        .filter(|s| s.config.platform == Platform::Vk);
    let threads: BTreeSet<(&str, Option<i64>)> = material
        .entries
        .iter()
        .filter(|entry| entry.kind == PostKind::Comment && entry.at < Span::ZERO)
        .map(|entry| (entry.source.as_str(), entry.parent))
        .collect();
    let pages = walls.clone().map(|wall| {
        let posts = material.entries_of(wall.config.code.as_str());
        1 + posts
            .filter(|e| e.kind == PostKind::Post && e.at < Span::ZERO)
            .count()
            / 100
    });
    let calls = walls.clone().count() + pages.sum::<usize>() + threads.len();
    assert!(
        calls <= 135,
        "{calls} calls at 3 a second take more than 45 seconds"
    );
}

#[test]
fn no_text_of_the_demo_trains_a_model() {
    let models = harness::project().join("models");
    let mut corpus = String::new();
    let mut folders = vec![models];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                corpus.push_str(&text);
            }
        }
    }
    for entry in Material::built_in().unwrap().entries {
        let is_telling = entry.text.chars().count() > 40;
        assert!(
            !(is_telling && corpus.contains(&entry.text)),
            "{} {} stands in models/",
            entry.source,
            entry.id
        );
    }
}

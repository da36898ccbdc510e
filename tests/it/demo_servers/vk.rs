//! VK's API: order, paging, errors, rate, branches, and what walls do to posts.

use std::collections::BTreeSet;

use otklik::{
    demo::vk::{self, Patience},
    domain::time::Span,
};
use serde_json::Value;

use super::Served;

/// Parameters of a VK call.
pub(super) type Params<'a> = &'a [(&'a str, &'a str)];

impl Served {
    pub(super) async fn vk() -> Served {
        Served::start(|world| vk::router(world, "token", Patience::Counted)).await
    }

    /// A VK call; the clock moves so far between calls that no rate is met. An error 6 that comes
    /// out of the blue is met as a client meets it: by calling again.
    pub(super) async fn call(&self, method: &str, params: Params<'_>) -> Value {
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
}

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
    for _ in 0..180 {
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

//! Invented answers of each network, as full as the real ones are.

use serde_json::{Value, json};

use super::plants::{Answer, Plants};
use crate::harness::START;

/// What is said in every answer, and is kept.
pub const SAID: &str = "контейнеры переполнены";
const TEXT: &str = "Третью неделю не вывозят мусор, контейнеры переполнены, вонь во дворе";

/// People and communities as `extended=1` brings them along.
fn people() -> (Value, Value) {
    let profiles = json!([{"id": 1, "first_name": "x", "last_name": "x", "screen_name": "x", "sex": 1,
        "photo_50": "x", "photo_100": "x", "online_info": {"visible": true, "last_seen": 1},
        "deactivated": "x", "city": {"id": 1, "title": "x"}, "mobile_phone": "x", "bdate": "x"}]);
    let groups = json!([{"id": 1, "name": "x", "screen_name": "x", "photo_50": "x", "photo_200": "x",
        "contacts": [{"user_id": 1, "desc": "x", "phone": "x", "email": "x"}]}]);
    (profiles, groups)
}

pub fn vk(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let date = START.as_millis() / 1000 - 3600;
    let (profiles, groups) = people();
    let photo = json!({"type": "photo", "photo": {"id": 1, "owner_id": 1, "user_id": 1, "text": "x",
        "access_key": "x", "sizes": [{"url": "x", "type": "x", "width": 1, "height": 1}]}});
    let wall = json!({"response": {"count": 2, "items": [
        {"id": 5, "owner_id": -7, "from_id": 1, "signer_id": 1, "created_by": 1, "date": date,
         "post_type": "post", "text": TEXT, "attachments": [photo,
            {"type": "link", "link": {"url": "x", "title": "x", "author": "x", "caption": "x"}}],
         "comments": {"count": 1}, "likes": {"count": 2}, "reposts": {"count": 1}, "views": {"count": 9},
         "copyright": {"id": 1, "link": "x", "name": "x"}, "post_author_data": {"author": 1},
         "coowners": {"list": [{"owner_ids": 1}]}, "post_source": {"type": "x", "platform": "x"},
         "hash": "x", "track_code": "x"},
        {"id": 6, "owner_id": -7, "from_id": 1, "date": date, "post_type": "post", "text": "",
         "copy_history": [{"id": 1, "owner_id": 1, "from_id": 1, "date": 1, "text": TEXT}]}],
        "profiles": profiles, "groups": groups}});
    let comments = json!({"response": {"count": 1, "current_level_count": 1, "items": [
        {"id": 11, "from_id": 1, "date": date, "post_id": 5, "owner_id": -7, "text": TEXT,
         "reply_to_user": 1, "likes": {"count": 1}, "attachments": [photo],
         "thread": {"count": 0, "items": []}}],
        "profiles": people().0, "groups": people().1}});
    let page = json!({"response": {"groups": [{"id": 7, "name": "Город", "screen_name": "x",
        "is_closed": 0, "members_count": 1500, "verified": 1, "photo_50": "x", "photo_200": "x",
        "contacts": [{"user_id": 1, "desc": "x", "phone": "x", "email": "x"}], "site": "x",
        "addresses": {"main_address_id": 1}, "links": [{"url": "x", "name": "x", "desc": "x"}]}],
        "profiles": people().0}});
    let items = "response.items";
    let needed: Vec<String> = [
        "id",
        "owner_id",
        "date",
        "post_type",
        "text",
        "post_id",
        "attachments.type",
        "comments.count",
        "likes.count",
        "reposts.count",
        "views.count",
        "thread.count",
        "copy_history.date",
        "copy_history.text",
    ]
    .iter()
    .map(|field| format!("{items}.{field}"))
    .chain(["response.count", "response.current_level_count"].map(str::to_owned))
    .chain(
        ["id", "name", "is_closed", "members_count", "verified"]
            .map(|f| format!("response.groups.{f}")),
    )
    .collect();
    // What is needed of a page is nobody's among the communities that come along with posts.
    let of_posts: Vec<&str> = needed
        .iter()
        .map(String::as_str)
        .filter(|f| !f.contains("groups"))
        .collect();
    let of_page: Vec<&str> = needed.iter().map(String::as_str).collect();
    vec![
        ("/method/wall.get", plants.json(wall, &of_posts)),
        ("/method/wall.getComments", plants.json(comments, &of_posts)),
        ("/method/groups.getById", plants.json(page, &of_page)),
    ]
}

pub fn telegram(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let page = plants.text_with_fields(&format!(
        r#"<section class="tgme_channel_history">
        <div class="tgme_widget_message" data-post="gorod/41" data-view="@data-view@">
          <div class="tgme_widget_message_user_photo"><a href="https://t.example/@tgme_widget_message_user_photo@">
            <img src="https://cdn.example/@photo@.jpg" alt="@alt@"></a></div>
          <div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name"><span>@owner@</span></a>
            <span class="tgme_widget_message_from_author">@tgme_widget_message_from_author@</span></div>
          <div class="tgme_widget_message_forwarded_from">Forwarded from
            <span class="tgme_widget_message_forwarded_from_name">@forwarded@</span>
            (<span class="tgme_widget_message_forwarded_from_author">@tgme_widget_message_forwarded_from_author@</span>)</div>
          <div class="tgme_widget_message_via_bot">via @tgme_widget_message_via_bot@</div>
          <a class="tgme_widget_message_reply" href="https://t.example/gorod/39">
            <span class="tgme_widget_message_author_name">@tgme_widget_message_author_name@</span>
            <div class="tgme_widget_message_text js-message_text">@quoted@</div></a>
          <div class="tgme_widget_message_contact">
            <span class="tgme_widget_message_contact_name">@tgme_widget_message_contact_name@</span>
            <span class="tgme_widget_message_contact_phone">@tgme_widget_message_contact_phone@</span></div>
          <a class="tgme_widget_message_photo_wrap" style="background:url('https://cdn.example/@picture@')"></a>
          <div class="tgme_widget_message_text js-message_text">{TEXT}</div>
          <span class="tgme_widget_message_views">1.2K</span>
          <a class="tgme_widget_message_date"><time datetime="2026-11-22T11:00:00+00:00"></time></a>
        </div></section>"#
    ));
    vec![("/s/gorod", page)]
}

pub fn feed(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let rss = plants.text_with_fields(&format!(
        r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/">
        <channel><title>Город</title><managingEditor>@managingEditor@</managingEditor>
        <webMaster>@webMaster@</webMaster><itunes:author>@itunes:author@</itunes:author>
        <itunes:owner><itunes:name>@itunes:owner@</itunes:name></itunes:owner><copyright>@copyright@</copyright>
        <item><guid>1</guid><title>Мусор</title><description>{TEXT}</description>
          <link>http://gorod.example/1</link><pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate>
          <author>@author@</author><dc:creator>@dc:creator@</dc:creator>
          <dc:contributor>@dc:contributor@</dc:contributor><category>@category@</category>
          <media:credit>@media:credit@</media:credit><comments>http://gorod.example/@comments@</comments>
          <source url="http://x.example/@source@">@source@</source></item></channel></rss>"#
    ));
    vec![("/rss", rss)]
}

pub fn atom(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let atom = plants.text_with_fields(&format!(
        r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Город</title><id>feed</id>
        <updated>2026-11-22T10:00:00Z</updated><author><name>@author@</name></author>
        <entry><id>1</id><title>Мусор</title><link href="http://gorod.example/1"/>
          <updated>2026-11-22T10:00:00Z</updated><summary>{TEXT}</summary>
          <author><name>@author@</name><email>@author@</email><uri>http://x.example/@authors@</uri></author>
          <contributor><name>@contributor@</name></contributor><rights>@rights@</rights></entry></feed>"#
    ));
    vec![("/atom", atom)]
}

pub fn ok(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let at = START.as_millis() - 3_600_000;
    let user = json!({"uid": 1, "ref": "x", "first_name": "x", "last_name": "x", "name": "x", "pic_1": "x",
        "pic50x50": "x", "pic128x128": "x",
        "pic640x480": "x", "picAvatar": "x", "age": 1, "email": "x", "phone": "x", "last_online": "x", "pic_full": "x", "url_profile": "x", "gender": "x", "location": {"city": "x"}, "birthday": "x"});
    let topic = json!({"id": "5", "created_ms": at, "author_ref": "user:1", "owner_ref": "group:53",
        "media": [{"type": "text", "text": TEXT, "text_tokens": [{"text": "x", "user": "x"}]},
            {"type": "photo", "photos": [{"id": "x", "author_ref": "x", "pic50x50": "x"}]}],
        "like_summary": {"count": 2, "like_id": "x", "last_like_user": "x"}, "owner_uid": "x", "on_behalf_of": "x",
        "with_friends": ["x"], "place": {"ref": "x"}, "mark_as_spam_id": "x",
        "discussion_summary": {"comments_count": 1, "discussion_id": "5", "discussion_type": "GROUP_TOPIC"}});
    let stream = json!({"feeds": [{"pattern": "POST", "actor_refs": ["x"], "owner_refs": ["x"],
            "target_refs": ["group_topic:5"], "message": "x", "date_ms": 1}],
        "has_more": false, "entities": {"media_topics": [topic], "users": [user], "groups": [{"uid": 1, "name": "x"}]}});
    let comments = json!({"comments": [{"id": "MTM4==", "text": TEXT, "date": "2026-11-22 10:00:00",
        "author_id": "x", "author_name": "x", "author_type": "USER", "author_ref": "x", "reply_to_name": "x",
        "reply_to_user_id": "x", "like_count": 1, "type": "ACTIVE_MESSAGE", "attachments": [{"type": "PHOTO",
            "imageUrl": "x"}]}], "has_more": false, "entities": {"users": [user]}});
    let info = json!([{"uid": "53", "name": "Город", "private": false, "members_count": 120, "admin_id": "x",
        "main_photo": {"url": "x"}, "phone": "x", "owner_name": "x", "pic_avatar": "x"}]);
    let of_topic = [
        "id",
        "created_ms",
        "owner_ref",
        "media.type",
        "media.text",
        "like_summary.count",
        "discussion_summary.comments_count",
        "discussion_summary.discussion_id",
        "discussion_summary.discussion_type",
    ];
    let of_stream: Vec<String> = of_topic
        .iter()
        .map(|f| format!("entities.media_topics.{f}"))
        .collect();
    let mut of_stream: Vec<&str> = of_stream.iter().map(String::as_str).collect();
    of_stream.extend(["feeds.pattern", "feeds.target_refs"]);
    let of_comments = [
        "comments.id",
        "comments.text",
        "comments.date",
        "comments.author_type",
        "comments.like_count",
        "comments.type",
        "comments.attachments.type",
    ];
    vec![
        ("/fb.do#stream.get", plants.json(stream, &of_stream)),
        (
            "/fb.do#mediatopic.getByIds",
            plants.json(json!({"media_topics": []}), &[]),
        ),
        (
            "/fb.do#discussions.getComments",
            plants.json(comments, &of_comments),
        ),
        (
            "/fb.do#group.getInfo",
            plants.json(info, &["uid", "name", "members_count"]),
        ),
    ]
}

pub fn max(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let at = START.as_millis() - 3_600_000;
    let who = json!({"user_id": 1, "first_name": "x", "last_name": "x", "name": "x", "username": "x",
        "is_bot": false, "last_activity_time": 1, "avatar_url": "x", "full_avatar_url": "x", "description": "x"});
    let chat = json!({"chat_id": -70_801, "type": "channel", "status": "active", "title": "Город",
        "is_public": true, "participants_count": 900, "inviter_id": 1, "admin_id": 1, "owner_id": 1, "icon": {"url": "x"}, "link": "x",
        "dialog_with_user": who, "participants": {"x": 1}, "pinned_message": {"sender": who}});
    let contact = json!({"type": "contact", "payload": {"vcf_info": "x", "max_info": who}});
    let photo = json!({"type": "image", "payload": {"photo_id": 1, "token": "x", "url": "x"}});
    let messages = json!({"messages": [
        {"sender": who, "recipient": {"chat_id": -70_801, "chat_type": "channel", "user_id": 1}, "timestamp": at,
         "body": {"mid": "mid.1", "seq": 1, "text": TEXT, "attachments": [contact, photo],
            "markup": [{"type": "user_mention", "from": 1, "length": 1, "user_link": "x", "user_id": 1}]},
         "link": {"type": "forward", "sender": who, "chat_id": 1, "message": {"mid": "x", "seq": 1, "text": TEXT,
            "attachments": [contact]}},
         "stat": {"views": 7}, "url": "https://max.example/c/1", "user_locale": "x", "constructor": who}]});
    let of_chat = ["chat_id", "type", "status", "title", "participants_count"];
    let of_messages = [
        "recipient.chat_id",
        "recipient.chat_type",
        "timestamp",
        "body.mid",
        "body.seq",
        "body.text",
        "body.attachments.type",
        "body.markup.type",
        "link.type",
        "link.message.text",
        "link.message.attachments.type",
        "stat.views",
        "url",
    ];
    let of_messages: Vec<String> = of_messages
        .iter()
        .map(|f| format!("messages.{f}"))
        .collect();
    let of_messages: Vec<&str> = of_messages.iter().map(String::as_str).collect();
    vec![
        ("/chats/-70801", plants.json(chat, &of_chat)),
        ("/messages", plants.json(messages, &of_messages)),
    ]
}

pub fn open311(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let at = "2026-11-22T11:00:00Z";
    let requests = json!([{"service_request_id": "7", "status": "open", "status_notes": null,
        "service_code": "012", "service_name": "Мусор", "description": TEXT, "requested_datetime": at,
        "updated_datetime": at, "lat": 56.84, "long": 60.6, "address": "Садовая, 5",
        "first_name": "x", "last_name": "x", "email": "x", "phone": "x", "account_id": 1, "device_id": "x",
        "requestor_name": "x", "media_url": "x", "agency_responsible": "x", "zipcode": "x", "address_id": "x",
        "extended_attributes": {"author": "x", "contact": {"name": "x", "mail": "x"}}}]);
    let needed = [
        "service_request_id",
        "status",
        "service_code",
        "service_name",
        "description",
        "requested_datetime",
        "updated_datetime",
        "lat",
        "long",
        "address",
    ];
    let services = json!([{"service_code": "012", "service_name": "Мусор", "description": "x",
        "keywords": "x", "group": "x", "contact": {"name": "x"}}]);
    let of_services = ["service_code", "service_name"];
    vec![
        ("/open311/v2/requests.json", plants.json(requests, &needed)),
        (
            "/open311/v2/services.json",
            plants.json(services, &of_services),
        ),
    ]
}

pub fn site(plants: &mut Plants) -> Vec<(&'static str, Answer)> {
    let list = plants.text_with_fields(
        r#"<html><head><meta name="author" content="@author@"></head><body><h1>Новости</h1>
        <div class="news"><a class="to" href="/news/1">Мусор не вывозят</a><i class="when">22.11.2026 10:00</i>
          <span class="author">@author@</span><a rel="author" href="/people/@byline@">@byline@</a></div></body></html>"#,
    );
    let page = plants.text_with_fields(&format!(
        r#"<html><head><meta name="author" content="@author@"><meta property="article:author" content="@article:author@">
        <script type="application/ld+json">{{"@@type": "NewsArticle", "headline": "Мусор не вывозят",
          "author": {{"name": "@author@", "email": "@email@"}}, "editor": "@editor@", "creator": "@creator@"}}</script></head>
        <body><main><h1>Мусор не вывозят</h1><p class="byline" itemprop="author">@byline@</p>
        <img src="/@photo@.jpg" alt="@photo@"><div class="text"><p>{TEXT}</p></div>
        <section class="comments"><b class="commenter">@commenter@</b></section></main></body></html>"#
    ));
    vec![("/news/", list), ("/news/1", page)]
}

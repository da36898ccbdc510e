//! A channel in MAX and the bot that listens in all of them: first visit, events, kills.

use otklik::{
    domain::{
        post::{Platform, PostKey, PostKind},
        time::Span,
    },
    store::changes::ChangeKind,
};
use serde_json::json;

use super::{
    Centre, key,
    max_server::{CHANNEL, MaxServer, event, message, mid},
    source,
};
use crate::{harness::TestStore, on_each_database};

async fn centre(it: TestStore, server: &MaxServer, codes: &[(&str, &str)]) -> Centre {
    let listed: Vec<_> = codes
        .iter()
        .map(|(code, owner)| source(Platform::Max, code, owner))
        .collect();
    Centre::of(it, &listed, |settings| {
        settings.base.max = server.base.clone()
    })
    .await
}

fn post(number: i64) -> PostKey {
    key(
        Platform::Max,
        &CHANNEL.to_string(),
        PostKind::Post,
        &mid(number),
    )
}

fn channel() -> String {
    CHANNEL.to_string()
}

/// A minute in which the bot's events are asked for as they come.
async fn listen(centre: &Centre) {
    for _ in 0..12 {
        centre.clock.advance(Span::seconds(5));
        centre.settle().await;
    }
}

on_each_database! {
    async fn a_channel_is_read_back_and_then_its_top_alone(it: TestStore) {
        let server = MaxServer::start().await;
        server.publish(1..=250);
        let centre = centre(it, &server, &[("max-channel", &channel())]).await;
        centre.settle().await;
        assert_eq!((centre.count().await, server.asked("/messages")), (250, 3));
        let row = centre.row("max-channel").await;
        assert_eq!((row.state.as_str(), row.posts, row.last_error), ("active", 250, None));
        assert!(row.facts.unwrap().contains("Администрация"));
        server.publish(251..=252);
        server.edit(251, "На улице 251 починили");
        server.remove(240, false);
        centre.visit_later().await;
        assert_eq!(centre.count().await, 252);
        let named = server.bot().asked.iter().any(|asked| asked.contains("message_ids") && asked.contains(&mid(240)));
        assert!(named, "what is missing is asked for by its number");
    }

    async fn the_bot_hears_what_is_new_edited_and_removed(it: TestStore) {
        let server = MaxServer::start().await;
        let centre = centre(it, &server, &[("max-channel", &channel()), ("max-bot", "bot")]).await;
        centre.settle().await;
        server.publish(1..=3);
        server.edit(2, "На улице 2 починили");
        server.remove(3, true);
        listen(&centre).await;
        assert_eq!(centre.count().await, 2, "what was removed before it was heard of is not taken");
        server.edit(1, "На улице 1 починили");
        server.remove(2, true);
        listen(&centre).await;
        assert_eq!(centre.told_of(&post(1), 2).await, [ChangeKind::New, ChangeKind::Edited]);
        assert_eq!(centre.told_of(&post(2), 2).await, [ChangeKind::New, ChangeKind::Deleted]);
        assert_eq!((centre.row("max-channel").await.posts, centre.row("max-bot").await.posts), (2, 0));
    }

    async fn dialogues_and_channels_that_nobody_chose_are_not_read(it: TestStore) {
        let server = MaxServer::start().await;
        let other = -71_000;
        {
            let mut bot = server.bot();
            for chat in [182_182, other] {
                let said = message(chat, 5, "Не для вас");
                bot.events.push(event("message_created", &said));
                bot.messages.push(said);
            }
            bot.chats.insert(other, json!({"chat_id": other, "type": "channel", "status": "active",
                "title": "Закрытый", "is_public": false}));
        }
        let closed = other.to_string();
        let codes = [("max-bot", "bot"), ("max-closed", closed.as_str()), ("max-dialogue", "182182")];
        let centre = centre(it, &server, &codes).await;
        centre.settle().await;
        listen(&centre).await;
        assert_eq!(centre.count().await, 0);
        let states = [centre.row("max-closed").await.state, centre.row("max-dialogue").await.state];
        assert_eq!(states, ["gone", "parked"]);
        assert_eq!(server.asked("/messages"), 0);
    }

    async fn a_batch_is_read_again_after_a_kill_and_kept_once(it: TestStore) {
        let server = MaxServer::start().await;
        let mut centre = centre(it, &server, &[("max-channel", &channel()), ("max-bot", "bot")]).await;
        centre.settle().await;
        server.publish(1..=230);
        server.edit(7, "На улице 7 починили");
        for _ in 0..4 {
            let row = centre.row("max-bot").await;
            let config = otklik::work::collecting::config_of(&row).unwrap();
            let cursor = otklik::domain::source::Cursor(row.cursor.clone());
            let haste = otklik::collect::politeness::Haste::Scheduled;
            centre.work.collector().step(&config, &cursor, haste).await.unwrap();
            centre.is_killed_and_started_again();
            centre.step("max-bot").await;
        }
        assert_eq!(centre.count().await, 230);
        assert_eq!(centre.row("max-channel").await.posts, 230);
        assert_eq!(centre.told_of(&post(7), 2).await, [ChangeKind::New, ChangeKind::Edited]);
        let row = centre.row("max-bot").await;
        assert_eq!(row.cursor, r#"{"marker":231}"#);
    }

    async fn with_a_webhook_the_bot_is_not_polled(it: TestStore) {
        let server = MaxServer::start().await;
        let listed = [source(Platform::Max, "max-bot", "bot")];
        let centre = Centre::of(it, &listed, |settings| {
            settings.base.max = server.base.clone();
            settings.max.webhook_secret = "a-secret-of-the-webhook".into();
        }).await;
        centre.settle().await;
        assert_eq!((server.asked("/updates"), centre.row("max-bot").await.failures), (0, 0));
    }
}

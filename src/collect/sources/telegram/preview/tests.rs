use super::{super::key, message::parse_count, *};
use crate::domain::source::Reaction;

const CHANNEL: &str = r#"<section class="tgme_channel_history">
      <a class="tme_messages_more" data-before="40"></a>
      <div class="tgme_widget_message_wrap"><div class="tgme_widget_message service_message"
        data-post="Gorod/40"><div class="tgme_widget_message_text">Channel created</div></div></div>
      <div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="Gorod/41">
        <a class="tgme_widget_message_reply" href="https://t.me/Gorod/39">
          <div class="tgme_widget_message_text js-message_text">Старое</div></a>
        <div class="tgme_widget_message_grouped_wrap">
          <a class="tgme_widget_message_photo_wrap" href="https://t.me/Gorod/41?single"></a>
          <a class="tgme_widget_message_photo_wrap" href="https://t.me/Gorod/42?single"></a></div>
        <time class="message_video_duration" datetime="0:15">0:15</time>
        <div class="tgme_widget_message_text js-message_text">Прорвало <i class="emoji"><b>💧</b></i>
трубу<br/>на&nbsp;Садовой</div>
        <span class="tgme_widget_message_views">1.2K</span>
        <a class="tgme_widget_message_date"><time datetime="2026-03-01T10:00:00+03:00">10:00</time></a>
      </div></div>
      <div class="tgme_widget_message" data-post="gorod/43"><a class="tgme_widget_message_date">
        <time datetime=""></time></a></div>
      <div class="tgme_widget_message" data-post="gorod"></div></section>"#;

#[test]
fn an_album_is_one_post_and_service_messages_are_none() {
    let page = read_page(CHANNEL, "https://t.me").expect("a channel's page");
    assert_eq!(page.ids, [40, 41, 43]);
    assert_eq!(page.posts.len(), 2);
    assert_eq!(page.notes.len(), 1);
    assert_eq!(page.older, Some(40));
    let post = &page.posts[0];
    assert_eq!(post.key, key("gorod", 41));
    assert_eq!(post.parent, Some(key("gorod", 39)));
    assert_eq!(post.text, "Прорвало 💧 трубу\nна Садовой");
    assert_eq!(post.counters.views, Some(1200));
    assert_eq!(post.attachments.len(), 2);
    let time = post.published.map(|t| t.to_rfc3339());
    assert_eq!(time.as_deref(), Some("2026-03-01T07:00:00Z"));
    assert_eq!(page.posts[1].published, None);
}

#[test]
fn pages_without_messages_are_told_apart() {
    let reaction = |page: &str| read_page(page, "https://t.me").map_err(|e| e.reaction);
    let empty = "<section class=tgme_channel_history></section>";
    assert_eq!(reaction(empty), Ok(Preview::default()));
    let closed = "<div class=tgme_page><div class=tgme_page_extra>12 members</div></div>";
    assert_eq!(reaction(closed), Err(Reaction::Skip));
    assert_eq!(reaction("<div class=tgme_page></div>"), Err(Reaction::Skip));
    assert_eq!(reaction("<html>captcha</html>"), Err(Reaction::Stop));
    for odd in ["<div>", "<b></i>", "&nbsp;"] {
        assert_eq!(reaction(&odd.repeat(100_000)), Err(Reaction::Stop), "{odd}");
    }
}

#[test]
fn counts_are_read_as_shown() {
    for (text, count) in [
        ("1 234", 1234),
        ("11.4K", 11_400),
        ("2.05M", 2_050_000),
        ("7", 7),
    ] {
        assert_eq!(parse_count(text), Some(count));
    }
    assert_eq!(parse_count("Many"), None);
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "(<div class=\"tgme_widget_message\" data-post=\"|a/|9|\">|<|>|я|\\PC){0,30}") {
        let _ = read_page(&text, "");
    }
}

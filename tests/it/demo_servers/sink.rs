//! The receiver of alerts: signatures, repeats, and being out of order.

use otklik::{config::secrets::WebhookSecret, demo, domain::id::Ids, notify::signature};
use serde_json::Value;

use super::Served;
use crate::harness;

#[tokio::test]
async fn the_sink_believes_signed_alerts_and_is_out_of_order_now_and_then() {
    let secret = WebhookSecret::generate(&Ids::seeded(7));
    let (sink_secret, mut statuses) = (secret.clone(), Vec::new());
    let clock = harness::clock();
    let sink_clock = clock.clone();
    let sink = Served::start(|_| demo::sink::router(sink_secret, sink_clock)).await;
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

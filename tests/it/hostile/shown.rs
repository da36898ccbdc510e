//! What was kept, on every page that shows it.

use serde_json::Value;

use super::{
    judge::{check_page, judge},
    matrix::{Attack, Ended, Matrix},
    raw::Raw,
    watch::Watch,
    wire::Served,
};
use crate::office::Office;

const ROW: &str = "what was kept, on its pages";

/// Every page on which a post or an incident stands; of incidents with one title the first.
pub async fn shown(office: &Office, served: &Served, raw: &Raw, matrix: &mut Matrix) {
    let visitor = office.enters("cu").await;
    let cookie = format!(
        "Cookie: otklik={}\r\n",
        visitor.cookie("otklik").unwrap_or_default()
    );
    let numbers = raw
        .texts("select cast(min(number) as text) from incident group by title")
        .await;
    let mut paths: Vec<String> = numbers
        .iter()
        .map(|number| format!("/incidents/{number}"))
        .collect();
    paths.extend((0..10).map(|n| format!("/triage?from={}", n * 20)));
    paths.extend(
        [
            "/queue",
            "/queue.csv",
            "/search?q=вода",
            "/claims",
            "/sources",
            "/overview",
            "/alerts",
            "/pages",
        ]
        .map(str::to_owned),
    );
    for path in &paths {
        let answer = served
            .get(&path.replace("вода", "%D0%B2%D0%BE%D0%B4%D0%B0"), &cookie)
            .await;
        let ended = answer.and_then(|answer| {
            judge(&answer).map_err(|why| format!("{why}; {}", Watch::last_error()))?;
            match answer.status {
                200 => Ok(Ended::Text),
                status => Err(format!("answered {status}")),
            }
        });
        matrix.note(ROW, Attack::Markup, path, ended);
    }
    for payload in raw.texts("select payload from job").await {
        let sound = serde_json::from_str::<Value>(&payload).map_err(|error| error.to_string());
        let ended = sound.and_then(|_| check_page(&payload.replace(['<', '\''], "&")));
        matrix.note(
            ROW,
            Attack::Control,
            "an alert",
            ended.map(|()| Ended::Text),
        );
    }
    let why = "the payloads of every attack are shown by the two cells of this row";
    matrix.rest_empty(ROW, why);
}

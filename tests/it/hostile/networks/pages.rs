//! What hostile servers left behind: understood and routed as work would, then shown.

use otklik::{
    domain::{
        annotation::{Annotation, MessageKind, Scored},
        id::PostId,
    },
    incidents::route::route_batch,
    store::{
        Priority,
        annotations::{self, ModelStamp, Understood},
    },
};

use crate::{
    harness::START,
    hostile::{matrix::Matrix, raw::Raw, shown::shown, wire::Served},
    office::Office,
};

/// All that was kept becomes incidents or waits for a person; each page shows it as text.
pub async fn show_all(office: &Office, served: &Served, raw: &Raw, matrix: &mut Matrix) {
    let all = |column: &str| format!("select {column} from post where revision = 0 order by id");
    let waiting = raw.texts(&all("id")).await;
    let texts = raw.texts(&all("text")).await;
    let understood: Vec<Understood> = waiting.iter().zip(texts).map(understood).collect();
    let mut tx = office.it.store.write(Priority::Bulk).await.unwrap();
    let stamp = ModelStamp {
        name: "test".into(),
        revision: 1,
    };
    annotations::save(&mut tx, &stamp, &understood, START)
        .await
        .unwrap();
    let desk = &office.app.desk;
    while route_batch(&mut tx, desk, 100, START).await.unwrap().posts > 0 {}
    tx.commit().await.unwrap();
    assert!(waiting.len() > 100, "{} posts were kept", waiting.len());
    shown(office, served, raw, matrix).await;
}

fn understood((id, text): (&String, String)) -> Understood {
    let scored = |code: &str| Scored {
        code: code.into(),
        label: code.into(),
        score: 0.9,
    };
    Understood {
        post: PostId(id.clone()),
        version: 1,
        annotation: Annotation {
            language: "rus".into(),
            kind: MessageKind::Complaint,
            sector: Some(scored("housing")),
            topic: Some(scored("housing.heating")),
            alternatives: Vec::new(),
            abstained: id.ends_with(['0', '1', '2']),
            reasons: vec![text.chars().take(30).collect()],
            places: Vec::new(),
            claims: Vec::new(),
            fingerprint: 0,
            masked: text,
        },
        duplicate_of: None,
    }
}

//! Posts and incidents in each sector and municipality, and in none; some passed on, some waiting.

use std::sync::atomic::AtomicU64;

use otklik::{
    domain::{
        actor::AuthorRef,
        annotation::{Annotation, MessageKind, Scored},
        claim::{ClaimMatch, Level},
        id::{IncidentId, PostId},
        post::{CapturedPost, Platform, PostKey, PostKind},
        time::Span,
    },
    incidents::act::{Command, act},
    index::IndexDoc,
    store::{
        Priority, Tx,
        annotations::{self, ModelStamp, Understood},
        incidents::{self, NewIncident},
        posts::{self, KeepAs},
        routing,
        scope::Scope,
    },
};

use crate::{
    access::oracle::Spot,
    harness::{START, TestStore, keys},
    office::{DISTRICT, Office, TOWN},
};

pub const SECTORS: [&str; 3] = ["housing", "waste", "roads"];
pub const PLACES: [Option<&str>; 4] = [Some(TOWN), Some(DISTRICT), Some("99900001"), None];

/// What becomes of a post.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// In an incident of its own sector.
    Held,
    /// In an incident that a person passed to another sector.
    Moved,
    /// Waits for a person.
    Waits,
    /// May repeat a claim.
    Claims,
}

/// A post, and where it lies for everybody.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: PostId,
    pub marker: String,
    pub spot: Spot,
    pub fate: Fate,
    pub incident: Option<i64>,
}

pub struct World {
    pub office: Office,
    pub facts: Vec<Fact>,
    pub hired: AtomicU64,
}

pub fn key(marker: &str) -> PostKey {
    PostKey {
        platform: Platform::Vk,
        owner: "-1".into(),
        kind: PostKind::Post,
        external_id: marker.into(),
    }
}

pub fn annotation(marker: &str, sector: Option<&str>, fate: Fate) -> Annotation {
    let scored = |code: String| Scored {
        label: code.clone(),
        code,
        score: 0.9,
    };
    let text = format!("Вода {marker} течёт из подвала");
    Annotation {
        language: "rus".into(),
        kind: MessageKind::Complaint,
        sector: sector.map(|code| scored(code.into())),
        topic: sector.map(|code| scored(format!("{code}.x"))),
        alternatives: Vec::new(),
        abstained: fate == Fate::Waits,
        reasons: vec![marker.into()],
        places: Vec::new(),
        claims: match fate {
            Fate::Claims => vec![ClaimMatch {
                id: "c01".into(),
                score: 0.8,
                level: Level::Suggest,
                sentence: text.clone(),
                conflicts: Vec::new(),
            }],
            _ => Vec::new(),
        },
        fingerprint: 0,
        masked: text,
    }
}

impl World {
    pub async fn open(it: TestStore) -> World {
        let office = Office::open(it).await;
        let mut facts = Vec::new();
        let mut tx = office.it.store.write(Priority::Bulk).await.unwrap();
        for place in PLACES {
            for sector in SECTORS {
                for fate in [Fate::Held, Fate::Moved, Fate::Waits, Fate::Claims] {
                    let marker = format!("метка{}", 100 + facts.len());
                    facts.push(say(&office, &mut tx, marker, (Some(sector), place), fate).await);
                }
            }
            let marker = format!("метка{}", 100 + facts.len());
            facts.push(say(&office, &mut tx, marker, (None, place), Fate::Waits).await);
        }
        tx.commit().await.unwrap();
        index(&office, &facts).await;
        World {
            office,
            facts,
            hired: 0.into(),
        }
    }
}

/// Keeps a post and lets its fate happen.
pub async fn say(office: &Office, tx: &mut Tx, marker: String, spot: Spot, fate: Fate) -> Fact {
    let id = keys().identity.post_id(&key(&marker));
    let post = CapturedPost {
        published: Some(START.minus(Span::hours(1))),
        author: Some(AuthorRef::new("id1")),
        url: Some(format!("https://vk.example/{marker}")),
        ..CapturedPost::new(key(&marker), "вода")
    };
    let as_ = KeepAs {
        source: "vk-svetlorechensk-ryadom",
        municipality: spot.1,
        alerts: true,
        now: START,
        history: START.minus(Span::days(7)),
        oldest: None,
    };
    posts::keep(tx, &keys(), &as_, vec![post]).await.unwrap();
    let understood = Understood {
        post: id.clone(),
        version: 1,
        annotation: annotation(&marker, spot.0, fate),
        duplicate_of: None,
    };
    let stamp = ModelStamp {
        name: "test".into(),
        revision: 1,
    };
    annotations::save(tx, &stamp, &[understood], START)
        .await
        .unwrap();
    let mut fact = Fact {
        id,
        marker,
        spot,
        fate,
        incident: None,
    };
    match fate {
        Fate::Held | Fate::Moved => open(office, tx, &mut fact).await,
        Fate::Waits => routing::put_triage(tx, &[(fact.id.as_str(), "unsure")], START)
            .await
            .unwrap(),
        Fate::Claims => {}
    }
    fact
}

pub async fn open(office: &Office, tx: &mut Tx, fact: &mut Fact) {
    let (desk, service) = (&office.app.desk, Scope::service("test"));
    let id = IncidentId(desk.ids.ulid(START));
    let topic = format!("{}.x", fact.spot.0.unwrap());
    let new = NewIncident {
        id: &id,
        sector: fact.spot.0.unwrap(),
        topic: &topic,
        title: &format!("Беда {}", fact.marker),
        municipality: fact.spot.1,
        place: None,
        place_name: None,
        point: None,
        last_post: START,
    };
    fact.incident = Some(incidents::open(tx, &new, START).await.unwrap());
    incidents::attach(tx, &id, &fact.id, START, ("machine", 0.9), START)
        .await
        .unwrap();
    if fact.fate == Fate::Moved {
        let at = SECTORS
            .iter()
            .position(|s| Some(*s) == fact.spot.0)
            .unwrap();
        fact.spot.0 = Some(SECTORS[(at + 1) % SECTORS.len()]);
        let pass = Command::Pass {
            sector: fact.spot.0.unwrap().into(),
            reason: "не наша сеть, передаём соседям".into(),
        };
        act(tx, desk, &service, &id, &pass, START).await.unwrap();
    }
}

/// Fills the index as its loop does: from the store's own rows.
pub async fn index(office: &Office, facts: &[Fact]) {
    let ids: Vec<PostId> = facts.iter().map(|fact| fact.id.clone()).collect();
    let mut tx = office.it.store.read().await.unwrap();
    let rows = posts::list_for_index(&mut tx, &ids).await.unwrap();
    assert_eq!(rows.len(), facts.len());
    let docs = rows.into_iter().map(|row| IndexDoc {
        id: row.id,
        text: row.text,
        source: row.source,
        platform: row.platform,
        language: row.language,
        kind: row.kind,
        sector: row.sector,
        topic: row.topic,
        municipality: row.municipality,
        place: row.place,
        published: row.published.into(),
    });
    office.put_in_index(docs.collect());
}

//! Routing: what becomes of an understood post. [`decide`] is pure; [`route_batch`] applies it.
//!
//! Nothing is dropped: a post that opens nothing stays stored and searchable, and one that the
//! machine is unsure of waits for a person. A post is routed once in its life.

use super::{Desk, open, promise::start_of};
use crate::{
    domain::{
        id::{IncidentId, PostId},
        time::{Span, Timestamp},
    },
    store::{
        Result, Tx,
        incidents::{self, Candidate, IncidentRow, reposts},
        routing::{self, Unhandled},
    },
};

/// What becomes of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Opens or joins an incident of its topic.
    Incident,
    /// Carries a known post further without a word of its own: reach of that post's incident.
    Repost,
    /// Waits for a person, with the reason's word.
    Triage(&'static str),
    /// Only stored, understood and indexed.
    Nothing,
}

/// The rule, from the post and its age at capture alone.
pub fn decide(post: &Unhandled, max_age: Span, is_triage_sector: impl Fn(&str) -> bool) -> Route {
    if post.repeats.is_some() {
        return Route::Repost;
    }
    let age = Timestamp::from_millis(post.captured).since(post.published.into());
    if age > max_age || speaks_officially(post) {
        return Route::Nothing;
    }
    match (post.kind.as_str(), post.sector.as_deref()) {
        ("empty" | "thanks", _) => Route::Nothing,
        ("other", _) => Route::Triage("kind"),
        (_, None) => Route::Triage("unsure"),
        (_, Some(_)) if post.abstained != 0 => Route::Triage("unsure"),
        (_, Some(sector)) if is_triage_sector(sector) => Route::Triage("other"),
        (_, Some(_)) => Route::Incident,
    }
}

/// An official page's own words are announcements and answers, not complaints to it.
fn speaks_officially(post: &Unhandled) -> bool {
    post.official != 0 && post.author_kind == "organisation"
}

/// What a batch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routed {
    /// Posts dealt with.
    pub posts: usize,
    /// Incidents opened.
    pub opened: usize,
    /// Posts that joined an incident.
    pub joined: usize,
    /// Posts that wait for a person.
    pub triage: usize,
    /// Each post's sector and outcome: `opened`, `joined`, `triage`, `nothing`.
    pub outcomes: Vec<(Option<String>, &'static str)>,
}

/// Deals with up to `limit` posts, oldest first, in the caller's transaction.
///
/// # Errors
/// The store's; then the transaction must be dropped.
pub async fn route_batch(tx: &mut Tx, desk: &Desk, limit: i64, now: Timestamp) -> Result<Routed> {
    incidents::lock_routing(tx).await?;
    let max_age = desk.settings.max_age();
    let posts = routing::list_unhandled(tx, limit).await?;
    let is_triage = |code: &str| desk.catalogue.sector(code).is_none_or(|s| s.triage);
    let mut routed = Routed {
        posts: posts.len(),
        ..Routed::default()
    };
    let mut waiting = Vec::new();
    for post in &posts {
        let outcome = match decide(post, max_age, is_triage) {
            Route::Nothing => "nothing",
            Route::Repost => {
                carry(tx, post, now).await?;
                "repost"
            }
            _ if join_own_reposts(tx, desk, post, now).await? => {
                routed.joined += 1;
                "joined"
            }
            Route::Triage(reason) => match echo_of(tx, post).await? {
                Some(id) => {
                    routed.joined += join(tx, desk, &id, post, now).await?;
                    "joined"
                }
                None => {
                    waiting.push((post.id.as_str(), reason));
                    "triage"
                }
            },
            Route::Incident => match find_incident(tx, desk, post).await? {
                Some(id) => {
                    routed.joined += join(tx, desk, &id, post, now).await?;
                    "joined"
                }
                None => {
                    open_for(tx, desk, post, now).await?;
                    routed.opened += 1;
                    "opened"
                }
            },
        };
        routed.outcomes.push((post.sector.clone(), outcome));
    }
    routed.triage = waiting.len();
    routing::put_triage(tx, &waiting, now).await?;
    let handled: Vec<&str> = posts.iter().map(|post| post.id.as_str()).collect();
    routing::mark_handled(tx, &handled).await?;
    Ok(routed)
}

/// A bare repost joins the open incident of its original; where there is none it opens none either.
async fn carry(tx: &mut Tx, post: &Unhandled, now: Timestamp) -> Result<()> {
    let Some(original) = post.repeats.as_deref().map(PostId::from) else {
        return Ok(());
    };
    let Some(id) = incidents::of_post(tx, &original).await? else {
        return Ok(());
    };
    if find_open(tx, &id).await?.is_some() {
        reposts::join(tx, &id, &original, now).await?;
    }
    Ok(())
}

/// The original came after a bare repost of it, which has an incident by now: it joins that one, and the
/// repost is counted as what it is. Never across municipalities.
async fn join_own_reposts(
    tx: &mut Tx,
    desk: &Desk,
    post: &Unhandled,
    now: Timestamp,
) -> Result<bool> {
    let original = PostId::from(post.id.as_str());
    let Some(id) = reposts::of_reposts(tx, &original).await? else {
        return Ok(false);
    };
    let incident = find_open(tx, &id).await?;
    if incident.is_none_or(|i| i.municipality != post.municipality) {
        return Ok(false);
    }
    join(tx, desk, &id, post, now).await?;
    reposts::make_reposts(tx, &id, &original).await?;
    Ok(true)
}

/// «И у нас тоже»: an unsure complaint under a post of an incident belongs to that incident, unless
/// it names a place of its own.
async fn echo_of(tx: &mut Tx, post: &Unhandled) -> Result<Option<IncidentId>> {
    let echoes = post.kind == "complaint" && post.place.is_none();
    match post.parent.as_deref().filter(|_| echoes) {
        Some(parent) => open_incident_of(tx, parent, post.municipality.as_deref()).await,
        None => Ok(None),
    }
}

async fn open_incident_of(
    tx: &mut Tx,
    post: &str,
    municipality: Option<&str>,
) -> Result<Option<IncidentId>> {
    let Some(id) = incidents::of_post(tx, &PostId::from(post)).await? else {
        return Ok(None);
    };
    let incident = find_open(tx, &id).await?;
    Ok(incident
        .filter(|i| i.municipality.as_deref() == municipality)
        .map(|_| id))
}

async fn find_open(tx: &mut Tx, id: &IncidentId) -> Result<Option<IncidentRow>> {
    let scope = crate::store::scope::Scope::service("routing");
    let incident = incidents::find(tx, &scope, id).await?;
    Ok(incident.filter(|i| i.state().is_open()))
}

/// The open incident that a post belongs to: the one of the text it repeats or reposts, of the thread it
/// stands in, or one of the same topic, near and recent. Never across municipalities.
async fn find_incident(tx: &mut Tx, desk: &Desk, post: &Unhandled) -> Result<Option<IncidentId>> {
    let municipality = post.municipality.as_deref();
    for repeated in [&post.duplicate_of, &post.original].into_iter().flatten() {
        if let Some(id) = open_incident_of(tx, repeated, municipality).await? {
            return Ok(Some(id));
        }
    }
    let Some(topic) = post.topic.as_deref() else {
        return Ok(None);
    };
    let since = Timestamp::from_millis(post.published).minus(Span::hours(desk.settings.join_hours));
    let candidates = incidents::list_candidates(tx, topic, municipality, since).await?;
    let near = candidates.iter().find(|c| is_near(c, post, desk));
    if let Some(candidate) = near {
        return Ok(Some(IncidentId::from(candidate.id.as_str())));
    }
    let Some(parent) = post.parent.as_deref().filter(|_| post.place.is_none()) else {
        return Ok(None);
    };
    let thread = open_incident_of(tx, parent, municipality).await?;
    Ok(thread.filter(|id| candidates.iter().any(|c| c.id == id.0)))
}

/// The same precise place, or within the configured distance. A whole town is not a place to be
/// near to.
fn is_near(candidate: &Candidate, post: &Unhandled, desk: &Desk) -> bool {
    let precise = |place: &Option<String>| {
        place
            .clone()
            .filter(|code| !desk.wide_places.contains(code))
    };
    let (Some(here), Some(there)) = (precise(&post.place), precise(&candidate.place)) else {
        return false;
    };
    if here == there {
        return true;
    }
    match (post.lat.zip(post.lon), candidate.lat.zip(candidate.lon)) {
        (Some(a), Some(b)) => metres_between(a, b) <= desk.settings.join_metres,
        _ => false,
    }
}

/// Great-circle distance in metres (haversine, mean Earth radius).
pub fn metres_between(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat1, lat2) = (a.0.to_radians(), b.0.to_radians());
    let (dlat, dlon) = (lat2 - lat1, (b.1 - a.1).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()
}

async fn join(
    tx: &mut Tx,
    desk: &Desk,
    id: &IncidentId,
    post: &Unhandled,
    now: Timestamp,
) -> Result<usize> {
    let by = ("machine", post.topic_score.unwrap_or_default());
    let post_id = PostId::from(post.id.as_str());
    let joined = incidents::attach(tx, id, &post_id, post.published.into(), by, now).await?;
    if joined {
        let event = ("joined", None, None, None);
        incidents::add_event(tx, &desk.ids, id, "machine", event, now).await?;
    }
    Ok(usize::from(joined))
}

async fn open_for(tx: &mut Tx, desk: &Desk, post: &Unhandled, now: Timestamp) -> Result<()> {
    let (Some(sector), Some(topic)) = (post.sector.as_deref(), post.topic.as_deref()) else {
        return Ok(());
    };
    let starts = start_of(
        desk.settings.clock_starts,
        post.published.into(),
        post.captured.into(),
    );
    let opening = open::Opening {
        sector,
        topic,
        who: "machine",
        score: post.topic_score.unwrap_or_default(),
        starts,
        alerts: post.alerts != 0,
    };
    open::open(tx, desk, post, &opening, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(kind: &str, sector: Option<&str>, abstained: bool) -> Unhandled {
        Unhandled {
            id: "p".into(),
            published: 0,
            captured: 0,
            alerts: 1,
            post_kind: "post".into(),
            author_kind: "person".into(),
            parent: None,
            official: 0,
            kind: kind.into(),
            language: "rus".into(),
            sector: sector.map(str::to_owned),
            sector_score: Some(0.9),
            topic: sector.map(|s| format!("{s}.x")),
            topic_score: Some(0.8),
            abstained: i64::from(abstained),
            municipality: None,
            place: None,
            place_name: None,
            lat: None,
            lon: None,
            duplicate_of: None,
            masked: String::new(),
            original: None,
            repeats: None,
            titled: 0,
        }
    }

    fn route(post: &Unhandled) -> Route {
        decide(post, Span::days(7), |sector| sector == "other")
    }

    #[test]
    fn a_sure_complaint_becomes_an_incident() {
        assert_eq!(
            route(&post("complaint", Some("roads"), false)),
            Route::Incident
        );
    }

    #[test]
    fn the_unsure_and_the_other_wait_for_a_person() {
        assert_eq!(
            route(&post("complaint", Some("roads"), true)),
            Route::Triage("unsure")
        );
        assert_eq!(
            route(&post("question", Some("other"), false)),
            Route::Triage("other")
        );
        assert_eq!(
            route(&post("other", Some("roads"), false)),
            Route::Triage("kind")
        );
    }

    #[test]
    fn a_repost_of_a_known_post_opens_nothing() {
        let mut repost = post("complaint", Some("roads"), false);
        repost.repeats = Some("another".into());
        assert_eq!(route(&repost), Route::Repost);
    }

    #[test]
    fn old_posts_thanks_and_official_words_open_nothing() {
        let mut old = post("complaint", Some("roads"), false);
        old.captured = Span::days(8).as_millis();
        let mut official = post("complaint", Some("roads"), false);
        (official.official, official.author_kind) = (1, "organisation".into());
        assert_eq!(route(&old), Route::Nothing);
        assert_eq!(route(&official), Route::Nothing);
        assert_eq!(route(&post("thanks", Some("roads"), false)), Route::Nothing);
    }

    #[test]
    fn a_degree_of_latitude_is_about_111_kilometres() {
        let metres = metres_between((56.0, 61.0), (57.0, 61.0));
        assert!((metres - 111_195.0).abs() < 10.0, "{metres}");
    }
}

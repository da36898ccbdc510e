//! Which of several places of one name is meant: by the town that the text names, else by the home
//! of its source, else nobody knows.

use super::{
    CERTAIN, Gazetteer,
    nature::Nature,
    show,
    spot::{Candidate, Mention},
};
use crate::domain::place::{Place, PlaceKind, PlaceMatch};

/// More places than this in one text are a list, not an address.
const MOST: usize = 12;
/// Score of a name that several towns have, when nothing tells which.
const UNKNOWN: f32 = 0.3;

/// Score of another town that somebody only goes to.
const GOAL: f32 = 0.45;

/// A municipality that the text itself names.
struct Anchor {
    word: usize,
    municipality: String,
    settlement: Option<String>,
}

struct Chosen<'a> {
    place: &'a Place,
    house: Option<String>,
    score: f32,
}

/// Resolves mentions to places, the most telling first.
pub(super) fn choose(
    gazetteer: &Gazetteer,
    mentions: Vec<Mention>,
    home: Option<&str>,
) -> Vec<PlaceMatch> {
    let view = View { gazetteer, home };
    let mut anchors = Vec::new();
    let mut chosen = Vec::new();
    // Towns first, from the surest: what they settle helps streets.
    let (mut towns, others): (Vec<Mention>, Vec<Mention>) =
        mentions.into_iter().partition(|m| view.is_town(m));
    towns.sort_by_key(|m| m.candidates.len());
    for mention in &towns {
        view.settle(mention, &mut anchors, &mut chosen);
    }
    let mut districts = Vec::new();
    for mention in &others {
        if let Some(anchor) = view.district_anchor(mention, &anchors) {
            districts.push(anchor);
        }
    }
    anchors.extend(districts);
    for mention in others {
        chosen.extend(view.resolve(&mention, &anchors));
    }
    sorted(chosen)
}

struct View<'a> {
    gazetteer: &'a Gazetteer,
    home: Option<&'a str>,
}

impl<'a> View<'a> {
    fn place(&self, candidate: &Candidate) -> &'a Place {
        &self.gazetteer.places[candidate.place as usize]
    }

    fn is_town(&self, mention: &Mention) -> bool {
        let top = mention
            .candidates
            .iter()
            .map(|c| c.score)
            .fold(0.0, f32::max);
        mention.candidates.iter().any(|c| {
            matches!(
                self.place(c).kind,
                PlaceKind::Settlement | PlaceKind::Municipality
            ) && c.score >= top
        })
    }

    fn settle(&self, mention: &Mention, anchors: &mut Vec<Anchor>, chosen: &mut Vec<Chosen<'a>>) {
        if let Some(found) = self.resolve(mention, anchors) {
            if found.score >= CERTAIN {
                let settlement =
                    (found.place.kind == PlaceKind::Settlement).then(|| found.place.code.clone());
                anchors.push(Anchor {
                    word: mention.first,
                    municipality: found.place.municipality.clone(),
                    settlement,
                });
            }
            chosen.push(found);
        }
    }

    /// A district or object of a name that only one town has says which town is meant.
    fn district_anchor(&self, mention: &Mention, anchors: &[Anchor]) -> Option<Anchor> {
        let [only] = mention.candidates[..] else {
            return None;
        };
        let place = self.place(&only);
        let telling = matches!(place.kind, PlaceKind::District | PlaceKind::Object);
        let foreign = self.home.is_some_and(|h| h != place.municipality);
        (anchors.is_empty() && telling && only.score >= 0.7 && !(foreign && is_generic(&only)))
            .then(|| Anchor {
                word: mention.first,
                municipality: place.municipality.clone(),
                settlement: place.settlement.clone(),
            })
    }

    fn resolve(&self, mention: &Mention, anchors: &[Anchor]) -> Option<Chosen<'a>> {
        let mut anchors: Vec<&Anchor> = anchors.iter().collect();
        anchors.sort_by_key(|a| a.word.abs_diff(mention.first));
        let best = mention
            .candidates
            .iter()
            .map(|c| (c, self.standing(c, mention, &anchors)))
            .max_by(|(a, x), (b, y)| x.total_cmp(y).then(self.before(b, a)));
        let (candidate, score) = best?;
        (score >= 0.2).then(|| Chosen {
            place: self.place(candidate),
            house: mention.house.as_ref().map(|h| h.shown.clone()),
            score: score.min(0.99),
        })
    }

    /// Order of equals: towns before districts before streets, then as catalogued.
    fn before(&self, a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
        let rank = |c: &Candidate| match self.place(c).kind {
            PlaceKind::Settlement => 0,
            PlaceKind::District => 1,
            PlaceKind::Street => 2,
            PlaceKind::Object => 3,
            PlaceKind::Municipality => 4,
        };
        (rank(a), a.place).cmp(&(rank(b), b.place))
    }

    /// A candidate's score where it stands among named towns and the source's home.
    fn standing(&self, candidate: &Candidate, mention: &Mention, anchors: &[&Anchor]) -> f32 {
        let place = self.place(candidate);
        let local = |p: &Place| {
            matches!(
                p.kind,
                PlaceKind::Street | PlaceKind::District | PlaceKind::Object
            )
        };
        if let Some(rank) = anchors
            .iter()
            .position(|a| a.municipality == place.municipality)
        {
            let same =
                anchors[rank].settlement.is_some() && anchors[rank].settlement == place.settlement;
            return candidate.score + 0.1 + if same { 0.05 } else { 0.0 } - 0.01 * rank as f32;
        }
        let elsewhere = |c: &Candidate| {
            anchors
                .iter()
                .any(|a| a.municipality == self.place(c).municipality)
        };
        if local(place) && !anchors.is_empty() && !mention.candidates.iter().any(elsewhere) {
            let home = self.home == Some(place.municipality.as_str());
            let named = anchors.iter().any(|a| a.settlement.is_some());
            return match (is_generic(candidate), home && !named) {
                (_, true) => candidate.score,
                (true, _) => candidate.score.min(UNKNOWN),
                (false, _) => candidate.score - 0.25,
            };
        }
        self.at_home(candidate, mention)
    }

    fn at_home(&self, candidate: &Candidate, mention: &Mention) -> f32 {
        let place = self.place(candidate);
        let named_alike = |c: &&Candidate| c.score >= candidate.score - 0.15;
        let mut towns: Vec<&str> = mention
            .candidates
            .iter()
            .filter(named_alike)
            .map(|c| self.place(c).municipality.as_str())
            .collect();
        towns.sort_unstable();
        towns.dedup();
        match self.home {
            Some(home) if home == place.municipality => {
                let town = place.kind == PlaceKind::Settlement;
                candidate.score + if town { 0.1 } else { 0.05 } + self.centre(place)
            }
            Some(_) if is_generic(candidate) && place.kind != PlaceKind::Settlement => {
                candidate.score.min(UNKNOWN)
            }
            Some(_) if mention.towards && place.kind == PlaceKind::Settlement => {
                candidate.score.min(GOAL)
            }
            _ if towns.len() > 1 && place.kind != PlaceKind::Settlement => {
                candidate.score.min(UNKNOWN)
            }
            _ if towns.len() > 1 => candidate.score.min(CERTAIN) + self.centre(place),
            _ => candidate.score - 0.05,
        }
    }

    /// The centre of a municipality is meant a little more often than its villages.
    fn centre(&self, place: &Place) -> f32 {
        let settlement = match place.kind {
            PlaceKind::Settlement => Some(place.code.as_str()),
            _ => place.settlement.as_deref(),
        };
        let first =
            |p: &&Place| p.kind == PlaceKind::Settlement && p.municipality == place.municipality;
        let centre = self
            .gazetteer
            .places
            .iter()
            .find(first)
            .map(|p| p.code.as_str());
        if settlement.is_some() && settlement == centre {
            0.03
        } else {
            0.0
        }
    }
}

/// A name that any town may have: «Школьная», «Ленина», «третья школа».
fn is_generic(candidate: &Candidate) -> bool {
    !matches!(candidate.nature, Nature::Rare | Nature::Phrase)
}

/// Certain ones first, the more exact before the wider, each place once.
fn sorted(mut chosen: Vec<Chosen>) -> Vec<PlaceMatch> {
    let exact = |c: &Chosen| match c.place.kind {
        PlaceKind::Street if c.house.is_some() => 0,
        PlaceKind::Street | PlaceKind::Object => 1,
        PlaceKind::District => 2,
        PlaceKind::Settlement => 3,
        PlaceKind::Municipality => 4,
    };
    chosen.sort_by(|a, b| {
        let certain = (b.score >= CERTAIN).cmp(&(a.score >= CERTAIN));
        certain
            .then(exact(a).cmp(&exact(b)))
            .then(b.score.total_cmp(&a.score))
    });
    let mut out: Vec<PlaceMatch> = Vec::new();
    for c in chosen {
        let name = show::name(c.place, c.house.as_deref());
        let known =
            |m: &PlaceMatch| m.code == c.place.code && (c.house.is_none() || m.name == name);
        if out.len() < MOST && !out.iter().any(known) {
            out.push(PlaceMatch {
                code: c.place.code.clone(),
                name,
                municipality: c.place.municipality.clone(),
                score: c.score,
                lat: c.place.lat,
                lon: c.place.lon,
                implied: false,
            });
        }
    }
    out
}

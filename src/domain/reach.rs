//! How far a right reaches: a union of blocks, each some sectors × some municipalities. Store and
//! index ask the same value, so a list, its count and its search hits obey one rule. Start with
//! [`Reach::of`].
//!
//! The union is never of each dimension alone: «roads in A» with «waste in B» is not «roads in B».

use std::collections::{BTreeMap, BTreeSet};

/// Some sectors in some municipalities; `None` is each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Sector codes.
    pub sectors: Option<Vec<String>>,
    /// Municipality codes.
    pub municipalities: Option<Vec<String>>,
}

impl Block {
    /// Whether a thing lies in the block. One without a code lies only where every code does.
    pub fn covers(&self, sector: Option<&str>, municipality: Option<&str>) -> bool {
        within(&self.sectors, sector) && within(&self.municipalities, municipality)
    }
}

fn within(codes: &Option<Vec<String>>, code: Option<&str>) -> bool {
    match (codes, code) {
        (None, _) => true,
        (Some(codes), Some(code)) => codes.iter().any(|known| known == code),
        (Some(_), None) => false,
    }
}

/// What is within reach: a few blocks. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach(Vec<Block>);

/// Sectors of a municipality while blocks are gathered; `None` is every sector.
type Sectors<'a> = Option<BTreeSet<&'a str>>;

impl Reach {
    /// All sectors in all municipalities, and what has none.
    pub fn everything() -> Self {
        Self::of([(None, None)])
    }

    /// The union of pairs (sector, municipality); `None` is each of them.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (Option<&'a str>, Option<&'a str>)>) -> Self {
        let mut by_place: BTreeMap<Option<&str>, Sectors> = BTreeMap::new();
        for (sector, municipality) in pairs {
            let sectors = by_place
                .entry(municipality)
                .or_insert_with(|| Some(BTreeSet::new()));
            match sector {
                None => *sectors = None,
                Some(code) => {
                    sectors.as_mut().map(|codes| codes.insert(code));
                }
            }
        }
        Self(blocks(by_place))
    }

    /// The blocks; none is nothing.
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// Whether nothing lies outside.
    pub fn is_everything(&self) -> bool {
        let whole = |block: &Block| block.sectors.is_none() && block.municipalities.is_none();
        self.0.iter().any(whole)
    }

    /// Whether a thing is within reach.
    pub fn covers(&self, sector: Option<&str>, municipality: Option<&str>) -> bool {
        let mut blocks = self.0.iter();
        blocks.any(|block| block.covers(sector, municipality))
    }

    /// The same municipalities with every sector: for things that have no sector.
    pub fn of_places(&self) -> Self {
        let codes = self.0.iter().flat_map(|block| match &block.municipalities {
            None => vec![(None, None)],
            Some(codes) => codes.iter().map(|c| (None, Some(c.as_str()))).collect(),
        });
        Self::of(codes)
    }

    /// The one sector that the whole reach is of.
    pub fn only_sector(&self) -> Option<&str> {
        only(self.0.iter().map(|block| block.sectors.as_deref()))
    }

    /// The one municipality that the whole reach is of.
    pub fn only_municipality(&self) -> Option<&str> {
        only(self.0.iter().map(|block| block.municipalities.as_deref()))
    }
}

/// What holds for every municipality is taken out of the single ones, and those with equal sectors
/// become one block: however many grants somebody holds, a query gets few conditions.
fn blocks(mut by_place: BTreeMap<Option<&str>, Sectors>) -> Vec<Block> {
    let owned = |codes: &BTreeSet<&str>| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    let everywhere = by_place.remove(&None);
    if let Some(None) = everywhere {
        return vec![Block {
            sectors: None,
            municipalities: None,
        }];
    }
    let everywhere = everywhere.flatten().unwrap_or_default();
    let mut by_sectors: BTreeMap<Sectors, Vec<String>> = BTreeMap::new();
    for (place, sectors) in by_place {
        let rest = sectors.map(|codes| &codes - &everywhere);
        if rest.as_ref().is_none_or(|codes| !codes.is_empty()) {
            let places = by_sectors.entry(rest).or_default();
            places.extend(place.map(str::to_owned));
        }
    }
    let mut blocks: Vec<Block> = Vec::new();
    if !everywhere.is_empty() {
        blocks.push(Block {
            sectors: Some(owned(&everywhere)),
            municipalities: None,
        });
    }
    blocks.extend(by_sectors.into_iter().map(|(sectors, places)| Block {
        sectors: sectors.as_ref().map(owned),
        municipalities: Some(places),
    }));
    blocks
}

fn only<'a>(mut lists: impl Iterator<Item = Option<&'a [String]>>) -> Option<&'a str> {
    let [first] = lists.next()?? else { return None };
    lists
        .all(|list| matches!(list, Some([code]) if code == first))
        .then_some(first.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_union_of_pairs_is_not_the_pairs_of_the_unions() {
        let reach = Reach::of([(Some("roads"), Some("a")), (Some("waste"), Some("b"))]);
        assert!(reach.covers(Some("roads"), Some("a")) && reach.covers(Some("waste"), Some("b")));
        assert!(!reach.covers(Some("roads"), Some("b")) && !reach.covers(Some("waste"), Some("a")));
        assert!(!reach.covers(Some("roads"), None) && !reach.covers(None, Some("a")));
    }

    #[test]
    fn nothing_given_is_nothing_reached() {
        assert!(!Reach::default().covers(None, None) && Reach::of([]) == Reach::default());
        assert!(Reach::everything().covers(None, None) && Reach::everything().is_everything());
    }

    #[test]
    fn the_one_sector_is_told() {
        let pairs = [(Some("roads"), Some("a")), (Some("roads"), Some("b"))];
        assert_eq!(Reach::of(pairs).only_sector(), Some("roads"));
        assert_eq!(Reach::of(pairs).only_municipality(), None);
        assert_eq!(Reach::everything().only_sector(), None);
    }

    fn code() -> impl Strategy<Value = Option<usize>> {
        prop::option::of(0usize..4)
    }

    const CODES: [&str; 4] = ["a", "b", "c", "d"];

    proptest! {
        #[test]
        fn blocks_are_the_union_of_the_pairs(pairs in prop::collection::vec((code(), code()), 0..9)) {
            let named: Vec<_> = pairs.iter().map(|(s, m)| (s.map(|i| CODES[i]), m.map(|i| CODES[i]))).collect();
            let reach = Reach::of(named.iter().copied());
            let things = CODES.iter().map(|c| Some(*c)).chain([None]);
            for sector in things.clone() {
                for place in things.clone() {
                    let plain = named.iter().any(|(s, m)| (s.is_none() || *s == sector) && (m.is_none() || *m == place));
                    prop_assert_eq!(reach.covers(sector, place), plain);
                    let some_sector = named.iter().any(|(_, m)| m.is_none() || *m == place);
                    prop_assert_eq!(reach.of_places().covers(sector, place), some_sector);
                }
            }
        }
    }
}

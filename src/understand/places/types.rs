//! Words that tell what kind of place a name is: «ул.», «мкр», «деревня», «район».

use crate::domain::place::PlaceKind;

/// Classes of type words, as bits; a word may be of two («пр.»: avenue or passage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Class(pub u16);

impl Class {
    const STREET: u16 = 1;
    const AVENUE: u16 = 2;
    const LANE: u16 = 4;
    const BOULEVARD: u16 = 8;
    const SQUARE: u16 = 16;
    const BANK: u16 = 32;
    const ROAD: u16 = 64;
    const PASSAGE: u16 = 128;
    const TOWN: u16 = 256;
    const VILLAGE: u16 = 512;
    const HAMLET: u16 = 1024;
    const POSYOLOK: u16 = 2048;
    const DISTRICT: u16 = 4096;
    const QUARTER: u16 = 8192;
    /// «район» and «округ»: of a town or the municipality itself.
    pub const AREA: u16 = Self::DISTRICT;
    const STREETS: u16 = 255;
    const SETTLEMENTS: u16 = 256 + 512 + 1024 + 2048;

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    pub fn is_street(self) -> bool {
        self.0 & Self::STREETS != 0
    }

    /// The classes of a catalogue's `type`.
    pub fn of_type(type_: &str) -> Self {
        let folded = super::super::words::fold(type_);
        let bare = folded.trim_end_matches('.').replace(' ', "");
        Self(
            TABLE
                .iter()
                .find(|(_, forms)| {
                    forms
                        .split(' ')
                        .any(|f| f == bare || folded.starts_with(f) && f.len() > 6)
                })
                .map_or(0, |(class, _)| *class),
        )
    }

    /// How well a type word fits a place: 2 its own word, 1 a word of its kind, 0 another kind.
    pub fn fits(self, own: Class, kind: PlaceKind) -> u8 {
        let of_kind = match kind {
            PlaceKind::Street => Self::STREETS,
            PlaceKind::Settlement => Self::SETTLEMENTS,
            PlaceKind::District => Self::DISTRICT | Self::QUARTER,
            PlaceKind::Municipality => Self::DISTRICT,
            PlaceKind::Object => 0,
        };
        if self.0 & own.0 != 0 {
            2
        } else {
            u8::from(self.0 & of_kind != 0)
        }
    }
}

/// Forms of the type words, folded. The first word of a row that matches a catalogue's type wins.
pub(super) const TABLE: &[(u16, &str)] = &[
    (
        Class::STREET,
        "ул ул-ца ул-це улица улицы улице улицу улицей улицам улицами улицах улицею улиц",
    ),
    (Class::AVENUE | Class::PASSAGE, "пр"),
    (
        Class::AVENUE,
        "пр-т пр-кт пр-та пр-ту пр-те пр-кта пр-кте просп проспект проспекта проспекту проспектом проспекте проспекты проспектах",
    ),
    (
        Class::LANE,
        "пер переулок переулка переулку переулком переулке переулки переулках",
    ),
    (
        Class::BOULEVARD,
        "б-р б-ре б-ру бул бульвар бульвара бульвару бульваром бульваре",
    ),
    (Class::SQUARE, "пл пл-дь площадь площади площадью"),
    (Class::BANK, "наб набережная набережной набережную"),
    (Class::ROAD, "ш шоссе тракт тракта тракту трактом тракте"),
    (
        Class::PASSAGE,
        "пр-д пр-де проезд проезда проезду проездом проезде туп тупик тупика тупике аллея аллеи аллее аллею",
    ),
    (Class::TOWN, "г гор город города городу городом городе"),
    (Class::VILLAGE, "с село села селу селом селе"),
    (
        Class::HAMLET,
        "д дер деревня деревни деревне деревню деревней х хутор хутора хуторе аул аула ауле",
    ),
    (
        Class::POSYOLOK,
        "п пос пгт рп поселок поселка поселку поселком поселке ст станция станции станцию",
    ),
    (
        Class::DISTRICT,
        "район района району районом районе районы р-н р-на р-не округ округа округу округом округе г.о м.о го мо",
    ),
    (
        Class::QUARTER,
        "мкр мкрн мкр-н м-н м-не мк-н мк-не микрорайон микрорайона микрорайону микрорайоном микрорайоне \
         ж/р ж-р ж/м жилрайон жилрайона жилрайоне жилмассив жилмассива жилмассиве квартал квартала квартале кв-л",
    ),
];

/// A type word of one or two letters is read as one only with its full stop («с.», «д.»), or, but
/// for the preposition «с», before a capital letter.
pub(super) fn is_short(folded: &str) -> bool {
    folded.chars().count() <= 2 && !matches!(folded, "ул" | "рп" | "го" | "мо" | "пл")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_a_catalogue_are_known() {
        for type_ in [
            "ул.",
            "пр.",
            "пер.",
            "б-р",
            "пл.",
            "наб.",
            "ш.",
            "тракт",
            "пр-д",
        ] {
            assert!(Class::of_type(type_).is_street(), "{type_}");
        }
        for type_ in [
            "г.",
            "с.",
            "д.",
            "п.",
            "пгт",
            "район",
            "мкр",
            "ж/р",
            "г. о.",
            "м. о.",
        ] {
            let class = Class::of_type(type_);
            assert!(!class.is_none() && !class.is_street(), "{type_}");
        }
        assert_eq!(
            Class::of_type("ул.").fits(Class::of_type("пр."), PlaceKind::Street),
            1
        );
        assert_eq!(
            Class::of_type("пр.").fits(Class::of_type("пр."), PlaceKind::Street),
            2
        );
        assert_eq!(
            Class::of_type("г.").fits(Class::of_type("ул."), PlaceKind::Street),
            0
        );
    }
}

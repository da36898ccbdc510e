//! Names that say where, not who: of streets and institutions, of monuments; and names of those who hold
//! a public office, where it is told beyond doubt.

use super::{
    super::said::{Said, is_one_of},
    cases::Case,
};

/// What bears a name in the genitive: «улица Марии Петровны Ивановой».
const BEARERS: &str = "имени им памяти ул улица улице улицы улицу улицей пр пр-т пр-кт просп проспект проспекте \
    проспекта проспекту пер переулок переулке переулка бульвар бульваре бульвара б-р площадь \
    площади пл набережная набережной наб проезд проезде тупик сквер сквере сквера парк парке \
    парка аллея аллее музей музее музея фонд фонда орден ордена";
/// What bears a name beside initials as well: «школа А. С. Макаренко».
const HOUSES: &str = "школа школе школы гимназия гимназии лицей лицее больница больнице больницы театр театре \
    театра библиотека библиотеке библиотеки дк дворец стадион";
/// What is put up to somebody, in the dative: «памятник Петру Ильичу Чайковскому».
const MONUMENTS: &str = "памятник памятника памятнику памятником памятнике бюст бюста мемориал мемориала доска доски \
    доску";
/// Titles between the two, in the genitive and the dative.
const TITLES: &str = "героя героини герою советского союза россии российской федерации рф ссср академика академику \
    маршала маршалу генерала генералу адмирала адмиралу космонавта космонавту летчика летчику \
    поэта поэту писателя писателю композитора художника профессора архитектора святого святой \
    святителя народного артиста полковника капитана лейтенанта партизана разведчика губернатора";
/// Public offices, in the nominative, genitive, dative, instrumental and prepositional.
const OFFICES: &[[&str; 5]] = &[
    [
        "губернатор",
        "губернатора",
        "губернатору",
        "губернатором",
        "губернаторе",
    ],
    ["мэр", "мэра", "мэру", "мэром", "мэре"],
    [
        "президент",
        "президента",
        "президенту",
        "президентом",
        "президенте",
    ],
    ["министр", "министра", "министру", "министром", "министре"],
    ["сенатор", "сенатора", "сенатору", "сенатором", "сенаторе"],
    ["депутат", "депутата", "депутату", "депутатом", "депутате"],
];
/// The head of something: public only with what is headed.
const HEAD: [&str; 5] = ["глава", "главы", "главе", "главой", "главе"];
/// What is headed or represented, in the genitive.
const HEADED: &str = "города района области края республики региона округа администрации поселения муниципалитета \
    управы думы госдумы правительства россии рф заксобрания";

/// Whether something is called after the name that begins at `first`. `case` is the patronymic's; initials
/// have none.
pub(super) fn is_honoured(said: &Said<'_>, first: usize, case: Option<Case>) -> bool {
    let mut at = first;
    while at > 0 && is_one_of(TITLES, said.before(at, 1)) && said.follows(at) {
        at -= 1;
    }
    if !said.joined_by(at, " \u{a0}.") {
        return false;
    }
    let bearer = said.before(at, 1);
    let genitive = matches!(case, None | Some(Case::Genitive | Case::Any));
    let dative = matches!(case, None | Some(Case::Dative | Case::Any));
    let said_so = matches!(bearer, "имени" | "им" | "памяти");
    said_so
        || (genitive && is_one_of(BEARERS, bearer))
        || (case.is_none() && is_one_of(HOUSES, bearer))
        || (dative && is_one_of(MONUMENTS, bearer))
}

/// Whether a public office stands right before the name that begins at `first`, in the name's own case:
/// «губернатору Иван Петрович жаловался» is about two people.
pub(super) fn is_official(said: &Said<'_>, first: usize, case: Case) -> bool {
    let mut at = first;
    let mut headed = false;
    for _ in 0..5 {
        if at == 0 || !said.follows(at) {
            return false;
        }
        let word = said.before(at, 1);
        if OFFICES.iter().any(|forms| holds(forms, word, case))
            || (headed && holds(&HEAD, word, case))
        {
            return true;
        }
        headed |= is_one_of(HEADED, word);
        if !is_one_of(HEADED, word)
            && !["ого", "его", "ой", "ей"]
                .iter()
                .any(|end| word.ends_with(end))
        {
            return false;
        }
        at -= 1;
    }
    false
}

fn holds(forms: &[&str; 5], word: &str, case: Case) -> bool {
    let at = |n: usize| forms[n] == word;
    match case {
        Case::Nominative => at(0),
        Case::Genitive => at(1),
        Case::Accusative => at(1) || word == "главу",
        Case::Dative => at(2),
        Case::Instrumental => at(3),
        Case::Prepositional => at(4),
        Case::Any => forms.contains(&word),
    }
}

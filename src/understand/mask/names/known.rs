//! First names in all their forms, and what surnames end in.

use std::{collections::HashSet, sync::LazyLock};

use crate::understand::mask::said::is_one_of;

/// First names as they are called; their cases are made of them. Common in the country's censuses.
const FIRST_NAMES: &str = "александр алексей анатолий андрей антон аркадий арсений артем артур богдан борис \
    вадим валентин валерий василий виктор виталий владимир владислав вячеслав геннадий георгий герман глеб \
    григорий даниил данил денис дмитрий евгений егор захар иван игнат игорь илья кирилл константин лев \
    леонид лука макар максим марат марк матвей михаил никита никифор николай олег павел петр платон роман \
    руслан савелий семен сергей станислав степан тарас тимофей тимур федор филипп эдуард юлиан юрий яков ян \
    ярослав абдулла айдар айрат альберт амир ахмед азат алмаз арслан ашот гамзат закир ибрагим ильдар \
    ильяс ислам камиль карен магомед мансур мурад муса наиль омар рамазан рамиль расул рафаэль рашид ренат \
    ринат рустам салават самвел тагир фарид хасан шамиль эльдар \
    агата аделина аксинья алевтина александра алена алина алиса алла альбина анастасия ангелина анжела анна \
    антонина валентина валерия варвара василиса вера вероника виктория галина дарья диана ева евгения \
    евдокия екатерина елена елизавета жанна зинаида злата зоя инна ирина карина кира клавдия кристина ксения \
    лариса лидия лилия любовь людмила майя маргарита марина мария матрена милана надежда наталия наталья \
    нина оксана олеся ольга пелагея полина прасковья раиса регина римма светлана снежана софия софья \
    стефания таисия тамара татьяна ульяна фаина эвелина элеонора эмма юлия яна ярослава айгуль айсылу алсу \
    альфия амина асия венера гузель гульнара дина диляра зарема зульфия ильмира лейла ляйсан мадина наиля \
    патимат разия роза румия сания фатима эльвира эльмира маша саша марья катерина лиза таня наташа";
/// Spoken short forms that stand before a patronymic only.
const SPOKEN: &str = "сан пал марь никол михал ляксандр";

static FORMS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let all = FIRST_NAMES.split_whitespace().flat_map(forms);
    let spoken = SPOKEN.split_whitespace().map(str::to_owned);
    let odd = [
        "павла",
        "павлу",
        "павлом",
        "павле",
        "льва",
        "льву",
        "львом",
        "льве",
        "любови",
        "любовью",
    ];
    all.chain(spoken).chain(odd.map(str::to_owned)).collect()
});

/// A name in all cases.
fn forms(name: &str) -> Vec<String> {
    let endings: &[&str] = match name.chars().next_back() {
        Some('а') => &["а", "ы", "и", "е", "у", "ой", "ою", "ей"],
        Some('я') => &["я", "и", "е", "ю", "ей", "ею"],
        Some('й' | 'ь') => &["й", "ь", "я", "ю", "ем", "е", "и", "ью"],
        _ => &["", "а", "у", "ом", "ем", "е"],
    };
    let cut = name.strip_suffix(['а', 'я', 'й', 'ь']).unwrap_or(name);
    endings
        .iter()
        .map(|ending| format!("{cut}{ending}"))
        .collect()
}

/// Whether a folded word is a form of a known first name.
pub(super) fn is_first_name(word: &str) -> bool {
    FORMS.contains(word)
}

/// What surnames end in, in their cases; prepositions of towns («в Пушкине») left out.
const SURNAMES: &str = "ов ова ову овым овой овы овых ев ева еву евым евой евы евых ин ина ину иным иной ины иных ын \
    ына ыну ыным ыной ский ского скому ским ском ская ской скую цкий цкого цкому цким цкая цкой \
    цкую ых их енко юк юка юку ян яна яну дзе швили ович евич чук";

/// Endings that other words have as well («дворник», «жилец»): not at a sentence's beginning.
const DOUBTFUL: &str = "ко ук ука уку ич ак як ец ман берг дт ник ейн";

/// Whether a folded word ends as surnames do; `sure` leaves doubtful ends out.
pub(super) fn is_surname(word: &str, sure: bool) -> bool {
    let ends = |endings: &str| endings.split(' ').any(|ending| word.ends_with(ending));
    word.chars().count() > 3 && (ends(SURNAMES) || (!sure && ends(DOUBTFUL)))
}

/// Capital words that stand before a name and are none, though some end like one.
const NO_NAMES: &str = "снова слова готова голова здорова основа женщина мужчина машина машину машины причина \
    половина сегодня завтра вчера здравствуйте спасибо уважаемая уважаемый дорогая дорогой наша \
    наш директор учитель врач доктор сосед соседка соседи только никак так как кто однако просто \
    школа улица наконец двоих своих моих ваших наших этих других таких председатель человек \
    участковый терапевт педиатр бабушка дедушка тетя дядя мама папа гражданка гражданин";

/// Whether a folded word before a name is no part of it.
pub(super) fn is_no_name(word: &str) -> bool {
    is_one_of(NO_NAMES, word)
}

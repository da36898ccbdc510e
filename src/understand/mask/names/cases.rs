//! Forms of patronymics. Start with [`patronymic_case`].

use crate::understand::mask::said::is_one_of;

/// The case that a form stands in; several forms serve more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::understand::mask) enum Case {
    /// «Петрович», «Петровна».
    Nominative,
    /// «Петровича», «Петровны».
    Genitive,
    /// «Петровичу», «Петровне».
    Dative,
    /// «Петровну».
    Accusative,
    /// «Петровичем», «Петровной».
    Instrumental,
    /// «Петровиче».
    Prepositional,
    /// The form does not tell.
    Any,
}

/// Sons: what follows the father's name, without the ending of the case.
const SONS: &[&str] = &["ович", "евич", "ыч"];
/// Those of fathers whose names end in a vowel, and the spoken ones, whole.
const SONS_WHOLE: &str = "ильич кузьмич лукич фомич никитич савич саввич фокич иванович палыч";
const DAUGHTERS: &[&str] = &["овн", "евн"];
const DAUGHTERS_WHOLE: &str = "ильиничн кузьминичн лукиничн фоминичн никитичн саввичн савичн фокичн иванн палн михалн \
    николавн";
/// Endings of cases after a son's form and after a daughter's.
const SONS_CASES: &[(&str, Case)] = &[
    ("", Case::Nominative),
    ("а", Case::Genitive),
    ("у", Case::Dative),
    ("ем", Case::Instrumental),
    ("ом", Case::Instrumental),
    ("е", Case::Prepositional),
];
const DAUGHTERS_CASES: &[(&str, Case)] = &[
    ("а", Case::Nominative),
    ("ы", Case::Genitive),
    ("е", Case::Dative),
    ("у", Case::Accusative),
    ("ой", Case::Instrumental),
    ("ою", Case::Instrumental),
];
/// Words with such an end that are no patronymics, by their beginning.
const OTHERS: &str = "царевич королевич царевн королевн поповн деревн ровн духовн основн условн церковн любовн \
    виновн верховн чиновн плачевн душевн гневн дневн древн ежедневн повседневн уровн даровн \
    гаревн подарковн резервн";

/// The case of a folded word that is a patronymic; none for any other.
pub(in crate::understand::mask) fn patronymic_case(word: &str) -> Option<Case> {
    // Asked of every word of a text: most are too short or end otherwise.
    if word.len() < "палн".len() + 2 {
        return None;
    }
    let son = || case_of(word, 'ч', SONS_CASES, SONS, SONS_WHOLE);
    let found = case_of(word, 'н', DAUGHTERS_CASES, DAUGHTERS, DAUGHTERS_WHOLE).or_else(son)?;
    let other = OTHERS.split(' ').any(|other| word.starts_with(other));
    (!other).then_some(found)
}

fn case_of(
    word: &str,
    last: char,
    cases: &[(&str, Case)],
    stems: &[&str],
    whole: &str,
) -> Option<Case> {
    cases.iter().find_map(|(ending, case)| {
        let stem = word
            .strip_suffix(ending)
            .filter(|stem| stem.ends_with(last))?;
        let father = stems.iter().find_map(|end| stem.strip_suffix(end));
        let long = father.is_some_and(|father| father.len() > 2);
        (long || is_one_of(whole, stem)).then_some(*case)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patronymics_are_told_in_each_case_and_other_words_are_not() {
        for (word, case) in [
            ("петровна", Case::Nominative),
            ("петровны", Case::Genitive),
            ("львовичу", Case::Dative),
            ("ильиничной", Case::Instrumental),
            ("кузьмиче", Case::Prepositional),
            ("рустамовну", Case::Accusative),
            ("иваныч", Case::Nominative),
        ] {
            assert_eq!(patronymic_case(word), Some(case), "{word}");
        }
        for word in [
            "деревне",
            "москвич",
            "кирпича",
            "уровне",
            "основной",
            "давно",
            "царевна",
            "типична",
            "вна",
        ] {
            assert_eq!(patronymic_case(word), None, "{word}");
        }
    }
}

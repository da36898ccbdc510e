//! Case forms of Russian names by rule: nouns and adjectives, all cases, one number.
//!
//! Rules make forms too many rather than too few: a form that no one writes costs nothing. No
//! dictionary stands behind it, so stress and animacy are not known. Words come folded (see
//! [`super::words`]). Start with [`adjective`] and [`noun`].

/// All case forms of an adjective-shaped word (речная, заводской, верхнее, малые), or `None` when
/// it is not shaped so.
pub fn adjective(word: &str) -> Option<Vec<String>> {
    let (stem, ending) = split(word, 2)?;
    if stem.chars().count() < 2 {
        return None;
    }
    let last = stem.chars().last()?;
    let soft = matches!(ending, "яя" | "ее") && !"жчшщ".contains(last)
        || ending == "ий" && !"гкхжчшщ".contains(last)
        || ending == "ие" && last == 'н';
    let hushed = "жчшщ".contains(last);
    let endings: &[&str] = match ending {
        "ый" | "ой" | "ий" if soft => &["ий", "его", "ему", "им", "ем"],
        "ый" | "ий" | "ой" if hushed => &["его", "ему", "им", "ем", "ого", "ому", "ом"],
        "ый" | "ий" | "ой" => &["ого", "ому", "ым", "им", "ом"],
        "ая" if hushed => &["ая", "ей", "ую", "ою", "ой"],
        "ая" => &["ая", "ой", "ую", "ою"],
        "яя" => &["яя", "ей", "юю", "ею"],
        "ое" => &["ое", "ого", "ому", "ым", "им", "ом"],
        "ее" => &["ее", "его", "ему", "им", "ем"],
        "ые" => &["ые", "ых", "ым", "ыми"],
        "ие" if "гкхжчшщн".contains(last) => &["ие", "их", "им", "ими"],
        _ => return None,
    };
    let mut forms = join(stem, endings);
    if !forms.iter().any(|f| f == word) {
        forms.push(word.to_owned());
    }
    Some(forms)
}

/// All case forms of a noun, by its ending; plurals (ключи, горки) decline as plurals.
pub fn noun(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    let Some((stem, ending)) = split(word, 1) else {
        return forms;
    };
    let last = stem.chars().last().unwrap_or(' ');
    let sibilant = "гкхжчшщ".contains(last);
    match ending {
        "а" => forms.extend(join(
            stem,
            &[if sibilant { "и" } else { "ы" }, "е", "у", "ой", "ою", "ей"],
        )),
        "я" => forms.extend(join(stem, &["и", "е", "ю", "ей", "ею"])),
        "о" => forms.extend(join(stem, &["а", "у", "ом", "е"])),
        "е" => forms.extend(join(stem, &["я", "ю", "ем", "и", "а", "у"])),
        "й" => forms.extend(join(stem, &["я", "ю", "ем", "е", "и"])),
        "ь" => forms.extend(join(stem, &["и", "ью", "я", "ю", "ем", "е"])),
        "и" | "ы" => forms.extend(plural(stem, last)),
        "у" | "э" | "ю" => {}
        _ => {
            forms.extend(join(word, &["а", "у", "ом", "ем", "е"]));
            if let Some(stem) = without_fleeting_vowel(word) {
                forms.extend(join(&stem, &["а", "у", "ом", "ем", "е"]));
            }
        }
    }
    forms
}

fn plural(stem: &str, last: char) -> Vec<String> {
    let mut forms = join(
        stem,
        &["ов", "ев", "ей", "", "ам", "ям", "ами", "ями", "ах", "ях"],
    );
    let shorter: String = stem
        .chars()
        .take(stem.chars().count().saturating_sub(1))
        .collect();
    if last == 'к' {
        forms.extend(["ок", "ек"].map(|e| format!("{shorter}{e}")));
    }
    forms
}

/// «городок» is «городк» before an ending, «ольховец» is «ольховц».
fn without_fleeting_vowel(word: &str) -> Option<String> {
    let (stem, ending) = split(word, 2)?;
    let consonant = match ending {
        "ок" | "ек" => "к",
        "ец" => "ц",
        _ => return None,
    };
    (stem.chars().count() > 2).then(|| format!("{stem}{consonant}"))
}

/// The word without its last `n` letters, and those letters.
fn split(word: &str, n: usize) -> Option<(&str, &str)> {
    let (at, _) = word.char_indices().rev().nth(n - 1)?;
    (at > 0).then(|| word.split_at(at))
}

fn join(stem: &str, endings: &[&str]) -> Vec<String> {
    endings.iter().map(|e| format!("{stem}{e}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(forms: &[String], wanted: &[&str]) {
        for form in wanted {
            assert!(forms.iter().any(|f| f == form), "{form} not in {forms:?}");
        }
    }

    #[test]
    fn adjectives_of_each_gender() {
        has(
            &adjective("речная").expect("an adjective"),
            &["речной", "речную"],
        );
        has(
            &adjective("верхняя").expect("an adjective"),
            &["верхней", "верхнюю"],
        );
        has(
            &adjective("заводской").expect("an adjective"),
            &["заводского", "заводском", "заводским"],
        );
        has(
            &adjective("окружное").expect("an adjective"),
            &["окружном", "окружного"],
        );
        has(
            &adjective("малые").expect("an adjective"),
            &["малых", "малыми"],
        );
        assert!(adjective("ленина").is_none());
        assert!(adjective("заречье").is_none());
    }

    #[test]
    fn nouns_of_each_declension() {
        has(
            &noun("березовка"),
            &["березовки", "березовке", "березовку", "березовкой"],
        );
        has(&noun("ключи"), &["ключей", "ключах", "ключам"]);
        has(&noun("горки"), &["горок", "горках"]);
        has(&noun("солонцы"), &["солонцов", "солонцах"]);
        has(&noun("токташево"), &["токташева", "токташеве"]);
        has(&noun("заречье"), &["заречья", "заречью"]);
        has(&noun("пристань"), &["пристани", "пристанью"]);
        has(
            &noun("светлореченск"),
            &["светлореченска", "светлореченском"],
        );
        has(&noun("городок"), &["городка", "городке"]);
        has(&noun("раздолье"), &["раздолья", "раздолье"]);
    }
}

//! From bytes to text: what the bytes are, whatever their label says. Start with [`decode`].
//!
//! Order: byte order mark, the HTTP header, the declaration in the document. Then the label is
//! checked: valid UTF-8 beats an 8-bit label; text that claims UTF-8 and is not, or whose letters
//! make no Russian under its label while another set makes good Russian, is detected.

use encoding_rs::{Encoding, IBM866, ISO_8859_5, KOI8_R, UTF_8, WINDOWS_1251};

/// Decoded text and how we came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The name of the set used.
    pub charset: &'static str,
    /// The label was absent or wrong and the set is a guess.
    pub guessed: bool,
}

/// How far into a document its declaration is looked for.
const LOOK: usize = 4096;
/// A share of broken characters above which a label is not believed.
const BROKEN: f64 = 0.005;
/// [`russianness`] from which text is taken for Russian.
const GOOD: f64 = 0.35;
/// Fewer non-ASCII characters than this prove nothing.
const ENOUGH: i64 = 10;

/// Decodes a document. `http` is the charset of the Content-Type header, if any.
pub fn decode(bytes: &[u8], http: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return plain(encoding, &bytes[mark..], false);
    }
    let declared = http.and_then(find).or_else(|| find(&declaration(bytes)?));
    if bytes.is_ascii() && declared.is_none_or(Encoding::is_ascii_compatible) {
        return plain(UTF_8, bytes, false);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return plain(UTF_8, bytes, declared.is_some_and(|set| set != UTF_8));
    }
    match declared {
        Some(set) if set == UTF_8 && broken_share(set, bytes) > BROKEN => detect(bytes, None),
        Some(set) if set == UTF_8 => plain(set, bytes, false),
        Some(set) => check(set, bytes),
        None => detect(bytes, None),
    }
}

/// The set of a label, non-standard spellings included; `None` when nobody knows it.
pub fn find(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let label = match label.as_str() {
        "win-1251" | "win1251" | "windows1251" | "cp-1251" | "1251" | "ansi" => "windows-1251",
        "koi8r" | "koi-8" => "koi8-r",
        "cp866" | "866" | "dos" | "cp-866" => "ibm866",
        "utf8" | "utf-8-sig" | "unicode" => "utf-8",
        other => other,
    };
    Encoding::for_label(label.as_bytes())
}

/// The charset named by an XML declaration or a `<meta>` near the start.
fn declaration(bytes: &[u8]) -> Option<String> {
    let head: String = bytes
        .iter()
        .take(LOOK)
        .map(|b| char::from(*b).to_ascii_lowercase())
        .collect();
    let after = |marker: &str, within: &str| {
        let at = within.find(marker)? + marker.len();
        let value: String = within[at..]
            .trim_start_matches([' ', '=', '"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
            .collect();
        Some(value).filter(|value| !value.is_empty())
    };
    let xml = head
        .find("<?xml")
        .and_then(|start| after("encoding", head[start..].split("?>").next()?));
    xml.or_else(|| after("charset=", &head[head.find("<meta")?..]))
}

fn plain(encoding: &'static Encoding, bytes: &[u8], guessed: bool) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded {
        text: text.into_owned(),
        charset: encoding.name(),
        guessed,
    }
}

fn broken_share(encoding: &'static Encoding, bytes: &[u8]) -> f64 {
    let sample = &bytes[..bytes.len().min(64 * 1024)];
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (broken, all) = text.chars().fold((0u32, 0u32), |(broken, all), c| {
        (broken + u32::from(c == '\u{fffd}'), all + 1)
    });
    f64::from(broken) / f64::from(all.max(1))
}

/// An 8-bit label is believed unless another Cyrillic set makes plainly better Russian.
fn check(declared: &'static Encoding, bytes: &[u8]) -> Decoded {
    let own = russianness(declared, bytes);
    match best_cyrillic(bytes) {
        Some((set, score)) if set != declared && score > GOOD && score - own > 0.2 => {
            plain(set, bytes, true)
        }
        _ if broken_share(declared, bytes) > BROKEN => detect(bytes, Some(declared)),
        _ => plain(declared, bytes, false),
    }
}

fn detect(bytes: &[u8], fallback: Option<&'static Encoding>) -> Decoded {
    if let Some((set, _)) = best_cyrillic(bytes).filter(|(_, score)| *score > GOOD) {
        return plain(set, bytes, true);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    plain(fallback.unwrap_or(guess), bytes, true)
}

fn best_cyrillic(bytes: &[u8]) -> Option<(&'static Encoding, f64)> {
    [WINDOWS_1251, KOI8_R, IBM866, ISO_8859_5]
        .into_iter()
        .map(|set| (set, russianness(set, bytes)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// How much the non-ASCII characters look like Russian under a set: from -1 to 1, about 0.6 for
/// real text. The dozen commonest letters make two thirds of it; a wrong set permutes letters and
/// swaps their case, so rare letters, capitals after small ones and pseudographics count against.
fn russianness(encoding: &'static Encoding, bytes: &[u8]) -> f64 {
    let sample = &bytes[..bytes.len().min(64 * 1024)];
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut good, mut all) = (0i64, 0i64);
    let mut previous = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            all += 1;
            good += worth(c, previous);
        }
        previous = c;
    }
    if all < ENOUGH {
        return 0.0;
    }
    (good as f64 / all as f64).clamp(-1.0, 1.0)
}

fn worth(c: char, previous: char) -> i64 {
    let capital_inside = is_cyrillic(c) && c.is_uppercase() && previous.is_lowercase();
    let glued = is_cyrillic(c) && previous.is_ascii_alphabetic();
    if capital_inside || glued {
        return -2;
    }
    match c {
        'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'с' | 'р' | 'в' | 'л' | 'к' | 'м' => 1,
        'О' | 'Е' | 'А' | 'И' | 'Н' | 'Т' | 'С' | 'Р' | 'В' | 'Л' | 'К' | 'М' => 1,
        'ш' | 'ю' | 'ц' | 'щ' | 'э' | 'ф' | 'ъ' | 'Ш' | 'Ю' | 'Ц' | 'Щ' | 'Э' | 'Ф' | 'Ъ' => {
            -1
        }
        'А'..='я' | 'ё' | 'Ё' => 0,
        '«' | '»' | '—' | '–' | '№' | '…' | '“' | '”' | '„' | '\u{a0}' | '•' => 0,
        _ => -2,
    }
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, 'А'..='я' | 'Ё' | 'ё')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<?xml version=\"1.0\"?><rss><title>Уважаемые жители! С понедельника \
        во дворах на улице Садовой чинят трубы — воду дадут к вечеру.</title></rss>";

    fn in_set(set: &'static Encoding, declared: &str) -> Vec<u8> {
        let text = TEXT.replace("?>", &format!("{declared}?>"));
        set.encode(&text).0.into_owned()
    }

    #[test]
    fn sets_are_told_apart_without_a_label() {
        for set in [WINDOWS_1251, KOI8_R, IBM866, ISO_8859_5, UTF_8] {
            let text = TEXT.replace('—', "-");
            let decoded = decode(&set.encode(&text).0, None);
            assert_eq!(decoded.charset, set.name());
            assert!(decoded.text.contains("чинят трубы"));
        }
    }

    #[test]
    fn labels_that_lie_are_found_out() {
        for label in ["utf-8", "koi8-r", "iso-8859-1", "win-1251", "no-such-set"] {
            let bytes = in_set(WINDOWS_1251, &format!(" encoding=\"{label}\""));
            let decoded = decode(&bytes, None);
            assert_eq!(decoded.charset, "windows-1251", "{label}");
            assert!(decoded.text.contains("Уважаемые"));
        }
        let utf8 = in_set(UTF_8, " encoding=\"windows-1251\"");
        assert_eq!(decode(&utf8, Some("windows-1251")).charset, "UTF-8");
    }

    #[test]
    fn capitals_are_not_another_set() {
        let text = "<?xml version=\"1.0\"?><t>ВНИМАНИЕ! ОТКЛЮЧЕНИЕ ВОДЫ НА САДОВОЙ</t>";
        for set in [WINDOWS_1251, KOI8_R] {
            let decoded = decode(&set.encode(text).0, Some(set.name()));
            assert!(decoded.text.contains("ОТКЛЮЧЕНИЕ"), "{decoded:?}");
            assert_eq!(
                decode(&set.encode(text).0, None),
                Decoded {
                    guessed: true,
                    ..decoded
                }
            );
        }
    }

    #[test]
    fn other_languages_keep_their_label() {
        let french = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><t>L'été à la forêt, \
            où l'on célèbre les élèves</t>";
        let bytes = encoding_rs::WINDOWS_1252.encode(french).0.into_owned();
        assert!(decode(&bytes, None).text.contains("l'on célèbre"));
    }

    #[test]
    fn a_few_broken_bytes_do_not_change_the_set() {
        let mut bytes = TEXT.repeat(20).into_bytes();
        bytes[70] = 0xFF;
        assert!(decode(&bytes, Some("utf-8")).text.contains("чинят трубы"));
    }

    #[test]
    fn byte_order_marks_win() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("Вода".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&bytes, Some("utf-8")).text, "Вода");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, label in "[a-z0-9-]{0,12}") {
            decode(&bytes, Some(&label));
        }
    }
}

//! The address of a source as people paste it, as the connectors want it. Pure. Start with [`read`].

use url::Url;

/// What the connectors are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub owner: String,
    pub screen_name: Option<String>,
}

/// Reads an address of a platform.
///
/// # Errors
/// The locale key of what is wrong.
pub(super) fn read(platform: &str, text: &str) -> Result<Address, &'static str> {
    let text = text.trim();
    match platform {
        "vk" => vk(text),
        "telegram" => telegram(text),
        "feed" => feed(text),
        _ => Err("wrong-platform-unknown"),
    }
}

/// The first step of the path on one of these hosts, or the whole text where it names none.
fn name_on<'a>(text: &'a str, hosts: &[&str]) -> Option<&'a str> {
    let bare = text
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    let mut steps = bare.split('/').filter(|step| !step.is_empty());
    let first = steps.next()?;
    let first_host = first.trim_start_matches("www.").trim_start_matches("m.");
    let name = match hosts.contains(&first_host) {
        true => steps.find(|step| *step != "s")?,
        false if steps.next().is_some() => return None,
        false => first,
    };
    name.split(['?', '#']).next()
}

fn vk(text: &str) -> Result<Address, &'static str> {
    let name = name_on(text, &["vk.com", "vk.ru"]).ok_or("wrong-address-vk")?;
    let numbered = ["club", "public", "event", "-"];
    let number = numbered
        .iter()
        .find_map(|word| name.strip_prefix(word)?.parse::<u32>().ok());
    let number = number.or_else(|| name.parse().ok());
    if let Some(number) = number.filter(|number| *number > 0) {
        return Ok(Address {
            owner: format!("-{number}"),
            screen_name: None,
        });
    }
    let personal = name
        .strip_prefix("id")
        .is_some_and(|id| id.parse::<u64>().is_ok());
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    match name {
        _ if personal => Err("wrong-address-personal"),
        name if name.len() >= 2 && name.chars().all(fits) => Ok(Address {
            owner: name.to_ascii_lowercase(),
            screen_name: Some(name.to_ascii_lowercase()),
        }),
        _ => Err("wrong-address-vk"),
    }
}

fn telegram(text: &str) -> Result<Address, &'static str> {
    let name = name_on(text, &["t.me", "telegram.me"]).ok_or("wrong-address-telegram")?;
    let name = name.trim_start_matches('@');
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    match name {
        name if name.starts_with('+') || name == "joinchat" => Err("wrong-address-personal"),
        name if begins && (4..=32).contains(&name.len()) && name.chars().all(fits) => Ok(Address {
            owner: name.to_owned(),
            screen_name: None,
        }),
        _ => Err("wrong-address-telegram"),
    }
}

fn feed(text: &str) -> Result<Address, &'static str> {
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false => format!("https://{text}"),
    };
    let url = Url::parse(&whole).map_err(|_| "wrong-address-feed")?;
    let web =
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|h| h.contains('.'));
    let bare = url.username().is_empty() && url.password().is_none();
    match web && bare {
        true => Ok(Address {
            owner: url.into(),
            screen_name: None,
        }),
        false => Err("wrong-address-feed"),
    }
}

/// A code for a new source: `vk-gorod-ryadom`.
pub(super) fn code(platform: &str, address: &Address) -> String {
    let prefix = match platform {
        "telegram" => "tg",
        other => other,
    };
    let named = match platform {
        "feed" => Url::parse(&address.owner)
            .ok()
            .and_then(|url| Some(url.host_str()?.to_owned())),
        _ => None,
    };
    let named = named.unwrap_or_else(|| address.owner.clone());
    let slug: String = named
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    format!("{prefix}-{}", slug.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_paste_them() {
        let owner = |platform, text| read(platform, text).map(|address| address.owner);
        for text in [
            "https://vk.com/club77",
            "vk.ru/public77",
            "-77",
            "77",
            "https://m.vk.com/club77?w=wall",
        ] {
            assert_eq!(owner("vk", text), Ok("-77".into()), "{text}");
        }
        assert_eq!(
            owner("vk", "https://vk.com/Gorod_Ryadom"),
            Ok("gorod_ryadom".into())
        );
        assert_eq!(owner("vk", "vk.com/id5"), Err("wrong-address-personal"));
        assert_eq!(
            owner("vk", "https://example.ru/club77"),
            Err("wrong-address-vk")
        );
        assert_eq!(owner("vk", ""), Err("wrong-address-vk"));
        for text in [
            "https://t.me/s/gorod",
            "@gorod",
            "t.me/gorod?before=5",
            "gorod",
        ] {
            assert_eq!(owner("telegram", text), Ok("gorod".into()), "{text}");
        }
        assert_eq!(
            owner("telegram", "t.me/+AbCd"),
            Err("wrong-address-personal")
        );
        assert_eq!(owner("telegram", "город"), Err("wrong-address-telegram"));
        assert_eq!(
            owner("feed", "gorod.example/rss"),
            Ok("https://gorod.example/rss".into())
        );
        for text in [
            "ftp://gorod.example/rss",
            "https://a:b@gorod.example/",
            "http://localhost/",
            "нет",
        ] {
            assert!(owner("feed", text).is_err() || text == "нет", "{text}");
        }
    }

    #[test]
    fn codes_say_what_they_are() {
        let code_of =
            |platform: &str, text| code(platform, &read(platform, text).expect("it is sound"));
        assert_eq!(code_of("vk", "club77"), "vk-77");
        assert_eq!(code_of("vk", "gorod_ryadom"), "vk-gorod-ryadom");
        assert_eq!(code_of("telegram", "@gorod"), "tg-gorod");
        assert_eq!(
            code_of("feed", "https://news.gorod.example/rss"),
            "feed-news-gorod-example"
        );
    }
}

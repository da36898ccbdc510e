//! E-mail addresses as settings and catalogues give them: checked, never looked up. Start with
//! [`address`].

use lettre::{Address, message::Mailbox};

/// A plain address: `duty@region.example`.
///
/// # Errors
/// A sentence that shows what was given.
pub fn address(text: &str) -> Result<Address, String> {
    let wrong = || format!("«{text}» is no mailbox, such as duty@region.example");
    if !text.is_ascii() {
        return Err(format!(
            "«{text}»: write a mailbox in Latin letters, a Russian domain as xn--…"
        ));
    }
    let parsed: Address = text.parse().map_err(|_| wrong())?;
    // A mistake far more often than a host of one's own.
    match parsed.domain().contains('.') || parsed.domain() == "localhost" {
        true => Ok(parsed),
        false => Err(wrong()),
    }
}

/// An address with or without a name: `Отклик <otklik@region.example>`.
///
/// # Errors
/// A sentence that shows what was given.
pub fn named(text: &str) -> Result<Mailbox, String> {
    let (name, plain) = match text
        .trim()
        .strip_suffix('>')
        .and_then(|t| t.rsplit_once('<'))
    {
        Some((name, plain)) => (name.trim().trim_matches('"'), plain),
        None => ("", text.trim()),
    };
    if name.chars().any(char::is_control) {
        return Err(format!("«{text}»: a sender's name is one line"));
    }
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address(plain)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_mailboxes_are_taken() {
        for good in [
            "duty@region.example",
            "a.b+c@xn--80a.xn--p1ai",
            "root@localhost",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "duty",
            "duty@",
            "@region.example",
            "a b@region.example",
            "a@b@c.example",
            "дежурный@регион.рф",
            "duty@region",
            "x@region.example\r\nBcc: y@region.example",
            "Дежурный <duty@region.example>",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sender_may_have_a_name() {
        let sender = named("Отклик <otklik@region.example>").unwrap();
        assert_eq!(sender.name.as_deref(), Some("Отклик"));
        assert_eq!(sender.email.to_string(), "otklik@region.example");
        assert_eq!(named("otklik@region.example").unwrap().name, None);
        assert!(named("Отклик\r\nBcc: x <a@b.example>").is_err() && named("").is_err());
    }
}

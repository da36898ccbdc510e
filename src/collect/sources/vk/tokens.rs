//! Which kind of token may call which method, as data, and the choice among the tokens that the
//! settings give. Start with [`usable`]. A token is chosen by what it may do, never to get round the
//! limit of another one.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{collect::politeness::Domain, config::settings::Collect, domain::hex};
use Kind::{Community, Service, User};

/// Whose a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An application's: reads what everybody may see.
    Service,
    /// A person's.
    User,
    /// An own community's.
    Community,
}

/// The kinds that may call each method by the schema of 5.199, the preferred one first.
pub const METHODS: &[(&str, &[Kind])] = &[
    ("wall.get", &[Service, User]),
    ("wall.getById", &[Service, User]),
    ("wall.getComments", &[Service, User]),
    ("wall.getComment", &[User]),
    ("wall.getReposts", &[Service, User]),
    ("wall.search", &[Service, User]),
    ("newsfeed.search", &[Service, User]),
    ("groups.getById", &[Service, User, Community]),
    ("groups.search", &[User]),
    ("utils.resolveScreenName", &[Service, User, Community]),
    ("board.getTopics", &[Service, User]),
    ("board.getComments", &[Service, User]),
    ("execute", &[User, Community]),
    ("groups.getLongPollServer", &[Community, User]),
    ("groups.addCallbackServer", &[Community, User]),
    ("groups.getCallbackConfirmationCode", &[Community, User]),
    ("groups.getCallbackSettings", &[Community, User]),
    ("streaming.getServerUrl", &[Service]),
    ("streaming.getStats", &[Service]),
    ("streaming.getStem", &[Service]),
];

/// The kinds that may call a method; what nobody described is tried as a public one.
pub fn kinds(method: &str) -> &'static [Kind] {
    METHODS
        .iter()
        .find(|(name, _)| *name == method)
        .map_or(&[Service, User], |(_, kinds)| kinds)
}

/// A token of the settings, with its own limits for one method.
pub(super) struct Token {
    pub secret: SecretString,
    pub domain: Domain,
    /// What its holds are kept under: another token in the same place is not held by them.
    pub key: String,
}

/// The tokens that may call `method`, the preferred one first. `group` is the community that the call
/// is about: its own token comes before those of other communities.
pub(super) fn usable(settings: &Collect, method: &str, group: Option<i64>) -> Vec<Token> {
    let vk = &settings.vk;
    let mut found = Vec::new();
    for kind in kinds(method) {
        match kind {
            Service => found.push((&vk.token, "token".to_owned(), settings.vk_per_second)),
            User => found.push((&vk.user_token, "user".to_owned(), vk.user_per_second)),
            Community => {
                let own = group.map(|group| group.to_string());
                let mut all: Vec<_> = vk.community_tokens.iter().collect();
                all.sort_by_key(|(number, _)| Some(*number) != own.as_ref());
                let first = all.first().map(|(number, secret)| {
                    (*secret, format!("group:{number}"), vk.community_per_second)
                });
                found.extend(first);
            }
        }
    }
    found
        .into_iter()
        .filter(|(secret, ..)| !secret.expose_secret().is_empty())
        .map(|(secret, name, rate)| {
            let domain = Domain {
                day_zone: settings.vk_day_zone.clone(),
                ..Domain::vk_token(&name, rate, settings.vk_limit(method))
            };
            token(secret, domain)
        })
        .collect()
}

/// Whom a method burdens: the preferred token's limit domain; none without a token.
pub(in crate::collect) fn domain_for(settings: &Collect, method: &str) -> Option<Domain> {
    let first = usable(settings, method, None).into_iter().next();
    first.map(|token| token.domain)
}

fn token(secret: &SecretString, domain: Domain) -> Token {
    let print = hex::digits(&Sha256::digest(secret.expose_secret())[..4]);
    Token {
        secret: secret.clone(),
        key: format!("{}#{print}", domain.name),
        domain,
    }
}

/// A text in which no token of the settings stands, whatever a platform repeats.
pub(super) fn hidden(settings: &Collect, text: &str) -> String {
    let vk = &settings.vk;
    let all = [&vk.token, &vk.user_token].into_iter();
    all.chain(vk.community_tokens.values())
        .map(ExposeSecret::expose_secret)
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::Settings;

    fn chosen(method: &str, change: impl FnOnce(&mut Collect)) -> Vec<(String, i64)> {
        let mut settings = Settings::load(None, []).expect("the defaults are sound");
        settings.collect.vk.token = "service".into();
        change(&mut settings.collect);
        usable(&settings.collect, method, Some(7))
            .into_iter()
            .map(|token| (token.domain.name, token.domain.per_day))
            .collect()
    }

    #[test]
    fn the_method_decides_which_tokens_are_tried_and_how_often_a_day() {
        let all = |settings: &mut Collect| {
            settings.vk.user_token = "user".into();
            for number in ["5", "7"] {
                let tokens = &mut settings.vk.community_tokens;
                tokens.insert(number.into(), number.into());
            }
        };
        let named = |name: &str, per_day| (name.to_owned(), per_day);
        assert_eq!(chosen("wall.get", |_| {}), [named("vk:token", 5000)]);
        assert_eq!(
            chosen("newsfeed.search", all),
            [named("vk:token", 1000), named("vk:user", 1000)]
        );
        assert_eq!(
            chosen("groups.getById", all),
            ["vk:token", "vk:user", "vk:group:7"].map(|name| named(name, 5000))
        );
        assert_eq!(chosen("wall.getComment", |_| {}), []);
        assert_eq!(
            chosen("wall.get", |s| s
                .vk
                .per_day
                .extend([("wall.get".into(), 9)])),
            [named("vk:token", 9)]
        );
    }

    #[test]
    fn texts_show_no_token() {
        let mut settings = Settings::load(None, []).expect("the defaults are sound");
        settings.collect.vk.user_token = "vk1.a.long".into();
        let shown = hidden(&settings.collect, "no vk1.a.long here");
        assert_eq!(shown, "no *** here");
    }
}

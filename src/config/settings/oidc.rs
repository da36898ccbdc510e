//! Settings of signing in at the organisation's provider (OpenID Connect), and what makes no sense
//! among them.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Web, masked};
use crate::{
    config::{catalogue::Catalogue, region::RegionCatalogue},
    domain::user::{Needs, Role},
};

/// The provider, and which of its groups is which role.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[allow(missing_docs)]
pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    #[serde(serialize_with = "masked::whole")]
    pub client_secret: SecretString,
    pub scopes: Vec<String>,
    pub claim: String,
    pub label: String,
    pub timeout_seconds: u64,
    pub roles: Vec<RoleRule>,
}

/// A value of the claim gives a role and its reach; no sectors or municipalities are all of them.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct RoleRule {
    pub value: String,
    pub role: Role,
    #[serde(default)]
    pub sectors: Vec<String>,
    #[serde(default)]
    pub municipalities: Vec<String>,
}

impl Oidc {
    /// Whether people may sign in at a provider.
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// Sectors and municipalities of rules that nobody knows: such a rule would show nothing.
    pub fn unknown_reach(&self, catalogue: &Catalogue, region: &RegionCatalogue) -> Vec<String> {
        let places = region.municipalities();
        let mut problems = Vec::new();
        for rule in &self.roles {
            let sectors = rule.sectors.iter().map(|code| ("sector", code));
            let strange = sectors.filter(|(_, code)| catalogue.sector(code).is_none());
            let codes = rule.municipalities.iter();
            let elsewhere = codes.filter(|code| !places.is_empty() && !places.contains(*code));
            for (what, code) in strange.chain(elsewhere.map(|code| ("municipality", code))) {
                let value = &rule.value;
                problems.push(format!(
                    "web.oidc.roles: {value}: there is no {what} {code}"
                ));
            }
        }
        problems
    }
}

impl RoleRule {
    /// What the role wants that the rule does not name.
    fn lacks(&self) -> Option<&'static str> {
        match self.role.needs() {
            Needs::Sector if self.sectors.is_empty() => Some("sectors"),
            Needs::Municipality if self.municipalities.is_empty() => Some("municipalities"),
            _ => None,
        }
    }
}

impl Web {
    /// What is wrong with the provider's settings.
    pub(super) fn provider_problems(&self) -> Vec<String> {
        let (o, mut problems) = (&self.oidc, Vec::new());
        if !self.local_sign_in && !o.is_on() {
            problems.push("web.local_sign_in: nobody could sign in without web.oidc.issuer".into());
        }
        if !self.local_sign_in && self.break_glass.is_empty() {
            problems.push(
                "web.break_glass: name an administrator, or nobody gets in when the provider is down"
                    .into(),
            );
        }
        if !o.is_on() {
            return problems;
        }
        if !is_safe(&o.issuer) {
            problems.push("web.oidc.issuer: wants an address that begins with https://".into());
        }
        for (key, value) in [("client_id", &o.client_id), ("claim", &o.claim)] {
            if value.is_empty() {
                problems.push(format!("web.oidc.{key}: is wanted beside web.oidc.issuer"));
            }
        }
        if !(1..=8).contains(&o.timeout_seconds) {
            problems.push("web.oidc.timeout_seconds: wants 1 to 8, for people wait".into());
        }
        if o.roles.is_empty() {
            problems.push("web.oidc.roles: without a rule nobody has a role".into());
        }
        for rule in &o.roles {
            if let Some(what) = rule.lacks() {
                let (value, role) = (&rule.value, rule.role);
                problems.push(format!(
                    "web.oidc.roles: {value}: the role {role} wants {what}"
                ));
            }
        }
        problems
    }
}

/// https, or this machine.
fn is_safe(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")),
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::config::settings::Settings;

    fn problems(text: &str) -> Vec<String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let settings = Settings::load(Some(file.path()), []).unwrap();
        settings.web.provider_problems()
    }

    #[test]
    fn a_sound_provider_has_no_problems() {
        let sound = r#"
            [web.oidc]
            issuer = "https://id.example"
            client_id = "otklik"
            [[web.oidc.roles]]
            value = "housing staff"
            role = "block_employee"
            sectors = ["housing"]
        "#;
        assert_eq!(problems(sound), Vec::<String>::new());
    }

    #[test]
    fn a_rule_for_an_unknown_sector_or_municipality_is_told() {
        let mut oidc = Settings::load(None, []).unwrap().web.oidc;
        oidc.roles = vec![RoleRule {
            value: "staff".into(),
            role: Role::BlockEmployee,
            sectors: vec!["housing".into(), "housng".into()],
            municipalities: vec!["1".into()],
        }];
        let catalogue = Catalogue::load(None).unwrap();
        let told = oidc.unknown_reach(&catalogue, &RegionCatalogue::default());
        assert_eq!(told, ["web.oidc.roles: staff: there is no sector housng"]);
    }

    #[test]
    fn what_would_lock_everybody_out_is_told() {
        let told = problems("[web]\nlocal_sign_in = false");
        assert!(
            told[0].starts_with("web.local_sign_in: ") && told[1].starts_with("web.break_glass: ")
        );
        let told = problems(
            "[web.oidc]\nissuer = \"http://id.example\"\n[[web.oidc.roles]]\nvalue = \"x\"\nrole = \"municipal_head\"",
        );
        let keys: Vec<_> = told.iter().map(|t| t.split(": ").next().unwrap()).collect();
        assert_eq!(
            keys,
            ["web.oidc.issuer", "web.oidc.client_id", "web.oidc.roles"]
        );
        assert!(told[2].contains("municipalities"), "{told:?}");
    }

    #[test]
    fn a_rule_with_an_unknown_word_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let text = "[[web.oidc.roles]]\nvalue = \"x\"\nrole = \"curator\"\nsector = \"housing\"";
        file.write_all(text.as_bytes()).unwrap();
        let told = Settings::load(Some(file.path()), [])
            .unwrap_err()
            .to_string();
        assert!(told.contains("sector"), "{told}");
    }
}

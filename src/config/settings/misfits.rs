//! Settings and the list of sources that do not fit each other: a source whose network has no key, events
//! of a page that is no source. Start with [`Collect::misfits`].

use secrecy::ExposeSecret;

use super::Collect;
use crate::{
    config::region::RegionCatalogue,
    domain::{post::Platform, source::SourceConfig},
};

impl Collect {
    /// What would stop sources later, in a sentence each.
    pub fn misfits(&self, region: &RegionCatalogue) -> Vec<String> {
        let visited = region.sources.iter().filter(|s| s.enabled != Some(false));
        let mut problems: Vec<String> = visited.filter_map(|source| self.misfit(source)).collect();
        for callback in &self.vk.callbacks {
            let source = region
                .sources
                .iter()
                .find(|s| s.code.as_str() == callback.source);
            if source.is_none_or(|source| source.platform != Platform::Vk) {
                let code = &callback.source;
                problems.push(format!(
                    "collect.vk.callbacks: there is no source {code} of vk"
                ));
            }
        }
        problems
    }

    fn misfit(&self, source: &SourceConfig) -> Option<String> {
        let ok = &self.ok;
        let signed = [&ok.session_secret, &ok.application_secret];
        let signed = signed
            .iter()
            .any(|secret| !secret.expose_secret().is_empty());
        let owner = source.owner.trim();
        let wants = match source.platform {
            Platform::Ok if ok.application_key.is_empty() => "wants collect.ok.application_key",
            Platform::Ok if ok.access_token.expose_secret().is_empty() => {
                "wants collect.ok.access_token"
            }
            Platform::Ok if !signed => {
                "wants collect.ok.session_secret or collect.ok.application_secret"
            }
            Platform::Max if self.max.token.expose_secret().is_empty() => "wants collect.max.token",
            Platform::Max
                if owner != "bot" && owner.parse::<i64>().map_or(true, |number| number >= 0) =>
            {
                "wants the number of a channel as owner, such as -70801090403050, or \"bot\""
            }
            _ => return None,
        };
        Some(format!("source {}: {wants}", source.code.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::{Callback, Settings};

    fn listed(platform: &str, owner: &str) -> SourceConfig {
        let text = format!(
            "code = \"s\"\nplatform = \"{platform}\"\nowner = \"{owner}\"\nname = \"Источник\"\n"
        );
        toml::from_str(&text).expect("it is a source")
    }

    #[test]
    fn a_source_without_its_key_is_told_before_it_is_visited() {
        let mut collect = Settings::load(None, []).expect("the defaults").collect;
        let told = |collect: &Collect, platform: &str, owner: &str| {
            let region = RegionCatalogue {
                sources: vec![listed(platform, owner)],
                ..RegionCatalogue::default()
            };
            collect.misfits(&region).join("; ")
        };
        assert!(told(&collect, "ok", "53").contains("application_key"));
        assert!(told(&collect, "max", "bot").contains("collect.max.token"));
        collect.ok.application_key = "KEY".into();
        collect.ok.access_token = "a-token".into();
        assert!(told(&collect, "ok", "53").contains("session_secret"));
        collect.ok.application_secret = "a-secret".into();
        collect.max.token = "a-token".into();
        for (platform, owner) in [("ok", "53"), ("max", "-7"), ("max", "bot"), ("vk", "7")] {
            assert_eq!(told(&collect, platform, owner), "");
        }
        for owner in ["7", "gorod"] {
            assert!(told(&collect, "max", owner).contains("number of a channel"));
        }
        collect.vk.callbacks = vec![Callback {
            source: "other".into(),
            group: 7,
            secret: "a-secret-of-the-page".into(),
            confirmation: "".into(),
        }];
        assert!(told(&collect, "vk", "7").contains("no source other"));
    }
}

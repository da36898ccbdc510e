//! Places (schema.org Place) of the region's gazetteer.

use serde::{Deserialize, Serialize};

use super::post::coded;

coded! {
    /// What kind of place it is.
    PlaceKind {
        /// A municipality: the unit of access.
        Municipality = "municipality",
        /// A town or village.
        Settlement = "settlement",
        /// A district of a town.
        District = "district",
        /// A street.
        Street = "street",
        /// A well-known object.
        Object = "object",
    }
}

/// An entry of the gazetteer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Code (OKTMO or the region's own).
    pub code: String,
    /// Kind.
    pub kind: PlaceKind,
    /// The type's abbreviation: «ул.», «г.», «мкр».
    #[serde(rename = "type")]
    pub type_: String,
    /// The name without its type.
    pub name: String,
    /// The municipality's code.
    pub municipality: String,
    /// The settlement's code, for streets and districts.
    pub settlement: Option<String>,
    /// Latitude, degrees.
    pub lat: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// Other names, `|` between.
    #[serde(default)]
    pub aliases: String,
}

impl Place {
    /// With its type before or after the name, as Russian has it: «г. о. Светлореченск», yet
    /// «Берёзовский район», for an adjective stands before its noun.
    pub fn label(&self) -> String {
        let (type_, name) = (self.type_.trim(), self.name.trim());
        let adjective = ["ий", "ый", "ой"].iter().any(|end| name.ends_with(end));
        match (type_.is_empty(), adjective) {
            (true, _) => name.to_owned(),
            (false, true) => format!("{name} {type_}"),
            (false, false) => format!("{type_} {name}"),
        }
    }
}

/// A place that a text names, or that its source implies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceMatch {
    /// The gazetteer's code.
    pub code: String,
    /// How it is shown: «ул. Речная, 14».
    pub name: String,
    /// The municipality's code.
    pub municipality: String,
    /// Confidence, 0 to 1.
    pub score: f32,
    /// Latitude, degrees.
    pub lat: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// Only implied by the source's home, not named in the text.
    #[serde(default)]
    pub implied: bool,
}

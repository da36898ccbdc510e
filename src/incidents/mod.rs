//! Incidents: open, route, promise, transition, answer.
//!
//! The machine opens incidents and lets posts join them ([`route`]); only named people take, pass,
//! answer, decline or close ([`act`]), and give a sector to what the machine was unsure of
//! ([`triage`]). Nothing here touches text beyond what is masked. Start with [`route::decide`].

pub mod act;
pub mod open;
pub mod promise;
pub mod route;
pub mod triage;

use std::sync::Arc;

use crate::{
    config::{catalogue::Catalogue, settings},
    domain::id::Ids,
};

/// What incident work needs beside the store and the moment.
#[derive(Clone)]
pub struct Desk {
    /// Sectors and topics.
    pub catalogue: Arc<Catalogue>,
    /// The settings of incidents.
    pub settings: settings::Incidents,
    /// New ids.
    pub ids: Ids,
    /// Codes of places too wide to say «near»: towns, municipalities.
    pub wide_places: Arc<std::collections::HashSet<String>>,
}

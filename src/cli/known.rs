//! Codes as given on the command line, checked against what there is.

use otklik::{
    config::{catalogue::Catalogue, settings::Settings},
    domain::time::Clock,
};

use super::{BadArguments, region};

/// Refuses sectors and municipalities that the operator's catalogues lack.
pub fn check_reach(
    settings: &Settings,
    sectors: &[String],
    municipalities: &[String],
) -> anyhow::Result<()> {
    let catalogue = Catalogue::load(settings.catalogues())?;
    let known: Vec<&str> = catalogue.sectors().iter().map(|s| &*s.code).collect();
    check("sector", sectors, &known)?;
    let region = region(settings, &Clock::System)?.municipalities();
    let mut known: Vec<&str> = region.iter().map(String::as_str).collect();
    known.sort_unstable();
    if !known.is_empty() {
        check("municipality", municipalities, &known)?;
    }
    Ok(())
}

/// Refuses the first code that is not among the known ones.
pub fn check(what: &str, given: &[String], known: &[&str]) -> Result<(), BadArguments> {
    match given.iter().find(|code| !known.contains(&code.as_str())) {
        None => Ok(()),
        Some(code) => Err(BadArguments(format!(
            "there is no {what} {code}; choose from {}",
            known.join(", ")
        ))),
    }
}

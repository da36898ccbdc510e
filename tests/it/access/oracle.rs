//! What somebody may see, by brute force: every grant against every row, from a table written here and
//! not read from the store. It shares no code with the scopes that it judges.

use otklik::domain::user::Role;

/// A role with the sector and municipality that its grant names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    pub role: Role,
    pub sector: Option<&'static str>,
    pub municipality: Option<&'static str>,
}

/// Where a row lies.
pub type Spot = (Option<&'static str>, Option<&'static str>);

const RIGHTS: &str = "
                read handle posts links triage claims stats alerts pages
curator          +     +      +     +     +      +      +     +      +
executor         +     +      +     +     -      -      -     -      -
centre_head      +     +      +     +     +      +      +     +      +
direction_head   +     +      +     +     -      -      +     -      +
block_lead       +     -      +     -     -      -      +     -      -
block_head       +     +      +     +     -      -      +     -      -
block_employee   +     +      +     +     -      -      -     -      -
content_centre   -     -      +     +     -      +      -     -      +
media_lead       -     -      +     -     -      +      +     -      +
municipal_head   +     -      +     -     -      -      +     -      -
leadership       -     -      -     -     -      -      +     -      -
auditor          -     -      -     -     -      -      -     -      -
administrator    -     -      -     -     -      -      -     +      +
";

/// Roles that see nothing unless their grant names what stands beside them.
const NEED_SECTOR: [Role; 3] = [Role::BlockLead, Role::BlockHead, Role::BlockEmployee];
const NEED_PLACE: [Role; 1] = [Role::MunicipalHead];

fn has(role: Role, right: &str) -> bool {
    let mut lines = RIGHTS.lines().filter(|line| !line.is_empty());
    let at = lines
        .next()
        .unwrap()
        .split_whitespace()
        .position(|word| word == right);
    let line = lines.find(|line| line.split_whitespace().next() == Some(role.code()));
    let marks = line.unwrap_or_else(|| panic!("{role} has no line"));
    marks.split_whitespace().nth(at.unwrap() + 1) == Some("+")
}

/// Whether any of the grants is of use for a right at all.
pub fn may(held: &[Held], right: &str) -> bool {
    held.iter().any(|h| counts(h) && has(h.role, right))
}

/// Whether one of the grants gives a right on a row that lies there.
pub fn sees(held: &[Held], right: &str, (sector, municipality): Spot) -> bool {
    let reaches = |h: &Held| {
        (h.sector.is_none() || h.sector == sector)
            && (h.municipality.is_none() || h.municipality == municipality)
    };
    held.iter()
        .any(|h| counts(h) && has(h.role, right) && reaches(h))
}

fn counts(h: &Held) -> bool {
    let no_sector = NEED_SECTOR.contains(&h.role) && h.sector.is_none();
    let no_place = NEED_PLACE.contains(&h.role) && h.municipality.is_none();
    !no_sector && !no_place
}

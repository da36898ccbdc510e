//! One folder per platform. In each, `bytes -> posts` is pure; what to ask next is beside it.

pub mod feed;
pub mod max;
pub mod ok;
pub mod open311;
pub mod pos;
pub mod site;
pub mod telegram;
pub mod vk;

use crate::domain::post::Platform;

/// The fields, by the names that a platform's answers give them, that tell who somebody is: of authors,
/// signers, those answered, those whose words are carried on, and contacts. Each connector declares its
/// own. Only the author's identifier is read, and is a pseudonym before the first write; no other of them
/// is read at all. `tests/it/identities.rs` plants identities in each of them, and in everything else that
/// is not needed, and looks for them everywhere.
pub fn identifying(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Vk => vk::IDENTIFYING,
        Platform::Telegram => telegram::IDENTIFYING,
        Platform::Feed => feed::IDENTIFYING,
        Platform::Ok => ok::IDENTIFYING,
        Platform::Max => max::IDENTIFYING,
        Platform::Site => site::IDENTIFYING,
        Platform::Open311 => open311::IDENTIFYING,
        // What a table holds is told by its mapping, for each file anew.
        Platform::Pos | Platform::Import => &[],
    }
}

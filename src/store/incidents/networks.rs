//! The networks of an incident's posts as bits of one number, so that a filter and a count need no look
//! at the posts. The same bits stand in the table `network`, for statements.

use crate::domain::post::Platform;

/// A network's bit. Stored: never given to another one.
pub const fn bit(platform: Platform) -> i64 {
    match platform {
        Platform::Vk => 1,
        Platform::Telegram => 2,
        Platform::Feed => 4,
        Platform::Ok => 8,
        Platform::Max => 16,
        Platform::Site => 32,
        Platform::Pos => 64,
        Platform::Open311 => 128,
        Platform::Import => 256,
    }
}

/// The bits of networks by their codes; a code that nobody knows has none.
pub fn bits<'a>(codes: impl IntoIterator<Item = &'a str>) -> i64 {
    let known = codes.into_iter().filter_map(Platform::from_code);
    known.fold(0, |bits, platform| bits | bit(platform))
}

/// The networks of some bits.
pub(super) fn platforms(bits: i64) -> impl Iterator<Item = Platform> {
    let all = Platform::ALL.iter().copied();
    all.filter(move |platform| bits & bit(*platform) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_has_a_bit_of_its_own_that_the_migration_knows() {
        let migration = include_str!("../../../migrations/0019_reach.sql");
        let mut seen = 0;
        for platform in Platform::ALL {
            let bit = bit(*platform);
            assert!(seen & bit == 0 && bit.count_ones() == 1, "{platform}");
            assert!(
                migration.contains(&format!("('{platform}', {bit})")),
                "{platform}"
            );
            assert!(platforms(bit).eq([*platform]));
            seen |= bit;
        }
    }
}

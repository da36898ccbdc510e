//! One folder per platform. In each, `bytes -> posts` is pure; what to ask next is beside it.

pub mod feed;
pub mod max;
pub mod ok;
pub mod open311;
pub mod pos;
pub mod site;
pub mod telegram;
pub mod vk;

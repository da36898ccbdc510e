//! Collect: fetch politely, and turn bytes into posts.
//!
//! Parsers are pure functions from recorded bytes to [`Page`](crate::domain::source::Page)s or
//! posts; nothing here writes to the store. Start with [`sources`], one folder per platform; then
//! [`replay`], which runs recorded answers through the same parsers.

pub mod address;
pub mod backfill;
pub mod charset;
pub mod dates;
pub mod fetch;
pub mod html;
pub mod import;
pub mod politeness;
pub mod poll;
pub mod reactions;
pub mod replay;
pub mod robots;
pub mod schedule;
pub mod selfcheck;
pub mod sources;
pub mod tree;
pub mod xml;

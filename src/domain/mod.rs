//! Plain types and pure rules: no I/O, no async, no SQL.
//!
//! Everything that the other folders talk about is named here, with the field's standard terms
//! (ActivityStreams, schema.org ClaimReview, Open311). Start with [`post`], then [`incident`].

pub mod actor;
pub mod annotation;
pub mod claim;
pub mod coverage;
pub mod health;
pub mod hex;
pub mod id;
pub mod incident;
pub mod job;
pub mod journal;
pub mod json_line;
pub mod page;
pub mod patience;
pub mod place;
pub mod plain;
pub mod post;
pub mod reach;
pub mod reading;
pub mod source;
pub mod table;
pub mod time;
pub mod user;
pub mod watch;
pub mod widget;

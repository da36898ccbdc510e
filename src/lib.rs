#![warn(missing_docs)]
//! Otklik hears public complaints, brings them to the right sector team, and keeps the promised
//! time. The map, in the order in which data flows:
//!
//! ```text
//! collect -> store -> understand -> index -> incidents -> people (web, api, alerts)
//! ```
//!
//! Data goes left to right through the store; no stage calls the next. A folder may use anything
//! to its left in this row (`tests/it/layers.rs` checks it):
//!
//! ```text
//! domain <- config, meters <- store, index <- collect, understand, incidents, notify <- work, web <- demo <- app
//! ```

pub mod app;
pub mod collect;
pub mod config;
pub mod demo;
pub mod domain;
pub mod incidents;
pub mod index;
pub mod meters;
pub mod notify;
pub mod store;
pub mod understand;
pub mod web;
pub mod work;

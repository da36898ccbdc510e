//! The demo: loopback servers that speak the networks' real protocols over an invented region, for
//! the ordinary service to crawl. Nothing here writes to the database or knows the crawler: demo
//! rows enter through the ordinary gates only.

pub mod feeds;
pub mod material;
pub mod server;
mod site;
pub mod telegram;
pub mod vk;
pub mod world;

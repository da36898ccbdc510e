//! All stories, in one binary. `scripts/test` starts what they need and runs them.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should say where"
)]

mod access;
mod again;
mod alerts;
mod api;
mod auth;
mod backup;
mod browser;
mod claims;
mod cli;
mod collect;
mod crawl;
mod deliveries;
mod demo_material;
mod demo_servers;
mod demo_story;
mod doctor;
mod evidence;
mod fetch;
mod fuzzed;
mod harness;
mod headlines;
mod hostile;
mod identities;
mod import;
mod incidents;
mod index;
mod installation;
mod journal;
mod layers;
mod logs;
mod mailserver;
mod metrics;
mod network;
mod noted;
mod office;
mod open311;
mod outage;
mod pages;
mod places;
mod politeness;
mod process;
mod reach;
mod receive;
mod receiver;
mod replay;
mod reposts;
mod retention;
mod search;
mod shutdown;
mod sign_in;
mod sites;
mod social;
mod store;
mod tables;
mod upgrade;
mod watched;
mod week;
mod widget;

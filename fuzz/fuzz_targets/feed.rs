//! Any bytes as a feed, in whatever charset they claim.
#![no_main]

use jiff::tz::TimeZone;
use otklik::collect::sources::feed::parse::{Reading, read_feed};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let reading = Reading {
        owner: "https://site.example/rss.xml",
        charset: None,
        zone: TimeZone::UTC,
    };
    let _ = read_feed(bytes, &reading);
});

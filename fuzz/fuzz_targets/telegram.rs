//! Any text as a channel's preview page.
#![no_main]

libfuzzer_sys::fuzz_target!(|page: &str| {
    let _ = otklik::collect::sources::telegram::preview::read_page(page, "https://t.example");
});

//! Any text through masking: done twice it changes nothing more.
#![no_main]

use otklik::understand::{language, mask::mask};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let once = mask(text).into_owned();
    assert_eq!(mask(&once), once);
    let _ = language::detect(text);
});

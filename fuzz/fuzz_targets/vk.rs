//! Any bytes as an answer of VK: an error or a page, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = otklik::collect::sources::vk::read_any(bytes);
});

//! Bytes as hexadecimal digits: checksums and fingerprints as people see them.

/// Two small digits for each byte.
pub fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

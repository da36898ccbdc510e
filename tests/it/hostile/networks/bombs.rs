//! Small bytes that unpack to a gibibyte.

use flate2::{Compress, Compression, FlushCompress, Status};

/// A gibibyte of blanks, packed by brotli into 1.6 KiB (`brotli -q 11 -w 24`).
pub const GIGABYTE_IN_BROTLI: &[u8] = include_bytes!("gigabyte.br");

/// A gibibyte of blanks, packed by gzip into a mebibyte.
pub fn gigabyte_in_gzip() -> Vec<u8> {
    let plain = vec![b' '; 1 << 20];
    let mut packer = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 16);
    // A full flush ends at a byte and forgets what was before: the second block may be repeated.
    for _ in 0..2 {
        block.clear();
        let status = packer.compress_vec(&plain, &mut block, FlushCompress::Full);
        assert_eq!(status.unwrap(), Status::Ok);
    }
    let head = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    [head.as_slice(), &block.repeat(1024)].concat()
}

/// A body packed by gzip, whole.
pub fn gzip(body: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(body).unwrap();
    packer.finish().unwrap()
}

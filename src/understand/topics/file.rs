//! The model's file: magic, header as JSON, keys, idf, weights, SHA-256 of all before it.
//!
//! Numbers are little-endian. A file that lies about its lengths, labels or checksum is refused.

use sha2::{Digest, Sha256};

use super::{Header, Model};
use crate::domain::hex;

const MAGIC: &[u8; 8] = b"OTKLIKM1";
const MAX_HEADER: usize = 4 << 20;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// Not a model, or one of another version.
    #[error("it is no model of this version; train it again with `otklik train`")]
    Foreign,
    /// It ends too early, or its checksum differs.
    #[error("it is damaged ({0}); copy or train it again")]
    Damaged(&'static str),
}

pub(super) fn write(model: &Model) -> Vec<u8> {
    let header = serde_json::to_vec(&model.header).expect("plain data become JSON");
    let mut bytes = MAGIC.to_vec();
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend(&header);
    bytes.extend((model.keys.len() as u32).to_le_bytes());
    model
        .keys
        .iter()
        .for_each(|k| bytes.extend(k.to_le_bytes()));
    model.idf.iter().for_each(|v| bytes.extend(v.to_le_bytes()));
    let classes = model.header.classes();
    for row in model.rows.chunks_exact(model.lanes) {
        bytes.extend(row[..classes].iter().map(|&w| w as i8 as u8));
    }
    let digest = Sha256::digest(&bytes);
    bytes.extend(digest);
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<Model, ModelError> {
    if !bytes.starts_with(MAGIC) {
        return Err(ModelError::Foreign);
    }
    let Some((body, digest)) = bytes.split_last_chunk::<32>() else {
        return Err(ModelError::Damaged("too short"));
    };
    if Sha256::digest(body).as_slice() != digest {
        return Err(ModelError::Damaged("its checksum differs"));
    }
    let mut rest = &body[MAGIC.len()..];
    let length = number(&mut rest)?;
    if length > MAX_HEADER {
        return Err(ModelError::Damaged("its header is too long"));
    }
    let header: Header = serde_json::from_slice(take(&mut rest, length)?)
        .map_err(|_| ModelError::Damaged("its header is unreadable"))?;
    check(&header)?;
    let count = number(&mut rest)?;
    let bytes_of_keys = count
        .checked_mul(4)
        .ok_or(ModelError::Damaged("too many keys"))?;
    let words = |bytes: &[u8]| -> Vec<u32> {
        let chunks = bytes.as_chunks::<4>().0;
        chunks
            .iter()
            .map(|&four| u32::from_le_bytes(four))
            .collect()
    };
    let keys = words(take(&mut rest, bytes_of_keys)?);
    let idf = words(take(&mut rest, bytes_of_keys)?);
    let idf: Vec<f32> = idf.into_iter().map(f32::from_bits).collect();
    if count.checked_mul(header.classes()) != Some(rest.len()) {
        return Err(ModelError::Damaged("its weights are not complete"));
    }
    if !idf.iter().all(|v| v.is_finite()) || !keys.is_sorted_by(|a, b| a < b) {
        return Err(ModelError::Damaged("its features are out of order"));
    }
    let weights: Vec<i8> = rest.iter().map(|&b| b as i8).collect();
    let checksum = hex::digits(digest);
    Ok(Model::build(header, keys, idf, &weights, checksum))
}

fn check(header: &Header) -> Result<(), ModelError> {
    let whole = header.heads.iter().all(|head| {
        let n = head.classes.len();
        n > 0 && head.bias.len() == n && head.unit.len() == n && head.calibration.offsets.len() == n
    });
    let joined = header.joint.as_ref().is_none_or(|joint| {
        header.heads.len() >= 2
            && joint.parents.len() == header.heads[1].classes.len()
            && joint
                .parents
                .iter()
                .all(|&p| p < header.heads[0].classes.len())
    });
    if whole && joined && !header.heads.is_empty() {
        Ok(())
    } else {
        Err(ModelError::Damaged("its classes do not fit together"))
    }
}

fn number(rest: &mut &[u8]) -> Result<usize, ModelError> {
    let four = take(rest, 4)?;
    Ok(u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], ModelError> {
    let Some((taken, after)) = rest.split_at_checked(length) else {
        return Err(ModelError::Damaged("it ends too early"));
    };
    *rest = after;
    Ok(taken)
}

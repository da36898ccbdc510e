//! The key that signs checkpoints and exported journals (Ed25519), and its public half.

use std::{fmt, str::FromStr};

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::{hex, unhex};

/// Signs. Lives outside the database: in the settings or in `data_dir/secrets`.
#[derive(Clone)]
pub struct SigningKey([u8; 32]);

impl SigningKey {
    /// The key that a secret text gives: always the same one.
    pub fn from_secret(text: &str) -> SigningKey {
        SigningKey(Sha256::digest(format!("otklik journal key\n{text}")).into())
    }

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.0).expect("every 32 bytes are an Ed25519 seed")
    }

    /// What others check signatures with.
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair().public_key().as_ref());
        PublicKey(bytes)
    }

    /// A signature in hexadecimal digits.
    pub fn sign(&self, message: &str) -> String {
        hex(self.pair().sign(message.as_bytes()).as_ref())
    }
}

/// Checks signatures; no secret. Written as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Whether `signature` is this key's under `message`.
    pub fn verify(&self, message: &str, signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        unhex::<64>(signature)
            .is_some_and(|signature| key.verify(message.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        unhex(text)
            .map(PublicKey)
            .ok_or("a public key is 64 hexadecimal digits; `otklik audit key` prints it")
    }
}

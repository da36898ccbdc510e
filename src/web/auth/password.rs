//! Passwords: argon2id, as PHC text.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::domain::id::Ids;

/// The shortest password that is taken, in characters (NIST SP 800-63B asks for 8 beside a second
/// factor, 15 without; ours is between, with growing delays).
pub const SHORTEST: usize = 10;

/// The longest, in bytes: hashing must not be a way to keep the machine busy.
pub const LONGEST: usize = 256;

/// How hard hashing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, KiB.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
}

impl Cost {
    /// OWASP's first choice of argon2id: 19 MiB, two passes.
    pub const STRONG: Cost = Cost {
        memory: 19 * 1024,
        passes: 2,
    };
    /// For tests, where thousands of sign-ins must take no time.
    pub const LIGHT: Cost = Cost {
        memory: 8,
        passes: 1,
    };

    fn hasher(self) -> Argon2<'static> {
        let params = Params::new(self.memory, self.passes, 1, None).unwrap_or_default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Below [`SHORTEST`].
    #[error("a password needs at least {SHORTEST} characters")]
    TooShort,
    /// Above [`LONGEST`].
    #[error("a password may have at most {LONGEST} bytes")]
    TooLong,
}

/// Hashes a new password with a fresh salt.
///
/// # Errors
/// [`Weak`].
pub fn hash(password: &str, cost: Cost, ids: &Ids) -> Result<String, Weak> {
    if password.chars().count() < SHORTEST {
        return Err(Weak::TooShort);
    }
    if password.len() > LONGEST {
        return Err(Weak::TooLong);
    }
    let salt: [u8; 16] = ids.bytes();
    let hashed = cost
        .hasher()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| Weak::TooLong)?;
    Ok(hashed.to_string())
}

/// A hash that no password fits, of this cost: what the password of an unknown login is compared with.
pub(crate) fn of_nobody(cost: Cost, ids: &Ids) -> String {
    let password = super::new_secret(ids);
    hash(&password, cost, ids).expect("43 characters are neither too few nor too many")
}

/// Whether a password fits a stored hash. Takes the time of the hash's own cost: call it off the
/// async threads.
pub fn verify(password: &str, stored: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(stored) else {
        return false;
    };
    password.len() <= LONGEST
        && Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_only_its_own_hash() {
        let ids = Ids::seeded(1);
        let stored = hash("длинный пароль", Cost::LIGHT, &ids).unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("длинный пароль", &stored));
        assert!(!verify("длинный пароль ", &stored));
        assert!(!verify("длинный пароль", "не хеш"));
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let ids = Ids::seeded(1);
        let one = hash("один и тот же", Cost::LIGHT, &ids).unwrap();
        assert_ne!(one, hash("один и тот же", Cost::LIGHT, &ids).unwrap());
        assert_eq!(hash("короткий", Cost::LIGHT, &ids), Err(Weak::TooShort));
    }
}

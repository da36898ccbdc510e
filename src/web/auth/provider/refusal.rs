//! Why a way to the provider and back came to nothing.

use openidconnect::ClaimsVerificationError;

/// Why nobody was signed in; the code is for the journal and the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The provider does not answer, or not as a provider.
    Away,
    /// The provider refused, or the person did.
    Denied,
    /// The answer belongs to no sign-in that this browser began, or to one that is over.
    State,
    /// The provider does not take the code: replayed, late, or another sign-in's.
    Code,
    /// The token is another sign-in's.
    Nonce,
    /// The token is over, or the clocks differ.
    Time,
    /// The token is not the provider's, or not for us.
    Token,
    /// The person is known there and has no role here.
    NoRole,
    /// The account is switched off here.
    Disabled,
}

impl Refusal {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Refusal::Away => "provider_away",
            Refusal::Denied => "provider_denied",
            Refusal::State => "provider_state",
            Refusal::Code => "provider_code",
            Refusal::Nonce => "provider_nonce",
            Refusal::Time => "provider_time",
            Refusal::Token => "provider_token",
            Refusal::NoRole => "provider_no_role",
            Refusal::Disabled => "provider_disabled",
        }
    }
}

/// The provider could not be asked; the cause goes to the log.
pub(super) fn away(error: &dyn std::error::Error) -> Refusal {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(%error, cause, "the sign-in provider could not be asked");
    Refusal::Away
}

/// Its token is worth nothing; the cause goes to the log.
pub(super) fn wrong(error: &ClaimsVerificationError) -> Refusal {
    tracing::warn!(%error, "the sign-in provider's token was refused");
    match error {
        ClaimsVerificationError::InvalidNonce(_) => Refusal::Nonce,
        ClaimsVerificationError::Expired(_) => Refusal::Time,
        _ => Refusal::Token,
    }
}

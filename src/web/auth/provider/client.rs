//! The provider as it describes itself, as a client of the `openidconnect` crate, and what its tokens
//! may carry. Start with [`describe`].

use openidconnect::{
    AdditionalClaims, AuthType, Client, ClientId, ClientSecret, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenFields,
    IssuerUrl, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{BACK, Refusal, away};
use crate::web::Shared;

/// Every claim beyond the standard ones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Given(pub Map<String, Value>);

impl AdditionalClaims for Given {}

type IdFields = IdTokenFields<
    Given,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What a provider gives for a code.
pub(super) type Tokens = StandardTokenResponse<IdFields, CoreTokenType>;

/// An ID token of it.
pub(super) type Token =
    IdToken<Given, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// A provider that was asked for its description.
pub(super) type Provider = Client<
    Given,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider as it describes itself.
pub(super) async fn describe(app: &Shared) -> Result<Provider, Refusal> {
    let settings = &app.settings.web.oidc;
    let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| away(&error))?;
    let fetch = app.fetch().ok_or(Refusal::Away)?;
    let ask = |request| fetch.clone().call(request);
    let described = CoreProviderMetadata::discover_async(issuer, &ask);
    let described = described.await.map_err(|error| {
        if let DiscoveryError::Validation(told) = &error {
            tracing::warn!(%told, "the sign-in provider does not describe itself as web.oidc.issuer");
        }
        away(&error)
    })?;
    let secret = settings.client_secret.expose_secret();
    let secret = Some(secret).filter(|secret| !secret.is_empty());
    let back = RedirectUrl::new(format!("{}{BACK}", app.settings.web.address()));
    let auth = way_to_authenticate(&described);
    let client = Client::from_provider_metadata(
        described,
        ClientId::new(settings.client_id.clone()),
        secret.map(|secret| ClientSecret::new(secret.to_owned())),
    );
    let client = client.set_auth_type(auth);
    Ok(client.set_redirect_uri(back.map_err(|error| away(&error))?))
}

/// The standard's way, unless the provider takes the secret in the request's body alone.
fn way_to_authenticate(described: &CoreProviderMetadata) -> AuthType {
    use CoreClientAuthMethod::{ClientSecretBasic, ClientSecretPost};
    match described.token_endpoint_auth_methods_supported() {
        Some(known) if !known.contains(&ClientSecretBasic) && known.contains(&ClientSecretPost) => {
            AuthType::RequestBody
        }
        _ => AuthType::BasicAuth,
    }
}

/// The texts at a path such as `realm_access.roles`; a single text is a list of one.
pub(super) fn values(claims: &Map<String, Value>, path: &str) -> Vec<String> {
    let whole = claims.get(path); // a name with dots in it, as some providers have
    let mut steps = path.split('.');
    let first = steps.next().and_then(|step| claims.get(step));
    let inside = steps.try_fold(first, |at, step| at.map(|value| value.get(step)));
    let found = whole.or(inside.flatten());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match found {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(value) => text(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_found_wherever_providers_put_them() {
        let Value::Object(claims) = json!({
            "groups": ["a", "b", 3], "role": "one",
            "realm_access": { "roles": ["c"] }, "https://id.example/groups": ["d"],
        }) else {
            unreachable!("written as an object above")
        };
        assert_eq!(values(&claims, "groups"), ["a", "b"]);
        assert_eq!(values(&claims, "role"), ["one"]);
        assert_eq!(values(&claims, "realm_access.roles"), ["c"]);
        assert_eq!(values(&claims, "https://id.example/groups"), ["d"]);
        assert!(values(&claims, "nothing.here").is_empty());
    }
}

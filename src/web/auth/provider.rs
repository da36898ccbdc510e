//! Signing in at the organisation's provider: OpenID Connect, authorisation code with PKCE, state and
//! nonce. Start with [`start`] and [`finish`]; who the person is here decides `provider::people`.
//!
//! State, nonce and PKCE's word all follow from one secret, which only the browser has, in a cookie:
//! an answer that was meant for another browser fits none of the three. The provider's metadata and
//! keys are asked for each time: sign-ins are few, and keys that were changed there hold at once.

mod client;
mod fetch;
pub(crate) mod people;
mod refusal;

use std::time::{Duration, SystemTime};

use openidconnect::{
    AccessToken, AuthenticationFlow, AuthorizationCode, CsrfToken, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RequestTokenError, Scope, SubjectIdentifier,
    TokenResponse, UserInfoClaims,
    core::{CoreGenderClaim, CoreJwsSigningAlgorithm, CoreResponseType},
};

use client::{Given, Provider, Token, Tokens, describe, values};
pub(crate) use fetch::Fetch;
pub(crate) use refusal::Refusal;

use refusal::{away, wrong};

use super::{hash_secret, new_secret};
use crate::{
    domain::time::{Span, Timestamp},
    web::Shared,
};

/// Where the provider sends people back to.
pub(crate) const BACK: &str = "/signin/provider/back";
/// So far the provider's clock may be off.
const SKEW: Span = Span::minutes(1);
/// A token that was issued longer ago was not issued for this sign-in.
const OLDEST: Span = Span::minutes(10);

/// All questions of one request together: less than a page may take (`web::patience`), or people would
/// hear that the database is away.
const LONGEST: Duration = Duration::from_secs(8);

/// What makes a token worth anything: a signature by a key of the provider.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Somebody whom the provider named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// Who they are there, for ever.
    pub subject: String,
    /// The name they sign in with there.
    pub login: Option<String>,
    /// How they are called.
    pub name: Option<String>,
    /// Values of the claim that gives roles.
    pub values: Vec<String>,
}

/// What follows from the browser's secret.
struct Flow {
    state: String,
    nonce: String,
    verifier: String,
}

impl Flow {
    fn of(secret: &str) -> Self {
        let part = |name: &str| hash_secret(&format!("{name}\n{secret}"));
        Self {
            state: part("state"),
            nonce: part("nonce"),
            verifier: part("verifier"),
        }
    }
}

/// The state that an answer to this browser carries.
pub(crate) fn state_of(secret: &str) -> String {
    Flow::of(secret).state
}

/// Where to send somebody, and the secret for their browser.
pub(crate) async fn start(app: &Shared) -> Result<(String, String), Refusal> {
    within(lead(app)).await
}

/// Who came back with this code, in a browser with this secret.
pub(crate) async fn finish(app: &Shared, secret: &str, code: &str) -> Result<Person, Refusal> {
    within(ask_who(app, secret, code)).await
}

async fn within<T>(asked: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    let late = |_| {
        tracing::warn!("the sign-in provider takes longer than {LONGEST:?}");
        Err(Refusal::Away)
    };
    tokio::time::timeout(LONGEST, asked)
        .await
        .unwrap_or_else(late)
}

async fn lead(app: &Shared) -> Result<(String, String), Refusal> {
    let provider = describe(app).await?;
    let secret = new_secret(&app.ids);
    let flow = Flow::of(&secret);
    let verifier = PkceCodeVerifier::new(flow.verifier);
    let scopes = &app.settings.web.oidc.scopes;
    let scopes = scopes.iter().filter(|scope| *scope != "openid"); // always asked for
    let (url, ..) = provider
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            || CsrfToken::new(flow.state),
            || Nonce::new(flow.nonce),
        )
        .add_scopes(scopes.map(|scope| Scope::new(scope.clone())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok((url.into(), secret))
}

async fn ask_who(app: &Shared, secret: &str, code: &str) -> Result<Person, Refusal> {
    let (provider, flow) = (describe(app).await?, Flow::of(secret));
    let answer = exchange(app, &provider, code, flow.verifier).await?;
    let token = answer.id_token().ok_or(Refusal::Token)?;
    let mut person = verified(app, &provider, token, flow.nonce)?;
    if person.values.is_empty() {
        complete(app, &provider, answer.access_token(), &mut person).await?;
    }
    Ok(person)
}

/// The tokens for a code.
async fn exchange(
    app: &Shared,
    provider: &Provider,
    code: &str,
    verifier: String,
) -> Result<Tokens, Refusal> {
    let fetch = app.fetch().ok_or(Refusal::Away)?;
    let asked = provider
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|error| away(&error))?;
    asked
        .set_pkce_verifier(PkceCodeVerifier::new(verifier))
        .request_async(&|request| fetch.clone().call(request))
        .await
        .map_err(|error| match &error {
            RequestTokenError::ServerResponse(told) => {
                let told = told.error().as_ref().to_owned();
                tracing::warn!(%told, "the sign-in provider refused a code");
                Refusal::Code
            }
            other => away(other),
        })
}

/// Whom a token names, when it is the provider's, for us, of this sign-in and of now.
fn verified(
    app: &Shared,
    provider: &Provider,
    token: &Token,
    nonce: String,
) -> Result<Person, Refusal> {
    let (now, oidc) = (app.now(), &app.settings.web.oidc);
    let verifier = provider
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(|| moment(now.minus(SKEW)).into())
        .set_issue_time_verifier_fn(|issued| in_time(issued.timestamp_millis(), now));
    let claims = token
        .claims(&verifier, &Nonce::new(nonce))
        .map_err(|error| wrong(&error))?;
    // OpenID Connect Core 3.1.3.7, step 5, which the crate leaves to its callers.
    let party = claims.authorized_party();
    if party.is_some_and(|id| **id != oidc.client_id) {
        tracing::warn!("the sign-in provider's token was issued to another client");
        return Err(Refusal::Token);
    }
    Ok(Person {
        subject: claims.subject().to_string(),
        login: claims.preferred_username().map(|login| login.to_string()),
        name: claims
            .name()
            .and_then(|name| Some(name.get(None)?.to_string())),
        values: values(&claims.additional_claims().0, &oidc.claim),
    })
}

/// Many providers tell groups and names at the userinfo address alone.
async fn complete(
    app: &Shared,
    provider: &Provider,
    token: &AccessToken,
    person: &mut Person,
) -> Result<(), Refusal> {
    let subject = SubjectIdentifier::new(person.subject.clone());
    let Ok(asked) = provider.user_info(token.clone(), Some(subject)) else {
        return Ok(()); // it has no such address
    };
    let fetch = app.fetch().ok_or(Refusal::Away)?;
    let told: UserInfoClaims<Given, CoreGenderClaim> = asked
        .request_async(&|request| fetch.clone().call(request))
        .await
        .map_err(|error| away(&error))?;
    person.values = values(&told.additional_claims().0, &app.settings.web.oidc.claim);
    let login = told.preferred_username().map(|login| login.to_string());
    person.login = person.login.take().or(login);
    let name = told
        .name()
        .and_then(|name| Some(name.get(None)?.to_string()));
    person.name = person.name.take().or(name);
    Ok(())
}

/// Whether a token was issued for a sign-in of now, as far as two clocks agree.
fn in_time(issued: i64, now: Timestamp) -> Result<(), String> {
    let age = now.since(Timestamp::from_millis(issued));
    if age < Span::millis(-SKEW.as_millis()) {
        return Err("it was issued in the future: the clocks differ".into());
    }
    if age > OLDEST {
        return Err("it was issued long ago: the clocks differ, or it is another sign-in's".into());
    }
    Ok(())
}

fn moment(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.as_millis().max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_differ_by_a_minute() {
        let now = Timestamp::from_seconds(1_000_000);
        let at = |seconds: i64| in_time(now.plus(Span::seconds(seconds)).as_millis(), now);
        assert!(at(0).is_ok() && at(60).is_ok() && at(-600).is_ok());
        assert!(at(61).is_err() && at(-601).is_err());
    }

    #[test]
    fn what_follows_from_a_secret_differs_by_purpose() {
        let flow = Flow::of("secret");
        assert!(flow.state != flow.nonce && flow.nonce != flow.verifier);
        assert_eq!(flow.verifier.len(), 43, "as RFC 7636 wants it");
    }
}

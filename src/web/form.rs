//! Posted forms: read, checked for their token, and given as plain fields.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
};

use super::{
    Error, Shared,
    auth::{same_secret, session::Visitor},
    frame::{About, Frame},
};

/// The fields of a form, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// Reads a posted form, which has to carry this token in this field.
    pub(crate) async fn posted(
        request: Request,
        app: &Shared,
        (field, token): (&str, &str),
    ) -> Result<Self, Error> {
        let body = Bytes::from_request(request, app)
            .await
            .map_err(|_| Error::Invalid("form", "too_long"))?;
        let fields = Self::parse(&body);
        match same_secret(fields.get(field), token) {
            true => Ok(fields),
            false => Err(Error::Forged),
        }
    }

    /// A field without the white space around it; empty when it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Whether a field was sent at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A field as it stands, white space and all.
    pub(crate) fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field that may be given several times.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }
}

/// A form of somebody who is signed in, whose token was right.
pub(crate) struct Posted {
    /// Who posted it.
    pub visitor: Visitor,
    /// Its fields.
    pub fields: Fields,
}

impl FromRequest<Shared> for Posted {
    type Rejection = Error;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        let fields = Fields::posted(request, app, ("csrf", &visitor.csrf)).await?;
        Ok(Self { visitor, fields })
    }
}

/// A page that somebody who is signed in asks for.
pub(crate) struct Asked {
    /// Who asks.
    pub visitor: Visitor,
    /// The request's headers, for the flash.
    pub headers: HeaderMap,
    /// The query.
    pub query: Fields,
}

impl Asked {
    /// The frame of the page.
    pub(crate) fn frame(&self, app: &Shared, about: About) -> Frame {
        Frame::new(app, &self.visitor, &self.headers, about)
    }
}

impl FromRequestParts<Shared> for Asked {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Error> {
        Ok(Self {
            visitor: Visitor::from_request_parts(parts, app).await?,
            headers: parts.headers.clone(),
            query: Fields::parse(parts.uri.query().unwrap_or("").as_bytes()),
        })
    }
}

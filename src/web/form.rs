//! Posted forms: read, checked for their token, and given as plain fields.

use std::borrow::Cow;

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
use crate::domain::plain::plain;

/// The fields of a form, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<Field>);

#[derive(Debug, Clone)]
struct Field {
    name: String,
    /// As it was sent.
    raw: String,
    /// Without what steers a terminal, a database or the direction of writing.
    plain: String,
}

impl Fields {
    /// Reads a body of `application/x-www-form-urlencoded`.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let field = |(name, raw): (Cow<'_, str>, Cow<'_, str>)| Field {
            name: name.into_owned(),
            plain: plain(&raw).into_owned(),
            raw: raw.into_owned(),
        };
        Self(url::form_urlencoded::parse(body).map(field).collect())
    }

    fn find(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.name == name)
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

    /// A field as plain text without the white space around it; empty when it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.find(name).map_or("", |field| field.plain.trim())
    }

    /// Whether a field was sent at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A field as it was sent, white space, control characters and all: for what is only compared.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.find(name).map_or("", |field| field.raw.as_str())
    }

    /// Every value of a field that may be given several times.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let given = self.0.iter().filter(|field| field.name == name);
        given
            .map(|field| field.plain.trim())
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
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

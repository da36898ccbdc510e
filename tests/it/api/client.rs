//! A program before the API: what it sends, and what comes back.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use otklik::{
    domain::{
        time::Timestamp,
        user::{Field, Permission},
    },
    store::{Priority, scope::Allowance, tokens},
    web::auth::hash_secret,
};
use serde_json::Value;
use tower::ServiceExt;

use crate::{harness::START, office::Office};

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub fn items(&self) -> Vec<Value> {
        self.json()["items"].as_array().cloned().unwrap_or_default()
    }
}

/// A program with a token.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: String,
}

impl Client {
    pub fn new(router: &Router, token: &str) -> Self {
        Self {
            router: router.clone(),
            token: token.to_owned(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], None).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, path, headers, None).await
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 8 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Every item of a list, page by page, by the `next` of the body; the Link header says the same.
    pub async fn walk(&self, path: &str) -> Vec<Value> {
        let (mut all, mut at) = (Vec::new(), path.to_owned());
        loop {
            let answer = self.get(&at).await;
            assert_eq!(answer.status, StatusCode::OK, "{at}: {}", answer.text);
            all.extend(answer.items());
            let body = answer.json();
            let Some(next) = body["next"].as_str() else {
                assert_eq!(answer.header("link"), "");
                return all;
            };
            let link = answer.header("link").to_owned();
            let (to, rest) = link.strip_prefix('<').unwrap().split_once('>').unwrap();
            assert!(rest == "; rel=\"next\"" && to.contains(next), "{link}");
            at = to.to_owned();
        }
    }
}

/// What an integration may do, see and reach.
pub fn allows(may: &[Permission], see: &[Field], sectors: &[&str], towns: &[&str]) -> Allowance {
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
    Allowance {
        permissions: may.to_vec(),
        fields: see.to_vec(),
        sectors: owned(sectors),
        municipalities: owned(towns),
    }
}

/// An integration gets a token: «token of NAME».
pub async fn integrate(office: &Office, name: &str, allows: &Allowance) -> Client {
    integrate_until(office, name, allows, None).await
}

pub async fn integrate_until(
    office: &Office,
    name: &str,
    allows: &Allowance,
    expires: Option<Timestamp>,
) -> Client {
    let token = format!("token of {name}");
    let mut tx = office.it.store.write(Priority::Person).await.unwrap();
    tokens::add_integration(&mut tx, &hash_secret(&token), name, allows, expires, START)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Client::new(&office.router, &token)
}

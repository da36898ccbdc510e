//! Reading a body within its limit.

use reqwest::{Response, header};

use super::{Body, answer, failure};
use crate::domain::source::{FetchError, Reaction};

/// The first `limit` bytes of a body; what comes after, and errors on the way, cut it short.
pub(super) async fn read_part(mut response: Response, limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= limit {
            bytes.truncate(limit);
            break;
        }
    }
    bytes
}

/// The whole body, or an error when it is larger than `limit` (decompressed: small answers can
/// unpack to gigabytes).
pub(super) async fn read_body(mut response: Response, limit: usize) -> Result<Body, FetchError> {
    let content_type = answer::header_text(&response, header::CONTENT_TYPE).unwrap_or_default();
    let (media_type, charset) = answer::content_type(&content_type);
    let etag = answer::header_text(&response, header::ETAG);
    let modified = answer::header_text(&response, header::LAST_MODIFIED);
    let told = response.headers().get_all("x-robots-tag").iter();
    let robots: Vec<&str> = told.filter_map(|value| value.to_str().ok()).collect();
    let robots = robots.join(", ").to_lowercase();
    let host = response.url().host_str().unwrap_or_default().to_owned();
    let broken = |error| failure::broken(&host, error);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > limit {
            let mib = limit / (1024 * 1024);
            let why = format!("the answer is larger than {mib} MiB");
            return Err(answer::failed(Reaction::Skip, why));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body {
        bytes,
        media_type,
        charset,
        etag,
        modified,
        robots,
    })
}

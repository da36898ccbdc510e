//! Looking for the widget on a site: its page, and the few scripts of its own that may hold the call.

use url::Url;

use super::widget::{detect, own_scripts};
use crate::{
    collect::{
        charset,
        fetch::{Body, Fetched, Fetcher, Request},
        politeness::{Domain, Haste},
        poll::{Collector, address, stop},
    },
    config::settings::Collect,
    domain::{
        source::FetchError,
        widget::{Widget, WidgetVerdict},
    },
};

/// Most bytes of a script.
const SCRIPT_LIMIT: usize = 1024 * 1024;

impl Collector {
    /// What a site's page shows of the widget.
    ///
    /// # Errors
    /// As a visit: the site's refusal, or an address that is none.
    pub async fn widget_on(&self, url: &str) -> Result<Widget, FetchError> {
        let url = address(url.trim())?;
        look(&self.fetcher, &self.settings, &url, Haste::Urgent).await
    }
}

/// Looks at one page. Its scripts are asked for only where the page leaves the number open.
///
/// # Errors
/// As the fetcher; a script that cannot be had is passed over.
pub async fn look(
    fetcher: &Fetcher,
    settings: &Collect,
    url: &Url,
    haste: Haste,
) -> Result<Widget, FetchError> {
    let domain = Domain::host(settings, url.host_str().unwrap_or_default());
    let asked = |url: &Url, limit: Option<usize>| {
        let request = Request::page(url.clone(), domain.clone(), haste);
        let limit = limit.unwrap_or(request.limit);
        Request { limit, ..request }
    };
    let page = match fetcher.fetch(asked(url, None)).await? {
        Fetched::Body(body) => text(&body),
        _ => return Err(stop("the page leads nowhere")),
    };
    let widget = detect(&page, &[]);
    if widget.verdict != WidgetVerdict::Partial {
        return Ok(widget);
    }
    let mut scripts = Vec::new();
    for script in own_scripts(&page, url) {
        if let Ok(Fetched::Body(body)) = fetcher.fetch(asked(&script, Some(SCRIPT_LIMIT))).await {
            scripts.push(text(&body));
        }
    }
    Ok(detect(&page, &scripts))
}

fn text(body: &Body) -> String {
    charset::decode(&body.bytes, body.charset.as_deref()).text
}

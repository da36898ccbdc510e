//! The widget in a page's markup and scripts. Start with [`detect`].

use std::sync::LazyLock;

use regex::Regex;
use scraper::Selector;
use url::Url;

use crate::{
    collect::tree,
    domain::widget::{Widget, WidgetVerdict},
};

macro_rules! regexes {
    ($($name:ident = $pattern:literal;)*) => {$(
        static $name: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new($pattern).expect("the pattern is a constant that tests compile")
        });
    )*};
}

regexes! {
    SCRIPT = r"(?i)pos\.gosuslugi\.ru/bin/script(\.min)?\.js";
    CALL = r#"(?i)Widget\(\s*["'`](?:https?:)?//pos\.gosuslugi\.ru/form/?["'`]\s*,\s*["'`]?(\d{1,12})"#;
    FORM = r"(?i)pos\.gosuslugi\.ru\\?/form";
    LINK = r"(?i)pos\.gosuslugi\.ru";
    PLACE = r"(?i)js-show-iframe-wrapper|pos-banner-fluid|pos-banner-btn_2|pos\.gosuslugi\.ru/bin/banner-fluid/";
    COMMENT = r"(?s)<!--.*?-->";
}

/// Scripts of a page's own host that are worth a look.
const MOST_SCRIPTS: usize = 4;

/// What a page and its own scripts show of the widget.
pub fn detect(page: &str, scripts: &[String]) -> Widget {
    // What a site has commented out nobody sees.
    let page = COMMENT.replace_all(page, " ");
    let scripts = || scripts.iter().map(String::as_str);
    let texts = || std::iter::once(&*page).chain(scripts());
    let form = texts().find_map(|text| CALL.captures(text)?.get(1)?.as_str().parse().ok());
    let loads = texts().any(|text| SCRIPT.is_match(text));
    let place = PLACE.is_match(&page);
    let verdict = if form.is_some() && (loads || place) {
        WidgetVerdict::Present
    } else if loads || place || form.is_some() || scripts().any(|text| FORM.is_match(text)) {
        WidgetVerdict::Partial
    } else if FORM.is_match(&page) || LINK.is_match(&page) {
        WidgetVerdict::LinkOnly
    } else {
        WidgetVerdict::Absent
    };
    Widget { verdict, form }
}

/// Scripts of the page's own host in which the call may stand, the likeliest first.
pub fn own_scripts(page: &str, address: &Url) -> Vec<Url> {
    let Ok(tree) = tree::parse(page) else {
        return Vec::new();
    };
    let Ok(css) = Selector::parse("script[src]") else {
        return Vec::new();
    };
    let mut found: Vec<Url> = Vec::new();
    for script in tree.select(&css) {
        let url = script
            .attr("src")
            .and_then(|src| address.join(src.trim()).ok());
        if let Some(url) = url
            && url.host() == address.host()
            && matches!(url.scheme(), "http" | "https")
            && !found.contains(&url)
        {
            found.push(url);
        }
    }
    // Libraries hold no calls; what the site wrote itself does.
    let library = |url: &Url| {
        let path = url.path().to_lowercase();
        [
            "jquery",
            "bootstrap",
            "swiper",
            "fancybox",
            "vendor",
            "polyfill",
            "slick",
        ]
        .iter()
        .any(|name| path.contains(name))
    };
    found.sort_by_key(library);
    found.truncate(MOST_SCRIPTS);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(page: &str, scripts: &[&str]) -> (WidgetVerdict, Option<i64>) {
        let scripts: Vec<String> = scripts.iter().map(|&text| text.to_owned()).collect();
        let widget = detect(page, &scripts);
        (widget.verdict, widget.form)
    }

    #[test]
    fn the_widget_is_told_from_its_remains() {
        let script = "<script src=\"//pos.gosuslugi.ru/bin/script.min.js\"></script>";
        let place = "<div id=js-show-iframe-wrapper></div>";
        let call =
            "<script>Widget ('https://pos.gosuslugi.ru/form', 4711)</script>".replace(" (", "(");
        let whole = format!("{script}{place}{call}");
        assert_eq!(verdict(&whole, &[]), (WidgetVerdict::Present, Some(4711)));
        let twice = format!("{place}{whole}");
        assert_eq!(verdict(&twice, &[]), (WidgetVerdict::Present, Some(4711)));
        let remains = format!("{script}{place}");
        assert_eq!(verdict(&remains, &[]), (WidgetVerdict::Partial, None));
        let own = "$(function(){Widget(\"https://pos.gosuslugi.ru/form\",\n 12)})";
        assert_eq!(
            verdict(&remains, &[own]),
            (WidgetVerdict::Present, Some(12))
        );
        let link = "<a href='https://pos.gosuslugi.ru/lkp/'>Решаем вместе</a>";
        assert_eq!(verdict(link, &[]), (WidgetVerdict::LinkOnly, None));
        assert_eq!(
            verdict("<p>Госуслуги</p>", &[]),
            (WidgetVerdict::Absent, None)
        );
        let hidden = format!("<!-- {whole} --><p>Сайт</p>");
        assert_eq!(verdict(&hidden, &[]), (WidgetVerdict::Absent, None));
    }

    #[test]
    fn only_scripts_of_the_page_itself_are_looked_at() {
        let page = "<script src=/jquery.js></script><script src='https://cdn.example/a.js'></script>\
            <script src='js/site.js?v=2'></script><script src=/1.js></script><script src=/2.js></script>\
            <script src=/3.js></script>";
        let address = Url::parse("https://g.example/news/").expect("an address");
        let found: Vec<String> = own_scripts(page, &address)
            .into_iter()
            .map(String::from)
            .collect();
        assert_eq!(found.len(), 4);
        assert_eq!(found[0], "https://g.example/news/js/site.js?v=2");
        assert!(!found.iter().any(|url| url.contains("jquery")));
    }
}

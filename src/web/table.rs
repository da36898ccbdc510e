//! One table of addresses: it makes the router and tells what there is, so that no address can be
//! served that the access matrix (`tests/it/access/matrix.rs`) does not hold. Start with [`all`].

use super::{api, metrics, pages, receive, statics};

/// A method and an address that the router serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// `get`, `post`, `patch` or `delete`; a `get` answers `HEAD` too.
    pub method: &'static str,
    /// The pattern: `/incidents/{number}`.
    pub path: &'static str,
}

/// Makes `TABLE` and `routes()` from lines of method, address and handler.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:expr,)*) => {
        pub(super) const TABLE: &[crate::web::table::Address] = &[$(
            crate::web::table::Address { method: stringify!($method), path: $path },
        )*];

        pub(super) fn routes() -> axum::Router<crate::web::Shared> {
            axum::Router::new()$(.route($path, axum::routing::$method($handler)))*
        }
    };
}
pub(super) use routes;

/// Every address of pages, API, networks' events, figures and static files.
pub fn all() -> impl Iterator<Item = Address> {
    let tables = [
        pages::TABLE,
        api::TABLE,
        receive::TABLE,
        metrics::TABLE,
        statics::TABLE,
    ];
    tables.into_iter().flatten().copied()
}

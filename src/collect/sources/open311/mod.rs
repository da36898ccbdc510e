//! Open311 GeoReport v2: requests of citizens as cities publish them, in JSON and XML. Start with
//! [`answer::read_answer`], which is pure; `poll` is the visit.
//!
//! Who reported is not read, whatever a server sends: fields are taken by name, and none of those names
//! a person.

pub mod answer;
pub mod errors;
mod json;
pub(crate) mod poll;
pub mod request;

/// What tells who somebody is, see [`super::identifying`].
pub const IDENTIFYING: &[&str] = &[
    "first_name",
    "last_name",
    "email",
    "phone",
    "account_id",
    "device_id",
    "requestor_name",
];

//! VK's error codes and what each asks of us, as one table. Start with [`from_answer`].

use serde_json::Value;

use super::json::{int, text};
use crate::{
    collect::reactions::{Code, HOUR, MINUTE, Row, of_number, row},
    domain::{
        plain::quoted,
        source::{FetchError, Reaction},
    },
};
use Reaction::{Auth, BackOff, Day, Now, Skip, Stop};

/// Every code that asks for a reaction of its own. Others back off, see [`find`].
pub const TABLE: &[Row] = &[
    row(1, BackOff, 0, "unknown error at VK"),
    row(
        2,
        Stop,
        0,
        "the application is switched off: look at its settings",
    ),
    row(
        3,
        Stop,
        0,
        "the method is unknown or not allowed to this application",
    ),
    row(4, Stop, 0, "the signature is wrong"),
    row(
        5,
        Auth,
        0,
        "the token was revoked, has expired or belongs to another address",
    ),
    row(6, Now, 0, "too many requests per second"),
    row(7, Stop, 0, "the token has no right to this method"),
    row(8, Stop, 0, "the request is malformed: our fault"),
    row(9, BackOff, 5 * MINUTE, "too many equal actions"),
    row(10, BackOff, 0, "internal error at VK"),
    row(12, Stop, 0, "the execute code does not compile"),
    row(
        13,
        Stop,
        0,
        "the execute code failed or its answer is too large: ask for less",
    ),
    row(
        14,
        BackOff,
        6 * HOUR,
        "VK asks for a captcha: it is not solved, the token rests",
    ),
    row(
        15,
        Skip,
        0,
        "access denied: the wall is closed or for members only",
    ),
    row(17, Stop, 0, "VK asks the token's owner to pass a check"),
    row(18, Skip, 0, "the page was deleted or banned"),
    row(19, Skip, 0, "the content is blocked"),
    row(20, Stop, 0, "this kind of application may not do that"),
    row(21, Stop, 0, "this kind of application may not do that"),
    row(23, Stop, 0, "the method is switched off"),
    row(24, Stop, 0, "VK asks for a confirmation by a person"),
    row(25, Stop, 0, "VK asks to confirm the token"),
    row(
        27,
        Stop,
        0,
        "a community's token may not call this: use the service token",
    ),
    row(
        28,
        Stop,
        0,
        "a service token may not call this: use another kind of token",
    ),
    row(29, Day, 0, "the day's quota of this method is used up"),
    row(30, Skip, 0, "the profile is private"),
    row(32, BackOff, 0, "VK asks to wait"),
    row(33, Stop, 0, "the method is not implemented"),
    row(
        34,
        Stop,
        0,
        "the version of the API is out of date: raise collect.vk.version",
    ),
    row(
        35,
        Stop,
        0,
        "the version of the API is out of date: raise collect.vk.version",
    ),
    row(36, BackOff, 0, "VK did not manage in time: ask for less"),
    row(37, Skip, 0, "the user is banned"),
    row(38, Stop, 0, "the application is unknown"),
    row(39, Skip, 0, "the user is unknown"),
    row(40, Skip, 0, "the community is unknown"),
    row(42, Stop, 0, "this address may not use the token"),
    row(
        43,
        BackOff,
        30 * MINUTE,
        "this part of VK is closed for a time",
    ),
    row(
        100,
        Skip,
        0,
        "a parameter is wrong, or the owner does not exist",
    ),
    row(101, Stop, 0, "the application's number is wrong"),
    row(103, Skip, 0, "outside the limits"),
    row(104, Skip, 0, "not found"),
    row(113, Skip, 0, "the user's number is wrong"),
    row(125, Skip, 0, "the community's number is wrong"),
    row(150, Stop, 0, "the time window is wrong: our fault"),
    row(200, Skip, 0, "no access to the album"),
    row(201, Skip, 0, "no access to the audio"),
    row(203, Skip, 0, "no access to the community"),
    row(204, Skip, 0, "no access to the video"),
    row(210, Skip, 0, "no access to the post"),
    row(211, Skip, 0, "no access to the comment"),
    row(212, Skip, 0, "comments of the post are closed"),
    row(260, Skip, 0, "the list of communities is closed"),
    row(601, Day, 0, "too many actions this day"),
    row(1105, BackOff, HOUR, "too many attempts to sign in"),
    row(1114, Auth, 0, "the anonymous token has expired"),
    row(1116, Auth, 0, "the anonymous token is wrong"),
    row(1117, Auth, 0, "the access token has expired"),
    row(1118, Auth, 0, "the anonymous token is for another address"),
    row(
        2000,
        Stop,
        0,
        "no more than ten Callback servers are allowed",
    ),
    row(3300, Stop, 0, "VK asks the token's owner for a captcha"),
    row(
        3301,
        Stop,
        0,
        "VK asks the token's owner to confirm the phone",
    ),
    row(3302, Stop, 0, "VK asks the token's owner for the password"),
    row(
        3303,
        Stop,
        0,
        "VK asks the token's owner for a one-time code",
    ),
    row(
        3304,
        Stop,
        0,
        "VK asks the token's owner to confirm the e-mail",
    ),
    row(3609, Stop, 0, "the token must be extended by its owner"),
];

/// Subcodes of error 15 that speak of the method, not of the wall.
const METHOD_SUBCODES: [i64; 2] = [1133, 1134];

/// Every code that the table describes.
pub fn codes() -> impl Iterator<Item = i64> {
    TABLE.iter().filter_map(|row| match row.code {
        Code::Numbers(code, _) => Some(code),
        Code::Word(_) => None,
    })
}

/// The row of a code; `None` for codes that nobody described.
pub fn find(code: i64) -> Option<&'static Row> {
    of_number(TABLE, code)
}

/// The error of an answer. The message holds the code, VK's own words and our note; never
/// `request_params`, where the token may stand.
pub fn from_answer(error: &Value) -> FetchError {
    let code = int(error, "error_code");
    let said = quoted(text(error, "error_msg").unwrap_or("no message"));
    let known = code.and_then(find);
    let note = known.map_or("a code that we do not know", |row| row.note);
    let shown = code.map_or_else(|| "without a code".to_owned(), |code| code.to_string());
    FetchError {
        reaction: reaction(code, int(error, "error_subcode"), known),
        code,
        message: format!("VK error {shown}: {note} («{said}»)"),
        not_before: None,
    }
}

fn reaction(code: Option<i64>, subcode: Option<i64>, known: Option<&Row>) -> Reaction {
    match (code, subcode) {
        (Some(15), Some(sub)) if METHOD_SUBCODES.contains(&sub) => Stop,
        _ => known.map_or(BackOff, |row| row.reaction),
    }
}

/// Whether VK did not manage what was asked in time: fewer items next time.
pub fn wants_less(code: Option<i64>) -> bool {
    matches!(code, Some(13 | 32 | 36))
}

/// Whether an error's code is one that no row describes. Numbers that HTTP uses are taken for statuses.
pub fn is_undescribed(code: Option<i64>) -> bool {
    code.is_some_and(|code| find(code).is_none() && !(400..600).contains(&code))
}

/// The shortest wait of an error, seconds; 0 when the reaction decides.
pub fn shortest_wait(code: Option<i64>) -> i64 {
    code.and_then(find).map_or(0, |row| row.wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_stand_once_in_order() {
        let codes: Vec<i64> = TABLE
            .iter()
            .map(|row| match row.code {
                Code::Numbers(first, last) if first == last => first,
                other => panic!("{other:?} is not one number"),
            })
            .collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_method_subcode_of_15_stops_and_params_stay_hidden() {
        let closed = json!({"error_code": 15, "error_msg": "Access denied",
            "request_params": [{"key": "access_token", "value": "secret"}]});
        let error = from_answer(&closed);
        assert_eq!(error.reaction, Skip);
        assert!(!error.message.contains("secret"));
        let method = json!({"error_code": 15, "error_subcode": 1133});
        assert_eq!(from_answer(&method).reaction, Stop);
        assert_eq!(from_answer(&json!({"error_code": 914})).reaction, BackOff);
        assert_eq!(shortest_wait(Some(14)), 6 * HOUR);
    }
}

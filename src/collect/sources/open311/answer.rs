//! An answer's bytes, whatever its format: requests, services, an endpoint, an error. Start with
//! [`read_answer`].

use jiff::tz::TimeZone;

use super::{json, request::Request};
use crate::{
    collect::{
        charset,
        xml::{Record, read_records},
    },
    domain::plain::quoted,
};

/// Outermost elements of answers in XML.
const ROOTS: [&str; 7] = [
    "service_requests",
    "requests",
    "services",
    "service_definition",
    "discovery",
    "errors",
    "error",
];
/// What a request tells of itself, at least in part.
const ABOUT: [&str; 6] = [
    "status",
    "service_code",
    "service_name",
    "description",
    "requested_datetime",
    "address",
];
/// Requests of one answer; servers give a thousand.
const MOST: usize = 20_000;

/// What an answer held. Parts that it lacks are empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Requests, in the server's order.
    pub requests: Vec<Request>,
    /// Services: code and name.
    pub services: Vec<(String, String)>,
    /// Discovery: endpoints that speak GeoReport v2, those for production first.
    pub endpoints: Vec<String>,
    /// Requests of which only the number is told: a token's, or one just handed in.
    pub numbers: usize,
    /// Attributes of a service's definition.
    pub attributes: usize,
    /// The server's error: its code and its words.
    pub error: Option<(Option<i64>, String)>,
    /// What was left out, in a sentence.
    pub note: Option<String>,
}

/// Reads an answer in JSON or XML. `zone` is meant by dates without one.
///
/// # Errors
/// A sentence when it is neither.
pub fn read_answer(bytes: &[u8], charset: Option<&str>, zone: &TimeZone) -> Result<Answer, String> {
    let text = charset::decode(bytes, charset).text;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        let names = ["request", "service", "error", "endpoint", "attribute"];
        let found = read_records(text, &names, MOST)?;
        if !ROOTS.contains(&found.root.as_str()) {
            return Err(format!(
                "the answer is not of Open311 but «{}»",
                quoted(&found.root)
            ));
        }
        let mut answer = sorted(&found.list, zone);
        answer.note = found.cut;
        return Ok(answer);
    }
    match json::read(text) {
        Some(records) => {
            let answer = sorted(&records, zone);
            let strange = text.starts_with('{') && answer == Answer::default();
            let empty = text.contains("[]");
            match strange && !empty {
                true => Err("the answer holds neither requests nor services".into()),
                false => Ok(answer),
            }
        }
        None if text.is_empty() => Err("the answer is empty".into()),
        None => Err("the answer is neither JSON nor XML".into()),
    }
}

fn sorted(records: &[Record], zone: &TimeZone) -> Answer {
    let mut answer = Answer::default();
    let mut tests = Vec::new();
    for record in records {
        if let Some(id) = record.get("service_request_id") {
            match ABOUT.iter().any(|key| record.get(key).is_some()) {
                true => answer.requests.push(Request::of(record, id, zone)),
                false => answer.numbers += 1,
            }
        } else if let (Some(code), Some(name)) =
            (record.get("service_code"), record.get("service_name"))
        {
            answer.services.push((code.to_owned(), name.to_owned()));
        } else if let Some(url) = endpoint(record) {
            match record.get("type") {
                Some("test") => tests.push(url),
                _ => answer.endpoints.push(url),
            }
        } else if record.get("datatype").is_some() {
            answer.attributes += 1;
        } else if answer.error.is_none() {
            answer.error = error(record);
        }
    }
    answer.endpoints.extend(tests);
    answer
}

fn endpoint(record: &Record) -> Option<String> {
    let specification = record.get("specification")?;
    let fits = specification.to_lowercase().contains("georeport_v2");
    Some(record.get("url")?.to_owned()).filter(|_| fits)
}

/// `code` and `description` alone are an error; a lone message is one too.
fn error(record: &Record) -> Option<(Option<i64>, String)> {
    let code = record.get("code").or_else(|| record.get("error_code"));
    let words = ["description", "error", "message"];
    let words = words.iter().find_map(|key| record.get(key));
    let known = code.is_some() || record.name.starts_with("error") || record.get("error").is_some();
    let words = words.filter(|_| known)?;
    Some((code.and_then(|code| code.parse().ok()), words.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Answer {
        read_answer(text.as_bytes(), None, &TimeZone::UTC).expect("an answer")
    }

    #[test]
    fn both_formats_say_the_same() {
        let json = r#"[{"service_request_id": 0042, "status": "open", "status_notes": null,
            "service_name": "Ямы", "service_code": 006, "description": "Яма у школы",
            "requested_datetime": "2026-11-20T10:00:00+05:00", "address": "Садовая, 5",
            "lat": "56.5", "long": 60.25, "email": "a@b.example", "first_name": "Иван"}]"#;
        let xml = "<?xml version=\"1.0\"?><service_requests><request><service_request_id>0042\
            </service_request_id><status>open</status><status_notes/><service_name>Ямы</service_name>\
            <service_code>006</service_code><description>Яма у школы</description>\
            <requested_datetime>2026-11-20T10:00:00+05:00</requested_datetime>\
            <address>Садовая, 5</address><lat>56.5</lat><long>60.25</long><email>a@b.example</email>\
            </request></service_requests>";
        let (json, xml) = (read(json), read(xml));
        assert_eq!(json, xml);
        assert_eq!(json.requests[0].id, "0042");
        assert_eq!(json.requests[0].point, Some((56.5, 60.25)));
        assert!(!format!("{json:?}").contains("a@b.example"));
        let wrapped =
            r#"{"requests": [{"request": {"service_request_id": "7", "status": "open"}}]}"#;
        assert_eq!(read(wrapped).requests.len(), 1);
    }

    #[test]
    fn services_endpoints_tokens_and_errors_are_told_apart() {
        let services = r#"[{"service_code": "01", "service_name": "Снег", "metadata": false}]"#;
        assert_eq!(read(services).services, [("01".into(), "Снег".into())]);
        let discovery = "<discovery><key_service>x</key_service><endpoints><endpoint>\
            <specification>http://wiki.open311.org/GeoReport_v2</specification>\
            <url>https://t.example/v2</url><type>test</type></endpoint><endpoint>\
            <specification>http://wiki.open311.org/GeoReport_v2</specification>\
            <url>https://g.example/v2</url><type>production</type><formats><format>text/xml</format>\
            </formats></endpoint></endpoints></discovery>";
        assert_eq!(
            read(discovery).endpoints,
            ["https://g.example/v2", "https://t.example/v2"]
        );
        let token = r#"[{"service_request_id": 5, "token": "a"}]"#;
        assert_eq!((read(token).numbers, read(token).requests.len()), (1, 0));
        let error = r#"[{"code": 400, "description": "jurisdiction_id was not provided."}]"#;
        let told = Some((Some(400), "jurisdiction_id was not provided.".to_owned()));
        assert_eq!(read(error).error, told);
        let error = "<errors><error><code>400</code><description>jurisdiction_id was not provided.\
            </description></error></errors>";
        assert_eq!(read(error).error, told);
        assert!(
            read_answer(
                b"<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
                None,
                &TimeZone::UTC
            )
            .is_err()
        );
        assert!(read_answer(b"{{ none }}", None, &TimeZone::UTC).is_err());
    }
}

//! Whether an answer of the pages or the API is one that a hostile input may get.

use otklik::domain::plain::is_steering;

use super::{
    matrix::Ended,
    payloads::{CANARY, NEVER_ON_A_PAGE},
    wire::Answer,
};

/// How an answer ended, or what it must not be.
pub fn judge(answer: &Answer) -> Result<Ended, String> {
    if answer.status >= 500 {
        return Err(format!("answered {}", answer.status));
    }
    check_head(answer)?;
    // hyper itself refuses what is no HTTP or has no end: a status alone.
    if !answer.header("x-request-id").is_empty() {
        check_body(answer)?;
    }
    let leads = answer.header("location");
    match answer.status {
        200..=299 => Ok(Ended::Text),
        303 if leads.starts_with("/signin") => Ok(Ended::Refused),
        300..=399 => Ok(Ended::Text),
        _ => Ok(Ended::Refused),
    }
}

fn check_head(answer: &Answer) -> Result<(), String> {
    for line in answer.lines().skip(1) {
        let name = line.split(':').next().unwrap_or_default();
        let odd = !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if odd
            || line.to_lowercase().starts_with("bcc")
            || name.contains(CANARY)
            || line.contains("=1;kan")
        {
            return Err(format!("the head has a line of the input's: {line}"));
        }
        if line
            .to_lowercase()
            .starts_with(&format!("set-cookie: {CANARY}"))
        {
            return Err("the input set a cookie".into());
        }
    }
    let leads = answer.header("location");
    if !leads.is_empty()
        && (!leads.starts_with('/') || leads.starts_with("//") || leads.contains('\\'))
    {
        return Err(format!("it leads elsewhere: {leads}"));
    }
    let kind = answer.header("content-type");
    if !kind.is_empty()
        && answer.header("x-content-type-options") != "nosniff"
        && answer.status != 408
    {
        return Err(format!("a browser may guess the kind of {kind}"));
    }
    Ok(())
}

fn check_body(answer: &Answer) -> Result<(), String> {
    let text = String::from_utf8(answer.body.clone()).map_err(|_| "the body is no UTF-8")?;
    match answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default()
    {
        "text/html" => check_page(&text),
        "application/problem+json" => check_problem(&text),
        "application/json" | "application/vnd.oai.openapi+json" => {
            let read = serde_json::from_str::<serde_json::Value>(&text);
            read.map(drop).map_err(|error| format!("no JSON: {error}"))
        }
        "text/csv" => check_table(&text),
        _ => Ok(()),
    }
}

/// No markup of the input's, nothing evaluated, nothing that steers.
pub fn check_page(text: &str) -> Result<(), String> {
    let lower = text.to_lowercase();
    if let Some(found) = NEVER_ON_A_PAGE.iter().find(|never| lower.contains(**never)) {
        let at = lower.find(found).unwrap_or_default();
        let around: String = lower[at.saturating_sub(80)..].chars().take(200).collect();
        return Err(format!("the page holds «{found}»: {around}"));
    }
    // Frames of isolation that the words of our own pages use are allowed.
    let steers =
        |c: char| is_steering(c) && !matches!(c, '\n' | '\r' | '\t' | '\u{2066}'..='\u{2069}');
    match text.chars().find(|c| steers(*c)) {
        Some(c) => Err(format!("the page holds U+{:04X}", u32::from(c))),
        None => Ok(()),
    }
}

fn check_problem(text: &str) -> Result<(), String> {
    let problem: serde_json::Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    for key in ["type", "title", "detail", "request_id"] {
        if problem[key].as_str().is_none_or(str::is_empty) {
            return Err(format!("a problem without {key}: {text}"));
        }
    }
    match text.contains(CANARY) {
        true => Err("the problem repeats the input".into()),
        false => Ok(()),
    }
}

/// No cell begins a formula.
fn check_table(text: &str) -> Result<(), String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        if let Some(cell) = row
            .iter()
            .find(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']))
        {
            return Err(format!("a cell begins a formula: {cell}"));
        }
    }
    Ok(())
}

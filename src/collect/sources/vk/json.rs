//! Loose reading of VK's JSON: what a field means, whatever type it came in.

use serde_json::Value;

use crate::domain::time::Timestamp;

/// An integer given as a number, a whole float or text.
pub fn int(item: &Value, key: &str) -> Option<i64> {
    let value = item.get(key)?;
    value
        .as_i64()
        .or_else(|| {
            value
                .as_f64()
                .filter(|f| f.fract() == 0.0 && f.abs() < 9.0e15)
                .map(|f| f as i64)
        })
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// A truth value given as true/false, 0/1 or "0"/"1".
pub fn truth(item: &Value, key: &str) -> Option<bool> {
    let value = item.get(key)?;
    value.as_bool().or_else(|| int(item, key).map(|n| n != 0))
}

/// A text field.
pub fn text<'a>(item: &'a Value, key: &str) -> Option<&'a str> {
    item.get(key)?.as_str()
}

/// A moment given in Unix seconds; zero and negative mean «unknown».
pub fn moment(item: &Value, key: &str) -> Option<Timestamp> {
    int(item, key)
        .filter(|seconds| *seconds > 0)
        .map(Timestamp::from_seconds)
}

/// A counter `{"count": n}`.
pub fn counter(item: &Value, key: &str) -> Option<i64> {
    int(item.get(key)?, "count")
}

/// The items of a list answer: `{"items": […]}`, or the bare array of older versions.
pub fn items(response: &Value) -> &[Value] {
    response
        .as_array()
        .or_else(|| response.get("items")?.as_array())
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_truths_come_in_many_shapes() {
        let item = json!({"a": 3_000_000_000_i64, "b": 186085938.0, "c": "17", "d": 1.5,
                          "t": true, "o": 1, "z": 0, "n": null});
        assert_eq!(int(&item, "a"), Some(3_000_000_000));
        assert_eq!(int(&item, "b"), Some(186_085_938));
        assert_eq!(int(&item, "c"), Some(17));
        assert_eq!(int(&item, "d"), None);
        assert_eq!(truth(&item, "t"), Some(true));
        assert_eq!(truth(&item, "o"), Some(true));
        assert_eq!(truth(&item, "z"), Some(false));
        assert_eq!(truth(&item, "n"), None);
    }
}

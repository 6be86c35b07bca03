//! What every schema that we show has in common.

use schemars::transform::{RecursiveTransform, Transform};
use serde_json::{Value, json};

/// Schemas with a single type each: schemars writes optional members as `["string", "null"]`, but an absent
/// member is left out of our answers, never null. Number formats that only Rust knows go as well.
pub(super) fn strict_types(value: Value) -> Value {
    let Ok(mut schema) = schemars::Schema::try_from(value.clone()) else {
        return value;
    };
    let mut transform = RecursiveTransform(|schema: &mut schemars::Schema| {
        let single = schema
            .get("type")
            .and_then(Value::as_array)
            .and_then(|types| types.iter().find(|kind| *kind != "null").cloned());
        if let Some(single) = single {
            schema.insert("type".to_owned(), single);
        }
        for rust_only in ["format", "minimum", "title"] {
            schema.remove(rust_only);
        }
    });
    transform.transform(&mut schema);
    schema.to_value()
}

/// Whether a write was answered before.
pub(super) fn replayed_schema() -> Value {
    json!({ "type": "boolean", "description": "True: answered before, not done again." })
}

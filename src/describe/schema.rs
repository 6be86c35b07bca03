//! What every schema that we show has in common.

use std::collections::BTreeSet;

use schemars::Schema;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

/// Schemas with a single type each: schemars writes optional members as `["string", "null"]`, but an absent
/// member is left out of our answers, never null. Number formats that only Rust knows go as well.
pub(super) fn strict_types(value: Value) -> Value {
    let Ok(mut schema) = Schema::try_from(value.clone()) else {
        return value;
    };
    let mut transform = RecursiveTransform(|schema: &mut Schema| {
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

/// Leaves out descriptions that were said before, in this schema or another: every page has an id.
pub(super) fn say_once(schema: &mut Value, said: &mut BTreeSet<String>) {
    let Ok(mut told) = Schema::try_from(schema.take()) else {
        return;
    };
    let mut transform = RecursiveTransform(|schema: &mut Schema| {
        let description = schema
            .get("description")
            .and_then(Value::as_str)
            .map(str::to_owned);
        if description.is_some_and(|description| !said.insert(description)) {
            schema.remove("description");
        }
    });
    transform.transform(&mut told);
    *schema = told.to_value();
}

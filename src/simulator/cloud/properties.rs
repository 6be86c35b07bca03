//! `/pages/{id}/properties`: any JSON under a key.

use serde_json::{Value, json};

use crate::simulator::{moment, store::Property, world::Call};

/// A property as v2 shows it.
pub(crate) fn property(call: &Call<'_>, property: &Property) -> Value {
    json!({
        "id": property.id.to_string(),
        "key": property.key,
        "value": property.value,
        "version": {
            "number": property.number,
            "message": property.message,
            "minorEdit": false,
            "authorId": super::page::account(call, property.author),
            "createdAt": moment::cloud(property.at),
        },
    })
}

//! Content properties of v1, which share their namespace with those of v2.

use serde_json::{Value, json};

use super::{
    content, errors,
    lists::{Window, envelope},
    users,
    write::{body, changeable},
};
use crate::simulator::{
    exchange::no_content,
    reply::{Answer, Reply},
    store::{Content, Property},
    world::Call,
};

/// The most a value may take, as JSON.
const LARGEST: usize = 32 * 1024;

fn property(call: &Call<'_>, content: &Content, property: &Property) -> Value {
    let path = format!("/rest/api/content/{}/property/{}", content.id, property.key);
    json!({
        "id": property.id.to_string(),
        "key": property.key,
        "value": property.value,
        "version": {
            "by": users::user(call, property.author),
            "when": content::time(call, property.at),
            "message": property.message,
            "number": property.number,
            "minorEdit": false,
        },
        "_links": { "self": format!("{}{path}", call.base()) },
        "_expandable": { "content": format!("/rest/api/content/{}", content.id) },
    })
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let found = call.v1_content(1)?;
    let window = Window::of(call, 10, 200);
    let rows = window
        .of_list(&found.properties)
        .iter()
        .map(|one| property(call, found, one))
        .collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        found.properties.len(),
        rows,
    ))))
}

fn missing(call: &Call<'_>, key: &str) -> Reply {
    errors::not_found(
        call.deployment(),
        &format!("Cannot find content property with key: {key}"),
    )
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let found = call.v1_content(1)?;
    let key = call.path[3];
    let one = found
        .properties
        .iter()
        .find(|property| property.key == key)
        .ok_or_else(|| missing(call, key))?;
    Ok(Reply::json(property(call, found, one)))
}

/// `POST …/property` and `POST …/property/{key}`.
pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let request = body(call)?;
    let id = changeable(call, 1)?.id;
    let key = call
        .path
        .get(3)
        .copied()
        .or_else(|| request["key"].as_str())
        .unwrap_or_default()
        .to_owned();
    if key.is_empty() || key.len() > 255 {
        return Err(errors::bad_request(
            call.deployment(),
            "A property needs a key of at most 255 characters",
        ));
    }
    small_enough(call, &request["value"])?;
    if call
        .store()
        .content(id)
        .properties
        .iter()
        .any(|property| property.key == key)
    {
        let message = format!("Property with key [{key}] already exists");
        return Err(errors::conflict(call.deployment(), &message));
    }
    let property_id = call.world.store.next_id();
    let (author, at, value) = (call.author(), call.now, request["value"].clone());
    let created = Property {
        id: property_id,
        key: key.clone(),
        value,
        number: 1,
        message: String::new(),
        at,
        author,
    };
    Ok(stored(call, id, &created))
}

/// The next version, or the first when there is none.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let request = body(call)?;
    let key = call.path[3].to_owned();
    let found = changeable(call, 1)?;
    let id = found.id;
    let number = request["version"]["number"].as_u64();
    let Some(known) = found.properties.iter().find(|property| property.key == key) else {
        return if number == Some(1) {
            create(call)
        } else {
            Err(missing(call, &key))
        };
    };
    if number != Some(known.number + 1) {
        let message = format!(
            "Can't update content property; stale data. Current version is: {}",
            known.number
        );
        return Err(errors::conflict(call.deployment(), &message));
    }
    small_enough(call, &request["value"])?;
    let changed = Property {
        value: request["value"].clone(),
        number: known.number + 1,
        message: request["version"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        at: call.now,
        author: call.author(),
        ..known.clone()
    };
    Ok(stored(call, id, &changed))
}

fn small_enough(call: &Call<'_>, value: &Value) -> Result<(), Reply> {
    if value.to_string().len() > LARGEST {
        return Err(errors::reply(
            call.deployment(),
            413,
            "RequestTooLargeException",
            "The value is too long",
        ));
    }
    Ok(())
}

fn stored(call: &mut Call<'_>, id: u64, changed: &Property) -> Reply {
    if let Some(content) = call.world.store.get_mut(id) {
        content.properties.retain(|property| property.key != changed.key);
        content.properties.push(changed.clone());
    }
    Reply::json(property(call, call.store().content(id), changed))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let key = call.path[3];
    let id = changeable(call, 1)?.id;
    let Some(content) = call.world.store.get_mut(id) else {
        return Ok(no_content());
    };
    let before = content.properties.len();
    content.properties.retain(|property| property.key != key);
    if content.properties.len() == before {
        return Err(missing(call, key));
    }
    Ok(no_content())
}

//! `/pages/{id}/properties`: any JSON under a key.

use serde_json::{Value, json};

use super::{
    errors,
    lists::{self, path_id},
    pages::{self, known, writer},
};
use crate::simulator::{
    exchange::no_content,
    moment,
    reply::{Answer, Reply},
    store::{Id, Property},
    world::Call,
};

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

/// This route has words of its own for a page that is not there.
fn page(call: &Call<'_>) -> Result<Id, Reply> {
    let id = path_id(call, 1)?;
    match known(call) {
        Ok(page) => Ok(page.id),
        Err(_) => Err(errors::not_found(&format!("Could not find page with id [{id}]"))),
    }
}

fn page_to_write(call: &Call<'_>) -> Result<Id, Reply> {
    let id = page(call)?;
    writer(
        call,
        call.visible(id),
        errors::not_found(&format!("Could not find page with id [{id}]")),
    )?;
    Ok(id)
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let page = call.store().content(page(call)?);
    let key = call.query("key");
    let mut found: Vec<&Property> = page
        .properties
        .iter()
        .filter(|property| key.is_none_or(|key| property.key == key))
        .collect();
    found.sort_by(|left, right| left.key.cmp(&right.key));
    if call.query("sort") == Some("-key") {
        found.reverse();
    }
    let ids: Vec<Id> = found.iter().map(|property| property.id).collect();
    lists::answer(call, &ids, 25, &|call, id| {
        page.properties
            .iter()
            .find(|one| one.id == id)
            .map_or(Value::Null, |one| property(call, one))
    })
}

fn one<'a>(call: &'a Call<'_>, page: Id) -> Result<&'a Property, Reply> {
    let id: Id = path_id(call, 3)?;
    let found = call
        .store()
        .content(page)
        .properties
        .iter()
        .find(|property| property.id == id);
    found.ok_or_else(|| errors::not_found(&format!("Could not find property with id [{id}]")))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let page = page(call)?;
    Ok(Reply::json(property(call, one(call, page)?)))
}

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let request = pages::json(call)?;
    let page = page_to_write(call)?;
    let key = request["key"].as_str().filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| errors::invalid("key is required"))?.to_owned();
    if call
        .store()
        .content(page)
        .properties
        .iter()
        .any(|property| property.key == key)
    {
        return Err(errors::conflict(&format!(
            "Property with key [{key}] already exists"
        )));
    }
    let created = Property {
        id: call.world.store.next_id(),
        key,
        value: request["value"].clone(),
        number: 1,
        message: String::new(),
        at: call.now,
        author: call.author(),
    };
    let shown = property(call, &created);
    if let Some(page) = call.world.store.get_mut(page) {
        page.properties.push(created);
    }
    Ok(Reply::json(shown))
}

pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let request = pages::json(call)?;
    let page = page_to_write(call)?;
    let known = one(call, page)?;
    let given = request["version"]["number"].as_u64();
    if given != Some(known.number + 1) {
        let title = format!(
            "Version must be incremented when updating a property. Current Version: [{}]. Provided version: [{}]",
            known.number,
            given.unwrap_or_default()
        );
        return Err(errors::conflict(&title));
    }
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
    let shown = property(call, &changed);
    if let Some(slot) = call.world.store.get_mut(page).and_then(|page| {
        page.properties
            .iter_mut()
            .find(|property| property.id == changed.id)
    }) {
        *slot = changed;
    }
    Ok(Reply::json(shown))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let page = page_to_write(call)?;
    let id = one(call, page)?.id;
    if let Some(page) = call.world.store.get_mut(page) {
        page.properties.retain(|property| property.id != id);
    }
    Ok(no_content())
}

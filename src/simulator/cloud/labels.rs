//! `/pages/{id}/labels`: read only; labels are written through v1.

use serde_json::Value;

use super::{errors, lists, pages::known};
use crate::simulator::{
    reply::Answer,
    store::{Id, Label},
    v1::labels::short,
    world::Call,
};

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let page = known(call)?;
    let prefix = call.query("prefix");
    let mut labels: Vec<&Label> = page
        .labels
        .iter()
        .filter(|label| prefix.is_none_or(|prefix| label.prefix == prefix))
        .collect();
    match call.query("sort").unwrap_or("id") {
        "name" => labels.sort_by(|left, right| left.name.cmp(&right.name)),
        "-name" => labels.sort_by(|left, right| right.name.cmp(&left.name)),
        "id" | "created-date" => {}
        "-id" | "-created-date" => labels.reverse(),
        _ => return Err(errors::invalid("sort is not supported")),
    }
    let ids: Vec<Id> = labels.iter().map(|label| label.id).collect();
    let row = |_: &Call<'_>, id: Id| {
        labels
            .iter()
            .find(|label| label.id == id)
            .map_or(Value::Null, |label| short(label))
    };
    lists::answer(call, &ids, 25, &row)
}

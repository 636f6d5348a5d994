//! Maps in items: one item for each owner, whose entries are written one by one.
//!
//! One read returns such a list, and its limit is a condition of the write that adds to it. So parallel writes lose
//! nothing of each other, and cannot exceed the limit together. The map is called `entries` in each of these items.

use std::{cmp::Reverse, collections::BTreeMap, fmt::Display};

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};

use crate::{
    Entity, Page, Position, StoreError, Table,
    entity::Item,
    keys::{Key, sortable},
};

/// When an entry was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(#[serde(with = "millis")] pub Timestamp);

/// Builds an update of an entry. Its expressions call the map `#entries` and the entry `#entry`.
pub fn update(table: &Table, key: &Key, entry: impl Display) -> UpdateItemFluentBuilder {
    table
        .update(key)
        .expression_attribute_names("#entries", "entries")
        .expression_attribute_names("#entry", entry.to_string())
}

/// Writes an entry by an update that requires the map, and creates an empty map first if there is none. Returns the
/// attributes that the update returns, or `None` if another part of its condition failed.
pub async fn write<E: Entity>(
    table: &Table,
    empty: &E,
    update: UpdateItemFluentBuilder,
) -> Result<Option<Item>, StoreError> {
    let mut result = table.apply(update.clone()).await?;
    if matches!(result, Err(None)) {
        // A path into a map needs the map to exist.
        table.create(empty).await?;
        result = table.apply(update).await?;
    }
    Ok(result.ok().map(|output| output.attributes.unwrap_or_default()))
}

/// Removes an entry. Returns whether it existed.
pub async fn remove(table: &Table, key: &Key, entry: impl Display) -> Result<bool, StoreError> {
    let remove = update(table, key, entry)
        .update_expression("REMOVE #entries.#entry")
        .condition_expression("attribute_exists(#entries.#entry)");
    Ok(table.apply(remove).await?.is_ok())
}

/// Returns the entries, newest first.
pub fn newest<I: Copy + Ord>(entries: &BTreeMap<I, At>) -> Vec<(I, Timestamp)> {
    let mut entries: Vec<(I, Timestamp)> = entries.iter().map(|(&id, &At(at))| (id, at)).collect();
    entries.sort_unstable_by_key(|&(id, at)| Reverse((at, id)));
    entries
}

/// Returns one page of the entries, newest first.
pub fn page<I: Copy + Ord + Display>(
    entries: &BTreeMap<I, At>,
    from: Option<&Position>,
    limit: u8,
) -> Page<(I, Timestamp)> {
    let place = |&(id, at): &(I, Timestamp)| format!("{}#{id}", sortable(at));
    let mut rest = newest(entries);
    if let Some(last) = from.and_then(Position::place) {
        // By position and not by id, because the entry at which the last page ended may be removed by now.
        rest.retain(|entry| place(entry).as_str() < last);
    }
    let more = rest.len() > usize::from(limit);
    rest.truncate(usize::from(limit));
    let next = rest.last().filter(|_| more).map(|last| Position::at(place(last)));
    Page { items: rest, next }
}

#[cfg(test)]
mod tests {
    use souk_domain::{Id, ProductId};
    use uuid::Uuid;

    use super::*;

    fn product(n: u128) -> ProductId {
        ProductId::from_uuid(Uuid::from_u128(n))
    }

    fn at(second: i64) -> At {
        At(Timestamp::from_second(1_800_000_000 + second).unwrap())
    }

    fn ids<I: Copy>(page: &Page<(I, Timestamp)>) -> Vec<I> {
        page.items.iter().map(|&(id, _)| id).collect()
    }

    #[test]
    fn the_parts_of_a_list_join_to_the_whole_the_newest_first() {
        // The second and the third came in the same millisecond.
        let entries =
            BTreeMap::from([(product(1), at(4)), (product(2), at(1)), (product(3), at(1)), (product(4), at(0))]);
        let first = page(&entries, None, 2);
        assert_eq!(ids(&first), [product(1), product(3)]);
        let second = page(&entries, first.next.as_ref(), 2);
        assert_eq!(ids(&second), [product(2), product(4)]);
        assert_eq!(second.next, None);
    }

    #[test]
    fn a_list_goes_on_although_the_entry_where_it_stopped_is_gone() {
        let mut entries = BTreeMap::from([(product(1), at(3)), (product(2), at(2)), (product(3), at(1))]);
        let first = page(&entries, None, 2);
        entries.remove(&product(2));
        assert_eq!(ids(&page(&entries, first.next.as_ref(), 2)), [product(3)]);
    }
}

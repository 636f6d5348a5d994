//! Stripe's list objects and `expand`.

use serde_json::{Value, json};

use crate::error::{ApiError, ApiResult, Refusal};
use crate::form::Page;
use crate::state::{Resource, Stripe, Table};

/// Stripe's default and largest page size.
const DEFAULT_LIMIT: usize = 10;
const MAX_LIMIT: usize = 100;

/// Returns the requested page of a table, newest first, of the objects that match.
pub(crate) fn list<T: Resource>(table: &Table<T>, page: &Page, url: &str, matches: impl Fn(&T) -> bool) -> ApiResult {
    let limit = limit(page)?;
    for cursor in [&page.starting_after, &page.ending_before].into_iter().flatten() {
        table.get(cursor)?;
    }
    let matching: Vec<&T> = table.newest_first().filter(|item| matches(item)).collect();
    // Ids sort by age, so a cursor works even if its object does not match.
    let (items, has_more): (Vec<&T>, bool) = match (&page.starting_after, &page.ending_before) {
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid(
                "You may only specify one of these parameters: starting_after, ending_before.",
            ));
        }
        (None, Some(newer_than)) => {
            let newer: Vec<&T> = matching.into_iter().filter(|item| item.id() > newer_than.as_str()).collect();
            let skipped = newer.len().saturating_sub(limit);
            (newer.into_iter().skip(skipped).collect(), skipped > 0)
        }
        (older_than, None) => {
            let older: Vec<&T> = matching
                .into_iter()
                .filter(|item| older_than.as_deref().is_none_or(|cursor| item.id() < cursor))
                .collect();
            let has_more = older.len() > limit;
            (older.into_iter().take(limit).collect(), has_more)
        }
    };
    Ok(list_object(items.into_iter().map(Resource::render).collect(), has_more, url))
}

/// Builds a list object from `data`.
pub(crate) fn list_object(data: Vec<Value>, has_more: bool, url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}

fn limit(page: &Page) -> Result<usize, ApiError> {
    let Some(limit) = &page.limit else { return Ok(DEFAULT_LIMIT) };
    match limit.parse() {
        Ok(limit @ 1..=MAX_LIMIT) => Ok(limit),
        Ok(_) => Err(Refusal::invalid(format!("limit must be between 1 and {MAX_LIMIT}")).param("limit")),
        Err(_) => {
            Err(Refusal::invalid(format!("Invalid integer: {limit}")).code("parameter_invalid_integer").param("limit"))
        }
    }
}

/// Replaces the ids at the given paths (`payment_intent.latest_charge`, `data.customer`) by their objects.
pub(crate) fn expand(stripe: &Stripe, answer: &mut Value, paths: &[String]) -> Result<(), ApiError> {
    for path in paths {
        expand_path(stripe, answer, path, path)?;
    }
    Ok(())
}

fn expand_path(stripe: &Stripe, at: &mut Value, path: &str, full_path: &str) -> Result<(), ApiError> {
    if let Value::Array(items) = at {
        return items.iter_mut().try_for_each(|item| expand_path(stripe, item, path, full_path));
    }
    let (field, rest) = path.split_once('.').map_or((path, None), |(field, rest)| (field, Some(rest)));
    let session = at["id"].as_str().filter(|_| field == "line_items").map(str::to_owned);
    if let Some(session) = session {
        at["line_items"] = stripe.sessions.get(&session)?.line_items();
        return Ok(());
    }
    let Some(value) = at.get_mut(field) else {
        let message = format!("This property cannot be expanded ({full_path}).");
        return Err(Refusal::invalid(message).param("expand"));
    };
    if let Some(object) = value.as_str().and_then(|id| stripe.render(id)) {
        *value = object;
    }
    match rest {
        Some(rest) if !value.is_null() => expand_path(stripe, value, rest, full_path),
        _ => Ok(()),
    }
}

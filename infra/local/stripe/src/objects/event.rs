//! Events: <https://docs.stripe.com/api/events>.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::values::NoParams;
use crate::API_VERSION;
use crate::error::ApiResult;
use crate::form::Page;
use crate::lists;
use crate::state::{Resource, Stripe, new_id};

/// An event, with the object as it was right after it.
#[derive(Debug)]
pub(crate) struct Event {
    id: String,
    pub(crate) created: i64,
    pub(crate) kind: &'static str,
    object: Value,
    /// The webhook endpoints that have not accepted it yet.
    pub(crate) pending: BTreeSet<String>,
    /// The id and idempotency key of the API call that caused it.
    request: Option<(String, Option<String>)>,
}

impl Event {
    pub(crate) fn new(stripe: &Stripe, kind: &'static str, object: Value) -> Self {
        Self {
            id: new_id("evt"),
            created: stripe.now(),
            kind,
            object,
            pending: BTreeSet::new(),
            request: stripe.request.clone(),
        }
    }

    /// Returns the id of the object.
    pub(crate) fn subject(&self) -> &str {
        self.object["id"].as_str().unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    created: Option<CreatedRange>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreatedRange {
    gt: Option<i64>,
    gte: Option<i64>,
    lt: Option<i64>,
    lte: Option<i64>,
}

/// `GET /v1/events`
pub(crate) fn list(stripe: &Stripe, page: &Page, filter: &Filter) -> ApiResult {
    lists::list(&stripe.events, page, "/v1/events", |event| {
        filter.kind.as_ref().is_none_or(|kind| event.kind == kind)
            && (filter.types.is_empty() || filter.types.iter().any(|kind| event.kind == kind))
            && filter.created.as_ref().is_none_or(|range| range.contains(event.created))
    })
}

/// `GET /v1/events/{id}`
pub(crate) fn retrieve(stripe: &Stripe, id: &str, _: NoParams) -> ApiResult {
    stripe.events.get(id).map(Resource::render)
}

impl CreatedRange {
    fn contains(&self, time: i64) -> bool {
        self.gt.is_none_or(|bound| time > bound)
            && self.gte.is_none_or(|bound| time >= bound)
            && self.lt.is_none_or(|bound| time < bound)
            && self.lte.is_none_or(|bound| time <= bound)
    }
}

impl Resource for Event {
    const NOUN: &'static str = "event";
    const PARAM: &'static str = "id";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self) -> Value {
        let (request, key) = match &self.request {
            Some((request, key)) => (Some(request), key.as_ref()),
            None => (None, None),
        };
        json!({
            "id": self.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.created,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": self.pending.len(),
            "request": { "id": request, "idempotency_key": key },
            "type": self.kind,
        })
    }
}

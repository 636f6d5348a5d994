//! Lists: of an index, or of a partition of the table itself, a part at a time.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    operation::query::{QueryOutput, builders::QueryFluentBuilder},
    types::AttributeValue,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Calling, StoreError, Table};
use crate::{
    entity::{Item, from_item},
    keys::Index,
};

/// Where a list goes on: the key of the last item that was read. Give it to clients sealed, never bare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(HashMap<String, String>);

impl Position {
    /// A place in a list that is kept within one item.
    pub(crate) fn at(place: String) -> Self {
        Self(HashMap::from([(PLACE.to_owned(), place)]))
    }

    /// The place in a list that is kept within one item.
    pub(crate) fn place(&self) -> Option<&str> {
        self.0.get(PLACE).map(String::as_str)
    }

    fn of(key: Item) -> Self {
        let text = |(name, value)| match value {
            AttributeValue::S(text) => Some((name, text)),
            _ => None,
        };
        Self(key.into_iter().filter_map(text).collect())
    }

    fn into_key(self) -> Item {
        self.0.into_iter().map(|(name, value)| (name, AttributeValue::S(value))).collect()
    }
}

const PLACE: &str = "place";

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// Where the next part begins, if there may be one.
    pub next: Option<Position>,
}

/// Which part of which list.
#[derive(Debug, Clone)]
pub struct ListQuery {
    list: String,
    index: Option<Index>,
    range: Range,
    only: Option<(&'static str, String)>,
    from: Option<Position>,
    limit: u8,
    oldest_first: bool,
}

/// Which sort keys.
#[derive(Debug, Clone)]
enum Range {
    All,
    UpTo(String),
    After(String),
    Beginning(&'static str),
}

impl ListQuery {
    /// The newest of a list of the first index first, from a position of the last page on.
    pub fn newest(list: String, from: Option<Position>, limit: u8) -> Self {
        Self { list, index: Some(Index::First), range: Range::All, only: None, from, limit, oldest_first: false }
    }

    /// The same, the oldest first.
    pub fn oldest(list: String, from: Option<Position>, limit: u8) -> Self {
        Self { oldest_first: true, ..Self::newest(list, from, limit) }
    }

    /// The newest of a partition of the table itself: the last of its sort keys first.
    pub fn newest_in(partition: String, from: Option<Position>, limit: u8) -> Self {
        Self { index: None, ..Self::newest(partition, from, limit) }
    }

    /// The same, the first of its sort keys first.
    pub fn oldest_in(partition: String, from: Option<Position>, limit: u8) -> Self {
        Self { oldest_first: true, ..Self::newest_in(partition, from, limit) }
    }

    /// Those of a list of the first index at or before a bound, the oldest first.
    pub fn oldest_up_to(list: String, bound: String, limit: u8) -> Self {
        Self { range: Range::UpTo(bound), ..Self::oldest(list, None, limit) }
    }

    /// From a position of the last page on.
    #[must_use]
    pub fn from(self, from: Option<Position>) -> Self {
        Self { from, ..self }
    }

    /// Only those behind a bound. A later part of the list is behind it anyway: it begins where the part before ended, and
    /// DynamoDB would refuse that place if a bound that is a time had passed it meanwhile.
    #[must_use]
    pub fn after(self, bound: String) -> Self {
        match self.from {
            Some(_) => self,
            None => Self { range: Range::After(bound), ..self },
        }
    }

    /// Of another index than the first.
    #[must_use]
    pub fn of(self, index: Index) -> Self {
        Self { index: Some(index), ..self }
    }

    /// Only those whose place in the list begins so.
    #[must_use]
    pub fn beginning(self, prefix: &'static str) -> Self {
        Self { range: Range::Beginning(prefix), ..self }
    }

    /// Only those that have this in a text attribute. DynamoDB reads the others, too, and they are paid for. A page may
    /// come out shorter than its limit, even empty, although the list goes on: see [`Table::list`].
    #[must_use]
    pub fn only(self, attribute: &'static str, value: impl ToString) -> Self {
        Self { only: Some((attribute, value.to_string())), ..self }
    }
}

/// How many items a query looks at where only some of them are wanted, and how often it looks further to fill a page.
const LOOKED_AT: u8 = 100;
const LOOKS: u8 = 5;

impl Table {
    /// A part of a list: of an index, eventually consistent, or of a partition, strongly. One read; where only some of the
    /// list are wanted, up to five, of 100 items each.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list<E: DeserializeOwned>(&self, mut query: ListQuery) -> Result<Page<E>, StoreError> {
        let limit = usize::from(query.limit);
        let (index, filtered) = (query.index, query.only.is_some());
        let mut from = query.from.take().map(Position::into_key);
        let request = self.request(query);
        let mut found: Vec<Item> = Vec::new();
        for _ in 0..if filtered { LOOKS } else { 1 } {
            let output = answered(request.clone().set_exclusive_start_key(from)).await?;
            found.extend(output.items.unwrap_or_default());
            from = output.last_evaluated_key;
            if from.is_none() || found.len() >= limit {
                break;
            }
        }
        if found.len() > limit {
            found.truncate(limit);
            from = found.last().map(|last| place_of(last, index));
        }
        let items = found.into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next: from.map(Position::of) })
    }

    fn request(&self, query: ListQuery) -> QueryFluentBuilder {
        let (pk, sk) = query.index.map_or(("pk", "sk"), Index::keys);
        let limit = if query.only.is_some() { LOOKED_AT } else { query.limit };
        let mut request = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(query.index.map(|index| index.name().to_owned()))
            .consistent_read(query.index.is_none())
            .scan_index_forward(query.oldest_first)
            .limit(i32::from(limit))
            .expression_attribute_values(":list", AttributeValue::S(query.list));
        if let Some((attribute, value)) = query.only {
            request = request
                .filter_expression("#only = :only")
                .expression_attribute_names("#only", attribute)
                .expression_attribute_values(":only", AttributeValue::S(value));
        }
        match query.range {
            Range::All => request.key_condition_expression(format!("{pk} = :list")),
            Range::UpTo(bound) => request
                .key_condition_expression(format!("{pk} = :list AND {sk} <= :bound"))
                .expression_attribute_values(":bound", AttributeValue::S(bound)),
            Range::After(bound) => request
                .key_condition_expression(format!("{pk} = :list AND {sk} > :bound"))
                .expression_attribute_values(":bound", AttributeValue::S(bound)),
            Range::Beginning(prefix) => request
                .key_condition_expression(format!("{pk} = :list AND begins_with({sk}, :prefix)"))
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned())),
        }
    }
}

fn answered(request: QueryFluentBuilder) -> Calling<'static, QueryOutput> {
    Box::pin(async { Ok(request.send().await?) })
}

/// The part of an item that says where it is, in the table and in an index.
fn place_of(item: &Item, index: Option<Index>) -> Item {
    let (pk, sk) = index.map_or(("pk", "sk"), Index::keys);
    ["pk", "sk", pk, sk].iter().filter_map(|&name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
}

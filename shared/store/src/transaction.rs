//! Transactions: writes that are committed together or not at all, and name the rules that prevented them.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::transact_write_items::{
        TransactWriteItemsError, TransactWriteItemsOutput, builders::TransactWriteItemsFluentBuilder,
    },
    types::{AttributeValue, CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};
use futures::future::BoxFuture;

use crate::{
    StoreError, Table,
    entity::{Entity, Item},
    keys::Key,
    retry::{Conflict, retry},
};

/// The rules whose conditions failed, in the order in which their items were added. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<R>(pub Vec<R>);

impl<R: PartialEq> Refused<R> {
    /// Returns whether this rule is among them.
    pub fn broke(&self, rule: &R) -> bool {
        self.0.contains(rule)
    }
}

/// Why a transaction was not committed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<R> {
    /// Conditions failed. Nothing was written.
    #[error("conditions did not hold")]
    Refused(Refused<R>),
    /// The table could not serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<R> From<Conflict> for WriteError<R> {
    fn from(conflict: Conflict) -> Self {
        Self::Store(conflict.into())
    }
}

/// Returns whether a write was committed. `false` if its conditions failed, because something else was written meanwhile.
///
/// # Errors
/// Those of [`StoreError`].
pub fn happened<R>(written: Result<(), WriteError<R>>) -> Result<bool, StoreError> {
    match written {
        Ok(()) => Ok(true),
        Err(WriteError::Refused(_)) => Ok(false),
        Err(WriteError::Store(error)) => Err(error),
    }
}

/// A transaction under construction: items with conditions, and the rule that each condition stands for. DynamoDB accepts
/// 100 items, each only once, and 4 MB.
#[derive(Debug)]
#[must_use = "nothing is written before commit"]
pub struct Transaction<R> {
    items: Vec<TransactWriteItem>,
    rules: Vec<Option<R>>,
    broken_shape: Option<StoreError>,
}

/// How often a transaction that conflicts with another one on the same item is retried.
const CONFLICT_ATTEMPTS: u32 = 6;

impl<R: Clone> Transaction<R> {
    /// Creates an empty transaction.
    #[expect(clippy::new_without_default, reason = "an empty transaction is not a sensible default value")]
    pub fn new() -> Self {
        Self { items: Vec::new(), rules: Vec::new(), broken_shape: None }
    }

    /// Writes an item if it does not exist.
    pub fn create<E: Entity>(self, entity: &E, rule: R) -> Self {
        self.put_when(entity, Condition::new("attribute_not_exists(pk)"), Some(rule))
    }

    /// Writes an item, whether it exists or not: for keys that only this transaction can create.
    pub fn put<E: Entity>(self, entity: &E) -> Self {
        self.put_when(entity, Condition::default(), None)
    }

    /// Writes several items, or an optional one, whether they exist or not.
    pub fn put_all<'e, E: Entity + 'e>(self, entities: impl IntoIterator<Item = &'e E>) -> Self {
        entities.into_iter().fold(self, Self::put)
    }

    /// Replaces an item that meets the condition.
    pub fn replace<E: Entity>(self, entity: &E, condition: Condition, rule: R) -> Self {
        self.put_when(entity, condition, Some(rule))
    }

    /// Updates an item that meets the condition.
    pub fn update(mut self, key: &Key, expression: &str, condition: Condition, rule: R) -> Self {
        let update = Update::builder()
            .table_name(String::new())
            .set_key(Some(key.to_item()))
            .update_expression(expression)
            .set_condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build();
        match update {
            Ok(update) => self.push(TransactWriteItem::builder().update(update).build(), Some(rule)),
            Err(error) => self.broken_shape = Some(StoreError::Shape(Box::new(error))),
        }
        self
    }

    /// Deletes an item that meets the condition.
    pub fn delete(mut self, key: &Key, condition: Condition, rule: R) -> Self {
        let delete = Delete::builder()
            .table_name(String::new())
            .set_key(Some(key.to_item()))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build();
        match delete {
            Ok(delete) => self.push(TransactWriteItem::builder().delete(delete).build(), Some(rule)),
            Err(error) => self.broken_shape = Some(StoreError::Shape(Box::new(error))),
        }
        self
    }

    /// Requires an item to meet the condition, without writing it.
    pub fn check(mut self, key: &Key, condition: Condition, rule: R) -> Self {
        let check = ConditionCheck::builder()
            .table_name(String::new())
            .set_key(Some(key.to_item()))
            .condition_expression(condition.expression.unwrap_or_default())
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build();
        match check {
            Ok(check) => self.push(TransactWriteItem::builder().condition_check(check).build(), Some(rule)),
            Err(error) => self.broken_shape = Some(StoreError::Shape(Box::new(error))),
        }
        self
    }

    fn put_when<E: Entity>(mut self, entity: &E, condition: Condition, rule: Option<R>) -> Self {
        match entity.to_item() {
            Ok(item) => self.push_put(item, condition, rule),
            Err(error) => self.broken_shape = Some(error),
        }
        self
    }

    fn push_put(&mut self, item: Item, condition: Condition, rule: Option<R>) {
        let put = Put::builder()
            .table_name(String::new())
            .set_item(Some(item))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .build();
        match put {
            Ok(put) => self.push(TransactWriteItem::builder().put(put).build(), rule),
            Err(error) => self.broken_shape = Some(StoreError::Shape(Box::new(error))),
        }
    }

    fn push(&mut self, item: TransactWriteItem, rule: Option<R>) {
        self.items.push(item);
        self.rules.push(rule);
    }

    /// Commits everything or nothing.
    ///
    /// The SDK sends a request token, so its own retries cannot write twice. A transaction that conflicts with another
    /// one on the same item is retried after a growing pause.
    ///
    /// # Errors
    /// [`WriteError::Refused`] names the rules whose conditions failed; [`WriteError::Store`] if the table could not serve.
    pub async fn commit(mut self, table: &Table) -> Result<(), WriteError<R>> {
        if let Some(error) = self.broken_shape.take() {
            return Err(error.into());
        }
        for item in &mut self.items {
            if let Some(put) = &mut item.put {
                put.table_name.clone_from(&table.name);
            }
            if let Some(update) = &mut item.update {
                update.table_name.clone_from(&table.name);
            }
            if let Some(delete) = &mut item.delete {
                delete.table_name.clone_from(&table.name);
            }
            if let Some(check) = &mut item.condition_check {
                check.table_name.clone_from(&table.name);
            }
        }
        retry(CONFLICT_ATTEMPTS, || async {
            let request = table.client.transact_write_items().set_transact_items(Some(self.items.clone()));
            let error = match sent(request).await {
                Ok(_) => return Ok(Some(())),
                Err(error) => error,
            };
            let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
            else {
                return Err(StoreError::from(error).into());
            };
            let reasons = cancelled.cancellation_reasons();
            let broken: Vec<R> = broken_rules(reasons, &self.rules);
            if !broken.is_empty() {
                return Err(WriteError::Refused(Refused(broken)));
            }
            let contended = reasons.iter().any(|reason| {
                matches!(
                    reason.code(),
                    Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
                )
            });
            if contended {
                Ok(None)
            } else {
                Err(StoreError::Rejected(format!("transaction cancelled: {reasons:?}")).into())
            }
        })
        .await
    }
}

/// Boxed, as a [`Calling`](crate::table::Calling).
fn sent(
    request: TransactWriteItemsFluentBuilder,
) -> BoxFuture<'static, Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>>> {
    Box::pin(request.send())
}

/// DynamoDB returns one reason for each item, in order, and `None` for an item that is not the cause.
fn broken_rules<R: Clone>(reasons: &[CancellationReason], rules: &[Option<R>]) -> Vec<R> {
    reasons
        .iter()
        .zip(rules)
        .filter(|(reason, _)| reason.code() == Some("ConditionalCheckFailed"))
        .filter_map(|(_, rule)| rule.clone())
        .collect()
}

/// A condition with its names and values, which an update expression of the same item may use too.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    expression: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
}

impl Condition {
    /// Creates the condition `expression`.
    pub fn new(expression: impl Into<String>) -> Self {
        Self { expression: Some(expression.into()), ..Self::default() }
    }

    /// Requires the item's `version` to be the one that was read. With 0, requires that there is no item.
    pub fn at_version(version: u64) -> Self {
        if version == 0 {
            return Self::new("attribute_not_exists(pk)");
        }
        let value = AttributeValue::N(version.to_string());
        Self::new("version = :version").value(":version", value)
    }

    /// Requires `expression` as well.
    #[must_use]
    pub fn and(mut self, expression: &str) -> Self {
        self.expression = Some(match self.expression.take() {
            Some(own) => format!("({own}) AND ({expression})"),
            None => expression.to_owned(),
        });
        self
    }

    /// Defines `#name`, for attributes that are reserved words.
    #[must_use]
    pub fn name(mut self, placeholder: &str, attribute: &str) -> Self {
        self.names.get_or_insert_default().insert(placeholder.to_owned(), attribute.to_owned());
        self
    }

    /// Defines `:value`.
    #[must_use]
    pub fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.get_or_insert_default().insert(placeholder.to_owned(), value);
        self
    }
}

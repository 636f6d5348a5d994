//! The few ways to read and write the table.

mod list;

pub use self::list::{ListQuery, Page, Position};
use crate::{
    entity::{Entity, Item, from_item},
    error::StoreError,
    keys::Key,
};
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::builders::DeleteItemFluentBuilder,
        get_item::builders::GetItemFluentBuilder,
        put_item::builders::PutItemFluentBuilder,
        update_item::{UpdateItemError, UpdateItemOutput, builders::UpdateItemFluentBuilder},
    },
    types::{
        AttributeValue, DeleteRequest, KeysAndAttributes, ReturnValue, ReturnValuesOnConditionCheckFailure,
        WriteRequest,
    },
};
use futures::future::BoxFuture;

/// A call of DynamoDB. Boxed, so that the compiler translates it once, here, and not in every caller.
pub type Calling<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// How fresh a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Sees every write that was acknowledged before. One read unit per 4 KB.
    Strong,
    /// May miss the writes of the last second. Half the price.
    Eventual,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl Table {
    /// Creates a table by its name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Reads one item.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get<E: Entity>(&self, key: Key, freshness: Freshness) -> Result<Option<E>, StoreError> {
        let request = self.client.get_item().table_name(&self.name).set_key(Some(key.to_item()));
        got(request.consistent_read(freshness == Freshness::Strong)).await?.map(from_item).transpose()
    }

    /// Reads up to 100 items by their keys, strongly consistent, in no particular order. Leaves out keys that have no
    /// item.
    ///
    /// # Errors
    /// Those of [`StoreError`]; also `Unavailable` if DynamoDB keeps leaving keys unprocessed.
    pub fn get_many(&self, keys: Vec<Key>) -> Calling<'_, Vec<Item>> {
        Box::pin(async move {
            let mut items = Vec::with_capacity(keys.len());
            let mut rest: Vec<Item> = keys.iter().map(Key::to_item).collect();
            for _ in 0..4 {
                if rest.is_empty() {
                    return Ok(items);
                }
                let wanted = KeysAndAttributes::builder()
                    .set_keys(Some(rest))
                    .consistent_read(true)
                    .build()
                    .map_err(|error| StoreError::Shape(Box::new(error)))?;
                let output = self.client.batch_get_item().request_items(&self.name, wanted).send().await?;
                items.extend(output.responses.into_iter().flatten().flat_map(|(_, items)| items));
                rest = output.unprocessed_keys.into_iter().flatten().flat_map(|(_, keys)| keys.keys).collect();
            }
            if rest.is_empty() { Ok(items) } else { Err(StoreError::Unavailable("keys stayed unprocessed".into())) }
        })
    }

    /// Reads all items of a partition, strongly consistent. For partitions that are small by design.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub fn partition(&self, pk: String) -> Calling<'_, Vec<Item>> {
        Box::pin(async move {
            let mut items = Vec::new();
            let mut pages = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(pk))
                .consistent_read(true)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                items.extend(page?.items.unwrap_or_default());
            }
            Ok(items)
        })
    }

    /// Writes one item, whether it exists or not.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn put<E: Entity>(&self, entity: &E) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.name).set_item(Some(entity.to_item()?));
        written(request).await.map(drop)
    }

    /// Writes one item if it does not exist. Returns whether it did.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn create<E: Entity>(&self, entity: &E) -> Result<bool, StoreError> {
        let request = self.client.put_item().table_name(&self.name).set_item(Some(entity.to_item()?));
        written(request.condition_expression("attribute_not_exists(pk)")).await
    }

    /// Deletes one item, whether it exists or not.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub fn delete(&self, key: Key) -> Calling<'_, ()> {
        Box::pin(async move {
            self.client.delete_item().table_name(&self.name).set_key(Some(key.to_item())).send().await?;
            Ok(())
        })
    }

    /// Deletes items by different keys, whether they exist or not, up to 25 in each call of DynamoDB.
    ///
    /// # Errors
    /// Those of [`StoreError`]; also `Unavailable` if DynamoDB keeps leaving items unprocessed. Some may be deleted.
    pub fn delete_many(&self, keys: Vec<Key>) -> Calling<'_, ()> {
        Box::pin(async move {
            for keys in keys.chunks(DELETED_AT_ONCE) {
                let mut rest = keys.iter().map(deletion).collect::<Result<Vec<_>, _>>()?;
                for _ in 0..4 {
                    if rest.is_empty() {
                        break;
                    }
                    let output = self.client.batch_write_item().request_items(&self.name, rest).send().await?;
                    rest = output.unprocessed_items.into_iter().flatten().flat_map(|(_, items)| items).collect();
                }
                if !rest.is_empty() {
                    return Err(StoreError::Unavailable("items stayed unprocessed".into()));
                }
            }
            Ok(())
        })
    }

    /// Builds a removal of one item, for [`Table::take`].
    pub fn removal(&self, key: &Key) -> DeleteItemFluentBuilder {
        self.client.delete_item().table_name(&self.name).set_key(Some(key.to_item()))
    }

    /// Carries out a removal with a condition. Returns the item as it was, or `None` if the condition failed.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub fn take(&self, removal: DeleteItemFluentBuilder) -> Calling<'_, Option<Item>> {
        Box::pin(async {
            match removal.return_values(ReturnValue::AllOld).send().await {
                Ok(output) => Ok(output.attributes),
                Err(error) if error.code() == Some(CONDITION_FAILED) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
    }

    /// Builds an update of one item, for [`Table::apply`].
    pub fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.name).set_key(Some(key.to_item()))
    }

    /// Carries out an update with a condition. If the condition failed, returns the item as it is.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub fn apply(&self, update: UpdateItemFluentBuilder) -> Calling<'_, Result<UpdateItemOutput, Option<Item>>> {
        let update = update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Box::pin(async {
            match update.send().await {
                Ok(output) => Ok(Ok(output)),
                Err(SdkError::ServiceError(context)) if context.err().is_conditional_check_failed_exception() => {
                    let item = match context.into_err() {
                        UpdateItemError::ConditionalCheckFailedException(failed) => failed.item,
                        _ => None,
                    };
                    Ok(Err(item))
                }
                Err(error) => Err(error.into()),
            }
        })
    }
}

/// Largest number of items in one call of `BatchWriteItem`.
const DELETED_AT_ONCE: usize = 25;

fn deletion(key: &Key) -> Result<WriteRequest, StoreError> {
    let delete = DeleteRequest::builder().set_key(Some(key.to_item())).build();
    let delete = delete.map_err(|error| StoreError::Shape(Box::new(error)))?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

fn got(request: GetItemFluentBuilder) -> Calling<'static, Option<Item>> {
    Box::pin(async { Ok(request.send().await?.item) })
}

/// Writes an item. Returns whether its condition, if it has one, was met.
fn written(request: PutItemFluentBuilder) -> Calling<'static, bool> {
    Box::pin(async {
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some(CONDITION_FAILED) => Ok(false),
            Err(error) => Err(error.into()),
        }
    })
}

const CONDITION_FAILED: &str = "ConditionalCheckFailedException";

//! The removal of a picture. Every step requires the state before it. So steps are idempotent, and a later run
//! continues after a crash.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use jiff::{SignedDuration, Timestamp};
use souk_domain::{Principal, media::Referrer};
use souk_store::{
    StoreError, Transaction, WriteError,
    entity::{millis, number, text},
    entries::At,
    table::ListQuery,
    transaction::Condition,
};

use super::{Media, MediaItems, MediaState, Picture, in_state};
use crate::keys::{self, IndexKey};

/// When a picture that is shown is checked again. A referrer that stops showing it removes its reference; this check is
/// for referrers that could not.
const NEXT_CHECK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How long after a picture's removal an order that contains it may still come: longer than any queue keeps a message.
const ORDERS_COME: SignedDuration = SignedDuration::from_hours(24 * 15);

/// Why a picture was not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// It was written meanwhile. Check it again.
    Stale,
}

impl MediaItems<'_> {
    /// Lists pictures to be checked, longest due first, at most 250.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn due(&self, now: Timestamp) -> Result<Vec<Media>, StoreError> {
        let due = ListQuery::oldest_up_to(keys::media_to_check(), keys::sortable(now), 250);
        Ok(self.table.list(due).await?.items)
    }

    /// Postpones the next check of a picture that is shown, and keeps only the references that count.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn keep(
        &self,
        media: &Media,
        references: &BTreeMap<Referrer, At>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let references =
            serde_dynamo::to_attribute_value(references).map_err(|error| StoreError::Shape(Box::new(error)))?;
        let keep = self
            .as_read(media, "SET uses = :uses, version = version + :one", now + NEXT_CHECK)
            .condition_expression("version = :version")
            .expression_attribute_values(":uses", references)
            .expression_attribute_values(":one", number(1));
        self.table.apply(keep).await.map(drop)
    }

    /// Begins the removal of a picture, so that nobody may show it and its files can be deleted. Returns the picture in
    /// its new state, or `None` if it was written since it was read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn take_down(&self, media: &Media, now: Timestamp) -> Result<Option<Media>, StoreError> {
        let MediaState::Ready(picture) = &media.state else { return Ok(None) };
        let take = self
            .as_read(media, "SET #state.#state = :removing", now)
            .condition_expression("version = :version AND #state.#state = :ready")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":ready", text("ready"))
            .expression_attribute_values(":removing", text("removing"));
        let removing = Media { state: MediaState::Removing(picture.clone()), ..media.clone() };
        Ok(self.table.apply(take).await?.is_ok().then_some(removing))
    }

    /// Changes a picture that was read, and sets its next check.
    fn as_read(&self, media: &Media, change: &str, check_at: Timestamp) -> UpdateItemFluentBuilder {
        let IndexKey { at, .. } = keys::among_media(check_at, media.id);
        self.table
            .update(&keys::media(media.id))
            .update_expression(format!("{change}, check_at = :check, gsi1sk = :place"))
            .expression_attribute_values(":version", number(i64::try_from(media.version).unwrap_or(i64::MAX)))
            .expression_attribute_values(":check", millis(check_at))
            .expression_attribute_values(":place", text(at))
    }

    /// Deletes the item of a picture whose files are deleted. Returns `false` if it changed meanwhile.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn forget(&self, media: &Media) -> Result<bool, StoreError> {
        let counted = match media.state {
            // Not counted any more since its removal.
            MediaState::Removed(_) => Transaction::new(),
            _ => one_less(media.owner),
        };
        done(counted.delete(&keys::media(media.id), in_state(media.state.name()), Rule::Stale).commit(self.table).await)
    }

    /// Records that only one file of a picture is left, for orders.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn leave(&self, media: &Media, remnant: &Picture, now: Timestamp) -> Result<(), StoreError> {
        let state = serde_dynamo::to_attribute_value(MediaState::Removed(remnant.clone()))
            .map_err(|error| StoreError::Shape(Box::new(error)))?;
        let check_at = now + ORDERS_COME;
        let IndexKey { at, .. } = keys::among_media(check_at, media.id);
        let removing =
            in_state("removing").value(":state", state).value(":check", millis(check_at)).value(":place", text(at));
        let change = "SET #state = :state, check_at = :check, gsi1sk = :place";
        let left = one_less(media.owner).update(&keys::media(media.id), change, removing, Rule::Stale);
        done(left.commit(self.table).await).map(drop)
    }

    /// Ends the checks of a picture that an order contains.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn keep_for_ever(&self, media: &Media) -> Result<(), StoreError> {
        let keep = self
            .table
            .update(&keys::media(media.id))
            .update_expression("REMOVE check_at, gsi1pk, gsi1sk")
            .condition_expression("#state.#state = :removed")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":removed", text("removed"));
        self.table.apply(keep).await.map(drop)
    }
}

fn one_less(owner: Principal) -> Transaction<Rule> {
    let less = Condition::default().value(":less", number(-1));
    Transaction::new().update(&keys::media_count(owner), "ADD pictures :less", less, Rule::Stale)
}

/// Returns whether a write was committed. `false` if its condition failed.
fn done(result: Result<(), WriteError<Rule>>) -> Result<bool, StoreError> {
    match result {
        Ok(()) => Ok(true),
        Err(WriteError::Refused(_)) => Ok(false),
        Err(WriteError::Store(error)) => Err(error),
    }
}

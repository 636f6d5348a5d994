//! References: which referrer shows a picture.
//!
//! A reference is only a hint, because it is added before the write that shows the picture, and that write may fail. So
//! a reference counts by itself only as long as that write may still come. After that the referrer's own items decide.

use std::{collections::BTreeMap, fmt};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use souk_domain::{MediaId, Principal, media::Referrer};
use souk_store::{
    StoreError,
    entity::{from_item, millis, number, text},
    entries::At,
};

use super::{Media, MediaItems, MediaState, PATIENCE, Picture};
use crate::keys::{self, IndexKey};

/// How long a reference counts by itself: no function lives longer, so no write comes later.
const REFERENCE_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// How many references a picture may have. Each is some 60 bytes of its item.
const MAX_REFERENCES: i64 = 100;

/// Why a reference was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceRefused {
    /// There is no such picture, or it is another owner's.
    NotFound,
    /// The picture waits, or was rejected.
    NotReady,
    /// The picture has a hundred references.
    UsedTooOften,
}

impl ReferenceRefused {
    /// Returns the stable, machine-readable code for a field's error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotReady => "not_ready",
            Self::UsedTooOften => "used_too_often",
        }
    }
}

impl fmt::Display for ReferenceRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "is not a picture of yours",
            Self::NotReady => "is not a picture that is ready",
            Self::UsedTooOften => "is shown in too many places; upload it again",
        })
    }
}

impl MediaItems<'_> {
    /// Adds references of a referrer that is about to show an owner's pictures. Returns each picture, or why it cannot be
    /// shown, in the order of `ids`. Pictures that the referrer shows already are returned as they are. The write that
    /// shows the pictures must follow in the same call of the function. One write for each new picture; idempotent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn add_references(
        &self,
        owner: Principal,
        referrer: Referrer,
        ids: &[MediaId],
        shown: &[&Picture],
    ) -> Result<Vec<Result<Picture, ReferenceRefused>>, StoreError> {
        let references = ids.iter().map(|&id| async move {
            match shown.iter().find(|picture| picture.id == id) {
                Some(&picture) => Ok(Ok(picture.clone())),
                None => self.add_reference(owner, id, referrer).await,
            }
        });
        try_join_all(references).await
    }

    async fn add_reference(
        &self,
        owner: Principal,
        id: MediaId,
        referrer: Referrer,
    ) -> Result<Result<Picture, ReferenceRefused>, StoreError> {
        let update = self
            .table
            .update(&keys::media(id))
            .update_expression("SET uses.#use = :now, version = version + :one")
            .condition_expression(
                "#owner = :owner AND #state.#state = :ready AND (attribute_exists(uses.#use) OR size(uses) < :max)",
            )
            .expression_attribute_names("#use", referrer.to_string())
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            // The current time and not the caller's, which may be earlier than its reads: removing references compares the two.
            .expression_attribute_values(":now", millis(Timestamp::now()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":ready", text("ready"))
            .expression_attribute_values(":max", number(MAX_REFERENCES))
            .return_values(ReturnValue::AllNew);
        let (item, added) = match self.table.apply(update).await? {
            Ok(output) => (output.attributes, true),
            Err(item) => (item, false),
        };
        let media = item.map(from_item::<Media>).transpose()?.filter(|media| media.owner == owner);
        Ok(match media.map(|media| media.state) {
            Some(MediaState::Ready(picture)) if added => Ok(picture),
            Some(MediaState::Ready(_)) => Err(ReferenceRefused::UsedTooOften),
            Some(MediaState::Waiting | MediaState::Rejected { .. }) => Err(ReferenceRefused::NotReady),
            Some(MediaState::Removing(_) | MediaState::Removed(_)) | None => Err(ReferenceRefused::NotFound),
        })
    }

    /// Removes the references to pictures that a referrer no longer shows, after the write that removed the pictures: those
    /// of `shown` that are not in `kept`. `before` is when that request began: a reference added since then stays. If this
    /// fails, the picture is only removed later.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn remove_references(
        &self,
        referrer: Referrer,
        shown: &[MediaId],
        kept: &[MediaId],
        before: Timestamp,
    ) -> Result<(), StoreError> {
        let removed = shown.iter().filter(|id| !kept.contains(id));
        try_join_all(removed.map(|&id| self.remove_reference(id, referrer, before))).await.map(drop)
    }

    async fn remove_reference(&self, id: MediaId, referrer: Referrer, before: Timestamp) -> Result<(), StoreError> {
        // A referrer that removed it by mistake has a day to show it again.
        let check_at = before + PATIENCE;
        let IndexKey { at: gsi1sk, .. } = keys::among_media(check_at, id);
        let update = self
            .table
            .update(&keys::media(id))
            .update_expression("REMOVE uses.#use SET check_at = :check, gsi1sk = :place, version = version + :one")
            .condition_expression("#state.#state = :ready AND uses.#use <= :before")
            .expression_attribute_names("#use", referrer.to_string())
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":check", millis(check_at))
            .expression_attribute_values(":place", text(gsi1sk))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":ready", text("ready"))
            .expression_attribute_values(":before", millis(before));
        self.table.apply(update).await.map(drop)
    }

    /// Returns those references to a picture that count now: recent ones, and those of a referrer that shows the picture.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn current_references(
        &self,
        media: &Media,
        now: Timestamp,
    ) -> Result<BTreeMap<Referrer, At>, StoreError> {
        let mut references = BTreeMap::new();
        for (&referrer, &At(at)) in &media.references {
            if now < at + REFERENCE_LASTS || self.is_shown_by(referrer, media.id).await? {
                references.insert(referrer, At(at));
            }
        }
        Ok(references)
    }

    /// Returns whether any of a referrer's items contains a picture's id. It searches whole items, so that no field that is
    /// added later can be forgotten here.
    async fn is_shown_by(&self, referrer: Referrer, id: MediaId) -> Result<bool, StoreError> {
        let items = self.table.partition(keys::partition_of(referrer)).await?;
        let id = id.to_string();
        Ok(items.iter().flat_map(|item| item.values()).any(|value| mentions(value, &id)))
    }
}

fn mentions(value: &AttributeValue, name: &str) -> bool {
    match value {
        AttributeValue::S(text) => text.contains(name),
        AttributeValue::L(values) => values.iter().any(|value| mentions(value, name)),
        AttributeValue::M(fields) => fields.values().any(|value| mentions(value, name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_name_is_found_however_deep_it_stands() {
        let path =
            AttributeValue::L(vec![AttributeValue::M(HashMap::from([("path".to_owned(), text("media_1/320.webp"))]))]);
        assert!(mentions(&path, "media_1"));
        assert!(!mentions(&path, "media_2"));
    }
}

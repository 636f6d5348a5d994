//! Who shows a picture.
//!
//! A claim is a hint and not the truth: it is made before the write that shows the picture, which may then fail. So it
//! counts by itself only for as long as that write may be under way. After that the referrer's own items are asked.

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

/// How long a claim counts without its referrer: no function lives longer, and so no write after a claim comes later.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// How many may claim one picture: each is some 60 bytes of its item.
const MAX_USES: i64 = 100;

/// Why a picture cannot be shown by who wants to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclaimed {
    /// There is none, or it is somebody else's.
    NotFound,
    /// It waits, or was rejected.
    NotReady,
    /// A hundred others show it.
    UsedTooOften,
}

impl Unclaimed {
    /// Stable and machine-readable, for a field's error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotReady => "not_ready",
            Self::UsedTooOften => "used_too_often",
        }
    }
}

impl fmt::Display for Unclaimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "is not a picture of yours",
            Self::NotReady => "is not a picture that is ready",
            Self::UsedTooOften => "is shown in too many places; upload it again",
        })
    }
}

impl MediaItems<'_> {
    /// Claims an owner's pictures for a referrer that is about to show them. Returns each picture, or why it cannot be
    /// shown, in the order of `ids`. Pictures that the referrer shows already are returned as they are. The write that
    /// shows the pictures must follow in the same call of the function. One write for each new picture; idempotent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn claim(
        &self,
        owner: Principal,
        referrer: Referrer,
        ids: &[MediaId],
        shown: &[&Picture],
    ) -> Result<Vec<Result<Picture, Unclaimed>>, StoreError> {
        let claims = ids.iter().map(|&id| async move {
            match shown.iter().find(|picture| picture.id == id) {
                Some(&picture) => Ok(Ok(picture.clone())),
                None => self.claim_one(owner, id, referrer).await,
            }
        });
        try_join_all(claims).await
    }

    async fn claim_one(
        &self,
        owner: Principal,
        id: MediaId,
        referrer: Referrer,
    ) -> Result<Result<Picture, Unclaimed>, StoreError> {
        let claim = self
            .table
            .update(&keys::media(id))
            .update_expression("SET uses.#use = :now, version = version + :one")
            .condition_expression(
                "#owner = :owner AND #state.#state = :ready AND (attribute_exists(uses.#use) OR size(uses) < :max)",
            )
            .expression_attribute_names("#use", referrer.to_string())
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            // Not the caller's time, which may lie before what it read: who releases goes by the order of the two.
            .expression_attribute_values(":now", millis(Timestamp::now()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":ready", text("ready"))
            .expression_attribute_values(":max", number(MAX_USES))
            .return_values(ReturnValue::AllNew);
        let (item, claimed) = match self.table.apply(claim).await? {
            Ok(output) => (output.attributes, true),
            Err(item) => (item, false),
        };
        let media = item.map(from_item::<Media>).transpose()?.filter(|media| media.owner == owner);
        Ok(match media.map(|media| media.state) {
            Some(MediaState::Ready(picture)) if claimed => Ok(picture),
            Some(MediaState::Ready(_)) => Err(Unclaimed::UsedTooOften),
            Some(MediaState::Waiting | MediaState::Rejected { .. }) => Err(Unclaimed::NotReady),
            Some(MediaState::Removing(_) | MediaState::Removed(_)) | None => Err(Unclaimed::NotFound),
        })
    }

    /// Releases the pictures that a referrer no longer shows, after the write that took them away: those of `shown`
    /// that are not in `kept`. `before` is when that request began: a claim made since then stays. Without the release
    /// a picture is only removed later.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn release(
        &self,
        referrer: Referrer,
        shown: &[MediaId],
        kept: &[MediaId],
        before: Timestamp,
    ) -> Result<(), StoreError> {
        let removed = shown.iter().filter(|id| !kept.contains(id));
        try_join_all(removed.map(|&id| self.release_one(id, referrer, before))).await.map(drop)
    }

    async fn release_one(&self, id: MediaId, referrer: Referrer, before: Timestamp) -> Result<(), StoreError> {
        // Who took it away by mistake has a day to put it back.
        let check_at = before + PATIENCE;
        let IndexKey { at: gsi1sk, .. } = keys::among_media(check_at, id);
        let release = self
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
        self.table.apply(release).await.map(drop)
    }

    /// Those claims on a picture that count now: made a moment ago, or by something that does show it.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn uses_now(&self, media: &Media, now: Timestamp) -> Result<BTreeMap<Referrer, At>, StoreError> {
        let mut uses = BTreeMap::new();
        for (&referrer, &At(at)) in &media.uses {
            if now < at + CLAIM_LASTS || self.is_shown_by(referrer, media.id).await? {
                uses.insert(referrer, At(at));
            }
        }
        Ok(uses)
    }

    /// Whether a picture's name stands anywhere in a referrer's items. Not asked field by field, so that no field that
    /// comes later is forgotten here.
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

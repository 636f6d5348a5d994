//! Uploaded images.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{MediaId, Principal};

use crate::{
    Entity, StoreError, Table,
    entity::{Item, from_item, text},
    keys::{self, Key},
    table::Freshness,
};

/// An uploaded image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Names the image.
    pub id: MediaId,
    /// Who uploads it.
    pub owner: Principal,
    /// How far it is.
    pub state: MediaState,
    /// When the upload was asked for.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MediaState {
    /// The file is not there, or not looked at yet.
    Waiting,
    /// Checked, and ready to be shown.
    Ready(Picture),
    /// Not an image that can be shown.
    Rejected {
        /// Stable and machine-readable: `not_an_image`, `too_large`, ...
        reason: String,
    },
}

/// An image that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Picture {
    /// In pixels, after the camera's rotation was applied.
    pub width: u32,
    /// In pixels, after the camera's rotation was applied.
    pub height: u32,
    /// A `ThumbHash` in base64: a blurred stand-in of some 25 bytes.
    pub blur: String,
    /// WebP renditions, the smallest first.
    pub renditions: Vec<Rendition>,
}

/// One size of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rendition {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Its place below the media address.
    pub path: String,
}

impl Entity for Media {
    const TYPE: &'static str = "media";

    fn key(&self) -> Key {
        keys::media(self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        // An upload that never came leaves nothing worth keeping. What was checked stays.
        matches!(self.state, MediaState::Waiting).then(|| self.created_at + SignedDuration::from_hours(24))
    }
}

/// The images in the table.
#[derive(Debug)]
pub struct MediaItems<'a> {
    table: &'a Table,
}

impl<'a> MediaItems<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Remembers that somebody is about to upload.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn expect(&self, media: &Media) -> Result<(), StoreError> {
        self.table.create(media).await.map(drop)
    }

    /// An image, whoever it belongs to: for the worker.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: MediaId) -> Result<Option<Media>, StoreError> {
        self.table.get(keys::media(id), Freshness::Strong).await
    }

    /// An image of one's own.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, owner: Principal, id: MediaId) -> Result<Option<Media>, StoreError> {
        Ok(self.get(id).await?.filter(|media| media.owner == owner))
    }

    /// Images of one's own, in the order asked for; those that are not there or not one's own are left out.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn many_of(&self, owner: Principal, ids: &[MediaId]) -> Result<Vec<Media>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.table.get_many(ids.iter().map(|&id| keys::media(id)).collect()).await?;
        let found = items.into_iter().map(from_item::<Media>).collect::<Result<Vec<_>, _>>()?;
        Ok(ids
            .iter()
            .filter_map(|id| found.iter().find(|media| media.id == *id && media.owner == owner).cloned())
            .collect())
    }

    /// Forgets an image, whose files are gone.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn forget(&self, id: MediaId) -> Result<(), StoreError> {
        self.table.delete(keys::media(id)).await
    }

    /// Settles an image that waits. Settling twice changes nothing: the first verdict stands.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn settle(&self, id: MediaId, state: &MediaState) -> Result<(), StoreError> {
        let state: Item = serde_dynamo::to_item(state).map_err(|error| StoreError::Shape(Box::new(error)))?;
        let update = self
            .table
            .update(&keys::media(id))
            .update_expression("SET #state = :state REMOVE #ttl")
            .condition_expression("#state.#state = :waiting")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":state", aws_sdk_dynamodb::types::AttributeValue::M(state))
            .expression_attribute_values(":waiting", text("waiting"));
        self.table.apply(update).await.map(drop)
    }
}

//! Pictures: uploads, and what was made of them.
//!
//! A picture belongs to its uploader, and referrers show it. Two things protect a picture that is shown from removal:
//! the reference that a referrer adds before it shows the picture ([`MediaItems::add_references`]), and the referrer's own
//! items, which are read before a picture is removed ([`MediaItems::current_references`]).
//!
//! From `ready` a picture changes to `removing`, which refuses new references. Then its files are deleted, and its item
//! last. Orders may contain a seller's picture. So its smallest rendition, which orders show, stays in the state
//! `removed` until no order can come any more, and forever if one came.

mod references;
mod removal;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{
    SignedDuration, Timestamp,
    fmt::serde::timestamp::millisecond::{optional as maybe_millis, required as millis},
};
use serde::{Deserialize, Serialize};
use souk_domain::{
    MediaId, Principal,
    media::{Referrer, Transformation, max_stored},
};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::{from_item, number, text},
    entries::At,
    idempotency::Answer,
    outbox::OutboxRecord,
    table::Freshness,
    transaction::Condition,
};

pub use self::references::ReferenceRefused;
use crate::keys::{self, IndexKey, Key};

/// How long an upload may wait for its file, and a new picture for its first reference.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// A picture, or an upload that will become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The picture's id.
    pub id: MediaId,
    /// The owner.
    pub owner: Principal,
    /// What it is made of, unless it is uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The state.
    pub state: MediaState,
    /// The referrers that show it, and when each last referred to it. A reference is a hint; the referrer's own items
    /// decide.
    #[serde(rename = "uses")]
    pub references: BTreeMap<Referrer, At>,
    /// Whether an order contains it.
    #[serde(default)]
    pub ordered: bool,
    /// The version. Every write that a removal must not miss increments it.
    pub version: u64,
    /// When it was requested.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
    /// When a sweep checks whether it is still shown. Absent if there is nothing left to remove.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_millis")]
    pub check_at: Option<Timestamp>,
}

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Another picture of the same owner, which may be removed by now.
    pub source: MediaId,
    /// The transformation.
    pub transformation: Transformation,
}

/// The state of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MediaState {
    /// The file has not arrived or is not checked yet, or the transformation is not finished.
    Waiting,
    /// Checked, and ready to be shown.
    Ready(Picture),
    /// The file is not a picture that can be shown.
    Rejected {
        /// A stable, machine-readable code: `not_an_image`, `too_large`, ...
        reason: String,
    },
    /// Its files are about to be deleted. Nobody may show it any more.
    Removing(Picture),
    /// Removed, except the smallest rendition, because an order may show it.
    Removed(Picture),
}

impl MediaState {
    /// Returns the state's name, as it is stored.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready(_) => "ready",
            Self::Rejected { .. } => "rejected",
            Self::Removing(_) => "removing",
            Self::Removed(_) => "removed",
        }
    }
}

/// A picture that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The picture's id.
    pub id: MediaId,
    /// The width in pixels, after the camera's rotation was applied.
    pub width: u32,
    /// The width in pixels, after the camera's rotation was applied.
    pub height: u32,
    /// A `ThumbHash` in base64: a blurred placeholder of some 25 bytes.
    pub blur: String,
    /// WebP renditions, the smallest first.
    pub renditions: Vec<Rendition>,
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The path below the media URL.
    pub path: String,
}

impl Media {
    /// Returns an upload that is requested now.
    pub fn asked_for(id: MediaId, owner: Principal, origin: Option<Origin>, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            origin,
            state: MediaState::Waiting,
            references: BTreeMap::new(),
            ordered: false,
            version: 1,
            created_at: now,
            check_at: Some(now + PATIENCE),
        }
    }

    /// Returns whether its owner still has it.
    pub fn is_there(&self) -> bool {
        !matches!(self.state, MediaState::Removing(_) | MediaState::Removed(_))
    }
}

impl Entity for Media {
    const TYPE: &'static str = "media";

    fn key(&self) -> Key {
        keys::media(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        self.check_at.map(|at| keys::among_media(at, self.id))
    }
}

/// The count of an owner's pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaCount {
    /// The owner.
    pub owner: Principal,
    /// The number of pictures, waiting ones included.
    pub pictures: u32,
}

impl Entity for MediaCount {
    const TYPE: &'static str = "media_count";

    fn key(&self) -> Key {
        keys::media_count(self.owner)
    }
}

/// Why a picture was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The owner has as many pictures as they may.
    Full,
    /// The source picture is not ready, or is being removed.
    SourceGone,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// A picture with this id exists.
    Exists,
}

/// The result of settling a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The picture is in this state, now or since an earlier call.
    Stands,
    /// The picture was removed meanwhile. These of its files are not needed.
    Gone(Vec<Rendition>),
}

/// Access to pictures.
#[derive(Debug)]
pub struct MediaItems<'a> {
    table: &'a Table,
}

impl<'a> MediaItems<'a> {
    /// Creates the access to a table's pictures.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Stores an upload that is about to come.
    ///
    /// # Errors
    /// [`Rule::Full`], and those of [`StoreError`].
    pub async fn expect(&self, media: &Media) -> Result<(), WriteError<Rule>> {
        self.one_more(media).commit(self.table).await
    }

    /// Stores a transformation of a ready picture, and its event.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn derive(
        &self,
        media: &Media,
        origin: Origin,
        event: &OutboxRecord,
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let ready = in_state("ready").name("#owner", "owner").value(":owner", text(media.owner));
        let ready = ready.and("#owner = :owner");
        let transaction = self.one_more(media).check(&keys::media(origin.source), ready, Rule::SourceGone).put(event);
        match answer {
            Some(answer) => transaction.create(answer, Rule::KeyUsed),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    fn one_more(&self, media: &Media) -> Transaction<Rule> {
        let below_limit = Condition::new("attribute_not_exists(pictures) OR pictures < :max")
            .name("#type", "type")
            .name("#owner", "owner")
            .value(":type", text(MediaCount::TYPE))
            .value(":owner", text(media.owner))
            .value(":one", number(1))
            .value(":max", number(max_stored(media.owner)));
        let count = "SET #type = :type, #owner = :owner ADD pictures :one";
        Transaction::new().create(media, Rule::Exists).update(
            &keys::media_count(media.owner),
            count,
            below_limit,
            Rule::Full,
        )
    }

    /// Returns a picture of any owner in any state, for workers.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: MediaId) -> Result<Option<Media>, StoreError> {
        self.table.get(keys::media(id), Freshness::Strong).await
    }

    /// Returns a picture of an owner.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, owner: Principal, id: MediaId) -> Result<Option<Media>, StoreError> {
        Ok(self.get(id).await?.filter(|media| media.owner == owner && media.is_there()))
    }

    /// Settles a picture that waits. Idempotent: the first verdict stays.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn settle(&self, id: MediaId, state: &MediaState) -> Result<Settled, StoreError> {
        let state = serde_dynamo::to_attribute_value(state).map_err(|error| StoreError::Shape(Box::new(error)))?;
        let update = self
            .table
            .update(&keys::media(id))
            .update_expression("SET #state = :state, version = version + :one")
            .condition_expression("#state.#state = :waiting")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", state)
            .expression_attribute_values(":waiting", text("waiting"))
            .expression_attribute_values(":one", number(1));
        Ok(match self.table.apply(update).await? {
            Ok(_) => Settled::Stands,
            Err(None) => Settled::Gone(Vec::new()),
            Err(Some(item)) => match from_item::<Media>(item)?.state {
                MediaState::Removed(picture) => Settled::Gone(picture.renditions),
                MediaState::Removing(_) | MediaState::Rejected { .. } => Settled::Gone(Vec::new()),
                MediaState::Waiting | MediaState::Ready(_) => Settled::Stands,
            },
        })
    }

    /// Records that an order contains a picture, if it exists.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn keep_for_order(&self, id: MediaId) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&keys::media(id))
            .update_expression("SET ordered = :yes")
            .condition_expression("attribute_exists(pk) AND ordered <> :yes")
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        self.table.apply(update).await.map(drop)
    }
}

/// Requires a state, as the start of a longer condition.
fn in_state(state: &str) -> Condition {
    Condition::new("#state.#state = :as_read").name("#state", "state").value(":as_read", text(state))
}

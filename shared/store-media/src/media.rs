//! Pictures: uploads, and what was made of them.
//!
//! A picture belongs to who uploaded it and is shown by whatever refers to it. Two things keep it from being taken away
//! while it is: the claim that a referrer makes before it shows it ([`MediaItems::claim`]), and the referrer itself,
//! which is asked before anything is removed ([`MediaItems::uses_now`]).
//!
//! From `ready` a picture goes to `removing`, which no claim passes. Then its files go, and last its item. Who sells may
//! have sold with it: of a seller's picture the smallest rendition, which orders show, stays as `removed` until no order
//! can come any more, and for ever once one did.

mod removal;
mod uses;

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

pub use self::uses::Unclaimed;
use crate::keys::{self, IndexKey, Key};

/// How long a picture may wait for its file, and a new one for somebody to show it.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// A picture, or what is to become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Names the picture.
    pub id: MediaId,
    /// Whose it is.
    pub owner: Principal,
    /// What it is made of, unless it is uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// How far it is.
    pub state: MediaState,
    /// Who claimed it, and when last. Whether they show it is for them to say.
    pub uses: BTreeMap<Referrer, At>,
    /// Whether it stands in an order.
    #[serde(default)]
    pub ordered: bool,
    /// Counts the writes that who removes it must not miss.
    pub version: u64,
    /// When it was asked for.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
    /// When somebody looks whether it is still used. None when there is nothing left to remove.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "maybe_millis")]
    pub check_at: Option<Timestamp>,
}

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Another picture of the same owner, which may be gone by now.
    pub source: MediaId,
    /// What is done to it.
    pub transformation: Transformation,
}

/// How far a picture is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MediaState {
    /// The file is not there, or not looked at yet; or what is asked for is not made yet.
    Waiting,
    /// Checked, and ready to be shown.
    Ready(Picture),
    /// Not a picture that can be shown.
    Rejected {
        /// Stable and machine-readable: `not_an_image`, `too_large`, ...
        reason: String,
    },
    /// About to lose its files. Nobody may show it any more.
    Removing(Picture),
    /// Gone, but for the smallest rendition: an order may show it.
    Removed(Picture),
}

impl MediaState {
    /// The state's name, as it is stored.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Picture {
    /// Names it.
    pub id: MediaId,
    /// In pixels, after the camera's rotation was applied.
    pub width: u32,
    /// In pixels, after the camera's rotation was applied.
    pub height: u32,
    /// A `ThumbHash` in base64: a blurred stand-in of some 25 bytes.
    pub blur: String,
    /// WebP renditions, the smallest first.
    pub renditions: Vec<Rendition>,
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rendition {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Its place below the media address.
    pub path: String,
}

impl Media {
    /// A picture that somebody asks for now.
    pub fn asked_for(id: MediaId, owner: Principal, origin: Option<Origin>, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            origin,
            state: MediaState::Waiting,
            uses: BTreeMap::new(),
            ordered: false,
            version: 1,
            created_at: now,
            check_at: Some(now + PATIENCE),
        }
    }

    /// Whether its owner still has it.
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

/// How many pictures somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaCount {
    /// Who.
    pub owner: Principal,
    /// Those that wait included.
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
    /// Its owner keeps as many as they may.
    Full,
    /// What it is to be made of is not ready, or not ready any more.
    SourceGone,
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// There is one of this id already.
    Exists,
}

/// How settling a picture went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// This is the verdict on it, now or since before.
    Stands,
    /// It is not kept, or not any more; only these files of it are.
    Gone(Vec<Rendition>),
}

/// The pictures in the table.
#[derive(Debug)]
pub struct MediaItems<'a> {
    table: &'a Table,
}

impl<'a> MediaItems<'a> {
    /// The pictures of a table: for contexts that build on this one.
    pub fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Remembers that somebody is about to upload.
    ///
    /// # Errors
    /// [`Rule::Full`], and those of [`StoreError`].
    pub async fn expect(&self, media: &Media) -> Result<(), WriteError<Rule>> {
        self.one_more(media).commit(self.table).await
    }

    /// Remembers what is to be made of a picture that is ready, and the event that has it made.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn derive(
        &self,
        media: &Media,
        origin: Origin,
        news: &OutboxRecord,
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let ready = in_state("ready").name("#owner", "owner").value(":owner", text(media.owner));
        let ready = ready.and("#owner = :owner");
        let transaction = self.one_more(media).check(&keys::media(origin.source), ready, Rule::SourceGone).put(news);
        match answer {
            Some(answer) => transaction.create(answer, Rule::KeyUsed),
            None => transaction,
        }
        .commit(self.table)
        .await
    }

    fn one_more(&self, media: &Media) -> Transaction<Rule> {
        let room = Condition::new("attribute_not_exists(pictures) OR pictures < :max")
            .name("#type", "type")
            .name("#owner", "owner")
            .value(":type", text(MediaCount::TYPE))
            .value(":owner", text(media.owner))
            .value(":one", number(1))
            .value(":max", number(max_stored(media.owner)));
        let count = "SET #type = :type, #owner = :owner ADD pictures :one";
        Transaction::new().create(media, Rule::Exists).update(&keys::media_count(media.owner), count, room, Rule::Full)
    }

    /// A picture, whoever it belongs to and however far it is: for the workers.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: MediaId) -> Result<Option<Media>, StoreError> {
        self.table.get(keys::media(id), Freshness::Strong).await
    }

    /// A picture of one's own.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, owner: Principal, id: MediaId) -> Result<Option<Media>, StoreError> {
        Ok(self.get(id).await?.filter(|media| media.owner == owner && media.is_there()))
    }

    /// Settles a picture that waits. Settling twice changes nothing: the first verdict stands.
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

    /// Remembers that an order shows a picture, if it is there.
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

/// That a picture is in a state, for conditions with more to them.
fn in_state(state: &str) -> Condition {
    Condition::new("#state.#state = :as_read").name("#state", "state").value(":as_read", text(state))
}

//! What the owner of an account is told.

use jiff::Timestamp;
use souk_domain::Principal;
use souk_messaging::{Event, Notice};
use souk_store::{StoreError, outbox::OutboxRecord};

/// Something that somebody is to be told, for the transaction that makes it true.
pub(crate) fn tell(principal: Principal, notice: Notice, now: Timestamp) -> Result<OutboxRecord, StoreError> {
    let news = Event::AccountNotice { principal, notice };
    news.record(now).map_err(|error| StoreError::Shape(Box::new(error)))
}

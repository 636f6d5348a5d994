//! Queue `accounts` - erases the data that is left of a deleted account, and gives up its open payment session.
//!
//! It is idempotent: every step removes what exists and does nothing otherwise. So a repeated message, or one that
//! comes after a worker died half way, ends in the same state.

use jiff::Timestamp;
use souk_domain::{MediaId, Principal};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_store::Store;
use souk_store_erasure::ErasureExt as _;
use souk_store_media::MediaExt as _;
use souk_store_sales::SalesExt as _;

/// Erases the data that is left of a deleted account.
#[derive(Debug)]
pub struct EraseAccount;

impl Consumer for EraseAccount {
    const MODULE: &'static str = module_path!();

    type Deps = Store;
    type Message = Message;

    async fn handle(store: &Store, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::AccountDeleted { principal, avatar, .. } = message.event else { return Ok(()) };
        if let Principal::User(user) = principal {
            // Without its cart nobody would find the payment session, so it is given up first.
            if let Some(session) = store.carts().get(user.into()).await?.payment_session {
                store.outbox().tell(&Event::PaymentSessionGivenUp { session }.record(now)?).await?;
            }
            store.erasure().belongings_of(user).await?;
        }
        store.erasure().access_of(principal).await?;
        match avatar {
            Some(avatar) => take_down(store, principal, avatar, now).await,
            None => Ok(()),
        }
    }
}

/// Takes a picture down, so that nobody can see it. The next purge of pictures deletes its files.
async fn take_down(store: &Store, owner: Principal, id: MediaId, now: Timestamp) -> Result<(), Failure> {
    let Some(media) = store.media().of(owner, id).await? else { return Ok(()) };
    let taken = store.media().take_down(&media, now).await?;
    taken.map(drop).ok_or_else(|| Failure::new("the picture was changed in the meantime"))
}

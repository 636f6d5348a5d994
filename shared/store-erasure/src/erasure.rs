//! The erasure of what belonged to an account. Every function is idempotent and may be interrupted.

use souk_domain::{Principal, UserId};
use souk_store::{StoreError, Table, entity::from_item};
use souk_store_shoppers::follows::{Follow, Follows};

use crate::keys::{self, Key};

/// Access to everything that belongs to an account or a shop.
#[derive(Debug)]
pub struct Erasure<'a> {
    pub(crate) table: &'a Table,
}

impl<'a> Erasure<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Deletes a shopper's addresses, wishlist, cart, views and follows. Orders and payment sessions stay, with the buyer's
    /// name and addresses: the seller still needs them for parcels under way, and for the records of sales.
    ///
    /// # Errors
    /// Those of [`StoreError`]. A part may be deleted then.
    pub async fn belongings_of(&self, user: UserId) -> Result<(), StoreError> {
        for key in [keys::addresses(user), keys::wishlist(user), keys::viewed(user)] {
            self.table.delete(key).await?;
        }
        self.partition(keys::cart(user.into()).pk).await?;
        for follow in self.table.partition(keys::follows(user)).await? {
            // Decrements the shop's count of followers as well.
            let follow: Follow = from_item(follow)?;
            Follows::new(self.table).unfollow(user, follow.shop).await?;
        }
        Ok(())
    }

    /// Deletes a principal's notifications, second factor, sessions and standing.
    ///
    /// # Errors
    /// Those of [`StoreError`]. A part may be deleted then.
    pub async fn access_of(&self, principal: Principal) -> Result<(), StoreError> {
        let own = [keys::second_factor(principal), keys::inbox(principal), keys::notification_settings(principal)];
        for key in own {
            self.table.delete(key).await?;
        }
        self.partition(keys::notifications_of(principal)).await?;
        self.partition(keys::access_partition(principal)).await
    }

    async fn partition(&self, pk: String) -> Result<(), StoreError> {
        for item in self.table.partition(pk).await? {
            self.table.delete(Key::of(&item)?).await?;
        }
        Ok(())
    }
}

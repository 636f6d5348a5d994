//! Profiles: what shoppers and sellers tell about themselves.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use souk_domain::{Email, PersonName, Phone, Principal, UserId};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError, access::Standing, entity::text, outbox::OutboxRecord,
    table::Freshness, transaction::Condition,
};

use crate::{
    accounts::{Avatar, Login, Seller, User},
    keys::{self, Key},
};

/// An account of either kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// A shopper's account.
    User(User),
    /// A seller's account.
    Seller(Seller),
}

impl Profile {
    /// Returns the mail address.
    pub fn email(&self) -> &Email {
        match self {
            Self::User(user) => &user.email,
            Self::Seller(seller) => &seller.email,
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &PersonName {
        match self {
            Self::User(user) => &user.name,
            Self::Seller(seller) => &seller.name,
        }
    }

    /// Returns the phone number.
    pub fn phone(&self) -> Option<&Phone> {
        match self {
            Self::User(user) => user.phone.as_ref(),
            Self::Seller(seller) => Some(&seller.phone),
        }
    }

    /// Returns the profile picture.
    pub fn avatar(&self) -> Option<&Avatar> {
        match self {
            Self::User(user) => user.avatar.as_ref(),
            Self::Seller(seller) => seller.avatar.as_ref(),
        }
    }

    /// Returns when the account was created.
    pub fn created_at(&self) -> Timestamp {
        match self {
            Self::User(user) => user.created_at,
            Self::Seller(seller) => seller.created_at,
        }
    }
}

/// What a principal may change about themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileChange {
    /// The name.
    pub name: PersonName,
    /// The phone number. Sellers must have one.
    pub phone: Option<Phone>,
    /// The profile picture.
    pub avatar: Option<Avatar>,
}

/// Why an account was not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The standing was written meanwhile. Read it again.
    Stale,
    /// The account is deleted already.
    Gone,
    /// A seller has a shop that is not deleted, or a shopper is an admin.
    Tied,
}

/// Access to profiles.
#[derive(Debug)]
pub struct Profiles<'a> {
    table: &'a Table,
}

impl<'a> Profiles<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Returns the account of a principal.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, principal: Principal) -> Result<Option<Profile>, StoreError> {
        Ok(match principal {
            Principal::User(_) | Principal::Admin(_) => {
                self.table.get(key(principal), Freshness::Strong).await?.map(Profile::User)
            }
            Principal::Seller(_) => self.table.get(key(principal), Freshness::Strong).await?.map(Profile::Seller),
        })
    }

    /// Changes a profile. Returns whether the account exists.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn change(&self, principal: Principal, change: &ProfileChange) -> Result<bool, StoreError> {
        let mut update = self
            .table
            .update(&key(principal))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":name", text(&change.name));
        let (mut set, mut remove) = (vec!["#name = :name"], Vec::new());
        match &change.phone {
            Some(phone) => {
                set.push("phone = :phone");
                update = update.expression_attribute_values(":phone", text(phone));
            }
            None => remove.push("phone"),
        }
        match &change.avatar {
            Some(avatar) => {
                set.push("avatar = :avatar");
                let avatar =
                    serde_dynamo::to_attribute_value(avatar).map_err(|error| StoreError::Shape(Box::new(error)))?;
                update = update.expression_attribute_values(":avatar", avatar);
            }
            None => remove.push("avatar"),
        }
        let mut expression = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            expression = format!("{expression} REMOVE {}", remove.join(", "));
        }
        Ok(self.table.apply(update.update_expression(expression)).await?.is_ok())
    }

    /// Deletes an account, its credentials and its profile, and ends every session by the next version of the standing
    /// that was read.
    ///
    /// # Errors
    /// Those of [`Rule`].
    pub async fn delete(
        &self,
        login: &Login,
        profile: &Profile,
        standing: &Standing,
        event: &OutboxRecord,
    ) -> Result<(), WriteError<Rule>> {
        let (key, tie, untied) = match profile {
            Profile::User(user) => (user.key(), keys::admin(user.id.into()), "attribute_not_exists(pk)"),
            Profile::Seller(seller) => {
                let untied = "attribute_not_exists(pk) OR attribute_exists(deleted_at)";
                (seller.key(), keys::shop(seller.id.into()), untied)
            }
        };
        let as_read = match login.google.as_slice() {
            [] => Condition::new("attribute_exists(pk) AND attribute_not_exists(google)"),
            subjects => Condition::new("google = :google")
                .value(":google", AttributeValue::L(subjects.iter().map(text).collect())),
        };
        let mut transaction = Transaction::new().delete(&login.key(), as_read, Rule::Gone);
        for subject in &login.google {
            transaction =
                transaction.delete(&keys::google_link(subject), Condition::new("attribute_exists(pk)"), Rule::Gone);
        }
        transaction
            .delete(&key, Condition::new("attribute_exists(pk)"), Rule::Gone)
            .check(&tie, Condition::new(untied), Rule::Tied)
            .advance([standing], Rule::Stale)
            .put(event)
            .commit(self.table)
            .await
    }
}

/// Returns the key of a principal's account. An admin's account is the one of the shopper who was promoted.
fn key(principal: Principal) -> Key {
    match principal {
        Principal::User(id) => keys::user(id),
        Principal::Admin(id) => keys::user(UserId::from(id)),
        Principal::Seller(id) => keys::seller(id),
    }
}

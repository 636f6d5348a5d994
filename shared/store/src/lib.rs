//! The single table.
//!
//! Everything Souk remembers is an item of one DynamoDB table. [`keys`] holds every key format, [`table`] the few ways to
//! read and write, and each other module one aggregate: its stored shape and its named access patterns, listed with
//! their cost in `docs/TABLE.md`. There is no scan.
//!
//! A write that depends on something says so as a condition, in the same transaction; when the condition does not hold
//! the caller learns which rule it was ([`Refused`]). What follows from a write is an [`outbox`] item in the same
//! transaction.
//!
//! DynamoDB removes an expired item when it finds the time, up to days late. So `ttl` here is a cleaner, never a clock:
//! whoever reads an item that can expire compares its time.

pub mod access;
pub mod audit;
pub mod claims;
pub mod entity;
pub mod entries;
pub mod error;
pub mod idempotency;
pub mod keyring;
pub mod keys;
pub mod limits;
pub mod outbox;
pub mod table;
pub mod transaction;

pub use entity::Entity;
pub use error::StoreError;
pub use table::{Page, Position, Table};
pub use transaction::{ATTEMPTS, Refused, Transaction, Tries, WriteError, happened};

/// The table by its aggregates: `store.orders().of(shopper, ..)`.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table,
}

impl Store {
    /// The store in a table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The table itself, for transactions that span aggregates.
    pub fn table(&self) -> &Table {
        &self.table
    }
}

/// Gives the [`Store`] aggregates.
///
/// A context's crate declares its aggregates as a trait of the store's; whoever wants them uses the trait:
///
/// ```ignore
/// souk_store::aggregates! {
///     /// What shoppers keep.
///     pub trait ShoppersExt {
///         /// Wishlists.
///         wishlists: wishlists::Wishlists,
///     }
/// }
/// ```
#[macro_export]
macro_rules! aggregates {
    ($(#[$trait_doc:meta])* pub trait $trait:ident {
        $($(#[$doc:meta])* $name:ident: $module:ident::$type:ident),+ $(,)?
    }) => {
        $(#[$trait_doc])*
        pub trait $trait {
            $($(#[$doc])* fn $name(&self) -> $module::$type<'_>;)+
        }

        impl $trait for $crate::Store {
            $(fn $name(&self) -> $module::$type<'_> {
                $module::$type::new(self.table())
            })+
        }
    };
}

macro_rules! own {
    ($($(#[$doc:meta])* $name:ident: $module:ident::$type:ident),+ $(,)?) => {
        impl Store {$(
            $(#[$doc])*
            pub fn $name(&self) -> $module::$type<'_> {
                $module::$type::new(&self.table)
            }
        )+}
    };
}

own! {
    /// Standings and sessions.
    access: access::Access,
    /// What admins did.
    audit: audit::Audit,
    /// Answers to repeat.
    idempotency: idempotency::Idempotency,
    /// Rate limits.
    limits: limits::Limits,
    /// Public keys of the access tokens.
    keyring: keyring::Keyring,
    /// Events on their way to the queues.
    outbox: outbox::Outbox,
    /// What a consumer has already done.
    claims: claims::Claims,
}

#[cfg(test)]
mod contexts;
// The snapshots name this crate as every context does.
#[cfg(test)]
extern crate self as souk_store;
#[cfg(test)]
mod shapes;

//! The single table.
//!
//! Souk stores everything in one DynamoDB table. [`table`] has the few ways to read and write, [`keys`] the keys, and
//! each context is a crate beside this one: `souk-store-catalogue`, `souk-store-sales` and so on. A module of a context
//! is an aggregate: its stored shape and its named access patterns, which `docs/TABLE.md` lists with their cost. There
//! is no scan. This crate has the aggregates that every function needs.
//!
//! A write that depends on a precondition has it as a condition of the same transaction. If a condition fails, the
//! caller learns which rule it was ([`Refused`]). An event that follows from a write is an [`outbox`] record in the
//! same transaction.
//!
//! DynamoDB deletes an expired item up to days late. So `ttl` only cleans up: code that reads an item which can expire
//! compares the time itself.

pub mod access;
pub mod audit;
pub mod entity;
pub mod entries;
pub mod error;
pub mod idempotency;
pub mod keyring;
pub mod keys;
pub mod leases;
pub mod limits;
pub mod outbox;
mod retry;
pub mod table;
pub mod transaction;

pub use entity::Entity;
pub use error::StoreError;
pub use retry::{Conflict, retry_on_conflict};
pub use table::{Page, Position, Table};
pub use transaction::{Refused, Transaction, WriteError, happened};

/// The store: the table by its aggregates, as in `store.orders().of(shopper, ..)`.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table,
}

impl Store {
    /// Creates the store of a table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Returns the table itself, for transactions that span aggregates.
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
    /// Audit records.
    audit: audit::Audit,
    /// Stored answers.
    idempotency: idempotency::Idempotency,
    /// Rate limits.
    limits: limits::Limits,
    /// Public keys of the access tokens.
    keyring: keyring::Keyring,
    /// Outbox records.
    outbox: outbox::Outbox,
    /// Leases of work.
    leases: leases::Leases,
}

#[cfg(test)]
mod contexts;
// The snapshots name this crate as every context does.
#[cfg(test)]
extern crate self as souk_store;
#[cfg(test)]
mod shapes;

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
pub mod accounts;
pub mod addresses;
pub mod admins;
pub mod audit;
pub mod carts;
pub mod claims;
pub mod codes;
pub mod custom_domains;
pub mod discounts;
pub mod entity;
pub mod entries;
pub mod erasure;
pub mod follows;
pub mod google_links;
pub mod idempotency;
pub mod jobs;
pub mod keyring;
pub mod keys;
pub mod limits;
pub mod media;
pub mod notifications;
pub mod orders;
pub mod outbox;
pub mod passwords;
pub mod payments;
pub mod products;
pub mod profiles;
pub mod second_factor;
pub mod shops;
pub mod site;
pub mod sockets;
pub mod stripe_events;
pub mod table;
pub mod transaction;
pub mod views;
pub mod wishlists;

pub use entity::Entity;
pub use table::{Page, Position, StoreError, Table};
pub use transaction::{ATTEMPTS, Refused, Transaction, Tries, WriteError, happened};

/// The table by its aggregates: `store.orders().of(shopper, ..)`.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table,
}

macro_rules! aggregates {
    ($($(#[$doc:meta])* $name:ident: $module:ident::$type:ident),+ $(,)?) => {
        impl Store {$(
            $(#[$doc])*
            pub fn $name(&self) -> $module::$type<'_> {
                $module::$type::new(&self.table)
            }
        )+}
    };
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

aggregates! {
    /// Standings and sessions.
    access: access::Access,
    /// Second factors.
    second_factors: second_factor::SecondFactors,
    /// Sign-in credentials, shoppers and sellers.
    accounts: accounts::Accounts,
    /// Mailed codes.
    codes: codes::CodeStates,
    /// New passwords.
    passwords: passwords::Passwords,
    /// Which shopper signs in with which Google account.
    google_links: google_links::GoogleLinks,
    /// Who is an admin.
    admins: admins::Admins,
    /// What admins did.
    audit: audit::Audit,
    /// What goes with an account.
    erasure: erasure::Erasure,
    /// What people say of themselves.
    profiles: profiles::Profiles,
    /// Shops and their addresses.
    shops: shops::Shops,
    /// Categories, logo and banners.
    site: site::Site,
    /// Shops' own domains.
    custom_domains: custom_domains::CustomDomains,
    /// Uploaded images.
    media: media::MediaItems,
    /// Products and their SKUs.
    products: products::Products,
    /// Carts.
    carts: carts::Carts,
    /// Shoppers' addresses.
    addresses: addresses::Addresses,
    /// Wishlists.
    wishlists: wishlists::Wishlists,
    /// Who follows which shop.
    follows: follows::Follows,
    /// What shoppers looked at last.
    views: views::Views,
    /// Discounts and how often they were used.
    discounts: discounts::Discounts,
    /// Payment sessions and the stock they hold.
    payments: payments::Payments,
    /// Orders.
    orders: orders::Orders,
    /// What the payment provider told us.
    stripe_events: stripe_events::StripeEvents,
    /// Answers to repeat.
    idempotency: idempotency::Idempotency,
    /// Imports and exports of products.
    jobs: jobs::Jobs,
    /// Rate limits.
    limits: limits::Limits,
    /// Public keys of the access tokens.
    keyring: keyring::Keyring,
    /// What people were told, and how they want to be told.
    notifications: notifications::Notifications,
    /// Open sockets and the tickets that open them.
    sockets: sockets::Sockets,
    /// Events on their way to the queues.
    outbox: outbox::Outbox,
    /// What a consumer has already done.
    claims: claims::Claims,
}

#[cfg(test)]
mod shapes;

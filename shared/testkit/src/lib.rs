//! A client of a deployed Souk, for tests and demos.
//!
//! Everything here goes in by the front binaries: the HTTP API ([`Client`]), the sockets ([`Socket`]), the payment
//! provider's hosted page ([`StripePage`]) and the mail that was sent ([`Mailbox`]). Every answer of the API is held
//! against the API document, so an answer that is not declared there fails whatever was being tested. Only [`Cloud`]
//! looks behind the binaries: into the table, and at functions that no client can call.

mod account;
mod answer;
mod bulk;
mod client;
mod cloud;
mod contract;
pub mod events;
mod failed;
mod goods;
mod mailbox;
mod own_table;
pub mod pictures;
mod plain_http;
mod searching;
mod selling;
mod shopping;
mod socket;
mod stack;
mod stripe_page;
mod wait;

pub use account::{Account, Role, Tokens};
pub use answer::{Answer, FieldError};
pub use bulk::{Job, JobFailure, RefusedRow, RowError};
pub use client::{Client, Request};
pub use cloud::{Cloud, Invocation};
pub use contract::{Operation, operation, operations};
pub use failed::{Failed, Result};
pub use goods::{NewDiscount, NewProduct, NewSku, euros};
pub use mailbox::{Letter, Mailbox};
pub use searching::Found;
pub use selling::{Product, Shop, Sku, UploadForm};
pub use shopping::{Cart, CartDiscount, CartLine, Money, PaymentSession};
pub use socket::Socket;
pub use stack::Stack;
pub use stripe_page::StripePage;
pub use wait::{PATIENCE, await_until};

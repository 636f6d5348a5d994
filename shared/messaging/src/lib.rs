//! Events, the queues they are sent to, and the workers: consumers, stream readers, schedules and functions of
//! deployments.
//!
//! A function that changes something writes an [`Event`] into the outbox, in the transaction of the change. The table's
//! stream gives it to the relay, the relay sends it to its queues ([`Event::queues`]), and each queue calls its
//! [`Consumer`]. Every step may happen twice, so every consumer must be idempotent.

mod batch;
mod consumer;
mod deployment;
mod event;
mod relay;
mod schedule;
mod sender;
mod stream;
mod uploaded;

pub use batch::{BatchConsumer, batch_consumer, serve_batches};
pub use consumer::{Consumer, Failure, consumer, serve_consumer};
pub use deployment::{Deployment, DeploymentRequest, deployment, serve_deployment};
pub use event::{Event, Message, Queue, tell};
pub use relay::Relay;
pub use schedule::{Schedule, schedule, serve_schedule};
pub use sender::Sender;
pub use stream::{Change, FailedAt, StreamReader, one_by_one, serve_stream, stream_reader};
pub use uploaded::Uploaded;

pub use souk_domain::Notice;

//! What follows from a write: events, the queues they go to, and the functions that take them from there.
//!
//! A room that changes something writes an [`Event`] into the outbox, in the transaction of the change. The table's stream
//! hands it to the relay, the relay to the queues that want it ([`Event::queues`]), a queue to its [`Consumer`]. Every
//! step may happen twice, so every consumer must bear repetition.

mod batch;
mod consumer;
mod deployment;
mod event;
mod relay;
mod schedule;
mod sender;
mod stream;
mod uploaded;

pub use batch::{BatchConsumer, serve_batches};
pub use consumer::{Consumer, Failure, serve_consumer};
pub use deployment::{Deployment, DeploymentRequest, serve_deployment};
pub use event::{Event, Message, Queue, tell};
pub use relay::Relay;
pub use schedule::{Schedule, serve_schedule};
pub use sender::Sender;
pub use stream::{Change, StreamReader, serve_stream};
pub use uploaded::Uploaded;

pub use lambda_runtime::Error;
pub use souk_domain::Notice;
pub use souk_runtime as runtime;

/// Declares the binary of a function: `door!(consumer mail::send_mail);` is the whole of its source.
#[macro_export]
macro_rules! door {
    (consumer $wing:ident :: $room:ident) => {
        fn main() -> Result<(), $crate::Error> {
            $crate::serve_consumer::<$wing::$room::Room>()
        }
    };
    (batches $wing:ident :: $room:ident) => {
        fn main() -> Result<(), $crate::Error> {
            $crate::serve_batches::<$wing::$room::Room>()
        }
    };
    (stream $wing:ident :: $room:ident) => {
        fn main() -> Result<(), $crate::Error> {
            $crate::serve_stream::<$wing::$room::Room>()
        }
    };
    (schedule $wing:ident :: $room:ident) => {
        fn main() -> Result<(), $crate::Error> {
            $crate::serve_schedule::<$wing::$room::Room>()
        }
    };
    (deployment $wing:ident :: $room:ident) => {
        fn main() -> Result<(), $crate::Error> {
            $crate::serve_deployment::<$wing::$room::Room>()
        }
    };
}

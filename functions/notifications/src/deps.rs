//! What these rooms need.

use souk_live::Pusher;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::{Cursors, Deps};

/// The table and the cursors of its list.
#[derive(Debug)]
pub struct Register {
    pub(crate) store: Store,
    pub(crate) cursors: Cursors,
}

impl Connect for Register {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, cursors: Cursors::connect(start).await? })
    }
}

impl Deps for Register {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// The table and the sockets.
#[derive(Debug)]
pub struct Crier {
    pub(crate) store: Store,
    pub(crate) pusher: Pusher,
}

impl Connect for Crier {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, pusher: Pusher::connect(start).await? })
    }
}

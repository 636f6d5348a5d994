//! `$disconnect` - removes a closed socket from the table. API Gateway does not report every closed socket. The push
//! finds the others.

use jiff::Timestamp;
use souk_live::{Refusal, Request, SocketRoute};
use souk_store::Store;
use souk_store_live::LiveExt as _;

/// Removes a closed socket from the table.
#[derive(Debug)]
pub struct DisconnectSocket;

impl SocketRoute for DisconnectSocket {
    const MODULE: &'static str = module_path!();
    const ROUTE: &'static str = "$disconnect";

    type Deps = Store;

    async fn handle(store: &Store, request: Request, _: Timestamp) -> Result<(), Refusal> {
        store.sockets().closed(&request.connection).await.map_err(Refusal::from_write)
    }
}

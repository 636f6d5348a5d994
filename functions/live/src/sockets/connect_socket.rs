//! `$connect` - opens a socket if its ticket is valid.

use jiff::Timestamp;
use souk_live::{Refusal, Request, SocketRoute};
use souk_runtime::sha256;
use souk_store::Store;
use souk_store_live::{LiveExt as _, sockets::Socket};

/// Opens a socket.
#[derive(Debug)]
pub struct ConnectSocket;

impl SocketRoute for ConnectSocket {
    const MODULE: &'static str = module_path!();
    const ROUTE: &'static str = "$connect";

    type Deps = Store;

    async fn handle(store: &Store, request: Request, now: Timestamp) -> Result<(), Refusal> {
        let ticket = request.ticket.ok_or(Refusal::NotSignedIn)?;
        let principal = store.sockets().redeem(&sha256(&ticket), now).await?;
        let principal = principal.ok_or(Refusal::NotSignedIn)?;
        let socket = Socket { connection: request.connection, principal, opened_at: now };
        store.sockets().opened(&socket).await.map_err(Refusal::from_write)?;
        // A ban that comes after this check closes all stored sockets of the principal, and this one is stored already.
        if store.access().standing(principal).await?.ban.is_some() {
            store.sockets().closed(&socket.connection).await.map_err(Refusal::from_write)?;
            return Err(Refusal::NotSignedIn);
        }
        Ok(())
    }
}

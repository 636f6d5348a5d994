//! `$connect` - opens a socket if its ticket is valid and the session that requested the ticket has not ended.

use jiff::Timestamp;
use souk_live::{Refusal, Request, SocketRoute};
use souk_runtime::sha256;
use souk_store::Store;
use souk_store_live::{
    LiveExt as _,
    sockets::{Socket, Ticket},
};

/// Opens a socket.
#[derive(Debug)]
pub struct ConnectSocket;

impl SocketRoute for ConnectSocket {
    const MODULE: &'static str = module_path!();
    const ROUTE: &'static str = "$connect";

    type Deps = Store;

    async fn handle(store: &Store, request: Request, now: Timestamp) -> Result<(), Refusal> {
        let ticket = request.ticket.ok_or(Refusal::NotSignedIn)?;
        let ticket = store.sockets().redeem(&sha256(&ticket), now).await?;
        let Ticket { principal, session, .. } = ticket.ok_or(Refusal::NotSignedIn)?;
        let socket = Socket { connection: request.connection, principal, session, opened_at: now };
        store.sockets().opened(&socket).await.map_err(Refusal::from_write)?;
        // The end of a session closes its stored sockets. This one is stored already, so an end after this check closes
        // it too.
        let (standing, session) = store.access().session(principal, session).await?;
        if !session.is_some_and(|session| session.is_live(&standing, now)) {
            store.sockets().closed(&socket.connection).await.map_err(Refusal::from_write)?;
            return Err(Refusal::NotSignedIn);
        }
        Ok(())
    }
}

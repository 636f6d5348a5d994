//! Open sockets, and the tickets that open them.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{Principal, SessionId};
use souk_store::{
    Entity, StoreError, Table, Transaction, WriteError,
    entity::{from_item, millis as as_millis},
    table::Freshness,
    transaction::Condition,
};

use crate::keys::{self, Key};

/// How long a socket stays open: API Gateway closes it after two hours.
const LONGEST: SignedDuration = SignedDuration::from_hours(2);

/// A ticket: the right of a session to open one socket once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The hash of the secret that the client holds.
    pub hash: String,
    /// The principal.
    pub principal: Principal,
    /// The session that requested it.
    pub session: SessionId,
    /// When it expires.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

impl Entity for Ticket {
    const TYPE: &'static str = "ticket";

    fn key(&self) -> Key {
        keys::ticket(&self.hash)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// An open socket, found by its connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    /// API Gateway's id of the connection.
    pub connection: String,
    /// The principal.
    pub principal: Principal,
    /// The session that opened it. The socket ends with it.
    pub session: SessionId,
    /// When it opened.
    #[serde(with = "millis")]
    pub opened_at: Timestamp,
}

impl Entity for Socket {
    const TYPE: &'static str = "socket";

    fn key(&self) -> Key {
        keys::socket(&self.connection)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.opened_at + LONGEST)
    }
}

/// The same socket, found by its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LiveSocket(Socket);

impl Entity for LiveSocket {
    const TYPE: &'static str = "live_socket";

    fn key(&self) -> Key {
        keys::live(self.0.principal, &self.0.connection)
    }

    fn ttl(&self) -> Option<Timestamp> {
        self.0.ttl()
    }
}

/// Access to sockets and tickets.
#[derive(Debug)]
pub struct Sockets<'a> {
    table: &'a Table,
}

impl<'a> Sockets<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Stores a ticket.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn issue(&self, ticket: &Ticket) -> Result<(), StoreError> {
        self.table.put(ticket).await
    }

    /// Redeems a ticket. Returns it, or `None` if it is unknown, expired or already redeemed.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn redeem(&self, hash: &str, now: Timestamp) -> Result<Option<Ticket>, StoreError> {
        let removal = self
            .table
            .removal(&keys::ticket(hash))
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", as_millis(now));
        self.table.take(removal).await?.map(from_item).transpose()
    }

    /// Stores an open socket.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn opened(&self, socket: &Socket) -> Result<(), WriteError<()>> {
        Transaction::new().put(socket).put(&LiveSocket(socket.clone())).commit(self.table).await
    }

    /// Deletes a socket that closed. Idempotent.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn closed(&self, connection: &str) -> Result<(), WriteError<()>> {
        let Some(socket) = self.table.get::<Socket>(keys::socket(connection), Freshness::Strong).await? else {
            return Ok(());
        };
        let live = LiveSocket(socket.clone());
        Transaction::new()
            .delete(&socket.key(), Condition::default(), ())
            .delete(&live.key(), Condition::default(), ())
            .commit(self.table)
            .await
    }

    /// Returns a principal's open sockets.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, principal: Principal, now: Timestamp) -> Result<Vec<Socket>, StoreError> {
        let items = self.table.partition(keys::live_partition(principal)).await?;
        let mut sockets = items.into_iter().map(from_item::<Socket>).collect::<Result<Vec<_>, _>>()?;
        sockets.retain(|socket| socket.opened_at + LONGEST > now);
        Ok(sockets)
    }
}

//! Sockets: tickets, frames from clients, and bans.

use serde_json::json;
use souk_testkit::{PATIENCE, Result, Socket};
use souk_tests::Market;

use crate::admins::{ban, id_of};

#[tokio::test]
async fn a_socket_answers_a_ping_and_refuses_unknown_frames() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let mut socket = seller.open_socket().await?;
    socket.send(&json!({ "type": "ping" })).await?;
    socket.await_frame("pong", PATIENCE).await?;
    socket.send(&json!({ "type": "dance" })).await?;
    let refusal = socket.await_frame("problem", PATIENCE).await?;
    assert_eq!(refusal["code"], "unknown_message");
    socket.close().await
}

#[tokio::test]
async fn a_ticket_opens_one_socket() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let ticket = seller.socket_ticket().await?;
    let _open = Socket::open(&ticket).await?;
    Socket::open(&ticket).await.expect_err("the ticket is used");
    Ok(())
}

#[tokio::test]
async fn a_missing_or_forged_ticket_opens_no_socket() -> Result {
    let market = Market::open()?;
    Socket::open(&market.stack.socket).await.expect_err("there is no ticket");
    let forged = format!("{}?ticket=m2Xx0vH0Zl3oQ0mO4H7n0S2kq0b1Jt8C5y9wE6rT3uA", market.stack.socket);
    Socket::open(&forged).await.expect_err("the ticket was not issued");
    Ok(())
}

#[tokio::test]
async fn a_ban_closes_every_socket_and_invalidates_tickets() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, seller)) = (market.admin().await?, market.seller().await?);
    let (one, other) = (seller.open_socket().await?, seller.open_socket().await?);
    let ticket = seller.socket_ticket().await?;
    ban(&admin, &id_of(&seller)?, "Sold what was stolen").await?.succeeded()?;
    Socket::open(&ticket).await.expect_err("its owner is banned");
    one.await_close(PATIENCE).await?;
    other.await_close(PATIENCE).await
}

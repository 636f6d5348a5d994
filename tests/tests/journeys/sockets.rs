//! Sockets: how they open, and what may be said.

use serde_json::json;
use souk_testkit::{PATIENCE, Result, Socket};
use souk_tests::Market;

use crate::admins::{ban, id_of};

#[tokio::test]
async fn a_socket_answers_a_ping_and_names_what_it_does_not_know() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let mut socket = seller.open_socket().await?;
    socket.say(&json!({ "type": "ping" })).await?;
    socket.await_frame("pong", PATIENCE).await?;
    socket.say(&json!({ "type": "dance" })).await?;
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
async fn no_ticket_and_a_forged_ticket_open_nothing() -> Result {
    let market = Market::open()?;
    Socket::open(&market.stack.socket).await.expect_err("there is no ticket");
    let forged = format!("{}?ticket=m2Xx0vH0Zl3oQ0mO4H7n0S2kq0b1Jt8C5y9wE6rT3uA", market.stack.socket);
    Socket::open(&forged).await.expect_err("nobody issued this ticket");
    Ok(())
}

#[tokio::test]
async fn who_is_banned_loses_every_open_socket_and_opens_none_with_a_ticket_from_before() -> Result {
    let market = Market::open()?;
    let ((_, admin), (_, seller)) = (market.admin().await?, market.seller().await?);
    let (one, other) = (seller.open_socket().await?, seller.open_socket().await?);
    let ticket = seller.socket_ticket().await?;
    ban(&admin, &id_of(&seller)?, "Sold what was stolen").await?.succeeded()?;
    Socket::open(&ticket).await.expect_err("its owner is banned");
    one.await_end(PATIENCE).await?;
    other.await_end(PATIENCE).await
}

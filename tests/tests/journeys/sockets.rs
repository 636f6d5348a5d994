//! Sockets: tickets, frames from clients, and bans.

use serde_json::json;
use souk_testkit::{Account, Client, PATIENCE, Result, Socket};
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

/// The ways in which a caller's session ends.
const ENDINGS: [&str; 5] = ["logout", "logout_everywhere", "end_session", "change_password", "delete_me"];

/// Ends the session of a client.
async fn end(client: &Client, account: &Account, ending: &str) -> Result {
    let request = client.ask(ending)?;
    let request = match ending {
        "end_session" => {
            let sessions = client.ask("list_sessions")?.send().await?.succeeded()?.body;
            let own = sessions["items"].as_array().into_iter().flatten().find(|session| session["current"] == true);
            request.path("session", own.and_then(|session| session["id"].as_str()).expect("the own session"))
        }
        "change_password" => {
            request.json(&json!({ "current_password": account.password, "password": "another horse battery" }))
        }
        "delete_me" => request.json(&json!({ "password": account.password })),
        _ => request,
    };
    request.send().await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn every_end_of_a_session_closes_its_sockets_and_invalidates_its_tickets() -> Result {
    let market = Market::open()?;
    for ending in ENDINGS {
        let (account, shopper) = market.shopper().await?;
        let (open, ticket) = (shopper.open_socket().await?, shopper.socket_ticket().await?);
        end(&shopper, &account, ending).await.map_err(|failed| failed.during(ending))?;
        Socket::open(&ticket).await.expect_err(ending);
        open.await_close(PATIENCE).await.map_err(|failed| failed.during(ending))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_sign_out_on_one_device_leaves_the_sockets_of_the_others_open() -> Result {
    let market = Market::open()?;
    let (account, one) = market.shopper().await?;
    let other = one.sign_in(&account).await?;
    let (closed, mut open) = (one.open_socket().await?, other.open_socket().await?);
    end(&one, &account, "logout").await?;
    closed.await_close(PATIENCE).await?;
    open.send(&json!({ "type": "ping" })).await?;
    open.await_frame("pong", PATIENCE).await?;
    open.close().await
}

#[tokio::test]
async fn a_message_that_names_a_route_of_the_gateway_does_nothing() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 1).await?;
    let mut socket = vendor.client.open_socket().await?;
    for route in ["$disconnect", "$connect"] {
        socket.send(&json!({ "action": route })).await?;
    }
    socket.send(&json!({ "type": "ping" })).await?;
    socket.await_frame("pong", PATIENCE).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    shopper.buy().await?;
    socket.await_frame("order_placed", PATIENCE).await?;
    socket.close().await
}

#[tokio::test]
async fn two_frames_about_one_event_have_ids_of_their_own() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 1).await?;
    let (mut orders, mut notifications) = (vendor.client.open_socket().await?, vendor.client.open_socket().await?);
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    shopper.buy().await?;
    let order = orders.await_frame("order_placed", PATIENCE).await?;
    let notification = notifications.await_frame("notification", PATIENCE).await?;
    assert_eq!(order["event"], notification["event"]);
    assert_ne!(order["id"], notification["id"]);
    Ok(())
}

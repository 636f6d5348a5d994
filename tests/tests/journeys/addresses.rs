//! Addresses: how many there may be, and which is the default.

use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use souk_store_shoppers::addresses::MAX_ADDRESSES;
use souk_testkit::{Answer, Client, Failed, Result};
use souk_tests::{Market, keys};

use crate::account::{at_once, entries, id_of, user_of};

#[tokio::test]
async fn an_address_is_added_changed_and_deleted_and_then_it_is_not_found() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let added = shopper.ask("add_address")?.json(&address("Home")).send().await?.succeeded()?;
    assert_eq!(added.status, 201);
    let id = id_of(&added.body);
    let changed = change(&shopper, &id, &address("Work")).await?.succeeded()?;
    assert_eq!(changed.body["label"], "Work");
    assert_eq!(book(&shopper).await?, json!({ "items": [changed.body], "default": id }));
    assert_eq!(delete(&shopper, &id).await?.succeeded()?.status, 204);
    assert_eq!(book(&shopper).await?, json!({ "items": [] }));
    delete(&shopper, &id).await?.refused_with("not_found", 404)?;
    change(&shopper, &id, &address("Home")).await?.refused_with("not_found", 404)?;
    choose(&shopper, &id).await?.refused_with("not_found", 404)?;
    Ok(())
}

#[tokio::test]
async fn every_wrong_field_of_an_address_is_named_at_once_and_nothing_is_stored() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let body = json!({
        "label": "", "name": "x".repeat(101), "street": 7, "street2": "a\nb", "zip": "!", "country": "XX",
        "phone": "030", "planet": "Earth",
    });
    let refusal = shopper.ask("add_address")?.json(&body).send().await?.refused_with("invalid_input", 422)?;
    let errors = refusal.field_errors();
    let expected = [
        ("/city", "missing"),
        ("/country", "unknown"),
        ("/label", "empty"),
        ("/name", "too_long"),
        ("/phone", "malformed"),
        ("/planet", "unknown"),
        ("/street", "wrong_type"),
        ("/street2", "control_character"),
        ("/zip", "malformed"),
    ];
    assert_eq!(errors.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect::<Vec<_>>(), expected, "{refusal}");
    assert_eq!(market.cloud.item(&keys::addresses(user_of(&shopper)?)).await?, None);
    Ok(())
}

#[tokio::test]
async fn of_two_hundred_parallel_additions_twenty_succeed_and_one_address_is_the_default() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let home = address("Home");
    let answers = at_once(200, || Ok(shopper.ask("add_address")?.json(&home))).await?;
    let (added, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(added.len(), MAX_ADDRESSES, "so many were added");
    for refusal in refused {
        refusal.refused_with("address_limit", 409)?;
    }
    let book = book(&shopper).await?;
    let ids: Vec<String> = entries(&book).iter().map(id_of).collect();
    assert_eq!(ids.len(), MAX_ADDRESSES);
    assert!(ids.iter().any(|id| book["default"] == id.as_str()), "{book}");
    // A place that becomes free is a place again, once.
    delete(&shopper, &ids[0]).await?.succeeded()?;
    let answers = at_once(10, || Ok(shopper.ask("add_address")?.json(&home))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    Ok(())
}

#[tokio::test]
async fn the_first_address_is_the_default_until_another_is_chosen_and_the_oldest_once_that_is_gone() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let first = add(&shopper, "first").await?;
    let second = add(&shopper, "second").await?;
    let third = add(&shopper, "third").await?;
    let default = async || Ok::<_, Failed>(book(&shopper).await?["default"].clone());
    assert_eq!(default().await?, first.as_str());
    choose(&shopper, &third).await?.succeeded()?;
    choose(&shopper, &third).await?.succeeded()?;
    assert_eq!(default().await?, third.as_str());
    delete(&shopper, &first).await?.succeeded()?;
    assert_eq!(default().await?, third.as_str());
    delete(&shopper, &third).await?.succeeded()?;
    assert_eq!(default().await?, second.as_str());
    Ok(())
}

#[tokio::test]
async fn choosing_and_deleting_all_at_once_leaves_one_default_among_what_is_left() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(add(&shopper, &format!("number {n}")).await?);
    }
    let choices = try_join_all(ids.iter().map(|id| choose(&shopper, id)));
    let deletions = try_join_all(ids[..4].iter().map(|id| delete(&shopper, id)));
    let (_, deleted) = try_join(choices, deletions).await?;
    for answer in deleted {
        answer.succeeded()?;
    }
    let book = book(&shopper).await?;
    let left: Vec<String> = entries(&book).iter().map(id_of).collect();
    assert_eq!(left, ids[4..]);
    assert!(left.iter().any(|id| book["default"] == id.as_str()), "{book}");
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_added_again_with_its_key_is_one_address() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let home = address("Home");
    let answers = at_once(20, || Ok(shopper.ask("add_address")?.key("home").json(&home))).await?;
    let first = id_of(&answers[0].body);
    for answer in answers {
        assert_eq!(id_of(&answer.succeeded()?.body), first);
    }
    assert_eq!(entries(&book(&shopper).await?).len(), 1);
    let other = shopper.ask("add_address")?.key("home").json(&address("Work")).send().await?;
    other.refused_with("idempotency_key_reused", 422)?;
    Ok(())
}

#[tokio::test]
async fn somebody_elses_address_is_not_found() -> Result {
    let market = Market::open()?;
    let ((_, owner), (_, stranger)) = (market.shopper().await?, market.shopper().await?);
    let id = add(&owner, "Home").await?;
    add(&stranger, "Home").await?;
    change(&stranger, &id, &address("Mine")).await?.refused_with("not_found", 404)?;
    choose(&stranger, &id).await?.refused_with("not_found", 404)?;
    delete(&stranger, &id).await?.refused_with("not_found", 404)?;
    let book = book(&owner).await?;
    assert_eq!((entries(&book).len(), &book["items"][0]["label"]), (1, &json!("Home")));
    Ok(())
}

pub(crate) fn address(label: &str) -> Value {
    json!({
        "label": label, "name": "Ann Lee", "street": "Kiln Lane 7", "city": "Potsdam", "zip": "14467", "country": "DE",
    })
}

async fn add(shopper: &Client, label: &str) -> Result<String> {
    Ok(id_of(&shopper.ask("add_address")?.json(&address(label)).send().await?.succeeded()?.body))
}

async fn change(shopper: &Client, id: &str, address: &Value) -> Result<Answer> {
    shopper.ask("change_address")?.path("address", id).json(address).send().await
}

async fn choose(shopper: &Client, id: &str) -> Result<Answer> {
    shopper.ask("set_default_address")?.path("address", id).send().await
}

async fn delete(shopper: &Client, id: &str) -> Result<Answer> {
    shopper.ask("delete_address")?.path("address", id).send().await
}

async fn book(shopper: &Client) -> Result<Value> {
    Ok(shopper.ask("list_addresses")?.send().await?.succeeded()?.body)
}

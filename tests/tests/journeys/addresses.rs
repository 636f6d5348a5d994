//! Addresses: the limit on their number, and the default address.

use futures::future::{try_join, try_join_all};
use serde_json::{Value, json};
use souk_store_shoppers::addresses::MAX_ADDRESSES;
use souk_testkit::{Answer, Client, Failed, Result};
use souk_tests::{Market, keys};

use crate::account::{at_once, entries, id_of, user_of};

#[tokio::test]
async fn an_address_is_added_changed_and_deleted() -> Result {
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
async fn an_address_with_wrong_fields_is_refused_with_all_of_them() -> Result {
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
async fn a_postal_code_is_required_only_where_every_address_has_one() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let mut without_zip = address("Home");
    without_zip.as_object_mut().expect("an object").remove("zip");
    let refusal = shopper.ask("add_address")?.json(&without_zip).send().await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/zip".to_owned(), "missing".to_owned())]);
    without_zip["country"] = json!("HK");
    let added = shopper.ask("add_address")?.json(&without_zip).send().await?.succeeded()?;
    assert_eq!(added.body.get("zip"), None);
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_additions_store_twenty_addresses_and_one_default() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let home = address("Home");
    let answers = at_once(200, || Ok(shopper.ask("add_address")?.json(&home))).await?;
    let (added, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(added.len(), MAX_ADDRESSES, "the limit decides how many are added");
    for refusal in refused {
        refusal.refused_with("address_limit", 409)?;
    }
    let book = book(&shopper).await?;
    let ids: Vec<String> = entries(&book).iter().map(id_of).collect();
    assert_eq!(ids.len(), MAX_ADDRESSES);
    assert!(ids.iter().any(|id| book["default"] == id.as_str()), "{book}");
    // A deletion frees exactly one place.
    delete(&shopper, &ids[0]).await?.succeeded()?;
    let answers = at_once(10, || Ok(shopper.ask("add_address")?.json(&home))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    Ok(())
}

#[tokio::test]
async fn the_first_address_is_the_default_and_the_oldest_replaces_a_deleted_default() -> Result {
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
async fn parallel_choices_and_deletions_leave_one_existing_default() -> Result {
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
    let remaining: Vec<String> = entries(&book).iter().map(id_of).collect();
    assert_eq!(remaining, ids[4..]);
    assert!(remaining.iter().any(|id| book["default"] == id.as_str()), "{book}");
    Ok(())
}

#[tokio::test]
async fn adding_an_address_again_with_the_same_key_stores_it_once() -> Result {
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
async fn another_shoppers_address_is_not_found() -> Result {
    let market = Market::open()?;
    let ((_, owner), (_, other)) = (market.shopper().await?, market.shopper().await?);
    let id = add(&owner, "Home").await?;
    add(&other, "Home").await?;
    change(&other, &id, &address("Mine")).await?.refused_with("not_found", 404)?;
    choose(&other, &id).await?.refused_with("not_found", 404)?;
    delete(&other, &id).await?.refused_with("not_found", 404)?;
    let book = book(&owner).await?;
    assert_eq!((entries(&book).len(), &book["items"][0]["label"]), (1, &json!("Home")));
    Ok(())
}

pub(crate) fn address(label: &str) -> Value {
    json!({
        "label": label, "name": "Ann Lee", "street": "Kiln Lane 7", "city": "Potsdam", "zip": "14467", "country": "DE",
    })
}

/// Adds an address.
pub(crate) async fn add_address(shopper: &Client, address: &Value) -> Result<Answer> {
    shopper.ask("add_address")?.json(address).send().await?.succeeded()
}

async fn add(shopper: &Client, label: &str) -> Result<String> {
    Ok(id_of(&add_address(shopper, &address(label)).await?.body))
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

//! Where parcels go, what shipping costs, and the tax that prices include.

use serde_json::{Value, json};
use souk_testkit::{Answer, Client, Failed, Result, StripePage, delivery_address, euros};
use souk_tests::{Market, Vendor};

use crate::{
    account::id_of,
    addresses::{add_address, address},
};

#[tokio::test]
async fn parcels_go_to_a_kept_address_to_the_default_or_to_one_that_is_not_kept() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper().await?;
    let (home, work) = (address("Home"), with(&address("Work"), "city", json!("Teltow")));
    add_address(&shopper, &home).await?;
    let work_id = id_of(&add_address(&shopper, &work).await?.body);
    let elsewhere = json!({ "name": "Bo Lee", "street": "1 Quay", "city": "Hong Kong", "country": "HK" });
    let gifts = [(Some(json!({ "id": work_id })), without_label(&work)), (None, without_label(&home))];
    for (given, expected) in gifts.into_iter().chain([(Some(elsewhere.clone()), elsewhere)]) {
        shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
        let session = try_to_pay(&shopper, given.as_ref()).await?.succeeded()?.body;
        assert_eq!(session["address"], expected);
        let order = pay(&shopper, &session).await?;
        for (client, operation) in [(&shopper, "get_order"), (&vendor.client, "get_shop_order")] {
            let shown = client.ask(operation)?.path("id", &order).send().await?.succeeded()?.body;
            assert_eq!(shown["address"], expected, "{operation}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_order_keeps_its_address_when_the_kept_one_changes() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 9).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let id = id_of(&add_address(&shopper, &address("Home")).await?.body);
    let session = try_to_pay(&shopper, None).await?.succeeded()?.body;
    let moved = with(&address("Home"), "city", json!("Teltow"));
    shopper.ask("change_address")?.path("address", &id).json(&moved).send().await?.succeeded()?;
    let order = pay(&shopper, &session).await?;
    let shown = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(shown["address"], without_label(&address("Home")));
    Ok(())
}

#[tokio::test]
async fn a_checkout_needs_an_address_and_one_of_the_shoppers_own() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let refused = async |given: Option<Value>| {
        let refusal = try_to_pay(&shopper, given.as_ref()).await?.refused_with("invalid_input", 422)?;
        Ok::<_, Failed>(refusal.field_errors())
    };
    let error = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(refused(None).await?, [error("/address", "required")]);
    let (_, other) = market.shopper().await?;
    let foreign = id_of(&add_address(&other, &address("Home")).await?.body);
    for id in [foreign.as_str(), "addr_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6"] {
        assert_eq!(refused(Some(json!({ "id": id }))).await?, [error("/address/id", "not_found")]);
    }
    let both = json!({ "id": foreign, "city": "Potsdam" });
    assert_eq!(refused(Some(both)).await?, [error("/address/city", "unknown")]);
    let no_zip = json!({ "name": "Ann Lee", "street": "", "city": "Potsdam", "country": "DE" });
    assert_eq!(refused(Some(no_zip)).await?, [error("/address/street", "empty")]);
    assert_eq!(vendor.stock().await?, 3, "nothing is held");
    Ok(())
}

#[tokio::test]
async fn another_address_is_another_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let first = try_to_pay(&shopper, Some(&delivery_address())).await?.succeeded()?.body;
    let again = try_to_pay(&shopper, Some(&delivery_address())).await?.succeeded()?.body;
    assert_eq!(first["id"], again["id"]);
    let moved = with(&delivery_address(), "city", json!("Teltow"));
    let second = try_to_pay(&shopper, Some(&moved)).await?.succeeded()?.body;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(shopper.payment(first["id"].as_str().unwrap_or_default()).await?.state, "superseded");
    assert_eq!(vendor.stock().await?, 1, "the stock is held once");
    Ok(())
}

#[tokio::test]
async fn every_line_that_is_not_shipped_there_is_named() -> Result {
    let market = Market::open()?;
    let (near, far) = (market.vendor(1_850, 3).await?, market.vendor(900, 3).await?);
    set(&near, json!({ "shipping": { "countries": ["AT", "CH"] } })).await?.succeeded()?;
    let (_, shopper) = market.shopper_with_cart(&[&near, &far], 1).await?;
    let cart = shopper.cart().await?;
    let delivery = cart.delivery.clone().expect("a delivery");
    assert_eq!(delivery.not_shipped_there, [near.sku()?.id.clone()]);
    assert_eq!(delivery.shipping.iter().map(|part| &part.shop).collect::<Vec<_>>(), [&far.shop.id]);
    let at = cart.lines.iter().position(|line| line.sku == near.product.skus[0].id).expect("the line");
    let refusal = shopper.try_to_pay(&cart.as_seen(), "abroad").await?.refused_with("not_shipped_there", 409)?;
    assert_eq!(refusal.field_errors(), [(format!("/lines/{at}"), "not_shipped_there".to_owned())]);
    assert_eq!((near.stock().await?, far.stock().await?), (3, 3), "nothing is held");

    assert_eq!(shopper.cart_for("AT").await?.delivery.expect("a delivery").not_shipped_there, [""; 0]);
    let vienna = json!({ "name": "Ann Lee", "street": "Ring 1", "city": "Wien", "zip": "1010", "country": "AT" });
    let session = try_to_pay(&shopper, Some(&vienna)).await?.succeeded()?.body;
    assert_eq!(session["address"]["country"], "AT");
    // An empty list is no country at all.
    set(&near, json!({ "shipping": { "countries": [] } })).await?.succeeded()?;
    assert_eq!(shopper.cart_for("AT").await?.delivery.expect("a delivery").not_shipped_there.len(), 1);
    Ok(())
}

#[tokio::test]
async fn shipping_is_charged_up_to_the_amount_from_which_on_it_is_free() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_000, 9).await?;
    let terms = json!({
        "rate": euros(490), "free_above": euros(5_000), "dispatch_days": { "from": 1, "to": 3 },
    });
    let stored = set(&vendor, json!({ "shipping": terms })).await?.succeeded()?.body;
    assert_eq!(stored, json!({ "low_stock": 5, "shipping": terms }));
    let page = market.anonymous()?.ask("get_shop")?.path("slug", &vendor.shop.slug).send().await?.succeeded()?.body;
    assert_eq!(page["shipping"], terms);

    let (_, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let cart = shopper.ask("get_cart")?.query("country", "DE").send().await?.succeeded()?.body;
    let charged = json!([{
        "shop": vendor.shop.id, "amount": euros(490), "free_above": euros(5_000), "dispatch_days": { "from": 1, "to": 3 },
    }]);
    assert_eq!(cart["delivery"], json!({ "country": "DE", "shipping": charged, "not_shipped_there": [] }));
    assert_eq!(cart["total"], euros(4_490));
    let session = shopper.open_payment().await?;
    assert_eq!(session.total.amount, 4_490);
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    let shown = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&shown["total"], &shown["shops"][0]["total"]), (&euros(4_490), &euros(4_490)));
    assert_eq!(shown["shops"][0]["shipping"], euros(490));
    let sold = vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&sold["total"], &sold["shipping"]), (&euros(4_490), &euros(490)));
    let commission = sold["commission"]["amount"].as_i64().expect("an amount");
    shopper.set_cart_line(&vendor.sku()?.id, 3).await?;
    assert_eq!(shopper.cart().await?.total.amount, 6_000, "three pieces are shipped for free");
    let order = shopper.buy().await?;
    let sold = vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&sold["total"], &sold["shipping"]), (&euros(6_000), &euros(0)));
    // The marketplace takes its share of the lines and nothing of the shipping.
    assert_eq!(sold["commission"]["amount"], commission * 3 / 2);
    Ok(())
}

#[tokio::test]
async fn without_a_country_a_cart_has_no_shipping_and_a_guests_cart_has_it_too() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_000, 9).await?;
    set(&vendor, json!({ "shipping": { "rate": euros(490) } })).await?.succeeded()?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let cart = shopper.ask("get_cart")?.send().await?.succeeded()?.body;
    assert_eq!((cart.get("delivery"), &cart["total"]), (None, &euros(2_000)));
    let unknown = shopper.ask("get_cart")?.query("country", "XX").send().await?.refused_with("invalid_input", 422)?;
    assert_eq!(unknown.field_errors(), [("?country".to_owned(), "unknown".to_owned())]);

    let guest = market.anonymous()?;
    let id = id_of(&guest.ask("create_guest_cart")?.send().await?.succeeded()?.body);
    let line = guest.ask("set_guest_cart_line")?.path("cart", &id).path("sku", &vendor.sku()?.id);
    line.json(&json!({ "quantity": 1 })).send().await?.succeeded()?;
    let cart = guest.ask("get_guest_cart")?.path("cart", &id).query("country", "NZ").send().await?.succeeded()?.body;
    assert_eq!(cart["delivery"]["shipping"], json!([{ "shop": vendor.shop.id, "amount": euros(490) }]));
    assert_eq!(cart["total"], euros(2_490));
    Ok(())
}

#[tokio::test]
async fn shipping_that_the_shopper_did_not_see_is_not_charged() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_000, 9).await?;
    let charge = async |cents: i64| set(&vendor, json!({ "shipping": { "rate": euros(cents) } })).await?.succeeded();
    charge(490).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let seen = shopper.cart().await?.as_seen();
    charge(590).await?;
    let refused = async |seen: &Value, pointer: &str, code: &str| {
        let refusal = shopper.try_to_pay(seen, "stale").await?.refused_with("cart_changed", 409)?;
        assert_eq!(refusal.field_errors(), [(pointer.to_owned(), code.to_owned())]);
        Ok::<_, Failed>(())
    };
    refused(&seen, "/shipping/0/amount", "amount_changed").await?;
    refused(&with(&seen, "shipping", json!([])), "/shipping", "shipping_missing").await?;
    let of_another = json!([
        { "shop": vendor.shop.id, "amount": 590 }, { "shop": "shop_0192f3a4b5c67d8e9fa0b1c2d3e4f5a6", "amount": 1 },
    ]);
    refused(&with(&seen, "shipping", of_another), "/shipping/1", "not_in_cart").await?;
    // It is free now.
    set(&vendor, json!({})).await?.succeeded()?;
    refused(&seen, "/shipping/0/amount", "amount_changed").await?;
    assert_eq!(vendor.stock().await?, 9, "nothing is held");
    let nothing = json!([{ "shop": vendor.shop.id, "amount": 0 }]);
    shopper.try_to_pay(&with(&seen, "shipping", nothing), "now").await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn a_rate_that_changes_after_the_checkout_changes_no_open_session() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(2_000, 9).await?;
    set(&vendor, json!({ "shipping": { "rate": euros(490) } })).await?.succeeded()?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    set(&vendor, json!({ "shipping": { "rate": euros(990), "countries": ["NZ"] } })).await?.succeeded()?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    let shown = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&shown["total"], &shown["shops"][0]["shipping"]), (&euros(2_490), &euros(490)));
    Ok(())
}

#[tokio::test]
async fn the_included_tax_of_two_shops_is_on_the_order_to_the_cent() -> Result {
    let market = Market::open()?;
    let (mugs, books) = (market.vendor(1_850, 9).await?, market.vendor(999, 9).await?);
    let tax = json!({ "number": "DE123456789", "rate": 1_900, "categories": [] });
    set(&mugs, json!({ "shipping": { "rate": euros(490) }, "tax": tax })).await?.succeeded()?;
    // The category of its only product has the reduced rate. Shipping has the general one.
    let reduced = json!({ "rate": 1_900, "categories": [{ "category": "home-kitchen", "rate": 700 }] });
    set(&books, json!({ "shipping": { "rate": euros(390) }, "tax": reduced })).await?.succeeded()?;
    let (_, shopper) = market.shopper().await?;
    shopper.set_cart_line(&mugs.sku()?.id, 2).await?;
    shopper.set_cart_line(&books.sku()?.id, 1).await?;
    let session = try_to_pay(&shopper, Some(&delivery_address())).await?.succeeded()?.body;
    assert_eq!(session["total"], euros(3_700 + 490 + 999 + 390));
    let order = pay(&shopper, &session).await?;
    let order_view = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    // 3,700 x 1,900 / 11,900 = 590.76 and 490 x 1,900 / 11,900 = 78.24; 999 x 700 / 10,700 = 65.36 and 390 x 1,900 / 11,900
    // = 62.27.
    for (vendor, rate, line, shipping) in [(&mugs, 1_900, 591, 78), (&books, 700, 65, 62)] {
        let part = |shown: &Value| {
            let parts = shown["shops"].as_array().cloned().unwrap_or_default();
            parts.into_iter().find(|part| part["shop"] == vendor.shop.id.as_str()).expect("a part")
        };
        let sold = vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
        for shown in [part(&session), part(&order_view), sold] {
            let taxed = &shown["lines"][0];
            assert_eq!((&taxed["tax_rate"], &taxed["tax"]), (&json!(rate), &euros(line)), "{shown}");
            assert_eq!(shown["shipping_tax"], euros(shipping), "{shown}");
            assert_eq!(shown["tax"], euros(line + shipping), "{shown}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_shop_without_a_rate_shows_no_tax() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = try_to_pay(&shopper, Some(&delivery_address())).await?.succeeded()?.body;
    let part = &session["shops"][0];
    assert_eq!((part.get("tax"), part.get("shipping_tax"), part["lines"][0].get("tax")), (None, None, None));
    Ok(())
}

#[tokio::test]
async fn terms_with_wrong_fields_are_refused_with_all_of_them() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 3).await?;
    let refused = async |settings: Value| {
        let refusal = set(&vendor, settings).await?.refused_with("invalid_input", 422)?;
        let errors = refusal.field_errors().into_iter();
        Ok::<_, Failed>(errors.map(|(pointer, code)| format!("{pointer} {code}")).collect::<Vec<_>>())
    };
    let form = json!({
        "shipping": { "countries": ["DE", "XX"], "rate": { "amount": 1 }, "dispatch_days": { "from": -1, "to": 366 } },
        "tax": { "number": "", "rate": 10_001, "planet": "Earth" },
    });
    assert_eq!(
        refused(form).await?,
        [
            "/shipping/countries/1 unknown",
            "/shipping/dispatch_days/from wrong_type",
            "/shipping/dispatch_days/to out_of_range",
            "/shipping/rate/currency missing",
            "/tax/number empty",
            "/tax/planet unknown",
            "/tax/rate out_of_range",
        ]
    );
    let relations = json!({
        "shipping": {
            "rate": { "amount": 0, "currency": "EUR" },
            "free_above": { "amount": 1, "currency": "USD" },
            "dispatch_days": { "from": 3, "to": 2 },
        },
        "tax": { "rate": 1_900, "categories": [
            { "category": "home-kitchen", "rate": 700 }, { "category": "moon-rocks", "rate": 0 },
            { "category": "home-kitchen", "rate": 0 },
        ] },
    });
    assert_eq!(
        refused(relations).await?,
        [
            "/shipping/dispatch_days/to out_of_range",
            "/shipping/free_above/currency other_currency",
            "/shipping/rate/amount out_of_range",
            "/tax/categories/1/category unknown_category",
            "/tax/categories/2/category duplicate",
        ]
    );
    let settings = vendor.client.ask("get_shop_settings")?.send().await?.succeeded()?.body;
    assert_eq!(settings, json!({ "low_stock": 5 }), "nothing is stored");
    Ok(())
}

/// Sets the settings of a vendor's shop, with the usual threshold of low stock.
async fn set(vendor: &Vendor, settings: Value) -> Result<Answer> {
    vendor.client.ask("set_shop_settings")?.json(&with(&settings, "low_stock", json!(5))).send().await
}

/// Requests a payment session for the cart as it is, with an address or without one.
async fn try_to_pay(shopper: &Client, address: Option<&Value>) -> Result<Answer> {
    let country = address.and_then(|address| address["country"].as_str()).unwrap_or("DE");
    let mut seen = shopper.cart_for(country).await?.as_seen();
    match address {
        Some(address) => seen["address"] = address.clone(),
        None => drop(seen.as_object_mut().expect("an object").remove("address")),
    }
    shopper.try_to_pay(&seen, &format!("key-{:016x}", fastrand::u64(..))).await
}

/// Pays a payment session and returns the id of its order.
async fn pay(shopper: &Client, session: &Value) -> Result<String> {
    StripePage::open(session["url"].as_str().unwrap_or_default()).await?.pay().await?;
    shopper.await_order(session["id"].as_str().unwrap_or_default()).await
}

fn with(object: &Value, field: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[field] = value;
    object
}

fn without_label(address: &Value) -> Value {
    let mut address = address.clone();
    address.as_object_mut().expect("an object").remove("label");
    address
}

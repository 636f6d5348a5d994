//! Edits of products: an edit replaces the product, and a stale edit is refused.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use serde_json::{Value, json};
use souk_testkit::{Answer, Result, StripePage, euros};
use souk_tests::Market;

use crate::catalogue::{edit_to, id, options, own, pair, shirt, skus, slug};

#[tokio::test]
async fn an_edit_replaces_the_product_and_keeps_the_stock() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 1).await?;
    let created = vendor.client.ask("create_product")?.json(&shirt()).send().await?.succeeded()?.body;
    let (_, shopper) = market.shopper().await?;
    // A shopper buys two of the first variant after the seller has read the product.
    shopper.set_cart_line(id(&created["skus"][0]), 2).await?;
    let session = shopper.open_payment().await?;

    let mut edit = json!({
        "title": "Shirt", "category": "clothing", "price": euros(3_000), "slug": format!("{}-2", slug(&created)),
        "skus": [{ "id": created["skus"][0]["id"], "colour": "Green", "size": "s" }, { "colour": "Blue", "stock": 9 }],
        "matrix": { "colours": ["Green", "Black"], "sizes": ["S", "M"], "stock": 4 },
    });
    let edited = edit_to(&vendor, &created, &edit).await?.succeeded()?.body;
    assert_eq!(edited["version"], 2);
    for field in ["summary", "brand", "sale_price", "video_url", "subcategory", "warranty"] {
        assert_eq!(edited.get(field), None, "{field}");
    }
    assert_eq!(options(&edited), ["Green S", "Blue -", "Green M", "Black S", "Black M"]);
    let stock: Vec<_> = skus(&edited).map(|sku| sku["available"].clone()).collect();
    assert_eq!(stock, [1, 9, 4, 4, 4], "two of three pieces are held");
    let anonymous = market.anonymous()?;
    anonymous.ask("get_product")?.path("slug", slug(&created)).send().await?.refused_with("not_found", 404)?;
    let shown = anonymous.ask("get_product")?.path("slug", slug(&edited)).send().await?.succeeded()?.body;
    assert_eq!(options(&shown), options(&edited));
    // A removed variant cannot be bought, and its number is not used again.
    let removed = id(&created["skus"][1]);
    let refused = shopper.ask("set_cart_line")?.path("sku", removed).json(&json!({ "quantity": 1 })).send().await?;
    refused.refused_with("not_found", 404)?;
    let numbers = [&created, &edited].into_iter().flat_map(skus).map(|sku| id(sku).to_owned());
    assert_eq!(numbers.collect::<BTreeSet<_>>().len(), 4 + 4);

    // The hold from before the edit can be paid.
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    shopper.await_order(&session.id).await?;

    // A seller who has not seen that edit cannot change the product.
    edit_to(&vendor, &created, &edit).await?.refused_with("changed_meanwhile", 409)?;
    edit["slug"] = json!(vendor.product.slug);
    edit_to(&vendor, &edited, &edit).await?.refused_with("slug_taken", 409)?;
    Ok(())
}

#[tokio::test]
async fn an_edit_with_wrong_fields_is_refused_with_all_of_them() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 1).await?;
    let own = own(&vendor, &json!({ "id": vendor.product.id })).await?;
    let sku = &own["skus"][0]["id"];
    let foreign = market.vendor(1_000, 1).await?.product.skus[0].id.clone();
    let edit = json!({
        "title": "Mug", "category": "clothing", "subcategory": "no-such-part",
        "price": { "amount": 0, "currency": "USD" }, "pictures": ["media_0199dc30cafe7933c6d47e8f9a0b1c23"],
        "skus": [
            { "id": sku, "stock": 3 },
            { "colour": "Blue" },
            { "id": foreign, "colour": "Red" },
            { "colour": "Blue", "stock": 1 },
        ],
        "matrix": { "stock": 1, "price": { "amount": 1, "currency": "USD" } },
    });
    let refusal = edit_to(&vendor, &own, &edit).await?.refused_with("invalid_input", 422)?;
    let expected = [
        pair("/matrix", "empty"),
        pair("/matrix/price/currency", "other_currency"),
        pair("/pictures/0", "not_found"),
        pair("/price/amount", "out_of_range"),
        pair("/price/currency", "other_currency"),
        pair("/skus/0/stock", "not_here"),
        pair("/skus/1/stock", "missing"),
        pair("/skus/2/id", "not_found"),
        pair("/skus/3", "duplicate"),
        pair("/subcategory", "unknown_subcategory"),
    ];
    assert_eq!(refusal.field_errors(), expected);
    let none = json!({ "title": "Mug", "category": "clothing", "price": euros(1_000), "skus": [] });
    let refusal = edit_to(&vendor, &own, &none).await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [pair("/skus", "wrong_length")]);
    let many = json!({
        "title": "Mug", "category": "clothing", "price": euros(1_000),
        "matrix": { "colours": (0..9).map(|n| format!("Colour {n}")).collect::<Vec<_>>(),
                    "sizes": (0..9).map(|n| format!("Size {n}")).collect::<Vec<_>>(), "stock": 1 },
    });
    let refusal = edit_to(&vendor, &own, &many).await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [pair("/skus", "wrong_length")], "81 variants are too many");
    Ok(())
}

#[tokio::test]
async fn twenty_parallel_edits_of_one_version_apply_one() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_000, 5).await?;
    let read = own(&vendor, &json!({ "id": vendor.product.id })).await?;
    let edits = (0..20).map(|n| {
        json!({ "title": format!("Mug {n}"), "category": "home-kitchen", "price": euros(1_000 + n),
                "matrix": { "colours": [format!("Colour {n}")], "stock": 1 } })
    });
    let edits: Vec<Value> = edits.collect();
    let answers: Vec<Answer> = try_join_all(edits.iter().map(|edit| edit_to(&vendor, &read, edit))).await?;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(done.len(), 1);
    for answer in refused {
        answer.refused_with("changed_meanwhile", 409)?;
    }
    let current = own(&vendor, &read).await?;
    assert_eq!(
        (&current["title"], &current["price"], options(&current)),
        (&done[0].body["title"], &done[0].body["price"], options(&done[0].body))
    );
    Ok(())
}

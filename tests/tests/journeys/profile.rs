//! Profiles: reading, changing, exporting and deleting them.

use serde_json::{Value, json};
use souk_testkit::{
    Client, PATIENCE, Result, await_until, delivery_address,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, keys};

use crate::{addresses::address, tokens::claims_of};

#[tokio::test]
async fn every_principal_can_read_their_profile() -> Result {
    let market = Market::open()?;
    let ((shopper, as_shopper), (_, as_seller), (_, as_admin)) =
        (market.shopper().await?, market.seller().await?, market.admin().await?);
    let shopper_profile = me(&as_shopper).await?;
    assert_eq!(
        (&shopper_profile["kind"], &shopper_profile["name"], &shopper_profile["email"]),
        (&json!("user"), &json!(shopper.name), &json!(shopper.email))
    );
    let seller = me(&as_seller).await?;
    assert_eq!((&seller["kind"], &seller["country"]), (&json!("seller"), &json!("DE")));
    assert_eq!(me(&as_admin).await?["kind"], "admin");
    Ok(())
}

#[tokio::test]
async fn a_profile_change_sets_an_own_photo_and_mails_use_the_new_name() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let photo = shopper.upload_picture(product_picture(&account.email, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
    let change = json!({ "name": "Zoë O’Neill", "phone": "+49 (30) 901820", "avatar": photo });
    let changed = shopper.ask("update_me")?.json(&change).send().await?.succeeded()?.body;
    assert_eq!((&changed["name"], &changed["phone"]), (&json!("Zoë O’Neill"), &json!("+4930901820")));
    assert_eq!(changed["avatar"]["renditions"][0]["width"], 320);
    assert_eq!(me(&shopper).await?, changed);

    let anonymous = market.anonymous()?;
    anonymous
        .ask("forgot_password")?
        .json(&json!({ "email": account.email, "account": "user" }))
        .send()
        .await?
        .succeeded()?;
    let mail = market.mailbox.await_mail(&account.email, "Reset your password").await?;
    assert!(mail.body_text.contains("Zoë O’Neill"), "{}", mail.body_text);

    let plain = shopper.ask("update_me")?.json(&json!({ "name": "Zoë" })).send().await?.succeeded()?.body;
    assert_eq!((plain.get("phone"), plain.get("avatar")), (None, None), "a missing field is removed");
    Ok(())
}

#[tokio::test]
async fn an_invalid_profile_change_is_refused_with_all_errors() -> Result {
    let market = Market::open()?;
    let ((_, shopper), (account, seller)) = (market.shopper().await?, market.seller().await?);
    let foreign = seller.upload_picture(product_picture(&account.email, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
    let wrong = async |client: &Client, body: Value| {
        let refusal = client.ask("update_me")?.json(&body).send().await?.refused_with("invalid_input", 422)?;
        Ok::<_, souk_testkit::Failed>(refusal.field_errors())
    };
    let named = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    assert_eq!(wrong(&shopper, json!({ "name": "Ann", "avatar": foreign })).await?, [named("/avatar", "not_found")]);
    assert_eq!(
        wrong(&shopper, json!({ "name": "x".repeat(101), "phone": "123", "nick": "Ann" })).await?,
        [named("/name", "too_long"), named("/nick", "unknown"), named("/phone", "malformed")]
    );
    assert_eq!(wrong(&seller, json!({ "name": "Carla" })).await?, [named("/phone", "missing")]);
    Ok(())
}

#[tokio::test]
async fn an_export_holds_the_shoppers_data_and_nobody_elses() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (account, shopper) = market.shopper_with_cart(&[&vendor], 2).await?;
    let order = shopper.buy().await?;
    shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    shopper.ask("add_address")?.json(&address("Home")).send().await?.succeeded()?;
    shopper.ask("follow_shop")?.path("shop", &vendor.shop.id).send().await?.succeeded()?;

    let export = shopper.ask("export_me")?.send().await?.succeeded()?;
    let data = &export.body["shopper"];
    assert_eq!(export.body["profile"]["email"], account.email.as_str());
    assert_eq!(data["orders"][0]["id"], order.as_str());
    assert_eq!(data["orders"][0]["parts"][0]["lines"][0]["quantity"], 2);
    assert_eq!(data["addresses"][0]["label"], "Home");
    assert_eq!(data["cart"][0]["sku"], vendor.sku()?.id.as_str());
    assert_eq!(data["followed_shops"][0]["shop"], vendor.shop.id.as_str());
    assert_eq!(export.body["sessions"].as_array().map(Vec::len), Some(1));
    assert!(!export.text.contains(&vendor.account.name), "the export does not hold a seller's name");
    Ok(())
}

#[tokio::test]
async fn deleting_an_account_erases_its_data_and_ends_its_sessions() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let (account, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let tokens = market.anonymous()?.tokens(&account).await?;
    let order = shopper.buy().await?;
    shopper.set_cart_line(&vendor.sku()?.id, 1).await?;
    shopper.ask("add_address")?.json(&address("Home")).send().await?.succeeded()?;
    shopper.ask("follow_shop")?.path("shop", &vendor.shop.id).send().await?.succeeded()?;
    let user = claims_of(shopper.token().unwrap_or_default())?["sub"].as_str().unwrap_or_default().to_owned();

    let delete = async |body: Value| shopper.ask("delete_me")?.json(&body).send().await;
    delete(json!({})).await?.refused_with("wrong_credentials", 401)?;
    delete(json!({ "password": "not the password" })).await?.refused_with("wrong_credentials", 401)?;
    assert_eq!(delete(json!({ "password": account.password })).await?.succeeded()?.status, 204);
    delete(json!({ "password": account.password })).await?.refused_with("not_signed_in", 401)?;
    market.anonymous()?.refresh(&tokens.refresh_token).await?.refused_with("invalid_refresh_token", 401)?;
    market.anonymous()?.login(&account).await?.refused_with("wrong_credentials", 401)?;
    market.mailbox.await_mail(&account.email, "deleted").await?;

    let partitions = ["ACCESS", "ADDRESSES", "CART", "FOLLOWS", "INBOX", "NOTIFICATIONS", "USER", "VIEWED", "WISHLIST"];
    for partition in partitions {
        let owner = if partition == "CART" { user.replace("user_", "cart_") } else { user.clone() };
        await_until(PATIENCE, &format!("{partition}#{owner} to be erased"), async || {
            let items = market.cloud.partition(&format!("{partition}#{owner}")).await?;
            Ok(items.is_empty().then_some(()))
        })
        .await?;
    }
    let followers = market.cloud.item(&keys::follower_count(vendor.shop.id.parse()?)).await?.expect("a count");
    assert_eq!(followers["followers"], 0);
    // The seller still has to send the parcel.
    let sold = vendor.client.ask("get_shop_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(sold["address"], delivery_address());
    Ok(())
}

#[tokio::test]
async fn a_seller_with_a_shop_and_an_admin_cannot_delete_their_accounts() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 5).await?;
    let refused = async |client: &Client, password: &str, code: &str, status: u16| {
        client.ask("delete_me")?.json(&json!({ "password": password })).send().await?.refused_with(code, status)
    };
    refused(&vendor.client, &vendor.account.password, "shop_exists", 409).await?;
    let (account, admin) = market.admin().await?;
    refused(&admin, &account.password, "forbidden", 403).await?;
    Ok(())
}

async fn me(client: &Client) -> Result<Value> {
    Ok(client.ask("get_me")?.send().await?.succeeded()?.body)
}

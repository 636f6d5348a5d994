//! One sale, from registration to order, as two sellers and a shopper live it.

use std::path::Path;

use serde_json::json;
use souk_testkit::{
    Account, Client, Failed, Mailbox, NewProduct, NewSku, PATIENCE, PaymentSession, Product, Result, Role, Shop, Stack,
    StripePage,
    pictures::{Kind, Rgb, product_picture},
};

use crate::told::{asked, chapter, step};

/// A seller with a shop and something in it.
struct Vendor {
    account: Account,
    client: Client,
    shop: Shop,
    product: Product,
}

/// Plays the sale on the stack whose deployment wrote `outputs`. Everybody in it is new, so it can be played any number of
/// times.
///
/// # Errors
/// When a step does not go as it should.
pub async fn sale(outputs: &Path) -> Result {
    let stack = Stack::from_outputs(outputs)?;
    let mailbox = Mailbox::of(&stack)?;

    let mugs = NewProduct::new(
        "Stoneware mug",
        1_850,
        [NewSku::new(5).colour("Blue").code("MUG-B"), NewSku::new(3).colour("White").code("MUG-W")],
    );
    let lamps =
        NewProduct::new("Task lamp", 12_900, [NewSku::new(2).colour("Black"), NewSku::new(4).colour("Mustard")]);
    let pottery = open_vendor(&stack, "Carla Brandt", "Pottery", Kind::Mug, mugs.sale_price(1_500)).await?;
    let lights = open_vendor(&stack, "Ingrid Solheim", "Lights", Kind::Lamp, lamps).await?;

    chapter("A shopper fills a cart in both shops");
    let account = Account::new(Role::Shopper, "Ann Lee");
    let shopper = enter(&stack, &mailbox, &account).await?;
    for vendor in [&pottery, &lights] {
        let put = shopper.ask("set_cart_line")?.path("sku", &vendor.first_sku()?).json(&json!({ "quantity": 1 }));
        asked(format!("puts \"{}\" into the cart", vendor.product.title), put.send()).await?.succeeded()?;
    }
    let seen = shopper.cart().await?.as_seen();

    chapter("The shopper pays");
    let mut sockets = Vec::new();
    for vendor in [&pottery, &lights] {
        let socket = step(format!("{} opens a socket with a ticket", vendor.account.name), vendor.client.open_socket());
        sockets.push(socket.await?);
    }
    let key = format!("demo-{}", account.email);
    let session: PaymentSession =
        asked("asks for a payment session: stock is held", shopper.try_to_pay(&seen, &key)).await?.read()?;
    let page = session.url.clone().ok_or_else(|| Failed::new("the session has no page to pay on"))?;
    step("pays on the hosted page", async { StripePage::open(&page).await?.pay().await }).await?;
    let order = step("the webhook came, the order exists", shopper.await_order(&session.id)).await?;

    chapter("Everybody hears of it");
    for (vendor, socket) in [&pottery, &lights].into_iter().zip(&mut sockets) {
        let frame = step(format!("{} sees it live", vendor.account.name), socket.await_frame("order_placed", PATIENCE));
        let frame = frame.await?;
        expect(frame["data"]["order"] == order.as_str(), &format!("the frame is about another order: {frame}"))?;
    }
    for person in [&account, &pottery.account, &lights.account] {
        let letter = mailbox.await_letter(&person.email, "order");
        let letter = step(format!("{} gets a letter", person.name), letter).await?;
        expect(letter.body_text.contains(&order), "the letter does not name the order")?;
    }

    chapter("Everybody sees it");
    let whole = asked("the shopper's order", shopper.ask("get_order")?.path("id", &order).send()).await?.succeeded()?;
    expect(whole.body["shops"].as_array().is_some_and(|shops| shops.len() == 2), "the order has not two parts")?;
    asked("the shopper's orders", shopper.ask("list_orders")?.send()).await?.succeeded()?;
    for vendor in [&pottery, &lights] {
        let part = vendor.client.ask("get_shop_order")?.path("id", &order).send();
        asked(format!("{}'s part of it", vendor.shop.name), part).await?.succeeded()?;
        asked("and the shop's orders", vendor.client.ask("list_shop_orders")?.send()).await?.succeeded()?;
    }

    chapter("What is refused");
    refusals(&stack, &account, &shopper, &pottery, &session, &seen, &key).await?;
    println!("\nOrder {order} is placed.");
    Ok(())
}

async fn open_vendor(stack: &Stack, name: &str, shop: &str, kind: Kind, goods: NewProduct) -> Result<Vendor> {
    chapter(&format!("{name} opens a shop"));
    let mailbox = Mailbox::of(stack)?;
    let account = Account::new(Role::Seller, name);
    let client = enter(stack, &mailbox, &account).await?;
    let name = format!("{name}'s {shop}");
    let opened = client.ask("create_shop")?.json(&json!({ "name": name })).send();
    let shop: Shop = asked(format!("opens \"{name}\""), opened).await?.read()?;
    let form = step("asks for a form to upload a picture with", client.ask_for_upload()).await?;
    let jpeg = product_picture(&account.email, kind, Rgb(0x23, 0x41, 0x5f));
    step("sends the picture to the storage", client.send_file(&form, jpeg)).await?;
    let state = step("the worker looks at it", client.await_upload(&form.id)).await?;
    expect(state == "ready", &format!("the picture is {state}"))?;
    let request = client.ask("create_product")?.json(&goods.pictures(&[form.id]).0).send();
    let product: Product = asked("puts a product with two variants on sale", request).await?.read()?;
    let anybody = Client::new(stack)?;
    asked("anybody finds it by its slug", anybody.ask("get_product")?.path("slug", &product.slug).send())
        .await?
        .succeeded()?;
    let query = [("shop", shop.slug.as_str()), ("q", product.title.as_str())];
    step("and a moment later by searching", anybody.await_ids("list_products", &query, &[&product.id])).await?;
    Ok(Vendor { account, client, shop, product })
}

async fn enter(stack: &Stack, mailbox: &Mailbox, account: &Account) -> Result<Client> {
    let client = Client::new(stack)?;
    asked(format!("{} registers", account.name), client.register(account)).await?.succeeded()?;
    let code = step("gets a code by mail", mailbox.await_code(&account.email)).await?;
    asked("confirms with the code", client.confirm(account, &code)).await?.succeeded()?;
    asked("the code again", client.confirm(account, &code)).await?.refused_with("wrong_code", 422)?;
    step("signs in", client.sign_in(account)).await
}

async fn refusals(
    stack: &Stack,
    account: &Account,
    shopper: &Client,
    vendor: &Vendor,
    session: &PaymentSession,
    seen: &serde_json::Value,
    key: &str,
) -> Result {
    let stranger = Client::new(stack)?;
    let impostor = Account { password: "not the password".to_owned(), ..account.clone() };
    asked("a wrong password", stranger.login(&impostor)).await?.refused_with("wrong_credentials", 401)?;
    let closed = vendor.client.ask("get_payment_session")?.path("id", &session.id).send();
    asked("a seller's token where a shopper's is needed", closed).await?.refused_with("not_signed_in", 401)?;
    let again =
        asked("the same Idempotency-Key: the same session", shopper.try_to_pay(seen, key)).await?.succeeded()?;
    expect(again.body["id"] == session.id.as_str(), "the key came back with another session")?;
    let other = json!({ "lines": [] });
    let reused = asked("the same key for something else", shopper.try_to_pay(&other, key)).await?;
    reused.refused_with("idempotency_key_reused", 422)?;
    asked("an empty cart", shopper.try_to_pay(&other, &format!("{key}-2"))).await?.refused_with("cart_empty", 409)?;
    let greedy =
        shopper.ask("set_cart_line")?.path("sku", &vendor.first_sku()?).json(&json!({ "quantity": 100 })).send();
    asked("more than there is", greedy).await?.refused_with("sold_out", 409)?;
    let forged = stranger.ask("receive_stripe_event")?.header("stripe-signature", "t=1,v1=00");
    let forged = forged.body("application/json", "{}").send();
    asked("a forged webhook", forged).await?.refused_with("invalid_signature", 400)?;
    Ok(())
}

impl Vendor {
    fn first_sku(&self) -> Result<String> {
        let sku = self.product.skus.first().map(|sku| sku.id.clone());
        sku.ok_or_else(|| Failed::new("the product has no variants"))
    }
}

fn expect(holds: bool, otherwise: &str) -> Result {
    if holds { Ok(()) } else { Err(Failed::new(otherwise)) }
}

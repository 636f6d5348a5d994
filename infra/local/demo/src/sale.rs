//! One sale, from registration to order, of two sellers and a shopper.

use std::path::Path;

use serde_json::json;
use souk_testkit::{
    Account, Client, Failed, Mailbox, NewProduct, NewSku, PATIENCE, PaymentSession, Product, Result, Role, Shop, Stack,
    StripePage, euros,
    pictures::{Kind, Rgb, product_picture},
};

use crate::progress::{heading, send, step};

/// A seller with a shop that sells one product.
struct Vendor {
    account: Account,
    client: Client,
    shop: Shop,
    product: Product,
}

/// Plays the sale on the stack whose deployment wrote `outputs`. All accounts are new, so it can be played repeatedly.
///
/// # Errors
/// Fails if a step does not have the expected result.
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

    heading("A shopper fills a cart in both shops");
    let account = Account::new(Role::Shopper, "Ann Lee");
    let shopper = join(&stack, &mailbox, &account).await?;
    for vendor in [&pottery, &lights] {
        let put = shopper.ask("set_cart_line")?.path("sku", &vendor.first_sku()?).json(&json!({ "quantity": 1 }));
        send(format!("puts \"{}\" into the cart", vendor.product.title), put.send()).await?.succeeded()?;
    }
    let cart = step("reads the cart, with its shipping to Germany", shopper.cart()).await?;
    let seen = cart.as_seen();

    heading("The shopper pays");
    let mut sockets = Vec::new();
    for vendor in [&pottery, &lights] {
        let socket = step(format!("{} opens a socket with a ticket", vendor.account.name), vendor.client.open_socket());
        sockets.push(socket.await?);
    }
    let key = format!("demo-{}", account.email);
    let session: PaymentSession =
        send("asks for a payment session: stock is held", shopper.try_to_pay(&seen, &key)).await?.read()?;
    let page = session.url.clone().ok_or_else(|| Failed::new("the session has no checkout page"))?;
    step("pays on the checkout page", async { StripePage::open(&page).await?.pay().await }).await?;
    let order = step("the webhook arrived, the order exists", shopper.await_order(&session.id)).await?;

    heading("Everybody is notified");
    for (vendor, socket) in [&pottery, &lights].into_iter().zip(&mut sockets) {
        let frame = step(
            format!("{} gets a frame over the socket", vendor.account.name),
            socket.await_frame("order_placed", PATIENCE),
        );
        let frame = frame.await?;
        expect(frame["data"]["order"] == order.as_str(), &format!("the frame is about another order: {frame}"))?;
    }
    for person in [&account, &pottery.account, &lights.account] {
        let mail = mailbox.await_mail(&person.email, "order");
        let mail = step(format!("{} gets a mail", person.name), mail).await?;
        expect(mail.body_text.contains(&order), "the mail does not name the order")?;
    }

    heading("Everybody can read it");
    let order_view =
        send("the shopper's order", shopper.ask("get_order")?.path("id", &order).send()).await?.succeeded()?;
    expect(
        order_view.body["shops"].as_array().is_some_and(|shops| shops.len() == 2),
        "the order does not have two parts",
    )?;
    expect(
        order_view.body["total"]["amount"] == cart.total.amount && order_view.body["address"] == seen["address"],
        "the order has another total or another address than the cart",
    )?;
    send("the shopper's orders", shopper.ask("list_orders")?.send()).await?.succeeded()?;
    for vendor in [&pottery, &lights] {
        let part = vendor.client.ask("get_shop_order")?.path("id", &order).send();
        send(format!("{}'s part of it", vendor.shop.name), part).await?.succeeded()?;
        send("and the shop's orders", vendor.client.ask("list_shop_orders")?.send()).await?.succeeded()?;
    }

    heading("The sellers ship it");
    for vendor in [&pottery, &lights] {
        let packed = vendor.client.ask("pack_order")?.path("id", &order).send();
        send(format!("{} is packed", vendor.shop.name), packed).await?.succeeded()?;
        let parcel = json!({ "tracking": { "carrier": "DHL", "tracking_number": "00340434161094042557" } });
        let shipped = vendor.client.ask("create_shipment")?.path("id", &order).key(&key).json(&parcel).send();
        send("and shipped", shipped).await?.succeeded()?;
        let arrived = vendor.client.ask("update_shipment")?.path("id", &order).path("number", "1");
        send("and delivered", arrived.json(&json!({ "state": "delivered" })).send()).await?.succeeded()?;
    }
    let mail = step("the shopper gets a mail about the delivery", mailbox.await_mail(&account.email, "delivered"));
    let mail = mail.await?;
    expect(mail.body_text.contains(&order), "the mail does not name the order")?;

    heading("What is refused");
    refusals(&stack, &account, &shopper, &pottery, &session, &seen, &key).await?;
    println!("\nOrder {order} is placed and delivered.");
    Ok(())
}

async fn open_vendor(stack: &Stack, name: &str, shop: &str, kind: Kind, goods: NewProduct) -> Result<Vendor> {
    heading(&format!("{name} opens a shop"));
    let mailbox = Mailbox::of(stack)?;
    let account = Account::new(Role::Seller, name);
    let client = join(stack, &mailbox, &account).await?;
    let name = format!("{name}'s {shop}");
    let opened = client.ask("create_shop")?.json(&json!({ "name": name })).send();
    let shop: Shop = send(format!("opens \"{name}\""), opened).await?.read()?;
    let terms = json!({
        "low_stock": 1,
        "shipping": { "countries": ["DE", "AT", "CH"], "rate": euros(490), "free_above": euros(10_000) },
        "tax": { "number": "DE123456789", "rate": 1_900 },
    });
    let set = client.ask("set_shop_settings")?.json(&terms).send();
    send("ships to three countries, and states the tax in the prices", set).await?.succeeded()?;
    let form = step("asks for a form to upload a picture with", client.ask_for_upload()).await?;
    let jpeg = product_picture(&account.email, kind, Rgb(0x23, 0x41, 0x5f));
    step("sends the picture to the storage", client.send_file(&form, jpeg)).await?;
    let state = step("the worker checks it", client.await_upload(&form.id)).await?;
    expect(state == "ready", &format!("the picture is {state}"))?;
    let request = client.ask("create_product")?.json(&goods.pictures(&[form.id]).0).send();
    let product: Product = send("puts a product with two variants on sale", request).await?.read()?;
    let anonymous = Client::new(stack)?;
    send("everybody can read it by its slug", anonymous.ask("get_product")?.path("slug", &product.slug).send())
        .await?
        .succeeded()?;
    let query = [("shop", shop.slug.as_str()), ("q", product.title.as_str())];
    step("and finds it by a search a moment later", anonymous.await_ids("list_products", &query, &[&product.id]))
        .await?;
    Ok(Vendor { account, client, shop, product })
}

async fn join(stack: &Stack, mailbox: &Mailbox, account: &Account) -> Result<Client> {
    let client = Client::new(stack)?;
    send(format!("{} registers", account.name), client.register(account)).await?.succeeded()?;
    let code = step("gets a code by mail", mailbox.await_code(&account.email)).await?;
    send("confirms with the code", client.confirm(account, &code)).await?.succeeded()?;
    send("the code again", client.confirm(account, &code)).await?.refused_with("wrong_code", 422)?;
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
    let attacker = Client::new(stack)?;
    let impostor = Account { password: "not the password".to_owned(), ..account.clone() };
    send("a wrong password", attacker.login(&impostor)).await?.refused_with("wrong_credentials", 401)?;
    let refused = vendor.client.ask("get_payment_session")?.path("id", &session.id).send();
    send("a seller's token instead of a shopper's", refused).await?.refused_with("not_signed_in", 401)?;
    let again = send("the same Idempotency-Key: the same session", shopper.try_to_pay(seen, key)).await?.succeeded()?;
    expect(again.body["id"] == session.id.as_str(), "the key returned another session")?;
    let other = json!({ "lines": [] });
    let reused = send("the same key for something else", shopper.try_to_pay(&other, key)).await?;
    reused.refused_with("idempotency_key_reused", 422)?;
    send("an empty cart", shopper.try_to_pay(&other, &format!("{key}-2"))).await?.refused_with("cart_empty", 409)?;
    let too_many =
        shopper.ask("set_cart_line")?.path("sku", &vendor.first_sku()?).json(&json!({ "quantity": 100 })).send();
    send("more than there is", too_many).await?.refused_with("sold_out", 409)?;
    let forged = attacker.ask("receive_stripe_event")?.header("stripe-signature", "t=1,v1=00");
    let forged = forged.body("application/json", "{}").send();
    send("a forged webhook", forged).await?.refused_with("invalid_signature", 400)?;
    Ok(())
}

impl Vendor {
    fn first_sku(&self) -> Result<String> {
        let sku = self.product.skus.first().map(|sku| sku.id.clone());
        sku.ok_or_else(|| Failed::new("the product has no variants"))
    }
}

fn expect(condition: bool, reason: &str) -> Result {
    if condition { Ok(()) } else { Err(Failed::new(reason)) }
}

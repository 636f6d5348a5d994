//! A whole sale, from a seller's registration to the order and everybody's messages about it.

use souk_testkit::{
    Account, Client, NewProduct, NewSku, PATIENCE, Result, Role, StripePage,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::Market;

#[tokio::test]
async fn a_seller_registers_creates_a_shop_and_puts_a_product_on_sale() -> Result {
    let market = Market::open()?;
    let account = Account::new(Role::Seller, "Carla Brandt");
    let anonymous = market.anonymous()?;

    assert_eq!(anonymous.register(&account).await?.succeeded()?.status, 202);
    let mail = market.mailbox.await_mail(&account.email, "Confirm").await?;
    let code = mail.code().expect("a code on a line of its own");
    assert!(mail.body_html.contains(&code), "the HTML version has the code too");
    assert_eq!(anonymous.confirm(&account, &code).await?.succeeded()?.status, 201);
    let seller = anonymous.sign_in(&account).await?;

    let shop = seller.open_shop(&format!("Kiln of {}", account.email)).await?;
    let page = anonymous.ask("get_shop")?.path("slug", &shop.slug).send().await?.succeeded()?;
    assert_eq!(page.body["name"], shop.name);

    let picture = seller.upload_picture(product_picture(&account.email, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
    let skus = [NewSku::new(5).colour("Blue").code("MUG-B"), NewSku::new(3).colour("White")];
    let new = NewProduct::new("Stoneware mug", 1_850, skus).sale_price(1_500).pictures(&[picture]);
    let product = seller.create_product(&new).await?;
    assert_eq!(
        product.skus.iter().map(|sku| (sku.price.amount, sku.available)).collect::<Vec<_>>(),
        [(1_500, 5), (1_500, 3)]
    );

    let shown = anonymous.ask("get_product")?.path("slug", &product.slug).send().await?.succeeded()?;
    assert_eq!(shown.body["shop"]["id"], shop.id.as_str());
    anonymous.await_ids("list_products", &[("shop", &shop.slug)], &[&product.id]).await?;
    assert_renditions_exist(&shown.body["pictures"][0]["renditions"]).await
}

async fn assert_renditions_exist(renditions: &serde_json::Value) -> Result {
    let renditions = renditions.as_array().expect("a list of renditions");
    assert!(!renditions.is_empty());
    for rendition in renditions {
        let url = rendition["url"].as_str().expect("an address");
        let response = reqwest::get(url).await?;
        assert_eq!(response.status(), 200, "{url}");
        assert_eq!(response.headers()["content-type"], "image/webp");
        assert_eq!(&response.bytes().await?[8..12], b"WEBP");
    }
    Ok(())
}

#[tokio::test]
async fn an_order_from_two_shops_reaches_shopper_and_sellers_by_mail_socket_and_api() -> Result {
    let market = Market::open()?;
    let vendors = [market.vendor(1_850, 5).await?, market.vendor(12_900, 2).await?];
    let mut sockets = Vec::new();
    for vendor in &vendors {
        sockets.push(vendor.client.open_socket().await?);
    }
    let (account, shopper) = market.shopper_with_cart(&[&vendors[0], &vendors[1]], 2).await?;

    let session = shopper.open_payment().await?;
    assert_eq!((session.state.as_str(), session.total.amount), ("open", 2 * (1_850 + 12_900)));
    assert_eq!([vendors[0].stock().await?, vendors[1].stock().await?], [3, 0], "the stock is held");
    let url = StripePage::open(Market::page(&session)?).await?.pay().await?;
    assert!(url.contains(&format!("/checkout/{}", session.id)), "the checkout page redirects to the shop: {url}");

    let paid = shopper.await_payment(&session.id, "paid").await?;
    let order = paid.order.expect("a paid session names its order");
    assert_eq!([vendors[0].stock().await?, vendors[1].stock().await?], [3, 0], "the payment takes no more stock");
    assert!(shopper.cart().await?.lines.is_empty(), "the paid lines leave the cart");

    let order_view = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!((&order_view["total"]["amount"], &order_view["pieces"]), (&29_500.into(), &4.into()));
    assert_eq!(order_view["shops"].as_array().map(Vec::len), Some(2));
    let list = shopper.ask("list_orders")?.send().await?.succeeded()?.body;
    assert_eq!(list["items"][0]["id"], order.as_str());

    let confirmation = market.mailbox.await_order_mail(&account.email, &order).await?;
    assert!(confirmation.body_text.contains("EUR 295.00"), "{}", confirmation.body_text);
    for (vendor, socket) in vendors.iter().zip(&mut sockets) {
        let frame = socket.await_frame("order_placed", PATIENCE).await?;
        assert_eq!(frame["data"]["order"], order.as_str());
        assert_eq!(frame["data"]["shop"], vendor.shop.id.as_str());
        market.mailbox.await_order_mail(&vendor.account.email, &order).await?;
        assert_seller_sees_own_part(&vendor.client, &order, 2 * vendor.sku()?.price.amount).await?;
    }
    Ok(())
}

async fn assert_seller_sees_own_part(seller: &Client, order: &str, total: i64) -> Result {
    let part = seller.ask("get_shop_order")?.path("id", order).send().await?.succeeded()?.body;
    assert_eq!(part["total"]["amount"], total);
    assert_eq!(part["lines"].as_array().map(Vec::len), Some(1));
    let listed = seller.ask("list_shop_orders")?.send().await?.succeeded()?.body;
    assert_eq!(listed["items"][0]["id"], order);
    assert_eq!(listed["items"][0]["total"]["amount"], total);
    Ok(())
}

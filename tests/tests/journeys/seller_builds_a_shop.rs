//! A shop from its first product until it is had back, as its seller, a shopper and an admin live through it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_testkit::{
    Client, Failed, NewDiscount, NewProduct, NewSku, PATIENCE, Product, Result, Shop, await_until, euros,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::Market;

use crate::{
    bulk::two_hundred_rows,
    catalogue::unique,
    shops::follow,
    site::{add, change_to, delete, settings, shown, site},
};

#[tokio::test]
async fn a_seller_builds_a_shop_a_shopper_buys_there_and_an_admin_arranges_the_site() -> Result {
    let market = Market::open()?;
    let business = Business::open(&market).await?;
    business.imports_two_hundred_products_of_which_seven_are_refused().await?;
    business.is_followed_and_sold_to_at_a_discount(&market).await?;
    business.takes_a_product_and_the_shop_off_and_has_them_back().await?;
    business.sees_what_an_admin_arranges(&market).await
}

/// A shop with a mug in four variants, one of which has its own price, on offer, and a discount.
struct Business {
    seller: Client,
    anybody: Client,
    shop: Shop,
    mug: Product,
    discount: String,
}

/// What the import makes of two hundred rows, and the mug.
const ALL: usize = 194;

impl Business {
    async fn open(market: &Market) -> Result<Self> {
        let ((account, seller), anybody) = (market.seller().await?, market.anybody()?);
        let picture = seller.upload_picture(product_picture(&account.email, Kind::Mug, Rgb(0x23, 0x41, 0x5f))).await?;
        let name = format!("Kiln of {}", account.email);
        let form = json!({ "name": name, "bio": "Stoneware.", "category": "home-kitchen", "avatar": picture });
        let shop: Shop = seller.ask("create_shop")?.json(&form).send().await?.read()?;

        let large = NewSku::new(4).colour("Blue").size("L").price(2_600).code("MUG-BLUE-L");
        let matrix = json!({ "colours": ["Blue", "Oat"], "sizes": ["S", "L"], "stock": 9 });
        let mug = NewProduct::new("Stoneware mug", 2_000, [large]).with("matrix", matrix).pictures(&[picture]);
        let mug = seller.create_product(&mug).await?;
        assert_eq!(prices(&mug), [2_000, 2_000, 2_000, 2_600]);
        let now = Timestamp::now();
        let (begun, ends) = (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(1));
        let offer = json!({ "price": euros(1_500), "starts_at": begun, "ends_at": ends });
        seller.ask("set_offer")?.path("product", &mug.id).json(&offer).send().await?.succeeded()?;
        let mug = anybody.product(&mug.slug).await?;
        assert_eq!(prices(&mug), [1_500, 1_500, 1_500, 2_600], "its own price takes no part");
        let discount = seller.create_discount(&NewDiscount::percent("WELCOME10", 1_000)).await?;
        anybody.await_ids("list_shop_offers", &[("slug", &shop.slug)], &[&mug.id]).await?;
        Ok(Self { seller, anybody, shop, mug, discount })
    }

    async fn imports_two_hundred_products_of_which_seven_are_refused(&self) -> Result {
        let (file, bad) = two_hundred_rows();
        let job = self.seller.import(&file).await?;
        assert_eq!((job.rows, job.created, job.refused), (200, Some(193), Some(7)), "{job:?}");
        assert_eq!(self.seller.refused_rows(&job.id).await?, bad);
        self.anybody.await_count(&self.shop.slug, ALL).await.map(drop)
    }

    async fn is_followed_and_sold_to_at_a_discount(&self, market: &Market) -> Result {
        let (_, shopper) = market.shopper().await?;
        follow(&shopper, &self.shop.id).await?.succeeded()?;
        assert_eq!(self.page().await?["followers"], 1);
        let on_offer = self.mug.skus.iter().find(|sku| sku.price.amount == 1_500);
        let on_offer = on_offer.ok_or_else(|| Failed::new("no variant is on offer"))?;
        assert_eq!(shopper.set_cart_line(&on_offer.id, 2).await?.total.amount, 3_000);
        let cart = shopper.apply_discount(&self.shop.id, "WELCOME10").await?;
        assert_eq!((cart.discounts[0].amount.amount, cart.total.amount), (300, 2_700));
        let order = shopper.buy().await?;
        let bought = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
        assert_eq!((&bought["total"]["amount"], &bought["pieces"]), (&json!(2_700), &json!(2)));
        assert_eq!(self.seller.uses_of(&self.discount).await?, 1);
        await_until(PATIENCE, "the two mugs to count as sold", async || {
            let own = self.seller.ask("get_own_product")?.path("product", &self.mug.id).send().await?.succeeded()?;
            Ok((own.body["sold"] == 2).then_some(()))
        })
        .await
    }

    async fn takes_a_product_and_the_shop_off_and_has_them_back(&self) -> Result {
        for (operation, left) in [("delete_product", ALL - 1), ("restore_product", ALL)] {
            self.seller.ask(operation)?.path("product", &self.mug.id).send().await?.succeeded()?;
            self.anybody.await_count(&self.shop.slug, left).await?;
        }
        self.seller.ask("delete_shop")?.send().await?.succeeded()?;
        self.anybody.ask("get_shop")?.path("slug", &self.shop.slug).send().await?.refused_with("not_found", 404)?;
        self.anybody.await_count(&self.shop.slug, 0).await?;
        self.seller.ask("restore_shop")?.send().await?.succeeded()?;
        self.anybody.await_count(&self.shop.slug, ALL).await?;
        assert_eq!(self.page().await?["followers"], 1);
        assert_eq!(
            prices(&self.anybody.product(&self.mug.slug).await?),
            prices(&self.mug),
            "the offer is there as it was"
        );
        Ok(())
    }

    async fn sees_what_an_admin_arranges(&self, market: &Market) -> Result {
        let (_, admin) = market.admin().await?;
        let slug = unique("kilns");
        let new =
            json!({ "slug": slug, "name": "Kilns", "subcategories": [{ "slug": "electric", "name": "Electric" }] });
        let version = add(&admin, &new).await?.succeeded()?.body["version"].clone();
        let kiln = NewProduct::new("Small kiln", 90_000, [NewSku::new(1)]).category(&slug);
        let kiln = self.seller.create_product(&kiln.with("subcategory", "electric".into())).await?;
        self.anybody
            .await_ids("list_products", &[("category", &slug), ("subcategory", "electric")], &[&kiln.id])
            .await?;

        let renamed = json!({ "version": version, "name": "Kilns & wheels", "position": 1, "subcategories": new["subcategories"] });
        change_to(&admin, &slug, &renamed).await?.succeeded()?;
        assert_eq!(shown(&self.anybody, &slug).await?.expect("the category")["name"], "Kilns & wheels");
        delete(&admin, &slug, Some("home-kitchen")).await?.succeeded()?;
        assert_eq!(shown(&self.anybody, &slug).await?, None);
        let place = [("shop", self.shop.slug.as_str()), ("category", "home-kitchen"), ("q", "small")];
        self.anybody.await_search("list_products", &place, |found| found.ids().contains(&kiln.id.as_str())).await?;

        let banner = product_picture("a banner", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f));
        let banner = admin.upload_picture(banner).await?;
        for (banners, left) in [(json!([banner]), 1), (json!([]), 0)] {
            let version = settings(&admin).await?["version"].clone();
            let look = json!({ "version": version, "banners": banners });
            admin.ask("set_site_settings")?.json(&look).send().await?.succeeded()?;
            assert_eq!(site(&self.anybody).await?["banners"].as_array().map(Vec::len), Some(left));
        }
        Ok(())
    }

    /// The shop as everybody sees it.
    async fn page(&self) -> Result<Value> {
        Ok(self.anybody.ask("get_shop")?.path("slug", &self.shop.slug).send().await?.succeeded()?.body)
    }
}

/// What the variants cost now, the cheapest first.
fn prices(product: &Product) -> Vec<i64> {
    let mut prices: Vec<i64> = product.skus.iter().map(|sku| sku.price.amount).collect();
    prices.sort_unstable();
    prices
}

//! A shop from its first product to its restoration, with its seller, a shopper and an admin.

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
async fn a_shop_sells_closes_reopens_and_follows_the_changes_of_an_admin() -> Result {
    let market = Market::open()?;
    let shop = ShopFixture::open(&market).await?;
    shop.imports_two_hundred_rows().await?;
    shop.is_followed_and_sells_at_a_discount(&market).await?;
    shop.deletes_and_restores_a_product_and_the_shop().await?;
    shop.follows_the_changes_of_an_admin(&market).await
}

/// A shop with a mug in four variants, an offer and a discount. One variant has a price of its own.
struct ShopFixture {
    seller: Client,
    anonymous: Client,
    shop: Shop,
    mug: Product,
    discount: String,
}

/// The number of products: those of the import, and the mug.
const PRODUCTS: usize = 194;

impl ShopFixture {
    async fn open(market: &Market) -> Result<Self> {
        let ((account, seller), anonymous) = (market.seller().await?, market.anonymous()?);
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
        let (starts, ends) = (now - SignedDuration::from_hours(1), now + SignedDuration::from_hours(1));
        let offer = json!({ "price": euros(1_500), "starts_at": starts, "ends_at": ends });
        seller.ask("set_offer")?.path("product", &mug.id).json(&offer).send().await?.succeeded()?;
        let mug = anonymous.product(&mug.slug).await?;
        assert_eq!(
            prices(&mug),
            [1_500, 1_500, 1_500, 2_600],
            "the variant with a price of its own takes no part in the offer"
        );
        let discount = seller.create_discount(&NewDiscount::percent("WELCOME10", 1_000)).await?;
        anonymous.await_ids("list_shop_offers", &[("slug", &shop.slug)], &[&mug.id]).await?;
        Ok(Self { seller, anonymous, shop, mug, discount })
    }

    async fn imports_two_hundred_rows(&self) -> Result {
        let (file, bad) = two_hundred_rows();
        let job = self.seller.import(&file).await?;
        assert_eq!((job.rows, job.created, job.refused), (200, Some(193), Some(7)), "{job:?}");
        assert_eq!(self.seller.refused_rows(&job.id).await?, bad);
        self.anonymous.await_count(&self.shop.slug, PRODUCTS).await.map(drop)
    }

    async fn is_followed_and_sells_at_a_discount(&self, market: &Market) -> Result {
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

    async fn deletes_and_restores_a_product_and_the_shop(&self) -> Result {
        for (operation, count) in [("delete_product", PRODUCTS - 1), ("restore_product", PRODUCTS)] {
            self.seller.ask(operation)?.path("product", &self.mug.id).send().await?.succeeded()?;
            self.anonymous.await_count(&self.shop.slug, count).await?;
        }
        self.seller.ask("delete_shop")?.query("despite_undelivered_orders", "true").send().await?.succeeded()?;
        self.anonymous.ask("get_shop")?.path("slug", &self.shop.slug).send().await?.refused_with("not_found", 404)?;
        self.anonymous.await_count(&self.shop.slug, 0).await?;
        self.seller.ask("restore_shop")?.send().await?.succeeded()?;
        self.anonymous.await_count(&self.shop.slug, PRODUCTS).await?;
        assert_eq!(self.page().await?["followers"], 1);
        assert_eq!(prices(&self.anonymous.product(&self.mug.slug).await?), prices(&self.mug), "the offer is unchanged");
        Ok(())
    }

    async fn follows_the_changes_of_an_admin(&self, market: &Market) -> Result {
        let (_, admin) = market.admin().await?;
        let slug = unique("kilns");
        let new =
            json!({ "slug": slug, "name": "Kilns", "subcategories": [{ "slug": "electric", "name": "Electric" }] });
        let version = add(&admin, &new).await?.succeeded()?.body["version"].clone();
        let kiln = NewProduct::new("Small kiln", 90_000, [NewSku::new(1)]).category(&slug);
        let kiln = self.seller.create_product(&kiln.with("subcategory", "electric".into())).await?;
        self.anonymous
            .await_ids("list_products", &[("category", &slug), ("subcategory", "electric")], &[&kiln.id])
            .await?;

        let renamed = json!({ "version": version, "name": "Kilns & wheels", "position": 1, "subcategories": new["subcategories"] });
        change_to(&admin, &slug, &renamed).await?.succeeded()?;
        assert_eq!(shown(&self.anonymous, &slug).await?.expect("the category")["name"], "Kilns & wheels");
        delete(&admin, &slug, Some("home-kitchen")).await?.succeeded()?;
        assert_eq!(shown(&self.anonymous, &slug).await?, None);
        let query = [("shop", self.shop.slug.as_str()), ("category", "home-kitchen"), ("q", "small")];
        self.anonymous.await_search("list_products", &query, |found| found.ids().contains(&kiln.id.as_str())).await?;

        let banner = product_picture("a banner", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f));
        let banner = admin.upload_picture(banner).await?;
        for (banners, count) in [(json!([banner]), 1), (json!([]), 0)] {
            let version = settings(&admin).await?["version"].clone();
            let settings_body = json!({ "version": version, "banners": banners });
            admin.ask("set_site_settings")?.json(&settings_body).send().await?.succeeded()?;
            assert_eq!(site(&self.anonymous).await?["banners"].as_array().map(Vec::len), Some(count));
        }
        Ok(())
    }

    /// Reads the shop's public page.
    async fn page(&self) -> Result<Value> {
        Ok(self.anonymous.ask("get_shop")?.path("slug", &self.shop.slug).send().await?.succeeded()?.body)
    }
}

/// Returns the current prices of the variants, the cheapest first.
fn prices(product: &Product) -> Vec<i64> {
    let mut prices: Vec<i64> = product.skus.iter().map(|sku| sku.price.amount).collect();
    prices.sort_unstable();
    prices
}

//! Long lists: of ten thousand rows each is met once, while rows come, go and are written anew.
//!
//! The lists are asked as the functions ask them, through the store, of a table that nobody else writes to. What a client
//! pages through beyond that is in `lists` and `catalogue_lists`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use souk_domain::{
    DiscountCode, DiscountId, DiscountName, Few, Id, JobId, ProductId, ShopId, ShopName, SkuId, Slug, StockChangeId,
    discount::{Reduction, Terms},
    product::{StockDelta, StockReason},
};
use souk_store::{Entity, Page, Position, Store, entity::Item, keys::Key};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{OfferPointer, Product, StockChange, Tab},
};
use souk_store_jobs::{
    JobsExt as _,
    jobs::{Import, Job, RefusedRow, State, Task},
};
use souk_store_sales::{SalesExt as _, discounts::Discount};
use souk_store_shoppers::{ShoppersExt as _, follows::Follower};
use souk_store_shops::{
    ShopsExt as _,
    shops::{FollowerCount, Shop},
};
use souk_testkit::{Cloud, Result};
use souk_tests::Market;
use uuid::Uuid;

#[tokio::test]
async fn ten_thousand_products_are_each_met_once_among_all_in_their_category_and_in_their_shop() -> Result {
    each_row_is_met_once(&[List::Newest, List::Category, List::Subcategory, List::Tab]).await
}

#[tokio::test]
async fn ten_thousand_offers_are_each_met_once_among_all_and_in_their_shop() -> Result {
    each_row_is_met_once(&[List::Offers, List::ShopOffers]).await
}

#[tokio::test]
async fn ten_thousand_shops_are_each_met_once_by_age_and_by_followers() -> Result {
    each_row_is_met_once(&[List::Shops, List::TopShops]).await
}

#[tokio::test]
async fn ten_thousand_followers_are_each_met_once() -> Result {
    each_row_is_met_once(&[List::Followers]).await
}

#[tokio::test]
async fn ten_thousand_changes_of_a_products_stock_are_each_met_once() -> Result {
    each_row_is_met_once(&[List::StockChanges]).await
}

#[tokio::test]
async fn ten_thousand_discounts_are_each_met_once() -> Result {
    each_row_is_met_once(&[List::Discounts]).await
}

#[tokio::test]
async fn ten_thousand_jobs_are_each_met_once() -> Result {
    each_row_is_met_once(&[List::Jobs]).await
}

#[tokio::test]
async fn ten_thousand_refused_rows_of_an_import_are_each_met_once() -> Result {
    each_row_is_met_once(&[List::RefusedRows]).await
}

/// The rows that are there from the beginning have even numbers; those that come later are anywhere between.
const ROWS: u64 = 10_000;
/// When the first row was made, in milliseconds since 1970.
const BEGINNING: u64 = 1_750_000_000_000;

/// A list of the table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Newest,
    Category,
    Subcategory,
    Tab,
    Offers,
    ShopOffers,
    Shops,
    TopShops,
    Followers,
    StockChanges,
    Discounts,
    Jobs,
    RefusedRows,
}

/// Fills a table with the rows of these lists, which are the same, and pages through each.
async fn each_row_is_met_once(lists: &[List]) -> Result {
    let cloud = Market::open()?.cloud.with_own_table().await?;
    let mut rows = Vec::new();
    for n in 0..ROWS {
        rows.extend(lists[0].row(2 * n, false)?);
    }
    cloud.put_all(rows).await?;
    for list in lists {
        let met = met(*list, &cloud).await?;
        let mut times: BTreeMap<u64, usize> = BTreeMap::new();
        for &n in &met {
            *times.entry(n).or_default() += 1;
        }
        for n in (0..ROWS).map(|n| 2 * n).filter(|&n| !is_touched(n) && list.has(n)) {
            assert_eq!(times.get(&n), Some(&1), "{list:?}: row {n}");
        }
        if list.keeps_places() {
            assert!(times.values().all(|&times| times == 1), "{list:?}: a row was met twice");
            let in_order = if list.begins_with_the_oldest() { met.is_sorted() } else { met.iter().rev().is_sorted() };
            assert!(in_order, "{list:?} is out of order");
        }
    }
    cloud.drop_table().await
}

/// The rows of a list, page by page, with something done between two pages.
async fn met(list: List, cloud: &Cloud) -> Result<Vec<u64>> {
    let (store, mut met, mut from) = (cloud.store(), Vec::new(), None::<Position>);
    loop {
        let (rows, next) = list.page(&store, from).await?;
        met.extend(rows);
        if next.is_none() {
            return Ok(met);
        }
        from = next;
        let touched = || 20 * fastrand::u64(..ROWS / 10);
        let (new, anew) = (list.row(2 * fastrand::u64(..ROWS) + 1, false)?, list.row(touched(), true)?);
        cloud.put_all([new, anew].concat()).await?;
        for item in list.row(touched(), false)? {
            cloud.remove(&Key::of(&item)?).await?;
        }
    }
}

/// Whether a row that was there from the beginning may go or be written anew.
fn is_touched(n: u64) -> bool {
    n.is_multiple_of(20)
}

impl List {
    /// Whether a row is in it.
    fn has(self, n: u64) -> bool {
        self != Self::Subcategory || in_part(n)
    }

    /// Whether a row that is written anew stays where it was.
    fn keeps_places(self) -> bool {
        !matches!(self, Self::Offers | Self::ShopOffers | Self::TopShops)
    }

    fn begins_with_the_oldest(self) -> bool {
        self == Self::RefusedRows
    }

    /// The items of a row, as it was first or as it is when it is written anew.
    fn row(self, n: u64, anew: bool) -> Result<Vec<Item>> {
        let (shop, at) = (id::<ShopId>(0), Timestamp::from_millisecond(i64::try_from(BEGINNING + 1_000 * n)?)?);
        Ok(match self {
            Self::Newest | Self::Category | Self::Subcategory | Self::Tab => vec![product(n, None)?.to_item()?],
            Self::Offers | Self::ShopOffers => {
                let ends =
                    SignedDuration::from_hours(if anew { 9 } else { 1 }) + SignedDuration::from_secs(i64::try_from(n)?);
                let product = product(n, Some(now() + ends))?;
                let pointer = OfferPointer::of(&product).map(|pointer| pointer.to_item()).transpose()?;
                [product.to_item()?].into_iter().chain(pointer).collect()
            }
            Self::Shops | Self::TopShops => {
                let shop = Shop::new(id(n), Slug::parse("kiln")?, ShopName::parse("Kiln")?, at);
                let followers = if anew { fastrand::u64(..ROWS) } else { n };
                vec![shop.to_item()?, FollowerCount::none(shop.id).next(followers, true).to_item()?]
            }
            Self::Followers => vec![Follower { shop, user: id(n), at }.to_item()?],
            Self::StockChanges => {
                let (sku, delta) = (SkuId { product: id(0), number: 1 }, StockDelta::parse(1)?);
                let reason = StockReason::Delivery;
                vec![StockChange { id: id::<StockChangeId>(n), sku, delta, reason, at }.to_item()?]
            }
            Self::Discounts => vec![discount(n)?.to_item()?],
            Self::Jobs => {
                let (task, state) = (Task::Import(Import::default()), State::Waiting);
                vec![Job { id: id::<JobId>(n), shop, task, state, version: 1, created_at: now() }.to_item()?]
            }
            Self::RefusedRows => {
                let row = RefusedRow { job: id(0), row: u32::try_from(n)?, flaws: Vec::new(), created_at: now() };
                vec![row.to_item()?]
            }
        })
    }

    /// A part of it: the numbers of its rows, and where the next part begins.
    async fn page(self, store: &Store, from: Option<Position>) -> Result<(Vec<u64>, Option<Position>)> {
        // What takes a second read of so many keys has at most 100.
        let (short, long) = (100, u8::MAX);
        let (products, shop, category) = (store.products(), id::<ShopId>(0), Slug::parse("home-kitchen")?);
        let part = Slug::parse("mugs")?;
        let of_product = |product: &Product| number(product.id);
        Ok(match self {
            Self::Newest => rows(&products.newest(from, long).await?, of_product),
            Self::Category => rows(&products.newest_in(&category, None, from, long).await?, of_product),
            Self::Subcategory => rows(&products.newest_in(&category, Some(&part), from, long).await?, of_product),
            Self::Tab => rows(&products.newest_of(shop, Tab::Active, from, long).await?, of_product),
            Self::Offers => rows(&products.on_offer(None, from, short, now()).await?, of_product),
            Self::ShopOffers => rows(&products.on_offer(Some(shop), from, short, now()).await?, of_product),
            Self::Shops => rows(&store.shops().newest(from, long).await?, |shop| number(shop.id)),
            Self::TopShops => rows(&store.shops().top(from, short).await?, |whole| number(whole.shop.id)),
            Self::Followers => {
                rows(&store.follows().followers(shop, from, short).await?, |(follower, _)| number(follower.user))
            }
            Self::StockChanges => rows(&products.stock_changes(id(0), from, long).await?, |change| number(change.id)),
            Self::Discounts => {
                rows(&store.discounts().list(shop, from, short).await?, |(discount, _)| number(discount.id))
            }
            Self::Jobs => rows(&store.jobs().list(shop, from, long, now()).await?, |job| number(job.id)),
            Self::RefusedRows => rows(&store.jobs().refused(id(0), from, long).await?, |row| row.row.into()),
        })
    }
}

fn rows<T>(page: &Page<T>, number: impl Fn(&T) -> u64) -> (Vec<u64>, Option<Position>) {
    (page.items.iter().map(number).collect(), page.next.clone())
}

fn now() -> Timestamp {
    Timestamp::now()
}

/// The name of a row, of version 7: it sorts by the number.
fn id<I: Id>(n: u64) -> I {
    I::from_uuid(Uuid::from_u128((u128::from(BEGINNING + n) << 80) | (7 << 76) | (2 << 62)))
}

fn number(id: impl Id) -> u64 {
    u64::try_from(id.uuid().as_u128() >> 80).unwrap_or_default() - BEGINNING
}

/// Whether a product is in the part of its category that is asked for: every second of those that are there at first.
fn in_part(n: u64) -> bool {
    n.is_multiple_of(4)
}

fn product(n: u64, offer_ends: Option<Timestamp>) -> Result<Product> {
    let price = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    let mut product = json!({
        "id": id::<ProductId>(n).to_string(), "shop": id::<ShopId>(0).to_string(), "shop_name": "Kiln",
        "shop_slug": "kiln", "shop_open": true, "shop_version": 1, "slug": "mug", "title": "Stoneware mug", "tags": [],
        "category": "home-kitchen", "price": price(1_850), "status": "active", "last_sku": 1, "version": 1,
        "created_at": 0, "updated_at": 0,
    });
    if in_part(n) {
        product["subcategory"] = json!("mugs");
    }
    if let Some(ends) = offer_ends {
        product["offer"] = json!({ "price": price(1_200), "starts_at": 0, "ends_at": ends.as_millisecond() });
    }
    Ok(serde_json::from_value(product)?)
}

fn discount(n: u64) -> Result<Discount> {
    Ok(Discount {
        id: id::<DiscountId>(n),
        shop: id(0),
        code: DiscountCode::parse(&format!("CODE{n}"))?,
        name: DiscountName::parse("For friends")?,
        terms: Terms {
            reduction: Reduction::Percent { basis_points: 1_000 },
            minimum: None,
            first_order_only: false,
            per_shopper: None,
            in_total: None,
            starts_at: None,
            ends_at: None,
            products: Few::default(),
        },
        enabled: true,
        version: 1,
        created_at: now(),
    })
}

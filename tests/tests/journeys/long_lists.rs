//! Long lists: paging shows each of ten thousand rows once, while other rows are added, removed and replaced.
//!
//! The tests read the lists through the store, as the functions do, from a table that no other test writes to. `lists`
//! and `catalogue_lists` test paging through the API.

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
async fn ten_thousand_products_are_each_listed_once_in_every_product_list() -> Result {
    assert_each_row_once(&[List::Newest, List::Category, List::Subcategory, List::Tab]).await
}

#[tokio::test]
async fn ten_thousand_offers_are_each_listed_once_in_both_offer_lists() -> Result {
    assert_each_row_once(&[List::Offers, List::ShopOffers]).await
}

#[tokio::test]
async fn ten_thousand_shops_are_each_listed_once_by_age_and_by_followers() -> Result {
    assert_each_row_once(&[List::Shops, List::TopShops]).await
}

#[tokio::test]
async fn ten_thousand_followers_are_each_listed_once() -> Result {
    assert_each_row_once(&[List::Followers]).await
}

#[tokio::test]
async fn ten_thousand_stock_changes_are_each_listed_once() -> Result {
    assert_each_row_once(&[List::StockChanges]).await
}

#[tokio::test]
async fn ten_thousand_discounts_are_each_listed_once() -> Result {
    assert_each_row_once(&[List::Discounts]).await
}

#[tokio::test]
async fn ten_thousand_jobs_are_each_listed_once() -> Result {
    assert_each_row_once(&[List::Jobs]).await
}

#[tokio::test]
async fn ten_thousand_refused_rows_are_each_listed_once() -> Result {
    assert_each_row_once(&[List::RefusedRows]).await
}

/// How many rows a list has at the start. They have even numbers. Rows that are added later have any odd number between
/// them.
const ROWS: u64 = 10_000;
/// When the first row was created, in milliseconds since 1970.
const FIRST_CREATED_AT: u64 = 1_750_000_000_000;

/// A list in the table.
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

/// Fills a table with the rows of lists that share their rows, and pages through each list.
async fn assert_each_row_once(lists: &[List]) -> Result {
    let cloud = Market::open()?.cloud.with_own_table().await?;
    let mut rows = Vec::new();
    for n in 0..ROWS {
        rows.extend(lists[0].row(2 * n, false)?);
    }
    cloud.put_all(rows).await?;
    for list in lists {
        let listed = listed(*list, &cloud).await?;
        let mut times: BTreeMap<u64, usize> = BTreeMap::new();
        for &n in &listed {
            *times.entry(n).or_default() += 1;
        }
        for n in (0..ROWS).map(|n| 2 * n).filter(|&n| !is_changeable(n) && list.contains(n)) {
            assert_eq!(times.get(&n), Some(&1), "{list:?}: row {n}");
        }
        if list.keeps_positions() {
            assert!(times.values().all(|&times| times == 1), "{list:?}: a row is listed twice");
            let in_order = if list.oldest_first() { listed.is_sorted() } else { listed.iter().rev().is_sorted() };
            assert!(in_order, "{list:?} is out of order");
        }
    }
    cloud.drop_table().await
}

/// Reads the rows of a list page by page, and changes the list between two pages.
async fn listed(list: List, cloud: &Cloud) -> Result<Vec<u64>> {
    let (store, mut listed, mut from) = (cloud.store(), Vec::new(), None::<Position>);
    loop {
        let (rows, next) = list.page(&store, from).await?;
        listed.extend(rows);
        if next.is_none() {
            return Ok(listed);
        }
        from = next;
        let changeable = || 20 * fastrand::u64(..ROWS / 10);
        let (new, replaced) = (list.row(2 * fastrand::u64(..ROWS) + 1, false)?, list.row(changeable(), true)?);
        cloud.put_all([new, replaced].concat()).await?;
        for item in list.row(changeable(), false)? {
            cloud.remove(&Key::of(&item)?).await?;
        }
    }
}

/// Returns whether a row of the start may be removed or replaced.
fn is_changeable(n: u64) -> bool {
    n.is_multiple_of(20)
}

impl List {
    /// Returns whether a row is in the list.
    fn contains(self, n: u64) -> bool {
        self != Self::Subcategory || in_subcategory(n)
    }

    /// Returns whether a replaced row keeps its position.
    fn keeps_positions(self) -> bool {
        !matches!(self, Self::Offers | Self::ShopOffers | Self::TopShops)
    }

    fn oldest_first(self) -> bool {
        self == Self::RefusedRows
    }

    /// Returns the items of a row. A replaced row may have a new position.
    fn row(self, n: u64, replaced: bool) -> Result<Vec<Item>> {
        let (shop, at) = (id::<ShopId>(0), Timestamp::from_millisecond(i64::try_from(FIRST_CREATED_AT + 1_000 * n)?)?);
        Ok(match self {
            Self::Newest | Self::Category | Self::Subcategory | Self::Tab => vec![product(n, None)?.to_item()?],
            Self::Offers | Self::ShopOffers => {
                let ends = SignedDuration::from_hours(if replaced { 9 } else { 1 })
                    + SignedDuration::from_secs(i64::try_from(n)?);
                let product = product(n, Some(now() + ends))?;
                let pointer = OfferPointer::of(&product).map(|pointer| pointer.to_item()).transpose()?;
                [product.to_item()?].into_iter().chain(pointer).collect()
            }
            Self::Shops | Self::TopShops => {
                let shop = Shop::new(id(n), Slug::parse("kiln")?, ShopName::parse("Kiln")?, at);
                let followers = if replaced { fastrand::u64(..ROWS) } else { n };
                vec![shop.to_item()?, FollowerCount::none(shop.id).next(followers, true).to_item()?]
            }
            Self::Followers => vec![Follower { shop, user: id(n), at }.to_item()?],
            Self::StockChanges => {
                let (sku, delta) = (SkuId { product: id(0), number: 1 }, StockDelta::parse(1)?);
                let reason = StockReason::Delivery;
                vec![StockChange { id: id::<StockChangeId>(n), sku, delta, reason: Some(reason), at }.to_item()?]
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

    /// Reads a page: the numbers of its rows, and the position of the next page.
    async fn page(self, store: &Store, from: Option<Position>) -> Result<(Vec<u64>, Option<Position>)> {
        // A page has at most 100 rows if it needs a second read of as many keys.
        let (short, long) = (100, u8::MAX);
        let (products, shop, category) = (store.products(), id::<ShopId>(0), Slug::parse("home-kitchen")?);
        let subcategory = Slug::parse("mugs")?;
        let of_product = |product: &Product| number(product.id);
        Ok(match self {
            Self::Newest => rows(&products.newest(from, long).await?, of_product),
            Self::Category => rows(&products.newest_in(&category, None, from, long).await?, of_product),
            Self::Subcategory => {
                rows(&products.newest_in(&category, Some(&subcategory), from, long).await?, of_product)
            }
            Self::Tab => rows(&products.newest_of(shop, Tab::Active, from, long).await?, of_product),
            Self::Offers => rows(&products.on_offer(None, from, short, now()).await?, of_product),
            Self::ShopOffers => rows(&products.on_offer(Some(shop), from, short, now()).await?, of_product),
            Self::Shops => rows(&store.shops().newest(from, long).await?, |shop| number(shop.id)),
            Self::TopShops => rows(&store.shops().top(from, short).await?, |top| number(top.shop.id)),
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

/// Returns the id of a row, a UUID of version 7. Ids sort like the numbers.
fn id<I: Id>(n: u64) -> I {
    I::from_uuid(Uuid::from_u128((u128::from(FIRST_CREATED_AT + n) << 80) | (7 << 76) | (2 << 62)))
}

fn number(id: impl Id) -> u64 {
    u64::try_from(id.uuid().as_u128() >> 80).unwrap_or_default() - FIRST_CREATED_AT
}

/// Returns whether a product is in the subcategory: every second of the products at the start.
fn in_subcategory(n: u64) -> bool {
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
    if in_subcategory(n) {
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

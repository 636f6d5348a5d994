//! `GET /v1/me/export` - everything that is kept about somebody, in one document.
//!
//! It reads as much as there is: the one endpoint that is asked for once in a while and may take its time.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Address, AddressId, Money, OrderId, PersonName, Principal, ProductId, Quantity, SessionId, ShopId, ShopName, SkuId,
    Title, UserId, order::DeliveryState,
};
use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_store_sales::{SalesExt as _, orders::WholeOrder};
use souk_store_shoppers::ShoppersExt as _;
use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Limit, Problem, Route, SignedInCaller, route};

use crate::view::{MeView, profile};

/// Exports what is kept.
#[derive(Debug)]
pub struct ExportMe;

/// Everything that is kept about somebody. Pictures are at the addresses that it names.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Export")]
pub struct Output {
    /// When it was put together.
    at: Timestamp,
    /// The profile.
    profile: MeView,
    /// Where they are signed in.
    sessions: Vec<SessionExport>,
    /// What they were told.
    notifications: Vec<NotificationExport>,
    /// A shopper's own things.
    #[serde(skip_serializing_if = "Option::is_none")]
    shopper: Option<ShopperExport>,
}

/// A signed-in device.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionExport {
    id: SessionId,
    agent: String,
    address: String,
    opened_at: Timestamp,
    used_at: Timestamp,
}

/// What somebody was told.
#[derive(Debug, Serialize, JsonSchema)]
struct NotificationExport {
    title: String,
    text: String,
    at: Timestamp,
}

/// What only shoppers have.
#[derive(Debug, Serialize, JsonSchema)]
struct ShopperExport {
    addresses: Vec<AddressExport>,
    cart: Vec<LineExport>,
    wishlist: Vec<SeenExport>,
    recently_viewed: Vec<SeenExport>,
    followed_shops: Vec<FollowExport>,
    orders: Vec<OrderExport>,
}

/// An address.
#[derive(Debug, Serialize, JsonSchema)]
struct AddressExport {
    id: AddressId,
    #[serde(flatten)]
    address: Address,
}

/// So many of a SKU.
#[derive(Debug, Serialize, JsonSchema)]
struct LineExport {
    sku: SkuId,
    quantity: Quantity,
}

/// A product, and when.
#[derive(Debug, Serialize, JsonSchema)]
struct SeenExport {
    product: ProductId,
    at: Timestamp,
}

/// A shop, and since when.
#[derive(Debug, Serialize, JsonSchema)]
struct FollowExport {
    shop: ShopId,
    at: Timestamp,
}

/// What was bought at once.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderExport {
    id: OrderId,
    placed_at: Timestamp,
    total: Money,
    parts: Vec<PartExport>,
}

/// What was bought at one shop.
#[derive(Debug, Serialize, JsonSchema)]
struct PartExport {
    shop: ShopId,
    shop_name: ShopName,
    buyer: PersonName,
    state: DeliveryState,
    lines: Vec<BoughtExport>,
}

/// What was bought of one SKU.
#[derive(Debug, Serialize, JsonSchema)]
struct BoughtExport {
    sku: SkuId,
    title: Title,
    quantity: Quantity,
    unit_price: Money,
    total: Money,
}

/// A whole list, from the query for its part from a position on.
macro_rules! all {
    ($from:ident => $part:expr) => {{
        let mut items = Vec::new();
        let mut $from = None;
        loop {
            let page = $part.await?;
            items.extend(page.items);
            match page.next {
                Some(next) => $from = Some(next),
                None => break items,
            }
        }
    }};
}

/// So much is read at once.
const PAGE: u8 = 100;

impl Endpoint for ExportMe {
    const ROUTE: Route = route!(GET "/v1/me/export");
    const SUMMARY: &'static str = "Everything that is kept about you, in one document";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(3, 1));
    const GUARDED: bool = true;

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(who): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let profile = MeView::of(who, &profile(cx, who).await?, &cx.media);
        let (standing, sessions) = cx.store.access().sessions(who).await?;
        let live = sessions.into_iter().filter(|session| session.is_live(&standing, cx.now));
        let told =
            all!(from => async { cx.store.notifications().list(who, from, PAGE, cx.now).await.map(|(_, page)| page) });
        let shopper = match who {
            Principal::User(user) => Some(shopper(&cx.store, user).await?),
            Principal::Seller(_) | Principal::Admin(_) => None,
        };
        Ok(Json(Output {
            at: cx.now,
            profile,
            sessions: live
                .map(|session| SessionExport {
                    id: session.id,
                    agent: session.agent,
                    address: session.address,
                    opened_at: session.opened_at,
                    used_at: session.used_at,
                })
                .collect(),
            notifications: told
                .into_iter()
                .map(|told| NotificationExport { title: told.content.title, text: told.content.text, at: told.at })
                .collect(),
            shopper,
        }))
    }
}

async fn shopper(store: &Store, user: UserId) -> Result<ShopperExport, Problem> {
    let seen = |(product, at)| SeenExport { product, at };
    let mut orders = Vec::new();
    for listed in all!(from => store.orders().list_of(user, from, PAGE)) {
        if let Some(order) = store.orders().of(user, listed.id).await? {
            orders.push(OrderExport::of(order));
        }
    }
    let follows = all!(from => store.follows().of(user, from, PAGE));
    Ok(ShopperExport {
        addresses: store
            .addresses()
            .of(user)
            .await?
            .entries
            .into_iter()
            .map(|(id, address)| AddressExport { id, address })
            .collect(),
        cart: store
            .carts()
            .get(user.into())
            .await?
            .lines
            .into_iter()
            .map(|(sku, quantity)| LineExport { sku, quantity })
            .collect(),
        wishlist: all!(from => store.wishlists().of(user, from, PAGE)).into_iter().map(seen).collect(),
        recently_viewed: store.views().of(user).await?.into_iter().map(seen).collect(),
        followed_shops: follows
            .into_iter()
            .map(|(follow, _)| FollowExport { shop: follow.shop, at: follow.at })
            .collect(),
        orders,
    })
}

impl OrderExport {
    fn of(WholeOrder { order, parts }: WholeOrder) -> Self {
        let parts = parts.into_iter().map(|shop_order| PartExport {
            shop: shop_order.part.shop,
            shop_name: shop_order.part.shop_name,
            buyer: shop_order.buyer,
            state: shop_order.state,
            lines: shop_order
                .part
                .lines
                .into_iter()
                .map(|line| BoughtExport {
                    sku: line.sku,
                    title: line.title,
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    total: line.total,
                })
                .collect(),
        });
        Self { id: order.id, placed_at: order.placed_at, total: order.total, parts: parts.collect() }
    }
}

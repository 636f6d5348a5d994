//! `GET /v1/me/export` - exports everything that is stored about the caller, in one document.
//!
//! The number of its reads is not bounded. It is the only such endpoint, because it is called rarely and may be slow.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Address, AddressId, DeliveryAddress, Money, OrderId, PersonName, Principal, ProductId, Quantity, SessionId, ShopId,
    ShopName, SkuId, Title, UserId, order::DeliveryState,
};
use souk_store::Store;
use souk_store_live::LiveExt as _;
use souk_store_sales::{SalesExt as _, orders::OrderWithParts};
use souk_store_shoppers::ShoppersExt as _;
use souk_views::StoreMedia;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Limit, Problem, Route, SignedInCaller, route};

use crate::view::{Me, profile};

/// Exports everything that is stored about the caller.
#[derive(Debug)]
pub struct ExportMe;

/// Everything that is stored about a principal. Pictures are included as addresses.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Export {
    /// When the export was created.
    at: Timestamp,
    /// The profile.
    profile: Me,
    /// The open sessions.
    sessions: Vec<SessionExport>,
    /// The notifications.
    notifications: Vec<NotificationExport>,
    /// The data that only shoppers have.
    #[serde(skip_serializing_if = "Option::is_none")]
    shopper: Option<ShopperExport>,
}

/// A session on one device.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionExport {
    id: SessionId,
    agent: String,
    address: String,
    opened_at: Timestamp,
    used_at: Timestamp,
}

/// A notification.
#[derive(Debug, Serialize, JsonSchema)]
struct NotificationExport {
    title: String,
    text: String,
    at: Timestamp,
}

/// The data that only shoppers have.
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

/// A line of the cart.
#[derive(Debug, Serialize, JsonSchema)]
struct LineExport {
    sku: SkuId,
    quantity: Quantity,
}

/// A product in a list, and when it was added.
#[derive(Debug, Serialize, JsonSchema)]
struct SeenExport {
    product: ProductId,
    at: Timestamp,
}

/// A followed shop, and since when it is followed.
#[derive(Debug, Serialize, JsonSchema)]
struct FollowExport {
    shop: ShopId,
    at: Timestamp,
}

/// An order.
#[derive(Debug, Serialize, JsonSchema)]
struct OrderExport {
    id: OrderId,
    placed_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<DeliveryAddress>,
    total: Money,
    parts: Vec<PartExport>,
}

/// The part of an order that one shop sold.
#[derive(Debug, Serialize, JsonSchema)]
struct PartExport {
    shop: ShopId,
    shop_name: ShopName,
    buyer: PersonName,
    state: DeliveryState,
    lines: Vec<BoughtExport>,
    shipping: Money,
}

/// A line of an order.
#[derive(Debug, Serialize, JsonSchema)]
struct BoughtExport {
    sku: SkuId,
    title: Title,
    quantity: Quantity,
    unit_price: Money,
    total: Money,
}

/// Reads all pages of a list. `$page` is the query for the page that starts at `$from`.
macro_rules! all {
    ($from:ident => $page:expr) => {{
        let mut items = Vec::new();
        let mut $from = None;
        loop {
            let page = $page.await?;
            items.extend(page.items);
            match page.next {
                Some(next) => $from = Some(next),
                None => break items,
            }
        }
    }};
}

/// The page size of the reads.
const PAGE: u8 = 100;

impl Endpoint for ExportMe {
    const ROUTE: Route = route!(GET "/v1/me/export");
    const SUMMARY: &'static str = "Everything that is stored about you, in one document";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(3, 1));
    const GUARDED: bool = true;

    type Deps = StoreMedia;
    type Caller = SignedInCaller;
    type Input = ();
    type Output = Json<Export>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        SignedInCaller(principal): SignedInCaller,
        (): (),
    ) -> Result<Self::Output, Problem> {
        let profile = Me::of(principal, &profile(cx, principal).await?, &cx.media);
        let (standing, sessions) = cx.store.access().sessions(principal).await?;
        let live = sessions.into_iter().filter(|session| session.is_live(&standing, cx.now));
        let notifications = all!(from => async {
            cx.store.notifications().list(principal, from, PAGE, cx.now).await.map(|(_, page)| page)
        });
        let shopper = match principal {
            Principal::User(user) => Some(shopper(&cx.store, user).await?),
            Principal::Seller(_) | Principal::Admin(_) => None,
        };
        Ok(Json(Export {
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
            notifications: notifications
                .into_iter()
                .map(|notification| NotificationExport {
                    title: notification.content.title,
                    text: notification.content.text,
                    at: notification.at,
                })
                .collect(),
            shopper,
        }))
    }
}

/// Reads the data that only shoppers have.
async fn shopper(store: &Store, user: UserId) -> Result<ShopperExport, Problem> {
    let entry = |(product, at)| SeenExport { product, at };
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
        wishlist: all!(from => store.wishlists().of(user, from, PAGE)).into_iter().map(entry).collect(),
        recently_viewed: store.views().of(user).await?.into_iter().map(entry).collect(),
        followed_shops: follows
            .into_iter()
            .map(|(follow, _)| FollowExport { shop: follow.shop, at: follow.at })
            .collect(),
        orders,
    })
}

impl OrderExport {
    fn of(OrderWithParts { order, parts }: OrderWithParts) -> Self {
        let parts = parts.into_iter().map(|shop_order| PartExport {
            shipping: shop_order.part.shipping_price(),
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
        Self {
            id: order.id,
            placed_at: order.placed_at,
            address: order.address,
            total: order.total,
            parts: parts.collect(),
        }
    }
}

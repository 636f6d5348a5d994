//! The texts of notifications.

use souk_domain::{
    Notice, NotificationKind,
    delivery::{Cancellation, Party, Progress},
    order::DeliveryState,
};
use souk_store_catalogue::products::{Product, Sku};
use souk_store_identity::accounts::Seller;
use souk_store_live::notifications::Content;
use souk_store_sales::orders::{Order, OrderWithParts, ShopOrder};

use crate::alarm::Alarm;

/// To the shopper, after an order was paid.
pub(crate) fn order_confirmed(order: &Order) -> Content {
    Content {
        kind: NotificationKind::OrderConfirmed,
        title: "Order confirmed".to_owned(),
        text: format!("You bought {} for {}.", count(order.pieces, "piece"), order.total),
        link: format!("/orders/{}", order.id),
    }
}

/// To the shopper, after a shop has packed or shipped something, or something was delivered.
pub(crate) fn order_progressed(part: &ShopOrder, progress: Progress) -> Content {
    let (shop, number) = (&part.part.shop_name, &part.number);
    let (title, text) = match progress {
        Progress::Packed => ("Order packed", format!("{shop} packed your order {number}.")),
        Progress::Shipped { shipment }
            if part
                .delivery
                .shipment(shipment)
                .is_some_and(|shipment| part.delivery.as_of(shipment.shipped_at).is_open(&part.pieces())) =>
        {
            ("Order shipped in part", format!("{shop} shipped a part of your order {number}."))
        }
        Progress::Shipped { .. } => ("Order shipped", format!("{shop} shipped your order {number}.")),
        Progress::OutForDelivery { .. } => {
            ("Out for delivery", format!("A parcel of your order {number} from {shop} arrives soon."))
        }
        Progress::Delivered { .. } => {
            ("Order delivered", format!("A parcel of your order {number} from {shop} was delivered."))
        }
    };
    let (title, link) = (title.to_owned(), format!("/orders/{}", part.order));
    Content { kind: NotificationKind::OrderProgress, title, text, link }
}

/// To the shopper, after pieces of an order were cancelled.
pub(crate) fn order_cancelled(part: &ShopOrder, cancellation: &Cancellation) -> Content {
    let (shop, number) = (&part.part.shop_name, &part.number);
    let what = cancelled(part, cancellation);
    let text = match cancellation.by {
        Party::Buyer => format!("You cancelled {what} of your order {number} at {shop}."),
        Party::Seller => format!("{shop} cancelled {what} of your order {number}."),
    };
    let refund = part.refunds.iter().find(|refund| refund.cancellation == cancellation.number);
    let text = match refund.filter(|refund| refund.amount.minor > 0) {
        Some(refund) => format!("{text} {} go back to you.", refund.amount),
        None => text,
    };
    cancellation_content(part, cancellation, text)
}

/// To a seller, after the buyer has cancelled pieces of an order.
pub(crate) fn order_cancelled_by_buyer(part: &ShopOrder, cancellation: &Cancellation) -> Content {
    let what = cancelled(part, cancellation);
    cancellation_content(part, cancellation, format!("{} cancelled {what} of the order {}.", part.buyer, part.number))
}

fn cancellation_content(part: &ShopOrder, cancellation: &Cancellation, text: String) -> Content {
    let then = part.delivery.as_of(cancellation.at).state(&part.pieces());
    let title = if then == DeliveryState::Cancelled { "Order cancelled" } else { "Order cancelled in part" };
    let link = format!("/orders/{}", part.order);
    Content { kind: NotificationKind::OrderCancelled, title: title.to_owned(), text, link }
}

/// Returns how many pieces were cancelled.
fn cancelled(part: &ShopOrder, cancellation: &Cancellation) -> String {
    let pieces: u32 = cancellation.pieces.values().map(|quantity| quantity.get()).sum();
    let all: u32 = part.part.lines.iter().map(|line| line.quantity.get()).sum();
    if pieces == all { "all".to_owned() } else { count(pieces, "piece") }
}

/// To admins, after Stripe refused a refund.
pub(crate) fn refund_failed(part: &ShopOrder, number: u8) -> Content {
    let amount = part.refund(number).map(|refund| format!(" of {}", refund.amount)).unwrap_or_default();
    Content {
        kind: NotificationKind::Failure,
        title: "Refund refused".to_owned(),
        text: format!("Stripe refused a refund{amount} for the order {}. Refund it in another way.", part.number),
        link: format!("/orders/{}", part.order),
    }
}

/// To a seller, after the shop has sold something.
pub(crate) fn new_order(part: &ShopOrder) -> Content {
    let pieces = part.part.lines.iter().map(|line| line.quantity.get()).sum();
    Content {
        kind: NotificationKind::NewOrder,
        title: "New order".to_owned(),
        text: format!("{} bought {} for {}.", part.buyer, count(pieces, "piece"), part.part.total),
        link: format!("/orders/{}", part.order),
    }
}

/// To a seller, when the stock of a product is low.
pub(crate) fn stock_low(product: &Product, sku: &Sku) -> Content {
    let options = sku.options().map(|options| format!(" ({options})")).unwrap_or_default();
    let left = match sku.available.get() {
        0 => "is sold out".to_owned(),
        1 => "has 1 piece left".to_owned(),
        many => format!("has {many} pieces left"),
    };
    Content {
        kind: NotificationKind::LowStock,
        title: "Low stock".to_owned(),
        text: format!("{}{options} {left}.", product.title),
        link: format!("/products/{}", product.id),
    }
}

/// To admins, after an order was paid.
pub(crate) fn new_order_for_admins(placed: &OrderWithParts) -> Content {
    let order = &placed.order;
    let shops = u32::try_from(placed.parts.len()).unwrap_or(u32::MAX);
    let (pieces, shops) = (count(order.pieces, "piece"), count(shops, "shop"));
    Content {
        kind: NotificationKind::NewOrder,
        title: "New order".to_owned(),
        text: format!("{pieces} from {shops} for {}.", order.total),
        link: format!("/orders/{}", order.id),
    }
}

/// To admins, after a seller has joined.
pub(crate) fn new_seller(seller: &Seller) -> Content {
    Content {
        kind: NotificationKind::NewSeller,
        title: "New seller".to_owned(),
        text: format!("{} from {} joined as a seller.", seller.name, seller.country),
        link: format!("/sellers/{}", seller.id),
    }
}

/// To admins, about an alarm.
pub(crate) fn failure(alarm: &Alarm) -> Content {
    Content {
        kind: NotificationKind::Failure,
        title: format!("Failure: {}", alarm.alarm_name),
        text: alarm.alarm_description.clone().unwrap_or_else(|| "An alarm went off.".to_owned()),
        link: "/logs".to_owned(),
    }
}

/// To the owner of an account, about its security. Returns `None` for the welcome, because the registration itself has
/// answered.
pub(crate) fn security(notice: &Notice) -> Option<Content> {
    let (title, text) = match notice {
        Notice::Welcome => return None,
        Notice::NewSignIn { agent, address } => {
            ("New sign-in", format!("A new device signed in from {address}: {agent}"))
        }
        Notice::SessionRevoked { agent } => (
            "Session ended",
            format!("The session ended because an old token of it was used again. The device was {agent}"),
        ),
        Notice::PasswordChanged => ("Password changed", "The password of your account was changed.".to_owned()),
        Notice::GoogleLinked => {
            ("Google account linked", "A Google account can now sign in to your account.".to_owned())
        }
        Notice::SecondFactorOn => ("Second factor on", "A sign-in now also requires a code of your app.".to_owned()),
        Notice::SecondFactorOff => ("Second factor off", "A sign-in now requires only your password.".to_owned()),
        Notice::RecoveryCodeUsed { left } => {
            ("Recovery code used", format!("You have {} left.", count(*left, "recovery code")))
        }
        Notice::SecondFactorLocked => (
            "Second factor locked",
            "After several wrong codes in a row, every code is refused for a while.".to_owned(),
        ),
        Notice::Promoted => ("You are an admin now", "Sign in as an admin with your password.".to_owned()),
        Notice::Demoted => ("You are no longer an admin", "You can still sign in as a shopper.".to_owned()),
        Notice::Banned { reason } => ("You were banned", format!("The reason was: {reason}")),
        Notice::BanLifted => ("Ban lifted", "Your ban was lifted. You can sign in again.".to_owned()),
    };
    let (title, link) = (title.to_owned(), "/security".to_owned());
    Some(Content { kind: NotificationKind::Security, title, text, link })
}

/// Returns a number with its noun, such as `1 piece` or `2 pieces`.
fn count(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

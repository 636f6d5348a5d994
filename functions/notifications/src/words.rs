//! What notifications say.

use souk_domain::{Notice, NotificationKind};
use souk_store_catalogue::products::{Product, Sku};
use souk_store_identity::accounts::Seller;
use souk_store_live::notifications::Content;
use souk_store_sales::orders::{Order, ShopOrder, WholeOrder};

use crate::alarm::Alarm;

/// To the shopper who bought.
pub(crate) fn order_confirmed(order: &Order) -> Content {
    Content {
        kind: NotificationKind::OrderConfirmed,
        title: "Order confirmed".to_owned(),
        text: format!("You bought {} for {}.", counted(order.pieces, "piece"), order.total),
        link: format!("/orders/{}", order.id),
    }
}

/// To a seller whose goods were bought.
pub(crate) fn sold(part: &ShopOrder) -> Content {
    let pieces = part.part.lines.iter().map(|line| line.quantity.get()).sum();
    Content {
        kind: NotificationKind::NewOrder,
        title: "New order".to_owned(),
        text: format!("{} bought {} for {}.", part.buyer, counted(pieces, "piece"), part.part.total),
        link: format!("/orders/{}", part.order),
    }
}

/// To a seller who has little left of something.
pub(crate) fn stock_low(product: &Product, sku: &Sku) -> Content {
    let options = sku.options().map(|options| format!(" ({options})")).unwrap_or_default();
    let left = match sku.available.get() {
        0 => "nothing is".to_owned(),
        1 => "1 piece is".to_owned(),
        many => format!("{many} pieces are"),
    };
    Content {
        kind: NotificationKind::LowStock,
        title: "Low stock".to_owned(),
        text: format!("Of {}{options} {left} left.", product.title),
        link: format!("/products/{}", product.id),
    }
}

/// To admins, of a whole order.
pub(crate) fn sold_in_all(whole: &WholeOrder) -> Content {
    let order = &whole.order;
    let shops = u32::try_from(whole.parts.len()).unwrap_or(u32::MAX);
    let (pieces, shops) = (counted(order.pieces, "piece"), counted(shops, "shop"));
    Content {
        kind: NotificationKind::NewOrder,
        title: "New order".to_owned(),
        text: format!("{pieces} of {shops} for {}.", order.total),
        link: format!("/orders/{}", order.id),
    }
}

/// To admins, of somebody who began to sell.
pub(crate) fn new_seller(seller: &Seller) -> Content {
    Content {
        kind: NotificationKind::NewSeller,
        title: "New seller".to_owned(),
        text: format!("{} from {} began to sell.", seller.name, seller.country),
        link: format!("/sellers/{}", seller.id),
    }
}

/// To admins, of something that fails.
pub(crate) fn failure(alarm: &Alarm) -> Content {
    Content {
        kind: NotificationKind::Failure,
        title: format!("Failure: {}", alarm.alarm_name),
        text: alarm.alarm_description.clone().unwrap_or_else(|| "An alarm went off.".to_owned()),
        link: "/logs".to_owned(),
    }
}

/// To whoever has the account. Nothing to a newcomer, whom the sign-up itself has told.
pub(crate) fn security(notice: &Notice) -> Option<Content> {
    let (title, text) = match notice {
        Notice::Welcome => return None,
        Notice::NewSignIn { agent, address } => {
            ("New sign-in", format!("A device that was never here before signed in from {address}: {agent}"))
        }
        Notice::SessionRevoked { agent } => (
            "Session ended",
            format!("Somebody used an old token of a session, so it was ended. The device was {agent}"),
        ),
        Notice::PasswordChanged => ("Password changed", "Your password is another one now.".to_owned()),
        Notice::GoogleLinked => ("Google account linked", "A Google account can sign in for you now.".to_owned()),
        Notice::SecondFactorOn => ("Second factor on", "Signing in asks for a code of your app now.".to_owned()),
        Notice::SecondFactorOff => ("Second factor off", "Signing in asks for your password only now.".to_owned()),
        Notice::RecoveryCodeUsed { left } => {
            ("Recovery code used", format!("You have {} left.", counted(*left, "recovery code")))
        }
        Notice::SecondFactorLocked => {
            ("Second factor locked", "After several wrong codes in a row, no code counts for a while.".to_owned())
        }
        Notice::Promoted => ("You are an admin now", "Sign in as an admin with your password.".to_owned()),
        Notice::Demoted => ("You are no admin any more", "Your account as a shopper stays.".to_owned()),
        Notice::Banned { reason } => ("You were banned", format!("The reason was: {reason}")),
        Notice::BanLifted => ("You may come in again", "Your ban was lifted.".to_owned()),
    };
    let (title, link) = (title.to_owned(), "/security".to_owned());
    Some(Content { kind: NotificationKind::Security, title, text, link })
}

fn counted(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

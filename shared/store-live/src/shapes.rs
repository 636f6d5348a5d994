//! The whole stored item of every entity, attribute by attribute.

use std::collections::BTreeMap;

use souk_domain::{
    NotificationKind, Principal,
    notification::{Channels, day_of},
};
use souk_store_shapes::{at, id, shapes};

use crate::{
    notifications::{Content, Inbox, Notification, Settings},
    sockets::{Socket, Ticket},
};

shapes! {
    a_notification: Notification {
        id: id(6),
        owner: Principal::Seller(id(2)),
        content: Content {
            kind: NotificationKind::NewOrder,
            title: "New order".to_owned(),
            text: "Ann Lee bought 2 pieces for EUR 37.00.".to_owned(),
            link: "/orders/order_...".to_owned(),
        },
        at: at(),
        epoch: 1,
        read_at: Some(at()),
    };
    an_inbox: Inbox {
        owner: Principal::Seller(id(2)),
        epoch: 1,
        unread: BTreeMap::from([(day_of(at()), 3)]),
    };
    the_notification_settings: Settings {
        owner: Principal::Seller(id(2)),
        kinds: BTreeMap::from([(NotificationKind::NewOrder, Channels { mail: false, in_app: true })]),
    };
    a_ticket: Ticket { hash: "hash".to_owned(), principal: Principal::Seller(id(2)), session: id(3), expires_at: at() };
    a_socket: Socket { connection: "L0SM9cOFvHcCIhw=".to_owned(), principal: Principal::Seller(id(2)), session: id(3), opened_at: at() };
}

//! The whole stored item of every entity, attribute by attribute.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    DiscountCode, DiscountName, Few, GuestCartId, OrderId, PaymentSessionId, Quantity, SkuId, TaxRate, UserId, WebUrl,
    cart::{Dropped, Reason},
    delivery::{Carrier, Delivery, Party, Step, Tracking, TrackingNumber},
    discount::{Reduction, Terms},
    order::{DeliveryState, OrderNumber, PaymentState},
};
use souk_store::Entity;
use souk_store_shapes::{address, at, email, eur, id, name, shapes, shop_name, slug, title};

use crate::{
    carts::{Cart, GuestCart, Merge},
    discounts::{CodeClaim, Coupon, Coupons, Discount, Granted},
    orders::{NumberClaim, Order, OrderLine, ShipmentUnderWay, ShopOrder, ShopPart},
    payments::{CheckoutPage, PaymentSession},
    stripe_events::StripeEvent,
};

fn part() -> ShopPart {
    let line = OrderLine {
        sku: SkuId { product: id(3), number: 1 },
        product_slug: slug(),
        title: title(),
        options: Some("Blue".to_owned()),
        picture: Some("media_1/320.webp".to_owned()),
        quantity: Quantity::parse(2).unwrap(),
        unit_price: eur(1_850),
        discount: None,
        total: eur(3_700),
        commission: eur(370),
        tax_rate: None,
        tax: 0,
    };
    ShopPart {
        shop: id(2),
        shop_name: shop_name(),
        lines: vec![line],
        discount: None,
        shipping: None,
        tax_rate: None,
        shipping_tax: 0,
        total: eur(3_700),
    }
}

fn shipped_part_with_tax() -> ShopPart {
    let rate = TaxRate::parse(1_900).ok();
    let mut part = part();
    part.lines[0].tax_rate = rate;
    part.lines[0].tax = 591;
    ShopPart { shipping: Some(eur(490)), tax_rate: rate, shipping_tax: 78, total: eur(4_190), ..part }
}

fn code() -> DiscountCode {
    DiscountCode::parse("SPRING10").unwrap()
}

fn coupon() -> Coupon {
    Coupon { discount: id(12), code: code() }
}

fn discount() -> Discount {
    Discount {
        id: id(12),
        shop: id(2),
        code: code(),
        name: DiscountName::parse("Ten off in spring").unwrap(),
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
        created_at: at(),
    }
}

fn discounted_part() -> ShopPart {
    let Discount { id, code, name, version, .. } = discount();
    let granted = Granted {
        id,
        code,
        name,
        off: eur(400),
        version,
        first_order_only: false,
        per_shopper: Some(1),
        in_total: Some(100),
    };
    let mut part = ShopPart { discount: Some(granted), total: eur(3_300), ..part() };
    part.lines[0].discount = Some(eur(400));
    part.lines[0].total = eur(3_300);
    part.lines[0].commission = eur(330);
    part
}

fn session() -> PaymentSession {
    PaymentSession {
        id: id::<PaymentSessionId>(5),
        user: id(1),
        buyer: name(),
        email: email(),
        address: Some(address()),
        cart: id::<UserId>(1).into(),
        state: PaymentState::Open,
        parts: vec![part()],
        total: eur(3_700),
        not_held: BTreeSet::new(),
        held_until: at(),
        created_at: at(),
        held_since: Some(at()),
        pages_given_up: 0,
        checkout: None,
    }
}

fn number() -> OrderNumber {
    OrderNumber::parse("7KQ4-M2XP").unwrap()
}

fn shop_order() -> ShopOrder {
    ShopOrder {
        order: id(5),
        number: number(),
        user: Some(id(1)),
        buyer: name(),
        address: None,
        part: part(),
        delivery: Delivery::default(),
        refunds: Vec::new(),
        state: DeliveryState::Ordered,
        placed_at: at(),
        version: 1,
    }
}

fn shipped(delivered: bool) -> Delivery {
    let tracking = Tracking {
        carrier: Some(Carrier::parse("DHL").unwrap()),
        tracking_number: Some(TrackingNumber::parse("00340434161094042557").unwrap()),
        tracking_url: Some(WebUrl::parse("https://www.example.com/00340434161094042557").unwrap()),
    };
    let mut delivery = Delivery::default();
    delivery.ship(&shop_order().pieces(), None, tracking, at()).unwrap();
    if delivered {
        delivery.advance(1, Step::OutForDelivery, at()).unwrap();
        delivery.advance(1, Step::AssumedDelivered, at()).unwrap();
    }
    delivery
}

shapes! {
    a_stripe_event: StripeEvent { id: "evt_1".to_owned(), payload: "{}".to_owned(), received_at: at() };
    a_cart: Cart {
        id: id::<UserId>(1).into(),
        lines: BTreeMap::from([(SkuId { product: id(3), number: 1 }, Quantity::parse(2).unwrap())]),
        coupons: Coupons::from([(id(2), coupon())]),
        payment_session: Some(id(5)),
        version: 3,
    };
    a_guest_cart: GuestCart {
        lines: BTreeMap::from([(SkuId { product: id(3), number: 1 }, Quantity::parse(2).unwrap())]),
        ..GuestCart::new(id::<GuestCartId>(8), at())
    };
    a_cart_merge: Merge {
        cart: id::<UserId>(1).into(),
        guest: id(8),
        dropped: vec![Dropped {
            sku: SkuId { product: id(3), number: 1 },
            reason: Reason::StockLimited,
            wanted: Quantity::parse(2).unwrap(),
            kept: 1,
        }],
        forgotten_at: at(),
    };
    a_payment_session: PaymentSession {
        checkout: Some(CheckoutPage { id: "cs_1".to_owned(), url: "https://checkout.stripe.com/c/pay/cs_1".to_owned() }),
        ..session()
    };
    a_payment_session_with_a_discount_that_is_opening: PaymentSession {
        state: PaymentState::Opening,
        parts: vec![discounted_part()],
        total: eur(3_300),
        not_held: BTreeSet::from([SkuId { product: id(3), number: 1 }]),
        ..session()
    };
    an_order: Order {
        id: id::<OrderId>(5),
        number: number(),
        user: id(1),
        email: Some(email()),
        address: Some(address()),
        total: eur(3_700),
        pieces: 2,
        payment_intent: Some("pi_1".to_owned()),
        placed_at: at(),
    };
    an_orders_number: NumberClaim { number: number(), order: id(5) };
    a_shop_order: shop_order();
    a_shop_order_with_a_discount: ShopOrder { part: discounted_part(), ..shop_order() };
    a_shop_order_with_all_it_can_have: ShopOrder {
        address: Some(address()),
        part: shipped_part_with_tax(),
        ..shop_order()
    };
    a_shop_order_that_was_shipped: shop_order().with(shipped(false));
    a_shop_order_that_was_delivered: shop_order().with(shipped(true));
    a_shop_order_that_was_cancelled: ShopOrder { part: shipped_part_with_tax(), ..shop_order() }
        .cancel(None, Party::Buyer, at())
        .unwrap()
        .0;
    a_shipment_under_way: ShipmentUnderWay { order: id(5), shop: id(2), shipment: 1, shipped_at: at() };
    a_discount: discount();
    a_discount_with_all_it_can_have: Discount {
        terms: Terms {
            reduction: Reduction::Flat(eur(400)),
            minimum: Some(eur(2_000)),
            first_order_only: true,
            per_shopper: Some(1),
            in_total: Some(100),
            starts_at: Some(at()),
            ends_at: Some(at()),
            products: Few::parse(vec![id(3)]).unwrap(),
        },
        ..discount()
    };
    a_discounts_code: CodeClaim { shop: id(2), code: code(), discount: id(12) };
}

#[test]
fn a_session_that_holds_nothing_is_in_no_list() {
    for (state, listed) in [
        (PaymentState::Opening, true),
        (PaymentState::Closing, true),
        (PaymentState::Paid, false),
        (PaymentState::Expired, false),
        (PaymentState::Superseded, false),
        (PaymentState::Refunded, false),
    ] {
        let item = PaymentSession { state, ..session() }.to_item().unwrap();
        assert_eq!(item.contains_key("gsi1pk"), listed, "{state:?}");
    }
}

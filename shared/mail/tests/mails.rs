//! Tests of the full text of every mail, and of the rules that every mail follows.

#![expect(clippy::unwrap_used, reason = "a helper that fails makes the test fail")]

use souk_domain::{BanReason, Currency, Money, Notice, code::Purpose};
use souk_mail::{
    AccountDeleted, AccountNotice, AddressTaken, CancellationNotice, Cancelled, LowStock, Mail, MailedCode, NewOrder,
    OrderConfirmation, OrderLine, RenderedMail, ShipmentNews, ShipmentNotice, ShippedLine, Shipping, render,
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn code(name: &str, purpose: Purpose) -> MailedCode {
    MailedCode { name: name.to_owned(), code: "493817".to_owned(), purpose }
}

fn mug() -> OrderLine {
    OrderLine {
        title: "Stoneware mug".to_owned(),
        option: Some("Blue, 300 ml".to_owned()),
        quantity: 2,
        unit_price: eur(1450),
        discount: None,
        total: eur(2900),
        shop: "Clay & Co".to_owned(),
    }
}

fn lamp() -> OrderLine {
    OrderLine {
        title: "Reading lamp with a long arm that bends in three places and a shade of folded paper".to_owned(),
        option: None,
        quantity: 1,
        unit_price: eur(8990),
        discount: None,
        total: eur(8990),
        shop: "Lichthaus".to_owned(),
    }
}

fn order_confirmation() -> OrderConfirmation {
    OrderConfirmation {
        name: "Ann Lee".to_owned(),
        order_number: "SO-2026-000123".to_owned(),
        lines: vec![mug(), lamp()],
        shipping: Vec::new(),
        total: eur(11_890),
        link: "https://souk.example/orders/ord_01?from=mail&lang=en".to_owned(),
    }
}

fn new_order() -> NewOrder {
    NewOrder {
        name: "Carla".to_owned(),
        shop: "Clay & Co".to_owned(),
        order_number: "SO-2026-000123".to_owned(),
        lines: vec![mug()],
        shipping: Vec::new(),
        total: eur(2900),
        link: "https://souk.example/seller/orders/ord_01".to_owned(),
    }
}

fn shipment(news: ShipmentNews) -> ShipmentNotice {
    ShipmentNotice {
        name: "Ann Lee".to_owned(),
        shop: "Clay & Co".to_owned(),
        order_number: "7KQ4-M2XP".to_owned(),
        news,
        lines: vec![
            ShippedLine { title: "Stoneware mug".to_owned(), option: Some("Blue, 300 ml".to_owned()), quantity: 2 },
            ShippedLine { title: "Reading lamp".to_owned(), option: None, quantity: 1 },
        ],
        carrier: Some("DHL".to_owned()),
        tracking_number: Some("00340434161094042557".to_owned()),
        tracking_url: Some("https://www.example.com/follow?number=00340434161094042557&lang=en".to_owned()),
        link: "https://souk.example/orders/ord_01".to_owned(),
    }
}

fn rendered(mail: &impl Mail) -> RenderedMail {
    render(mail).unwrap()
}

/// Returns the subject, the text and the body of the HTML document. The head is left out because it is the same in all
/// mails.
fn shown(mail: &impl Mail) -> String {
    let RenderedMail { subject, html, text } = rendered(mail);
    let (_, body) = html.split_once("<body>").unwrap();
    format!("Subject: {subject}\n\n{text}\n----------\n<body>{body}")
}

#[test]
fn the_code_to_confirm_a_registration() {
    insta::assert_snapshot!(shown(&code("", Purpose::ConfirmRegistration)));
}

#[test]
fn the_code_to_sign_in() {
    insta::assert_snapshot!(shown(&code("Ann Lee", Purpose::SignIn)));
}

#[test]
fn the_code_to_reset_a_password() {
    insta::assert_snapshot!(shown(&code("Ann Lee", Purpose::ResetPassword)));
}

#[test]
fn the_taken_address() {
    insta::assert_snapshot!(shown(&AddressTaken { name: "Ann Lee".to_owned() }));
}

#[test]
fn every_account_notice() {
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0".to_owned();
    let address = "192.0.2.7".to_owned();
    let reason = BanReason::parse("Sold forged goods").unwrap();
    for (name, notice) in [
        ("notice_welcome", Notice::Welcome),
        ("notice_new_sign_in", Notice::NewSignIn { agent: agent.clone(), address }),
        ("notice_session_revoked", Notice::SessionRevoked { agent }),
        ("notice_password_changed", Notice::PasswordChanged),
        ("notice_google_linked", Notice::GoogleLinked),
        ("notice_second_factor_on", Notice::SecondFactorOn),
        ("notice_second_factor_off", Notice::SecondFactorOff),
        ("notice_recovery_code_used", Notice::RecoveryCodeUsed { left: 9 }),
        ("notice_last_recovery_code_used", Notice::RecoveryCodeUsed { left: 0 }),
        ("notice_second_factor_locked", Notice::SecondFactorLocked),
        ("notice_promoted", Notice::Promoted),
        ("notice_demoted", Notice::Demoted),
        ("notice_banned", Notice::Banned { reason }),
        ("notice_ban_lifted", Notice::BanLifted),
    ] {
        let mail = AccountNotice { name: "Ann Lee".to_owned(), notice };
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, shown(&mail)) });
    }
}

#[test]
fn the_deleted_account() {
    insta::assert_snapshot!(shown(&AccountDeleted { name: "Ann Lee".to_owned() }));
}

#[test]
fn the_order_confirmation() {
    insta::assert_snapshot!(shown(&order_confirmation()));
}

#[test]
fn the_low_stock() {
    let low_stock = |option: Option<&str>, left| LowStock {
        name: "Carla".to_owned(),
        title: "Stoneware mug".to_owned(),
        option: option.map(str::to_owned),
        left,
        link: "https://souk.example/shop/products/prod_01".to_owned(),
    };
    insta::assert_snapshot!(shown(&low_stock(Some("Blue / XL"), 5)));
    assert!(rendered(&low_stock(None, 0)).text.contains("Stoneware mug is sold out."));
    assert!(rendered(&low_stock(None, 1)).text.contains("There is 1 piece left of Stoneware mug."));
}

#[test]
fn the_new_order() {
    insta::assert_snapshot!(shown(&new_order()));
}

#[test]
fn the_order_with_a_discount() {
    let discounted = OrderLine { discount: Some(eur(290)), total: eur(2610), ..mug() };
    let order = OrderConfirmation { lines: vec![discounted, lamp()], total: eur(11_600), ..order_confirmation() };
    insta::assert_snapshot!(shown(&order));
}

#[test]
fn the_order_with_shipping_shows_all_parts_of_its_total() {
    let shipping = |cents, shop: &str| Shipping { price: eur(cents), shop: shop.to_owned() };
    let of_all = vec![shipping(490, "Clay & Co"), shipping(1_200, "Lichthaus")];
    let order = OrderConfirmation { shipping: of_all, total: eur(13_580), ..order_confirmation() };
    let text = rendered(&order).text;
    assert!(
        text.contains("\n\nShipping from Clay & Co: EUR 4.90\nShipping from Lichthaus: EUR 12.00\nTotal: EUR 135.80\n"),
        "{text}"
    );
    let html = rendered(&order).html;
    assert!(html.contains("Clay &#38; Co</span></td>\n<td class=\"sum\">EUR 4.90</td>"), "{html}");
    let sold = NewOrder { shipping: vec![shipping(490, "Clay & Co")], total: eur(3_390), ..new_order() };
    let text = rendered(&sold).text;
    assert!(text.contains("\n\nShipping: EUR 4.90\nTotal: EUR 33.90\n"), "{text}");
}

#[test]
fn the_document_around_every_mail() {
    let html = rendered(&AddressTaken { name: "Ann".to_owned() }).html;
    insta::assert_snapshot!(html.split_once("<body>").unwrap().0);
}

#[test]
fn a_code_is_neither_in_the_subject_nor_in_the_preview() {
    for purpose in Purpose::ALL {
        let mail = rendered(&code("Ann", purpose));
        let (_, after) = mail.html.split_once("class=\"preheader\">").unwrap();
        let (preview, _) = after.split_once("</div>").unwrap();
        assert!(!mail.subject.contains("493817") && !preview.contains("493817"));
        assert!(mail.html.contains("493817") && mail.text.contains("493817"));
    }
}

#[test]
fn text_from_outside_is_escaped_in_html_and_unchanged_in_text() {
    let mut order = order_confirmation();
    order.lines[0].title = "<img src=x onerror=alert(1)> \"A\" & 'B'".to_owned();
    let mail = rendered(&order);
    assert!(!mail.html.contains("<img"));
    assert!(mail.html.contains("&#60;img src=x onerror=alert(1)&#62; &#34;A&#34; &#38; &#39;B&#39;"));
    assert!(mail.text.contains("<img src=x onerror=alert(1)> \"A\" & 'B'"));
    assert!(mail.html.contains("href=\"https://souk.example/orders/ord_01?from=mail&#38;lang=en\""));
}

#[test]
fn text_from_outside_adds_neither_a_header_nor_a_line() {
    let evil = "x\r\nBcc: all@example.com\r\n\r\nDear customer,\npay here";
    let mut order = new_order();
    order.order_number = evil.to_owned();
    order.shop = evil.to_owned();
    order.lines[0].title = evil.to_owned();
    order.lines[0].option = Some(evil.to_owned());
    let mail = rendered(&order);
    assert!(!mail.subject.contains(['\r', '\n']));
    assert!(!mail.text.contains('\r'));
    assert!(mail.text.lines().all(|line| !line.starts_with("Bcc:") && !line.starts_with("Dear customer")));
}

#[test]
fn a_name_with_a_link_is_left_out() {
    let mail = rendered(&code("Win at https://evil.example", Purpose::ConfirmRegistration));
    assert!(!mail.text.contains("evil") && !mail.html.contains("evil"));
    assert!(mail.text.starts_with("Hello,\n"));
}

#[test]
fn a_device_with_a_link_is_left_out() {
    let notice = Notice::NewSignIn { agent: "Win at www.evil.example".to_owned(), address: "192.0.2.7".to_owned() };
    let mail = rendered(&AccountNotice { name: "Ann".to_owned(), notice });
    assert!(!mail.text.contains("evil") && !mail.html.contains("evil"));
}

#[test]
fn the_text_keeps_its_width_with_long_names() {
    let mut order = order_confirmation();
    order.lines[1].shop = "The quite unreasonably long name of a shop ".repeat(4);
    order.lines[0].title = "w".repeat(200);
    let text = rendered(&order).text;
    for line in text.lines().filter(|line| !line.contains("wwww")) {
        assert!(line.chars().count() <= 72, "{line}");
    }
}

#[test]
fn a_mail_loads_nothing() {
    for html in [rendered(&order_confirmation()).html, rendered(&code("Ann", Purpose::SignIn)).html] {
        for fetched in ["<img", "<link", "<script", "url(", "@import", "src="] {
            assert!(!html.contains(fetched), "{fetched}");
        }
    }
}

#[test]
fn an_order_that_was_shipped_in_part() {
    insta::assert_snapshot!(shown(&shipment(ShipmentNews::Shipped { in_part: true })));
}

#[test]
fn a_shipment_that_counts_as_delivered_and_cannot_be_followed() {
    let news = ShipmentNews::Delivered { assumed: true };
    let notice = ShipmentNotice { carrier: None, tracking_number: None, tracking_url: None, ..shipment(news) };
    insta::assert_snapshot!(shown(&notice));
}

#[test]
fn an_order_that_the_buyer_cancelled_for_the_seller() {
    let ShipmentNotice { shop, order_number, lines, link, .. } = shipment(ShipmentNews::OutForDelivery);
    insta::assert_snapshot!(shown(&CancellationNotice {
        name: "Carla".to_owned(),
        cancelled: Cancelled::ByBuyer { buyer: "Ann Lee".to_owned() },
        shop,
        order_number,
        whole: true,
        lines,
        refund: eur(11_890),
        link,
    }));
}

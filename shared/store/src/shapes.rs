//! The whole stored item of every entity, attribute by attribute: a change here is a change of what is in tables that
//! people run, and needs a thought about the items that are there already.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::{
    AuditId, BanReason, Country, Currency, Description, DomainName, Email, EventId, GuestCartId, Id, JobId, Money,
    NotificationKind, OrderId, PaymentSessionId, PersonName, Phone, Principal, ProductId, Quantity, SellerId,
    SessionId, ShopId, ShopName, SkuId, Slug, Stock, Title, UserId, WebUrl,
    address::{Address, AddressLabel, City, Region, StreetLine, Zip},
    audit::Action,
    cart::{Dropped, Reason},
    code::{Codes, Purpose},
    custom_domain::{DomainState, Obstacle},
    media::{Referrer, Transformation},
    notification::{Channels, day_of},
    order::{DeliveryState, PaymentState},
    shop::{OpeningHours, ShopAddress, SocialLinks},
    totp::Uses,
};
use uuid::Uuid;

use crate::{
    Entity,
    access::{Ban, Retry, Session, Standing},
    accounts::{Login, Seller, User},
    addresses::AddressBook,
    admins::Admin,
    audit::AuditRecord,
    carts::{Cart, GuestCart, Merge},
    codes::{Applicant, CodeState, Registration, ResetGrant},
    custom_domains::{CustomDomain, DomainClaim},
    entries::At,
    follows::{Follow, Follower, FollowerCount},
    google_links::GoogleLink,
    idempotency::Answer,
    jobs::{Export, Flaw, Import, Job, RefusedRow, State, StoredPart, Task},
    keyring::{Keys, PublicKey},
    keys::Realm,
    media::{Media, MediaCount, MediaState, Origin, Picture, Rendition},
    notifications::{Content, Inbox, Notification, Settings},
    orders::{Order, OrderLine, ShopOrder, ShopPart},
    outbox::OutboxRecord,
    payments::{CheckoutPage, PaymentSession},
    profiles::Avatar,
    second_factor::SecondFactor,
    shops::{Barred, ClosedShop, Shop},
    sockets::{Socket, Ticket},
    stripe_events::StripeEvent,
    views::Viewed,
    wishlists::Wishlist,
};

fn at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn id<I: Id>(n: u128) -> I {
    I::from_uuid(Uuid::from_u128(n))
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn email() -> Email {
    Email::parse("ann@example.com").unwrap()
}

fn name() -> PersonName {
    PersonName::parse("Ann Lee").unwrap()
}

fn slug() -> Slug {
    Slug::parse("stoneware-mug").unwrap()
}

fn title() -> Title {
    Title::parse("Stoneware mug").unwrap()
}

fn shop_name() -> ShopName {
    ShopName::parse("Blue Kiln").unwrap()
}

fn shop() -> Shop {
    Shop {
        id: id::<ShopId>(2),
        slug: slug(),
        name: shop_name(),
        bio: Some(Description::parse("Mugs.").unwrap()),
        category: Some(Slug::parse("kitchen").unwrap()),
        address: Some(ShopAddress {
            street: StreetLine::parse("Kiln Lane 7").unwrap(),
            street2: None,
            city: City::parse("Potsdam").unwrap(),
            state: None,
            zip: Zip::parse("14467").unwrap(),
            country: Country::parse("DE").unwrap(),
        }),
        opening_hours: Some(OpeningHours::default()),
        website: Some(WebUrl::parse("https://www.example.com").unwrap()),
        social: SocialLinks { x: Some(WebUrl::parse("https://x.com/kiln").unwrap()), ..SocialLinks::default() },
        avatar: Some(picture()),
        cover: None,
        low_stock: Stock::LOW,
        banned: false,
        deleted_at: None,
        purging: false,
        version: 1,
        created_at: at(),
    }
}

fn domain(state: DomainState) -> CustomDomain {
    CustomDomain {
        shop: id(2),
        name: DomainName::parse("www.example.com").unwrap(),
        token: "0192f3a4b5c67d8e9fa0b1c2d3e4f5a6".to_owned(),
        state,
        since: at(),
        looked_at: None,
        look_at: None,
        version: 1,
    }
}

fn picture() -> Picture {
    let rendition = Rendition { width: 320, height: 240, path: "media_1/320.webp".to_owned() };
    Picture {
        id: id(4),
        width: 1_600,
        height: 1_200,
        blur: "2fcZFIB3iId/h3iJh4aIYJ2V8g==".to_owned(),
        renditions: vec![rendition],
    }
}

fn address() -> Address {
    Address {
        label: AddressLabel::parse("Home").unwrap(),
        name: name(),
        street: StreetLine::parse("Kiln Lane 7").unwrap(),
        street2: None,
        city: City::parse("Potsdam").unwrap(),
        state: Some(Region::parse("Brandenburg").unwrap()),
        zip: Zip::parse("14467").unwrap(),
        country: Country::parse("DE").unwrap(),
        phone: Some(Phone::parse("+4930123456").unwrap()),
    }
}

/// The item in DynamoDB's own notation, and the proof that it reads back as it was.
fn item<E: Entity + PartialEq + std::fmt::Debug>(entity: &E) -> Value {
    let item = entity.to_item().unwrap();
    assert_eq!(&crate::entity::from_item::<E>(item.clone()).unwrap(), entity);
    item.iter().map(|(name, value)| (name.clone(), notation(value))).collect::<BTreeMap<_, _>>().into_iter().collect()
}

fn notation(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(notation).collect::<Vec<_>>() }),
        AttributeValue::M(map) => {
            json!({ "M": map.iter().map(|(name, value)| (name.clone(), notation(value))).collect::<BTreeMap<_, _>>() })
        }
        other => panic!("an attribute of an unexpected type: {other:?}"),
    }
}

macro_rules! shapes {
    ($($test:ident: $entity:expr;)+) => {$(
        #[test]
        fn $test() {
            insta::with_settings!({ omit_expression => true }, { insta::assert_json_snapshot!(item(&$entity)) });
        }
    )+};
}

mod products;
mod sales;
mod site;

shapes! {
    a_login: Login {
        email: email(),
        principal: Principal::User(id::<UserId>(1)),
        password: Some("$argon2id$...".to_owned()),
        google: Vec::new(),
    };
    a_login_by_google_alone: Login {
        email: email(),
        principal: Principal::User(id::<UserId>(1)),
        password: None,
        google: vec!["110169484474386276334".to_owned()],
    };
    a_google_link: GoogleLink { subject: "110169484474386276334".to_owned(), user: id(1), linked_at: at() };
    a_code_to_confirm_a_registration: CodeState {
        codes: Codes::default().send(Purpose::ConfirmRegistration, "hash".to_owned(), at()).unwrap(),
        registration: Some(Registration {
            applicant: Applicant::Seller {
                name: name(),
                phone: Phone::parse("+4930123456").unwrap(),
                country: Country::parse("DE").unwrap(),
            },
            password: "$argon2id$...".to_owned(),
        }),
        version: 1,
        forgotten_at: at(),
        ..CodeState::fresh(Purpose::ConfirmRegistration, Realm::Sellers, email())
    };
    a_code_to_reset_a_password_that_was_right: CodeState {
        reset: Some(ResetGrant { secret_hash: "hash".to_owned(), expires_at: at() }),
        version: 2,
        forgotten_at: at(),
        ..CodeState::fresh(Purpose::ResetPassword, Realm::Users, email())
    };
    a_user: User { id: id(1), email: email(), name: name(), phone: None, avatar: None, created_at: at() };
    a_seller: Seller {
        id: id::<SellerId>(2),
        email: email(),
        name: name(),
        phone: Phone::parse("+4930123456").unwrap(),
        country: Country::parse("DE").unwrap(),
        avatar: Some(Avatar { media: id(4), picture: picture() }),
        created_at: at(),
    };
    a_standing: Standing {
        ban: Some(Ban { reason: BanReason::parse("Sold forged goods").unwrap(), by: id(9), at: at() }),
        devices: BTreeMap::from([("hash".to_owned(), at().as_millisecond())]),
        epoch: 2,
        version: 3,
        ..Standing::fresh(Principal::Seller(id(2)))
    };
    an_admin: Admin { id: id(1), email: email(), promoted_by: Some(id(9)), promoted_at: at() };
    an_audit_record: AuditRecord {
        id: id::<AuditId>(8),
        at: at(),
        admin: id(9),
        action: Action::Ban,
        subject: Principal::Seller(id(2)).into(),
        detail: Some("Sold forged goods".to_owned()),
    };
    a_session: Session {
        id: id::<SessionId>(7),
        principal: Principal::Seller(id(2)),
        epoch: 2,
        generation: 4,
        secret_hash: "hash".to_owned(),
        retry: Some(Retry { key_hash: "hash".to_owned(), sealed_secret: "sealed".to_owned() }),
        agent: "Mozilla/5.0".to_owned(),
        address: "192.0.2.7".to_owned(),
        opened_at: at(),
        used_at: at(),
        expires_at: at(),
    };
    a_second_factor: SecondFactor {
        principal: Principal::Seller(id(2)),
        sealed_secret: "sealed".to_owned(),
        confirmed_at: Some(at()),
        uses: Uses::default().with_recovery_codes(BTreeSet::from(["hash".to_owned()])),
        version: 2,
    };
    a_second_factor_that_is_being_set_up: SecondFactor {
        principal: Principal::Admin(id(9)),
        sealed_secret: "sealed".to_owned(),
        confirmed_at: None,
        uses: Uses::default(),
        version: 1,
    };
    a_shop: shop();
    a_shop_that_was_deleted: shop().deleted(at());
    a_closed_shop: ClosedShop { shop: id(2), at: at() };
    a_barred_seller: Barred { email: email(), shop: id(2), at: at() };
    a_domain_that_is_waited_for: CustomDomain {
        looked_at: Some(at()),
        look_at: Some(at()),
        ..domain(DomainState::Pending { reason: Some(Obstacle::ProofMissing) })
    };
    a_verified_domain: domain(DomainState::Verified);
    a_claim_on_a_domain: DomainClaim { name: DomainName::parse("www.example.com").unwrap(), shop: id(2) };
    an_upload_that_waits: Media::asked_for(id(4), Principal::Seller(id(2)), None, at());
    a_picture_that_is_shown: Media {
        state: MediaState::Ready(picture()),
        uses: BTreeMap::from([(Referrer::Product(id(3)), At(at()))]),
        ordered: true,
        version: 3,
        ..Media::asked_for(id(4), Principal::Seller(id(2)), None, at())
    };
    a_picture_made_of_another: Media::asked_for(
        id(14),
        Principal::Seller(id(2)),
        Some(Origin { source: id(4), transformation: Transformation::Upscale }),
        at(),
    );
    a_picture_that_an_order_shows: Media {
        state: MediaState::Removed(picture()),
        ordered: true,
        check_at: None,
        ..Media::asked_for(id(4), Principal::Seller(id(2)), None, at())
    };
    a_count_of_pictures: MediaCount { owner: Principal::Seller(id(2)), pictures: 12 };
    an_address_book: AddressBook {
        user: id(1),
        entries: BTreeMap::from([(id(7), address())]),
        chosen: Some(id(7)),
    };
    a_wishlist: Wishlist { user: id(1), entries: BTreeMap::from([(id(3), At(at()))]) };
    a_follow: Follow { user: id(1), shop: id(2), at: at() };
    a_follower: Follower { shop: id(2), user: id(1), at: at() };
    a_count_of_followers: FollowerCount::none(id(2)).next(1, true);
    a_list_of_what_was_viewed: Viewed { user: id(1), entries: BTreeMap::from([(id(3), At(at()))]) };
    an_outbox_record: OutboxRecord {
        id: id::<EventId>(6),
        at: at(),
        event: r#"{"type":"order_placed","order":"order_..."}"#.to_owned(),
    };
    an_idempotent_answer: Answer {
        principal: Principal::User(id(1)),
        operation: "create_payment_session".to_owned(),
        key: "k-1".to_owned(),
        fingerprint: "hash".to_owned(),
        body: "{}".to_owned(),
        expires_at: at(),
    };
    the_public_keys: Keys {
        keys: vec![PublicKey { kid: "k1".to_owned(), x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned(), since: at() }],
        version: 1,
    };
    a_stripe_event: StripeEvent { id: "evt_1".to_owned(), payload: "{}".to_owned(), received_at: at() };
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
    an_import: Job {
        id: id::<JobId>(9),
        shop: id(2),
        task: Task::Import(Import { rows: 200, last: 51, created: 48, refused: 2, file: Some("\"9f1c\"".to_owned()) }),
        state: State::Running,
        version: 2,
        created_at: at(),
    };
    an_export: Job {
        id: id::<JobId>(9),
        shop: id(2),
        task: Task::Export(Export {
            written: 3_500,
            from: None,
            upload: Some("2~upload".to_owned()),
            parts: vec![StoredPart { tag: "\"9f1c\"".to_owned(), checksum: Some("AAAAAA==".to_owned()) }],
            ended: true,
        }),
        state: State::Done { at: at() },
        version: 2,
        created_at: at(),
    };
    a_refused_row: RefusedRow {
        job: id(9),
        row: 17,
        flaws: vec![Flaw {
            column: Some("variants".to_owned()),
            entry: Some(2),
            code: "malformed".to_owned(),
            detail: "stock must be a whole number".to_owned(),
        }],
        created_at: at(),
    };
    a_ticket: Ticket { hash: "hash".to_owned(), principal: Principal::Seller(id(2)), expires_at: at() };
    a_socket: Socket { connection: "L0SM9cOFvHcCIhw=".to_owned(), principal: Principal::Seller(id(2)), opened_at: at() };
}

#[test]
fn a_standing_without_a_ban_is_in_no_list() {
    assert!(!Standing::fresh(Principal::Seller(id(2))).to_item().unwrap().contains_key("gsi1pk"));
}

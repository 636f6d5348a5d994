//! Queue `mail` - sends the mails about an event.
//!
//! It is idempotent: the worker takes a lease on each mail of an event before it sends the mail, and marks the mail as
//! sent afterwards, so a repeated message sends nothing again. If a worker dies between the two, the lease expires and
//! this one mail is sent twice. SES has no idempotency key to prevent it, and a lost code would be worse.

use jiff::Timestamp;
use souk_domain::{
    Email, Money, Notice, NotificationKind, OrderId, PersonName, Principal, Realm, SellerId, ShopId, SkuId,
    code::Purpose,
    delivery::{Party, Pieces, Progress, Tracking},
    order::DeliveryState,
};
use souk_mail::{
    AccountDeleted, AccountNotice, AddressTaken, CancellationNotice, Cancelled, LowStock, Mail, MailedCode, Mailer,
    NewOrder, OrderConfirmation, OrderLine, ShipmentNews, ShipmentNotice, ShippedLine, Shipping,
};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::{Store, leases::Lease};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_identity::{IdentityExt as _, profiles::Profile};
use souk_store_live::LiveExt as _;
use souk_store_sales::{
    SalesExt as _,
    orders::{OrderWithParts, ShopOrder, ShopPart},
};

/// Sends the mails about an event.
#[derive(Debug)]
pub struct SendMail;

/// The table, the mailer, the sealer and the address of the storefront.
#[derive(Debug)]
pub struct SendMailDeps {
    store: Store,
    mailer: Mailer,
    sealer: Sealer,
    storefront: String,
}

impl Connect for SendMailDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let from: String = start.setting("MAIL_FROM")?;
        Ok(Self {
            store: Store::connect(start).await?,
            mailer: Mailer::new(aws_sdk_ses::Client::new(start.aws()), from, start.setting("MAIL_SETTINGS")?),
            sealer: Sealer::connect(start).await?,
            storefront: start.setting::<String>("STOREFRONT_URL")?.trim_end_matches('/').to_owned(),
        })
    }
}

/// The name of this consumer in its leases.
const CONSUMER: &str = "mail";

impl Consumer for SendMail {
    const MODULE: &'static str = module_path!();

    type Deps = SendMailDeps;
    type Message = Message;

    async fn handle(deps: &SendMailDeps, message: Message, now: Timestamp) -> Result<(), Failure> {
        let mails = EventMails { deps, event: message.id.to_string(), at: message.at, now };
        match message.event {
            Event::CodeRequested { email, realm, purpose, sealed_code } => {
                mails.code_requested(&email, realm, purpose, &sealed_code).await
            }
            Event::AccountNotice { principal, notice } => mails.account_notice(principal, notice).await,
            Event::AccountDeleted { email, name, .. } => mails.account_deleted(&email, &name).await,
            Event::OrderPlaced { order } => mails.order_placed(order).await,
            Event::OrderProgressed { order, shop, progress } => mails.order_progressed(order, shop, progress).await,
            Event::OrderCancelled { order, shop, cancellation } => {
                mails.order_cancelled(order, shop, cancellation).await
            }
            Event::StockLow { sku } => mails.stock_low(sku).await,
            // These events do not go to this queue: see `Event::queues`.
            Event::SessionsEnded { .. }
            | Event::StripeEventReceived { .. }
            | Event::PaymentSessionGivenUp { .. }
            | Event::RefundRequested { .. }
            | Event::RefundFailed { .. }
            | Event::TransformationRequested { .. }
            | Event::ShopChanged { .. }
            | Event::CategoryChanged { .. }
            | Event::ImportGoesOn { .. }
            | Event::ExportGoesOn { .. } => Ok(()),
        }
    }
}

/// The mails about one event.
struct EventMails<'a> {
    deps: &'a SendMailDeps,
    event: String,
    /// When the event happened.
    at: Timestamp,
    now: Timestamp,
}

impl EventMails<'_> {
    /// Sends a code if the address has an account or a registration. This is decided here and not in the request,
    /// because a caller could learn from the answer whether an account exists.
    async fn code_requested(
        &self,
        email: &Email,
        realm: Realm,
        purpose: Purpose,
        sealed_code: &str,
    ) -> Result<(), Failure> {
        let owner = self.owner_of(email, realm).await?;
        let name = match (purpose, owner) {
            (Purpose::ConfirmRegistration, Some(owner)) => return self.address_taken(&owner).await,
            (Purpose::ConfirmRegistration, None) if !self.has_registration(email, realm).await? => return Ok(()),
            (Purpose::ResetPassword, None) => return Ok(()),
            (_, Some(owner)) => owner.name().to_string(),
            // A registration may use a stranger's address, and its name is not verified. So the mail does not show it.
            (_, None) => String::new(),
        };
        if self.at + purpose.lifetime() <= self.now {
            // The code has expired: a mail with it would only confuse.
            return Ok(());
        }
        let code = self.deps.sealer.open("code", sealed_code).map_err(|error| Failure::new(error.to_string()))?;
        self.send(email, &MailedCode { name, code, purpose }).await
    }

    /// Tells the owner of an account that somebody tried to register its address. The greeting uses the account's name
    /// and not the name of the registration.
    async fn address_taken(&self, owner: &Profile) -> Result<(), Failure> {
        // An account that is newer than the event was created by this registration: the message was delivered again.
        if owner.created_at() >= self.at {
            return Ok(());
        }
        self.send(owner.email(), &AddressTaken { name: owner.name().to_string() }).await
    }

    /// Returns the profile of the account with this address.
    async fn owner_of(&self, email: &Email, realm: Realm) -> Result<Option<Profile>, Failure> {
        match self.deps.store.accounts().login(realm, email).await? {
            Some(login) => Ok(self.deps.store.profiles().of(login.principal).await?),
            None => Ok(None),
        }
    }

    /// Tells whether a registration of this address is pending.
    async fn has_registration(&self, email: &Email, realm: Realm) -> Result<bool, Failure> {
        let state = self.deps.store.codes().get(Purpose::ConfirmRegistration, realm, email, self.now).await?;
        Ok(state.registration.is_some())
    }

    /// Sends a notice to the owner of an account.
    async fn account_notice(&self, principal: Principal, notice: Notice) -> Result<(), Failure> {
        // A deleted account has no profile. Its former owner gets the mail about the deletion instead.
        let Some(owner) = self.deps.store.profiles().of(principal).await? else { return Ok(()) };
        self.send(owner.email(), &AccountNotice { name: owner.name().to_string(), notice }).await
    }

    /// Confirms the deletion of an account to its former owner.
    async fn account_deleted(&self, email: &Email, name: &PersonName) -> Result<(), Failure> {
        self.send(email, &AccountDeleted { name: name.to_string() }).await
    }

    /// Sends the shopper the whole order, and each seller the lines of the shop. A principal who turned these mails off
    /// gets none. A mail that fails does not stop the others.
    async fn order_placed(&self, id: OrderId) -> Result<(), Failure> {
        let store = &self.deps.store;
        let found = store.orders().whole(id).await?.ok_or_else(|| Failure::new("the order is not in the table"))?;
        let mut sent = Vec::with_capacity(found.parts.len() + 1);
        if let Some((name, email)) = self.buyer(&found).await?
            && self.wants(Principal::User(found.order.user), NotificationKind::OrderConfirmed).await?
        {
            let mail = OrderConfirmation {
                name,
                order_number: found.order.number.to_string(),
                lines: found.parts.iter().flat_map(|part| lines(&part.part)).collect(),
                shipping: found.parts.iter().filter_map(|part| shipping(&part.part)).collect(),
                total: found.order.total,
                link: format!("{}/orders/{id}", self.deps.storefront),
            };
            sent.push(self.send(&email, &mail).await);
        }
        for part in found.parts {
            let seller = store.accounts().seller(SellerId::from(part.part.shop)).await?;
            let Some(seller) = seller else { continue };
            if !self.wants(Principal::Seller(seller.id), NotificationKind::NewOrder).await? {
                continue;
            }
            let mail = NewOrder {
                name: seller.name.to_string(),
                shop: part.part.shop_name.to_string(),
                order_number: part.number.to_string(),
                lines: lines(&part.part).collect(),
                shipping: shipping(&part.part).into_iter().collect(),
                total: part.part.total,
                link: format!("{}/shop/orders/{id}", self.deps.storefront),
            };
            sent.push(self.send(&seller.email, &mail).await);
        }
        sent.into_iter().collect()
    }

    /// Returns the name and the address of a buyer: those of the account or, if it was deleted, those of the order.
    async fn buyer(&self, found: &OrderWithParts) -> Result<Option<(String, Email)>, Failure> {
        if let Some(shopper) = self.deps.store.accounts().user(found.order.user).await? {
            return Ok(Some((shopper.name.to_string(), shopper.email)));
        }
        let name = found.parts.first().map(|part| part.buyer.to_string());
        Ok(name.zip(found.order.email.clone()))
    }

    /// Tells the shopper that a shipment moved forward. A shopper who turned these mails off gets none.
    async fn order_progressed(&self, id: OrderId, shop: ShopId, progress: Progress) -> Result<(), Failure> {
        let number = match progress {
            // This event does not go to this queue: a packed order is still where it was.
            Progress::Packed => return Ok(()),
            Progress::Shipped { shipment }
            | Progress::OutForDelivery { shipment }
            | Progress::Delivered { shipment } => shipment,
        };
        let found = self.deps.store.orders().whole(id).await?;
        let found = found.ok_or_else(|| Failure::new("the order is not in the table"))?;
        let part = found.parts.iter().find(|part| part.part.shop == shop);
        let shipment = part.and_then(|part| Some((part, part.delivery.shipment(number)?)));
        let (part, shipment) = shipment.ok_or_else(|| Failure::new("the shipment is not in the table"))?;
        let Some((name, email)) = self.buyer(&found).await? else { return Ok(()) };
        if !self.wants(Principal::User(found.order.user), NotificationKind::OrderProgress).await? {
            return Ok(());
        }
        let Tracking { carrier, tracking_number, tracking_url } = &shipment.tracking;
        let notice = ShipmentNotice {
            name,
            shop: part.part.shop_name.to_string(),
            order_number: part.number.to_string(),
            news: match progress {
                Progress::OutForDelivery { .. } => ShipmentNews::OutForDelivery,
                Progress::Delivered { .. } => ShipmentNews::Delivered { assumed: shipment.assumed },
                Progress::Packed | Progress::Shipped { .. } => {
                    let then = part.delivery.as_of(shipment.shipped_at);
                    ShipmentNews::Shipped { in_part: then.is_open(&part.pieces()) }
                }
            },
            lines: some_of(part, &shipment.pieces),
            carrier: carrier.as_ref().map(ToString::to_string),
            tracking_number: tracking_number.as_ref().map(ToString::to_string),
            tracking_url: tracking_url.as_ref().map(ToString::to_string),
            link: format!("{}/orders/{id}", self.deps.storefront),
        };
        self.send(&email, &notice).await
    }

    /// Tells the shopper that pieces were cancelled, and the seller if the shopper cancelled them.
    async fn order_cancelled(&self, id: OrderId, shop: ShopId, number: u8) -> Result<(), Failure> {
        let store = &self.deps.store;
        let found = store.orders().whole(id).await?.ok_or_else(|| Failure::new("the order is not in the table"))?;
        let part = found.parts.iter().find(|part| part.part.shop == shop);
        let cancellation = part.and_then(|part| {
            Some((part, part.delivery.cancellations.iter().find(|cancellation| cancellation.number == number)?))
        });
        let (part, cancellation) = cancellation.ok_or_else(|| Failure::new("the cancellation is not in the table"))?;
        let refund = part.refunds.iter().find(|refund| refund.cancellation == number);
        let notice = |name: String, cancelled: Cancelled, link: String| CancellationNotice {
            name,
            cancelled,
            shop: part.part.shop_name.to_string(),
            order_number: part.number.to_string(),
            whole: part.delivery.as_of(cancellation.at).state(&part.pieces()) == DeliveryState::Cancelled,
            lines: some_of(part, &cancellation.pieces),
            refund: refund.map_or(Money::zero(part.part.total.currency), |refund| refund.amount),
            link,
        };
        let mut sent = Vec::new();
        if let Some((name, email)) = self.buyer(&found).await?
            && self.wants(Principal::User(found.order.user), NotificationKind::OrderCancelled).await?
        {
            let cancelled = match cancellation.by {
                Party::Buyer => Cancelled::ByYou,
                Party::Seller => Cancelled::ByShop,
            };
            let link = format!("{}/orders/{id}", self.deps.storefront);
            sent.push(self.send(&email, &notice(name, cancelled, link)).await);
        }
        if cancellation.by == Party::Buyer
            && let Some(seller) = store.accounts().seller(SellerId::from(shop)).await?
            && self.wants(Principal::Seller(seller.id), NotificationKind::OrderCancelled).await?
        {
            let cancelled = Cancelled::ByBuyer { buyer: part.buyer.to_string() };
            let link = format!("{}/shop/orders/{id}", self.deps.storefront);
            sent.push(self.send(&seller.email, &notice(seller.name.to_string(), cancelled, link)).await);
        }
        sent.into_iter().collect()
    }

    /// Tells the seller that the stock is low, unless the product is no longer for sale.
    async fn stock_low(&self, sku: SkuId) -> Result<(), Failure> {
        let store = &self.deps.store;
        let Some((product, sku)) = store.products().for_sale(&[sku]).await?.pop() else { return Ok(()) };
        let Some(seller) = store.accounts().seller(SellerId::from(product.shop)).await? else { return Ok(()) };
        if !self.wants(Principal::Seller(seller.id), NotificationKind::LowStock).await? {
            return Ok(());
        }
        let mail = LowStock {
            name: seller.name.to_string(),
            title: product.title.to_string(),
            option: sku.options(),
            left: sku.available.get(),
            link: format!("{}/shop/products/{}", self.deps.storefront, product.id),
        };
        self.send(&seller.email, &mail).await
    }

    /// Tells whether a principal has this kind of mail turned on.
    async fn wants(&self, to: Principal, kind: NotificationKind) -> Result<bool, Failure> {
        Ok(self.deps.store.notifications().settings(to).await?.of(kind).mail)
    }

    /// Sends a mail, unless this event has sent it to this address before.
    async fn send(&self, to: &Email, mail: &impl Mail) -> Result<(), Failure> {
        let leases = self.deps.store.leases();
        // A shopper and a seller may share an address. They get two mails, which differ in the subject.
        let task = format!("{} {} {to}", self.event, mail.subject());
        match leases.take(CONSUMER, &task, self.now).await? {
            Lease::Done => return Ok(()),
            Lease::Busy => return Err(Failure::new("another worker is sending this mail")),
            Lease::Granted => {}
        }
        match self.deps.mailer.send(to.as_str(), mail).await {
            Ok(_) => Ok(leases.done(CONSUMER, &task, self.now).await?),
            Err(error) if error.is_retryable() => {
                leases.release(CONSUMER, &task).await?;
                Err(Failure::new(error.to_string()))
            }
            Err(error) => {
                // A retry would fail again, and delay the other mails of the event.
                tracing::error!(error = &error as &dyn std::error::Error, "mail could not be sent and is dropped");
                Ok(leases.done(CONSUMER, &task, self.now).await?)
            }
        }
    }
}

/// Returns pieces of a shop order as a mail shows them.
fn some_of(part: &ShopOrder, pieces: &Pieces) -> Vec<ShippedLine> {
    let shown = |line: &souk_store_sales::orders::OrderLine| {
        let quantity = pieces.get(&line.sku)?.get();
        Some(ShippedLine { title: line.title.to_string(), option: line.options.clone(), quantity })
    };
    part.part.lines.iter().filter_map(shown).collect()
}

/// Returns the lines of a shop's part as the mail shows them.
fn lines(part: &ShopPart) -> impl Iterator<Item = OrderLine> + '_ {
    part.lines.iter().map(|line| OrderLine {
        title: line.title.to_string(),
        option: line.options.clone(),
        quantity: line.quantity.get(),
        unit_price: line.unit_price,
        discount: line.discount,
        total: line.total,
        shop: part.shop_name.to_string(),
    })
}

/// Returns the shipping of a shop's part as the mail shows it, unless it is free.
fn shipping(part: &ShopPart) -> Option<Shipping> {
    part.shipping.map(|price| Shipping { price, shop: part.shop_name.to_string() })
}

//! Queue `mail` - writes to those whom an event concerns.
//!
//! Repetition: each letter of an event is claimed before it is sent and marked afterwards, so a repeated message sends
//! nothing again. A worker that dies between sending and marking leaves a claim that lapses, and that one letter goes
//! out twice: SES has no key to prevent it, and a lost code would be worse.

use jiff::Timestamp;
use souk_domain::{
    Email, Notice, NotificationKind, OrderId, PersonName, Principal, Realm, SellerId, SkuId, code::Purpose,
};
use souk_mail::{
    AccountDeleted, AccountNotice, AddressTaken, Code, Letter, LowStock, Mailer, NewOrder, OrderConfirmation, OrderLine,
};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::{Store, claims::Claim};
use souk_store_catalogue::CatalogueExt as _;
use souk_store_identity::{IdentityExt as _, profiles::Profile};
use souk_store_live::LiveExt as _;
use souk_store_sales::{SalesExt as _, orders::ShopPart};

/// Sends mail.
#[derive(Debug)]
pub struct SendMail;

/// The table, the mailer, and where links lead.
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
            mailer: Mailer::new(aws_sdk_ses::Client::new(start.aws()), from),
            sealer: Sealer::connect(start).await?,
            storefront: start.setting::<String>("STOREFRONT_URL")?.trim_end_matches('/').to_owned(),
        })
    }
}

/// What claims are filed under.
const CONSUMER: &str = "mail";

impl Consumer for SendMail {
    const MODULE: &'static str = module_path!();

    type Deps = SendMailDeps;
    type Message = Message;

    async fn handle(deps: &SendMailDeps, message: Message, now: Timestamp) -> Result<(), Failure> {
        let desk = Desk { deps, event: message.id.to_string(), at: message.at, now };
        match message.event {
            Event::CodeRequested { email, realm, purpose, sealed_code } => {
                desk.code_requested(&email, realm, purpose, &sealed_code).await
            }
            Event::AccountNotice { principal, notice } => desk.account_notice(principal, notice).await,
            Event::AccountDeleted { email, name, .. } => desk.account_deleted(&email, &name).await,
            Event::OrderPlaced { order } => desk.order_placed(order).await,
            Event::StockLow { sku } => desk.stock_low(sku).await,
            // These do not come here: see `Event::queues`.
            Event::StripeEventReceived { .. }
            | Event::TransformationRequested { .. }
            | Event::ShopChanged { .. }
            | Event::CategoryChanged { .. }
            | Event::ImportGoesOn { .. }
            | Event::ExportGoesOn { .. } => Ok(()),
        }
    }
}

/// One event's mail.
struct Desk<'a> {
    deps: &'a SendMailDeps,
    event: String,
    /// When it happened.
    at: Timestamp,
    now: Timestamp,
}

impl Desk<'_> {
    /// A code, where there is somebody to get it. That is decided here, where nobody waits who could learn from it.
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
            (Purpose::ConfirmRegistration, None) if !self.somebody_registers(email, realm).await? => return Ok(()),
            (Purpose::ResetPassword, None) => return Ok(()),
            (_, Some(owner)) => owner.name().to_string(),
            // Whoever registers chooses the name: no mail to a stranger shows it.
            (_, None) => String::new(),
        };
        if self.at + purpose.lifetime() <= self.now {
            // A code that is late enough to be useless would only puzzle.
            return Ok(());
        }
        let code = self.deps.sealer.open("code", sealed_code).map_err(|error| Failure::new(error.to_string()))?;
        self.send(email, &Code { name, code, purpose }).await
    }

    /// The owner of the account is greeted by the account's name, not by the one that the stranger typed.
    async fn address_taken(&self, owner: &Profile) -> Result<(), Failure> {
        // An account that is younger than the registration was made from it: the message came again.
        if owner.created_at() >= self.at {
            return Ok(());
        }
        self.send(owner.email(), &AddressTaken { name: owner.name().to_string() }).await
    }

    async fn owner_of(&self, email: &Email, realm: Realm) -> Result<Option<Profile>, Failure> {
        match self.deps.store.accounts().login(realm, email).await? {
            Some(login) => Ok(self.deps.store.profiles().of(login.principal).await?),
            None => Ok(None),
        }
    }

    async fn somebody_registers(&self, email: &Email, realm: Realm) -> Result<bool, Failure> {
        let state = self.deps.store.codes().get(Purpose::ConfirmRegistration, realm, email, self.now).await?;
        Ok(state.registration.is_some())
    }

    async fn account_notice(&self, principal: Principal, notice: Notice) -> Result<(), Failure> {
        // Who is gone by now has been told that.
        let Some(owner) = self.deps.store.profiles().of(principal).await? else { return Ok(()) };
        self.send(owner.email(), &AccountNotice { name: owner.name().to_string(), notice }).await
    }

    async fn account_deleted(&self, email: &Email, name: &PersonName) -> Result<(), Failure> {
        self.send(email, &AccountDeleted { name: name.to_string() }).await
    }

    /// To the shopper about everything, to each seller about the shop's own lines; not to those who switched such letters
    /// off. One letter that fails keeps no other back.
    async fn order_placed(&self, id: OrderId) -> Result<(), Failure> {
        let store = &self.deps.store;
        let whole = store.orders().whole(id).await?.ok_or_else(|| Failure::new("the order is not stored"))?;
        let mut sent = Vec::with_capacity(whole.parts.len() + 1);
        let shopper = store.accounts().user(whole.order.user).await?;
        if let Some(shopper) = shopper
            && self.wants(Principal::User(shopper.id), NotificationKind::OrderConfirmed).await?
        {
            let letter = OrderConfirmation {
                name: shopper.name.to_string(),
                order_number: id.to_string(),
                lines: whole.parts.iter().flat_map(|part| lines(&part.part)).collect(),
                total: whole.order.total,
                link: format!("{}/orders/{id}", self.deps.storefront),
            };
            sent.push(self.send(&shopper.email, &letter).await);
        }
        for part in whole.parts {
            let seller = store.accounts().seller(SellerId::from(part.part.shop)).await?;
            let Some(seller) = seller else { continue };
            if !self.wants(Principal::Seller(seller.id), NotificationKind::NewOrder).await? {
                continue;
            }
            let letter = NewOrder {
                name: seller.name.to_string(),
                shop: part.part.shop_name.to_string(),
                order_number: id.to_string(),
                lines: lines(&part.part).collect(),
                total: part.part.total,
                link: format!("{}/shop/orders/{id}", self.deps.storefront),
            };
            sent.push(self.send(&seller.email, &letter).await);
        }
        sent.into_iter().collect()
    }

    /// To the seller, unless it is gone by now.
    async fn stock_low(&self, sku: SkuId) -> Result<(), Failure> {
        let store = &self.deps.store;
        let Some((product, sku)) = store.products().for_sale(&[sku]).await?.pop() else { return Ok(()) };
        let Some(seller) = store.accounts().seller(SellerId::from(product.shop)).await? else { return Ok(()) };
        if !self.wants(Principal::Seller(seller.id), NotificationKind::LowStock).await? {
            return Ok(());
        }
        let letter = LowStock {
            name: seller.name.to_string(),
            title: product.title.to_string(),
            option: sku.options(),
            left: sku.available.get(),
            link: format!("{}/shop/products/{}", self.deps.storefront, product.id),
        };
        self.send(&seller.email, &letter).await
    }

    /// Whether somebody wants letters of a kind that they may choose about.
    async fn wants(&self, to: Principal, kind: NotificationKind) -> Result<bool, Failure> {
        Ok(self.deps.store.notifications().settings(to).await?.of(kind).mail)
    }

    /// Sends a letter, if this event has not sent one to this address before.
    async fn send(&self, to: &Email, letter: &impl Letter) -> Result<(), Failure> {
        let claims = self.deps.store.claims();
        // Shopper and seller may share an address, and then get two different letters.
        let task = format!("{} {} {to}", self.event, letter.subject());
        match claims.take(CONSUMER, &task, self.now).await? {
            Claim::Done => return Ok(()),
            Claim::Busy => return Err(Failure::new("another worker is at this letter")),
            Claim::Ours => {}
        }
        match self.deps.mailer.send(to.as_str(), letter).await {
            Ok(_) => Ok(claims.done(CONSUMER, &task, self.now).await?),
            Err(error) if error.is_retryable() => {
                claims.release(CONSUMER, &task).await?;
                Err(Failure::new(error.to_string()))
            }
            Err(error) => {
                // Trying again would fail again, and hold up the event's other letters.
                tracing::error!(error = &error as &dyn std::error::Error, "a letter is given up");
                Ok(claims.done(CONSUMER, &task, self.now).await?)
            }
        }
    }
}

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

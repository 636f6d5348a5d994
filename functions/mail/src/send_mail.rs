//! Queue `mail` - writes to those whom an event concerns.
//!
//! Repetition: each letter of an event is claimed before it is sent and marked afterwards, so a repeated message sends
//! nothing again. A worker that dies between sending and marking leaves a claim that lapses, and that one letter goes
//! out twice: SES has no key to prevent it, and a lost code would be worse.

use jiff::Timestamp;
use souk_domain::{Email, OrderId, SellerId, code};
use souk_mail::{AddressTaken, Code, Letter, Mailer, NewOrder, OrderConfirmation, OrderLine, Purpose};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::{Store, claims::Claim, keys::Realm, orders::ShopPart};

/// Sends mail.
#[derive(Debug)]
pub struct Room;

/// The table, the mailer, and where links lead.
#[derive(Debug)]
pub struct Office {
    store: Store,
    mailer: Mailer,
    sealer: Sealer,
    storefront: String,
}

impl Connect for Office {
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

impl Consumer for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Office;
    type Message = Message;

    async fn handle(office: &Office, message: Message, now: Timestamp) -> Result<(), Failure> {
        let desk = Desk { office, event: message.id.to_string(), now };
        match message.event {
            Event::CodeRequested { email, name, sealed_code } => {
                if message.at + code::LIFETIME <= now {
                    // A code that is late enough to be useless would only puzzle.
                    return Ok(());
                }
                let code = office.sealer.open("code", &sealed_code).map_err(|error| Failure::new(error.to_string()))?;
                let minutes = u32::try_from(code::LIFETIME.as_mins()).unwrap_or(u32::MAX);
                let purpose = Purpose::ConfirmRegistration;
                desk.send(&email, &Code { name: name.to_string(), code, minutes, purpose }).await
            }
            Event::AddressTaken { email, realm } => desk.address_taken(&email, realm).await,
            Event::OrderPlaced { order } => desk.order_placed(order).await,
            Event::StripeEventReceived { .. } => Ok(()),
        }
    }
}

/// One event's mail.
struct Desk<'a> {
    office: &'a Office,
    event: String,
    now: Timestamp,
}

impl Desk<'_> {
    /// The owner of the account is greeted by the account's name, not by the one that the stranger typed.
    async fn address_taken(&self, email: &Email, realm: Realm) -> Result<(), Failure> {
        let accounts = self.office.store.accounts();
        let Some(login) = accounts.login(realm, email).await? else { return Ok(()) };
        let name = match login.principal {
            souk_domain::Principal::User(id) => accounts.user(id).await?.map(|user| user.name),
            souk_domain::Principal::Seller(id) => accounts.seller(id).await?.map(|seller| seller.name),
            souk_domain::Principal::Admin(_) => None,
        };
        match name {
            Some(name) => self.send(email, &AddressTaken { name: name.to_string() }).await,
            None => Ok(()),
        }
    }

    /// To the shopper about everything, to each seller about the shop's own lines. One letter that fails keeps no other
    /// back.
    async fn order_placed(&self, id: OrderId) -> Result<(), Failure> {
        let store = &self.office.store;
        let whole = store.orders().whole(id).await?.ok_or_else(|| Failure::new("the order is not stored"))?;
        let mut sent = Vec::with_capacity(whole.parts.len() + 1);
        let shopper = store.accounts().user(whole.order.user).await?;
        if let Some(shopper) = shopper {
            let letter = OrderConfirmation {
                name: shopper.name.to_string(),
                order_number: id.to_string(),
                lines: whole.parts.iter().flat_map(|part| lines(&part.part)).collect(),
                total: whole.order.total,
                link: format!("{}/orders/{id}", self.office.storefront),
            };
            sent.push(self.send(&shopper.email, &letter).await);
        }
        for part in whole.parts {
            let seller = store.accounts().seller(SellerId::from(part.part.shop)).await?;
            let Some(seller) = seller else { continue };
            let letter = NewOrder {
                name: seller.name.to_string(),
                shop: part.part.shop_name.to_string(),
                order_number: id.to_string(),
                lines: lines(&part.part).collect(),
                total: part.part.total,
                link: format!("{}/shop/orders/{id}", self.office.storefront),
            };
            sent.push(self.send(&seller.email, &letter).await);
        }
        sent.into_iter().collect()
    }

    /// Sends a letter, if this event has not sent one to this address before.
    async fn send(&self, to: &Email, letter: &impl Letter) -> Result<(), Failure> {
        let claims = self.office.store.claims();
        // Shopper and seller may share an address, and then get two different letters.
        let task = format!("{} {} {to}", self.event, letter.subject());
        match claims.take(CONSUMER, &task, self.now).await? {
            Claim::Done => return Ok(()),
            Claim::Busy => return Err(Failure::new("another worker is at this letter")),
            Claim::Ours => {}
        }
        match self.office.mailer.send(to.as_str(), letter).await {
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
        total: line.total,
        shop: part.shop_name.to_string(),
    })
}

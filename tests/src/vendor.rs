//! People and goods.

use jiff::Timestamp;
use serde_json::Value;
use souk_domain::{AdminId, Email, Realm, UserId};
use souk_store::Entity;
use souk_store_identity::admins::Admin;
use souk_testkit::{
    Account, Client, Cloud, Failed, Mailbox, NewProduct, NewSku, PaymentSession, Product, Result, Role, Shop, Sku,
    Stack,
};

use crate::{Provider, keys};

/// The stack under test.
#[derive(Debug, Clone)]
pub struct Market {
    /// Where it is.
    pub stack: Stack,
    /// The mail that it sent.
    pub mailbox: Mailbox,
    /// Its table and functions.
    pub cloud: Cloud,
    /// Its payment provider.
    pub stripe: Provider,
}

/// A seller with a shop that sells one product.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// The seller.
    pub account: Account,
    /// The seller, signed in.
    pub client: Client,
    /// The shop.
    pub shop: Shop,
    /// The product.
    pub product: Product,
}

impl Market {
    /// The stack that `SOUK_OUTPUTS` names.
    ///
    /// # Errors
    /// When it names none.
    pub fn open() -> Result<Self> {
        let stack = Stack::under_test()?;
        let (mailbox, cloud) = (Mailbox::of(&stack)?, Cloud::of(&stack)?);
        Ok(Self { stripe: Provider::of(&stack)?, stack, mailbox, cloud })
    }

    /// Somebody who is not signed in.
    ///
    /// # Errors
    /// When the client cannot be built.
    pub fn anybody(&self) -> Result<Client> {
        Client::new(&self.stack)
    }

    /// A new shopper, signed in.
    ///
    /// # Errors
    /// When a step of signing up is refused.
    pub async fn shopper(&self) -> Result<(Account, Client)> {
        self.newcomer(Role::Shopper, "Ann Lee").await
    }

    /// A new seller, signed in, without a shop.
    ///
    /// # Errors
    /// When a step of signing up is refused.
    pub async fn seller(&self) -> Result<(Account, Client)> {
        self.newcomer(Role::Seller, "Carla Brandt").await
    }

    /// A new shopper whom somebody promoted, signed in as an admin. The table is told: the one admin from the start is not
    /// for all tests at once.
    ///
    /// # Errors
    /// When a step of signing up is refused.
    pub async fn admin(&self) -> Result<(Account, Client)> {
        let (account, shopper) = self.shopper().await?;
        let email = Email::parse(&account.email)?;
        let login = self.cloud.item(&keys::login(Realm::Users, &email)).await?;
        let login = login.ok_or_else(|| Failed::new("a shopper without a login"))?;
        let id = AdminId::from(UserId::parse(login["principal"].as_str().unwrap_or_default())?);
        let admin = Admin { id, email, promoted_by: Some(id), promoted_at: Timestamp::now() };
        let mut item = serde_json::to_value(&admin)?;
        let keys::Key { pk, sk } = admin.key();
        (item["pk"], item["sk"], item["type"]) = (pk.into(), sk.into(), Admin::TYPE.into());
        self.cloud.put(&item).await?;
        let account = Account { role: Role::Admin, ..account };
        let client = shopper.sign_in(&account).await?;
        Ok((account, client))
    }

    async fn newcomer(&self, role: Role, name: &str) -> Result<(Account, Client)> {
        let account = Account::new(role, name);
        let client = self.anybody()?.join(&account).await?;
        Ok((account, client))
    }

    /// A new seller whose shop sells one product of one variant, at a price in cents.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn vendor(&self, cents: i64, stock: u32) -> Result<Vendor> {
        let (account, client) = self.seller().await?;
        let shop = client.open_shop(&format!("Shop of {}", account.email)).await?;
        // Under a slug that no other test's product takes when a purge gives it up.
        let mug = NewProduct::new("Stoneware mug", cents, [NewSku::new(stock)]).slug(&format!("mug-of-{}", shop.slug));
        let product = client.create_product(&mug).await?;
        Ok(Vendor { account, client, shop, product })
    }

    /// A new shopper with so many pieces of each vendor's product in the cart.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn shopper_with_cart(&self, vendors: &[&Vendor], quantity: u32) -> Result<(Account, Client)> {
        let (account, client) = self.shopper().await?;
        for vendor in vendors {
            client.set_cart_line(&vendor.sku()?.id, quantity).await?;
        }
        Ok((account, client))
    }

    /// The page to pay a session on.
    ///
    /// # Errors
    /// When it has none.
    pub fn page(session: &PaymentSession) -> Result<&str> {
        session.url.as_deref().ok_or_else(|| Failed::new("a payment session without a page to pay on"))
    }

    /// Calls a function with an event and insists on an answer.
    ///
    /// # Errors
    /// When it fails.
    pub async fn call(&self, function: &str, event: &Value) -> Result<Value> {
        self.cloud.invoke(function, event).await?.answered()
    }
}

impl Vendor {
    /// The only variant.
    ///
    /// # Errors
    /// When there is none.
    pub fn sku(&self) -> Result<&Sku> {
        self.product.skus.first().ok_or_else(|| Failed::new("a product without variants"))
    }

    /// How many there are to buy now.
    ///
    /// # Errors
    /// When the product is gone.
    pub async fn stock(&self) -> Result<u32> {
        self.client.stock(&self.product.slug).await
    }
}

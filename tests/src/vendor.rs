//! The stack under test, and the principals, shops and products that tests create in it.

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

/// The stack under test and everything that a test reaches it through.
#[derive(Debug, Clone)]
pub struct Market {
    /// Its addresses and names.
    pub stack: Stack,
    /// The mail that the stack sent.
    pub mailbox: Mailbox,
    /// The stack's table and functions.
    pub cloud: Cloud,
    /// The stack's payment provider.
    pub stripe: Provider,
}

/// A seller with a shop that sells one product.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// The seller.
    pub account: Account,
    /// A client that is signed in as the seller.
    pub client: Client,
    /// The shop.
    pub shop: Shop,
    /// The product.
    pub product: Product,
}

impl Market {
    /// Opens the stack that `SOUK_OUTPUTS` names.
    ///
    /// # Errors
    /// Fails if the variable names no stack.
    pub fn open() -> Result<Self> {
        let stack = Stack::under_test()?;
        let (mailbox, cloud) = (Mailbox::of(&stack)?, Cloud::of(&stack)?);
        Ok(Self { stripe: Provider::of(&stack)?, stack, mailbox, cloud })
    }

    /// Returns a client that is not signed in.
    ///
    /// # Errors
    /// Fails if the client cannot be built.
    pub fn anonymous(&self) -> Result<Client> {
        Client::new(&self.stack)
    }

    /// Creates a shopper and returns the account with a signed-in client.
    ///
    /// # Errors
    /// Fails if a step of the registration is refused.
    pub async fn shopper(&self) -> Result<(Account, Client)> {
        self.register(Role::Shopper, "Ann Lee").await
    }

    /// Creates a seller without a shop and returns the account with a signed-in client.
    ///
    /// # Errors
    /// Fails if a step of the registration is refused.
    pub async fn seller(&self) -> Result<(Account, Client)> {
        self.register(Role::Seller, "Carla Brandt").await
    }

    /// Creates an admin and returns the account with a signed-in client. The admin item is written straight into the
    /// table: the only admin of a new stack cannot promote somebody for all tests at once.
    ///
    /// # Errors
    /// Fails if a step of the registration is refused.
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

    async fn register(&self, role: Role, name: &str) -> Result<(Account, Client)> {
        let account = Account::new(role, name);
        let client = self.anonymous()?.join(&account).await?;
        Ok((account, client))
    }

    /// Creates a seller whose shop sells one product with one variant. The price is in cents.
    ///
    /// # Errors
    /// Fails if a step is refused.
    pub async fn vendor(&self, cents: i64, stock: u32) -> Result<Vendor> {
        let (account, client) = self.seller().await?;
        let shop = client.open_shop(&format!("Shop of {}", account.email)).await?;
        // The slug names the shop, so that no product of another test takes it after a purge has released it.
        let mug = NewProduct::new("Stoneware mug", cents, [NewSku::new(stock)]).slug(&format!("mug-of-{}", shop.slug));
        let product = client.create_product(&mug).await?;
        Ok(Vendor { account, client, shop, product })
    }

    /// Creates a shopper whose cart holds `quantity` pieces of each vendor's product.
    ///
    /// # Errors
    /// Fails if a step is refused.
    pub async fn shopper_with_cart(&self, vendors: &[&Vendor], quantity: u32) -> Result<(Account, Client)> {
        let (account, client) = self.shopper().await?;
        for vendor in vendors {
            client.set_cart_line(&vendor.sku()?.id, quantity).await?;
        }
        Ok((account, client))
    }

    /// Returns the URL of a payment session's checkout page.
    ///
    /// # Errors
    /// Fails if the session has no checkout page.
    pub fn page(session: &PaymentSession) -> Result<&str> {
        session.url.as_deref().ok_or_else(|| Failed::new("a payment session without a checkout page"))
    }

    /// Calls a function with an event and returns its answer.
    ///
    /// # Errors
    /// Fails if the function fails.
    pub async fn call(&self, function: &str, event: &Value) -> Result<Value> {
        self.cloud.invoke(function, event).await?.answered()
    }
}

impl Vendor {
    /// Returns the only variant.
    ///
    /// # Errors
    /// Fails if the product has no variants.
    pub fn sku(&self) -> Result<&Sku> {
        self.product.skus.first().ok_or_else(|| Failed::new("a product without variants"))
    }

    /// Reads how many pieces are available.
    ///
    /// # Errors
    /// Fails if the product does not exist any more.
    pub async fn stock(&self) -> Result<u32> {
        self.client.stock(&self.product.slug).await
    }
}

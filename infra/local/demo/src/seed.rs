//! The demo's accounts, shops and products.

use std::{collections::BTreeSet, fs, path::Path};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_testkit::{Account, Client, Failed, Result, Role, Shop, Stack, euros, pictures::product_picture};
use tokio::task::spawn_blocking;

use crate::products::{DemoProduct, DemoShop, ProductLine, shops};

/// How many requests run at the same time: enough to keep two cores busy.
const CONCURRENCY: usize = 8;
/// How many shops each shopper of the demo follows.
const FOLLOWED: usize = 6;

/// A product line of which the stack does not have all products.
struct IncompleteLine<'a> {
    seller: &'a Client,
    line: &'a ProductLine,
    /// Its position among all lines.
    number: usize,
    missing: Vec<DemoProduct<'a>>,
}

/// Fills the stack, and writes its accounts into the deployment's `outputs`. Existing data is not changed.
///
/// # Errors
/// Fails if a step is refused, or if `outputs` cannot be read or written.
pub async fn seed(outputs: &Path) -> Result {
    let stack = Stack::from_outputs(outputs)?;
    let shops = shops()?;
    let sellers = shops.iter().map(|shop| account(Role::Seller, &shop.seller, None));
    let shoppers = ["Ann Lee", "Ben Haddad"].map(|name| account(Role::Shopper, name, None));
    let admin = account(Role::Admin, "Ada Admin", Some(&stack.first_admin));
    let accounts: Vec<Account> = sellers.chain(shoppers).chain([admin]).collect();
    let clients = stream::iter(accounts.clone())
        .map(|account| sign_in_or_join(&stack, account))
        .buffered(CONCURRENCY)
        .try_collect::<Vec<_>>()
        .await?;

    let vendors = shops.iter().zip(&clients);
    let opened: Vec<Option<Shop>> = stream::iter(vendors.clone())
        .map(|(shop, seller)| open(shop, seller))
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    let existing: Vec<BTreeSet<String>> =
        stream::iter(vendors.clone()).map(|(_, seller)| titles_of(seller)).buffered(CONCURRENCY).try_collect().await?;
    let lines = vendors
        .zip(&existing)
        .flat_map(|((shop, seller), existing)| shop.lines.iter().map(move |line| (shop, seller, existing, line)));
    let incomplete = lines.enumerate().map(|(number, (shop, seller, existing, line))| {
        let missing = line.products(shop, number * 5).filter(|product| !existing.contains(product.title())).collect();
        IncompleteLine { seller, line, number, missing }
    });
    let incomplete: Vec<IncompleteLine<'_>> = incomplete.filter(|line| !line.missing.is_empty()).collect();

    // All pictures are uploaded before the first one is awaited, so that the workers process them in the meantime.
    let pictures: Vec<Vec<String>> =
        stream::iter(&incomplete).map(IncompleteLine::send_pictures).buffered(CONCURRENCY).try_collect().await?;
    let filled = stream::iter(incomplete.iter().zip(&pictures)).map(|(line, pictures)| line.fill(pictures));
    filled.buffer_unordered(CONCURRENCY).try_for_each(|()| async { Ok(()) }).await?;
    for (number, shopper) in clients.iter().skip(shops.len()).take(2).enumerate() {
        add_address(shopper, &accounts[shops.len() + number].name).await?;
        for shop in opened.iter().flatten().skip(number * 4).take(FOLLOWED) {
            shopper.ask("follow_shop")?.path("shop", &shop.id).send().await?.succeeded()?;
        }
    }

    let added: usize = incomplete.iter().map(|line| line.missing.len()).sum();
    println!("{} accounts, {} shops, {added} products added", accounts.len(), shops.len());
    write_accounts(outputs, &accounts)
}

/// Returns an account with a memorable address and password: `ann@souk.example` and `souk-demo-ann`.
fn account(role: Role, name: &str, email: Option<&str>) -> Account {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    Account {
        role,
        name: name.to_owned(),
        email: email.map_or_else(|| format!("{first}@souk.example"), str::to_owned),
        password: format!("souk-demo-{first}"),
    }
}

/// Signs in to the account, and registers it first if it does not exist.
async fn sign_in_or_join(stack: &Stack, account: Account) -> Result<Client> {
    let client = Client::new(stack)?;
    let client = match client.login(&account).await?.code() {
        Some("wrong_credentials") => client.join(&account).await,
        _ => client.sign_in(&account).await,
    };
    client.map_err(|failed| failed.during(format!("the account of {}", account.name)))
}

/// Adds an address for a shopper who has none.
async fn add_address(shopper: &Client, name: &str) -> Result {
    let book = shopper.ask("list_addresses")?.send().await?.succeeded()?.body;
    if book["default"].is_string() {
        return Ok(());
    }
    let address = json!({
        "label": "Home",
        "name": name,
        "street": "Kiln Lane 7",
        "city": "Potsdam",
        "zip": "14467",
        "country": "DE",
    });
    shopper.ask("add_address")?.json(&address).send().await?.succeeded().map(drop)
}

/// Creates the shop with its terms of shipping and tax, and with a discount for first orders. Returns `None` if the shop
/// exists.
async fn open(shop: &DemoShop, seller: &Client) -> Result<Option<Shop>> {
    let opened = seller.ask("create_shop")?.json(&shop.form()).send().await?;
    if opened.code() == Some("shop_exists") {
        return Ok(None);
    }
    seller.ask("set_shop_settings")?.json(&shop.settings()).send().await?.succeeded()?;
    let shop = opened.read()?;
    let discount = json!({
        "code": "WELCOME10",
        "name": "10 % off your first order",
        "reduction": { "type": "percent", "basis_points": 1_000 },
        "first_order_only": true,
    });
    seller.ask("create_discount")?.json(&discount).send().await?.succeeded()?;
    Ok(Some(shop))
}

/// Returns the titles of the seller's products.
async fn titles_of(seller: &Client) -> Result<BTreeSet<String>> {
    let page = seller.ask("list_own_products")?.query("limit", 100).send().await?.succeeded()?.body;
    let items = page["items"].as_array().into_iter().flatten();
    Ok(items.filter_map(|product| product["title"].as_str().map(str::to_owned)).collect())
}

impl IncompleteLine<'_> {
    /// Draws and uploads the line's pictures. Returns their ids.
    async fn send_pictures(&self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for (kind, colour) in self.line.motifs(self.number)? {
            let seed = format!("line {}", self.number);
            let jpeg = spawn_blocking(move || product_picture(&seed, kind, colour)).await?;
            let form = self.seller.ask_for_upload().await?;
            self.seller.send_file(&form, jpeg).await?;
            ids.push(form.id);
        }
        Ok(ids)
    }

    /// Creates the missing products once their pictures are ready.
    async fn fill(&self, pictures: &[String]) -> Result {
        for id in pictures {
            let state = self.seller.await_upload(id).await?;
            if state != "ready" {
                return Err(Failed::new(format!("the picture {id} is {state}")));
            }
        }
        for product in &self.missing {
            self.put_on_sale(product, pictures).await.map_err(|failed| failed.during(product.title()))?;
        }
        Ok(())
    }

    async fn put_on_sale(&self, product: &DemoProduct<'_>, pictures: &[String]) -> Result {
        let created = self.seller.create_product(&product.product(pictures)).await?;
        let Some(cents) = product.offer() else { return Ok(()) };
        let offer = json!({ "price": euros(cents), "ends_at": Timestamp::now() + SignedDuration::from_hours(7 * 24) });
        self.seller.ask("set_offer")?.path("product", &created.id).json(&offer).send().await?.succeeded()?;
        Ok(())
    }
}

fn write_accounts(outputs: &Path, accounts: &[Account]) -> Result {
    let mut written: Value = serde_json::from_str(&fs::read_to_string(outputs)?)?;
    written["accounts"] = serde_json::to_value(accounts)?;
    fs::write(outputs, format!("{written:#}\n")).map_err(|error| Failed::from(error).during(outputs.display()))
}

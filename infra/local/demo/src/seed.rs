//! Accounts, shops and products to look at.

use std::{collections::BTreeSet, fs, path::Path};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_testkit::{Account, Client, Failed, Result, Role, Shop, Stack, euros, pictures::product_picture};
use tokio::task::spawn_blocking;

use crate::goods::{Good, Line, Range, ranges};

/// How much is on its way at once: enough to keep two cores busy, and no more.
const AT_ONCE: usize = 8;
/// How many shops a shopper of the demo follows.
const FOLLOWED: usize = 6;

/// A line of which something is missing on the stack.
struct Shelf<'a> {
    seller: &'a Client,
    line: &'a Line,
    /// Its place among all lines.
    number: usize,
    missing: Vec<Good<'a>>,
}

/// Fills the stack, and writes its accounts into the deployment's `outputs`. What is there already stays as it is.
///
/// # Errors
/// When a step is refused, or `outputs` cannot be read or written.
pub async fn seed(outputs: &Path) -> Result {
    let stack = Stack::from_outputs(outputs)?;
    let ranges = ranges()?;
    let sellers = ranges.iter().map(|range| account(Role::Seller, &range.seller, None));
    let shoppers = ["Ann Lee", "Ben Haddad"].map(|name| account(Role::Shopper, name, None));
    let admin = account(Role::Admin, "Ada Admin", Some(&stack.first_admin));
    let accounts: Vec<Account> = sellers.chain(shoppers).chain([admin]).collect();
    let clients = stream::iter(accounts.clone())
        .map(|account| enter(&stack, account))
        .buffered(AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?;

    let vendors = ranges.iter().zip(&clients);
    let opened: Vec<Option<Shop>> = stream::iter(vendors.clone())
        .map(|(range, seller)| open(range, seller))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let there: Vec<BTreeSet<String>> =
        stream::iter(vendors.clone()).map(|(_, seller)| titles_of(seller)).buffered(AT_ONCE).try_collect().await?;
    let lines = vendors
        .zip(&there)
        .flat_map(|((range, seller), there)| range.lines.iter().map(move |line| (range, seller, there, line)));
    let shelves = lines.enumerate().map(|(number, (range, seller, there, line))| {
        let missing = line.goods(range, number * 5).filter(|good| !there.contains(good.title())).collect();
        Shelf { seller, line, number, missing }
    });
    let shelves: Vec<Shelf<'_>> = shelves.filter(|shelf| !shelf.missing.is_empty()).collect();

    // All pictures are sent before the first is waited for: the workers look at them meanwhile.
    let pictures: Vec<Vec<String>> =
        stream::iter(&shelves).map(Shelf::send_pictures).buffered(AT_ONCE).try_collect().await?;
    let filled = stream::iter(shelves.iter().zip(&pictures)).map(|(shelf, pictures)| shelf.fill(pictures));
    filled.buffer_unordered(AT_ONCE).try_for_each(|()| async { Ok(()) }).await?;
    for (number, shopper) in clients.iter().skip(ranges.len()).take(2).enumerate() {
        for shop in opened.iter().flatten().skip(number * 4).take(FOLLOWED) {
            shopper.ask("follow_shop")?.path("shop", &shop.id).send().await?.succeeded()?;
        }
    }

    let added: usize = shelves.iter().map(|shelf| shelf.missing.len()).sum();
    println!("{} accounts, {} shops, {added} products added", accounts.len(), ranges.len());
    write_accounts(outputs, &accounts)
}

/// An account that people can remember: `ann@souk.example` with `souk-demo-ann`.
fn account(role: Role, name: &str, email: Option<&str>) -> Account {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    Account {
        role,
        name: name.to_owned(),
        email: email.map_or_else(|| format!("{first}@souk.example"), str::to_owned),
        password: format!("souk-demo-{first}"),
    }
}

/// Signs in to the account, which is made first if it is not there.
async fn enter(stack: &Stack, account: Account) -> Result<Client> {
    let client = Client::new(stack)?;
    let entered = match client.login(&account).await?.code() {
        Some("wrong_credentials") => client.join(&account).await,
        _ => client.sign_in(&account).await,
    };
    entered.map_err(|failed| failed.during(format!("the account of {}", account.name)))
}

/// Opens the shop, with a discount for newcomers. None if it is there already.
async fn open(range: &Range, seller: &Client) -> Result<Option<Shop>> {
    let opened = seller.ask("create_shop")?.json(&range.form()).send().await?;
    if opened.code() == Some("shop_exists") {
        return Ok(None);
    }
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

/// The titles of everything that a seller has on sale.
async fn titles_of(seller: &Client) -> Result<BTreeSet<String>> {
    let page = seller.ask("list_own_products")?.query("limit", 100).send().await?.succeeded()?.body;
    let items = page["items"].as_array().into_iter().flatten();
    Ok(items.filter_map(|product| product["title"].as_str().map(str::to_owned)).collect())
}

impl Shelf<'_> {
    /// Draws the line's pictures and sends them. Their ids.
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

    /// Puts what is missing on sale, once its pictures were looked at.
    async fn fill(&self, pictures: &[String]) -> Result {
        for id in pictures {
            let state = self.seller.await_upload(id).await?;
            if state != "ready" {
                return Err(Failed::new(format!("the picture {id} is {state}")));
            }
        }
        for good in &self.missing {
            self.put_on_sale(good, pictures).await.map_err(|failed| failed.during(good.title()))?;
        }
        Ok(())
    }

    async fn put_on_sale(&self, good: &Good<'_>, pictures: &[String]) -> Result {
        let product = self.seller.create_product(&good.product(pictures)).await?;
        let Some(cents) = good.offer() else { return Ok(()) };
        let offer = json!({ "price": euros(cents), "ends_at": Timestamp::now() + SignedDuration::from_hours(7 * 24) });
        self.seller.ask("set_offer")?.path("product", &product.id).json(&offer).send().await?.succeeded()?;
        Ok(())
    }
}

fn write_accounts(outputs: &Path, accounts: &[Account]) -> Result {
    let mut written: Value = serde_json::from_str(&fs::read_to_string(outputs)?)?;
    written["accounts"] = serde_json::to_value(accounts)?;
    fs::write(outputs, format!("{written:#}\n")).map_err(|error| Failed::from(error).during(outputs.display()))
}

//! Accounts, shops and products to look at.

use std::{collections::BTreeSet, fs, path::Path};

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use souk_testkit::{Account, Client, Failed, Result, Role, Stack, pictures::product_picture};
use tokio::task::spawn_blocking;

use crate::goods::{Good, Range, ranges};

/// How many products are on their way at once: enough to keep the workers busy while pictures are drawn.
const AT_ONCE: usize = 8;

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
    let stocked = ranges.iter().zip(&clients).map(|(range, seller)| stock(range, seller));
    let added: Vec<usize> = stream::iter(stocked).buffered(ranges.len()).try_collect().await?;
    println!("{} accounts, {} shops, {} products added", accounts.len(), ranges.len(), added.iter().sum::<usize>());
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

/// Opens the shop and puts on sale what it does not sell yet. How many that were.
async fn stock(range: &Range, seller: &Client) -> Result<usize> {
    let opened = seller.ask("create_shop")?.json(&serde_json::json!({ "name": range.shop })).send().await?;
    if opened.code() != Some("shop_exists") {
        opened.succeeded()?;
    }
    let there = titles_at(seller, &range.shop).await?;
    let missing: Vec<&Good> = range.goods.iter().filter(|good| !there.contains(&good.title)).collect();
    stream::iter(missing.iter().copied())
        .map(|good| put_on_sale(good, seller))
        .buffer_unordered(AT_ONCE)
        .try_for_each(|()| async { Ok(()) })
        .await?;
    Ok(missing.len())
}

async fn put_on_sale(good: &Good, seller: &Client) -> Result {
    let (kind, colour) = good.motif()?;
    let seed = good.title.clone();
    let jpeg = spawn_blocking(move || product_picture(&seed, kind, colour)).await?;
    let picture = seller.upload_picture(jpeg).await?;
    seller.create_product(&good.product(&[picture])).await.map_err(|failed| failed.during(&good.title))?;
    Ok(())
}

/// The titles of everything that a shop sells.
async fn titles_at(client: &Client, shop: &str) -> Result<BTreeSet<String>> {
    let mut titles = BTreeSet::new();
    let mut cursor: Option<String> = None;
    loop {
        let request = client.ask("list_products")?.query("limit", 100);
        let request = match &cursor {
            Some(cursor) => request.query("cursor", cursor),
            None => request,
        };
        let page = request.send().await?.succeeded()?.body;
        for product in page["items"].as_array().into_iter().flatten() {
            if product["shop"]["name"] == shop {
                titles.extend(product["title"].as_str().map(str::to_owned));
            }
        }
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(titles),
        }
    }
}

fn write_accounts(outputs: &Path, accounts: &[Account]) -> Result {
    let mut written: Value = serde_json::from_str(&fs::read_to_string(outputs)?)?;
    written["accounts"] = serde_json::to_value(accounts)?;
    fs::write(outputs, format!("{written:#}\n")).map_err(|error| Failed::from(error).during(outputs.display()))
}

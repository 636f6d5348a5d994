//! Sellers' accounts, their onboarding, and transfers with their reversals.

use stripe_connect::account::{
    CreateAccount, CreateAccountCapabilities, CreateAccountCapabilitiesTransfers, CreateAccountType, DeleteAccount,
    ListAccount, RetrieveAccount, UpdateAccount,
};
use stripe_connect::account_link::{CreateAccountLink, CreateAccountLinkType};
use stripe_connect::transfer::{CreateTransfer, ListTransfer, RetrieveTransfer};
use stripe_connect::transfer_reversal::{CreateIdTransferReversal, ListIdTransferReversal, RetrieveTransferReversal};
use stripe_core::customer::{CreateCustomer, DeleteCustomer, ListCustomer, RetrieveCustomer, UpdateCustomer};
use stripe_shared::{Account, Transfer};
use stripe_types::Currency;

use crate::support::{StripeError, World, request};

async fn seller(world: &World) -> Account {
    let mut transfers = CreateAccountCapabilitiesTransfers::new();
    transfers.requested = Some(true);
    let mut capabilities = CreateAccountCapabilities::new();
    capabilities.transfers = Some(transfers);
    CreateAccount::new()
        .type_(CreateAccountType::Express)
        .country("DE")
        .email("shop@example.com")
        .capabilities(capabilities)
        .send(&world.client)
        .await
        .unwrap()
}

async fn onboarded_seller(world: &World) -> Account {
    let account = seller(world).await;
    let page = onboarding_page(world, &account).await;
    assert_eq!(world.browser.get(&page).send().await.unwrap().status(), 200);
    let back = world.submit(&page, &[]).await;
    assert_eq!(back.headers()["location"], "https://shop.example.com/seller/done");
    RetrieveAccount::new(account.id.as_str()).send(&world.client).await.unwrap()
}

async fn onboarding_page(world: &World, account: &Account) -> String {
    CreateAccountLink::new(account.id.as_str(), CreateAccountLinkType::AccountOnboarding)
        .refresh_url("https://shop.example.com/seller/again")
        .return_url("https://shop.example.com/seller/done")
        .send(&world.client)
        .await
        .unwrap()
        .url
}

async fn transfer(world: &World, account: &Account, amount: i64) -> Result<Transfer, StripeError> {
    CreateTransfer::new(Currency::EUR, account.id.as_str())
        .amount(amount)
        .transfer_group("po_1")
        .send(&world.client)
        .await
}

#[tokio::test]
async fn a_transfer_requires_onboarding() {
    let world = World::new().await;
    world.paid_checkout().await;
    let account = seller(&world).await;
    assert_eq!(account.details_submitted, Some(false));

    let Err(StripeError::Stripe(early, 400)) = transfer(&world, &account, 1000).await else { panic!("too early") };
    assert_eq!(early.code.unwrap().as_str(), "insufficient_capabilities_for_transfer");

    let account = onboarded_seller(&world).await;
    assert_eq!(account.payouts_enabled, Some(true));
    let paid = transfer(&world, &account, 1000).await.unwrap();
    assert_eq!((paid.amount, paid.transfer_group.as_deref()), (1000, Some("po_1")));
}

#[tokio::test]
async fn an_onboarding_link_works_once() {
    let world = World::new().await;
    let account = seller(&world).await;
    let page = onboarding_page(&world, &account).await;
    world.browser.get(&page).send().await.unwrap();

    let second = world.browser.get(&page).send().await.unwrap();

    assert_eq!(second.status(), 303);
    assert_eq!(second.headers()["location"], "https://shop.example.com/seller/again");
}

#[tokio::test]
async fn an_onboarding_link_expires() {
    let world = World::new().await;
    let account = seller(&world).await;
    let page = onboarding_page(&world, &account).await;
    world.advance_clock(5 * 60).await;

    assert_eq!(world.browser.get(&page).send().await.unwrap().status(), 303);
    // The form of a page that was not shown cannot be submitted either.
    let posted = world.submit(&page, &[]).await;
    assert_eq!(posted.headers()["location"], "https://shop.example.com/seller/again");
    let account = RetrieveAccount::new(account.id.as_str()).send(&world.client).await.unwrap();
    assert_eq!(account.details_submitted, Some(false));
}

#[tokio::test]
async fn transfers_cannot_exceed_the_balance() {
    let world = World::new().await;
    world.paid_checkout().await;
    let account = onboarded_seller(&world).await;

    transfer(&world, &account, 2000).await.unwrap();
    let too_much = transfer(&world, &account, 1001).await;

    let Err(StripeError::Stripe(error, 400)) = too_much else { panic!("{too_much:?}") };
    assert_eq!(error.code.unwrap().as_str(), "balance_insufficient");
}

#[tokio::test]
async fn transfers_of_a_charge_cannot_exceed_the_charge() {
    let world = World::new().await;
    world.paid_checkout().await;
    let second = world.gateway.create_checkout(&request("ps_2")).await.unwrap();
    world.pay(&second, "4242 4242 4242 4242").await;
    let account = onboarded_seller(&world).await;
    let charges = world.get("/v1/charges").await;
    let charge = charges["data"][0]["id"].as_str().unwrap();

    let bound =
        |amount| CreateTransfer::new(Currency::EUR, account.id.as_str()).amount(amount).source_transaction(charge);
    let whole = bound(3000).send(&world.client).await.unwrap();
    let more = bound(1).send(&world.client).await;

    assert_eq!(whole.transfer_group.as_deref(), Some("po_1"));
    assert!(matches!(more, Err(StripeError::Stripe(_, 400))), "{more:?}");
}

#[tokio::test]
async fn a_transfer_is_reversed_in_parts() {
    let world = World::new().await;
    world.paid_checkout().await;
    let account = onboarded_seller(&world).await;
    let paid = transfer(&world, &account, 2000).await.unwrap();

    let part = CreateIdTransferReversal::new(paid.id.as_str()).amount(500).send(&world.client).await.unwrap();
    let rest = CreateIdTransferReversal::new(paid.id.as_str()).send(&world.client).await.unwrap();
    let nothing = CreateIdTransferReversal::new(paid.id.as_str()).send(&world.client).await;

    assert_eq!((part.amount, rest.amount), (500, 1500));
    assert!(matches!(nothing, Err(StripeError::Stripe(_, 400))), "{nothing:?}");
    let reversed = RetrieveTransfer::new(paid.id.as_str()).send(&world.client).await.unwrap();
    assert!(reversed.reversed);
    let listed = ListIdTransferReversal::new(paid.id.as_str()).send(&world.client).await.unwrap();
    assert_eq!(listed.data.len(), 2);
    let one = RetrieveTransferReversal::new(part.id.as_str(), paid.id.as_str()).send(&world.client).await.unwrap();
    assert_eq!(one.amount, 500);
    let in_group = ListTransfer::new().transfer_group("po_1").send(&world.client).await.unwrap();
    assert_eq!(in_group.data.len(), 1);
}

#[tokio::test]
async fn accounts_are_changed_listed_and_deleted() {
    let world = World::new().await;
    let account = seller(&world).await;

    let renamed = UpdateAccount::new(account.id.as_str()).email("new@example.com").send(&world.client).await.unwrap();
    let listed = ListAccount::new().send(&world.client).await.unwrap();
    DeleteAccount::new(account.id.as_str()).send(&world.client).await.unwrap();

    assert_eq!(renamed.email.as_deref(), Some("new@example.com"));
    assert_eq!(listed.data.len(), 1);
    let gone = RetrieveAccount::new(account.id.as_str()).send(&world.client).await;
    assert!(matches!(gone, Err(StripeError::Stripe(_, 404))), "{gone:?}");
}

#[tokio::test]
async fn customers_are_created_changed_listed_and_deleted() {
    let world = World::new().await;

    let ann = CreateCustomer::new().email("ann@example.com").name("Ann").send(&world.client).await.unwrap();
    let renamed = UpdateCustomer::new(ann.id.as_str()).name("Anna").send(&world.client).await.unwrap();
    let found = ListCustomer::new().email("ann@example.com").send(&world.client).await.unwrap();
    let others = ListCustomer::new().email("bob@example.com").send(&world.client).await.unwrap();
    DeleteCustomer::new(ann.id.as_str()).send(&world.client).await.unwrap();

    assert_eq!(renamed.name.as_deref(), Some("Anna"));
    assert_eq!((found.data.len(), others.data.len()), (1, 0));
    let gone = RetrieveCustomer::new(ann.id.as_str()).send(&world.client).await;
    assert!(matches!(gone, Err(StripeError::Stripe(_, 404))), "{gone:?}");
}

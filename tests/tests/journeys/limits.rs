//! Limits per address and account.

use souk_testkit::{Account, Result, Role};
use souk_tests::Market;

#[tokio::test]
async fn guessing_passwords_is_slowed_down_and_the_answer_says_until_when() -> Result {
    let market = Market::open()?;
    let nobody = Account::new(Role::Shopper, "Nobody");
    let guesser = market.anybody()?;
    for left in (0..10).rev() {
        let guess = guesser.login(&nobody).await?.refused_with("wrong_credentials", 401)?;
        assert!(guess.header("ratelimit").is_some(), "{left} left\n{guess}");
    }
    let slowed = guesser.login(&nobody).await?.refused_with("rate_limited", 429)?;
    let seconds: u64 = slowed.header("retry-after").unwrap_or_default().parse()?;
    assert!((1..=30).contains(&seconds), "{slowed}");
    // The account is guarded too, wherever the guesses come from.
    market.anybody()?.login(&nobody).await?.refused_with("rate_limited", 429)?;
    Ok(())
}

#[tokio::test]
async fn two_addresses_do_not_share_a_limit() -> Result {
    let market = Market::open()?;
    let crowded = market.anybody()?;
    let register =
        async |client: &souk_testkit::Client| client.register(&Account::new(Role::Shopper, "Somebody")).await;
    for _ in 0..10 {
        register(&crowded).await?.succeeded()?;
    }
    register(&crowded).await?.refused_with("rate_limited", 429)?;
    register(&market.anybody()?).await?.succeeded()?;
    Ok(())
}

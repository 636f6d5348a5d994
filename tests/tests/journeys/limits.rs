//! Rate limits per network address and account.

use souk_testkit::{Account, Result, Role};
use souk_tests::Market;

#[tokio::test]
async fn password_guesses_are_rate_limited_with_the_time_to_wait() -> Result {
    let market = Market::open()?;
    let nobody = Account::new(Role::Shopper, "Nobody");
    let client = market.anonymous()?;
    for remaining in (0..10).rev() {
        let guess = client.login(&nobody).await?.refused_with("wrong_credentials", 401)?;
        assert!(guess.header("ratelimit").is_some(), "{remaining} left\n{guess}");
    }
    let limited = client.login(&nobody).await?.refused_with("rate_limited", 429)?;
    let seconds: u64 = limited.header("retry-after").unwrap_or_default().parse()?;
    assert!((1..=30).contains(&seconds), "{limited}");
    // The account has a limit too, for guesses from any network address.
    market.anonymous()?.login(&nobody).await?.refused_with("rate_limited", 429)?;
    Ok(())
}

#[tokio::test]
async fn network_addresses_do_not_share_a_limit() -> Result {
    let market = Market::open()?;
    let limited = market.anonymous()?;
    let register =
        async |client: &souk_testkit::Client| client.register(&Account::new(Role::Shopper, "Somebody")).await;
    for _ in 0..10 {
        register(&limited).await?.succeeded()?;
    }
    register(&limited).await?.refused_with("rate_limited", 429)?;
    register(&market.anonymous()?).await?.succeeded()?;
    Ok(())
}

//! Tokens and cookies that are wrong or misused.

use souk_testkit::Result;
use souk_tests::Market;

#[tokio::test]
async fn a_modified_token_is_refused() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let token = shopper.token().expect("a token").to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let flipped = |part: &str| {
        let at = part.len() / 2;
        let other = if part.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &part[..at], &part[at + 1..])
    };
    let forged = [
        format!("{}.{}.{}", flipped(parts[0]), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], flipped(parts[1]), parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], flipped(parts[2])),
        format!("{}.{}.", parts[0], parts[1]),
        // {"alg":"none","typ":"at+jwt"}
        format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", parts[1]),
        "nonsense".to_owned(),
    ];
    for token in forged {
        let answer = shopper.with_token(&token).ask("get_cart")?.send().await?;
        answer.refused_with("not_signed_in", 401)?;
    }
    shopper.cart().await?;
    Ok(())
}

#[tokio::test]
async fn a_cookie_authenticates_and_changes_require_an_allowed_origin() -> Result {
    let market = Market::open()?;
    let (account, shopper) = market.shopper().await?;
    let signed_in = shopper.login(&account).await?.succeeded()?;
    let set_cookie = signed_in.header("set-cookie").expect("a cookie").to_owned();
    for attribute in ["__Host-souk-user=", "Secure", "HttpOnly", "Path=/", "SameSite=None"] {
        assert!(set_cookie.contains(attribute), "{set_cookie}");
    }
    let cookie = set_cookie.split(';').next().unwrap_or_default();
    let browser = market.anonymous()?;
    browser.ask("get_cart")?.header("cookie", cookie).send().await?.succeeded()?;
    let ticket = |origin: &str| -> Result<_> {
        Ok(browser.ask("create_socket_ticket")?.header("cookie", cookie).header("origin", origin).send())
    };
    ticket("http://localhost:3000")?.await?.succeeded()?;
    ticket("https://evil.example")?.await?.refused_with("origin_refused", 403)?;
    Ok(())
}

#[tokio::test]
async fn the_name_of_the_bearer_scheme_may_be_in_any_case() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let token = shopper.token().expect("a token");
    let anonymous = market.anonymous()?;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = anonymous.ask("get_cart")?.header("authorization", &format!("{scheme} {token}"));
        request.send().await?.succeeded()?;
    }
    for value in [format!("Basic {token}"), token.to_owned()] {
        let request = anonymous.ask("get_cart")?.header("authorization", &value);
        request.send().await?.refused_with("not_signed_in", 401)?;
    }
    Ok(())
}

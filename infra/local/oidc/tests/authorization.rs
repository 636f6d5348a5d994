//! The authorization request and the sign-in page.

use crate::support::{World, parameters};

#[tokio::test]
async fn the_page_offers_the_known_people_and_a_form_for_others() {
    let world = World::new().await;
    let answer = world.http.get(world.request(&[])).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    for part in ["Ann Lee", "grace@mail.example", "not verified", "name=\"subject\""] {
        assert!(html.contains(part), "{part}\n{html}");
    }
}

#[tokio::test]
async fn a_choice_redirects_with_code_state_and_issuer() {
    let world = World::new().await;
    let parameters_back = world.choose(world.request(&[]), &[("email", "ann@souk.example")]).await;
    assert_eq!(parameters_back["from"], "google", "the query of the redirect URI is kept");
    assert_eq!(
        (parameters_back["state"].as_str(), parameters_back["iss"].as_str()),
        ("the state", world.provider.url().as_str())
    );
    assert_eq!(parameters_back["code"].len(), 43);
}

#[tokio::test]
async fn a_denial_redirects_with_access_denied() {
    let world = World::new().await;
    let parameters_back = world.choose(world.request(&[]), &[("deny", "true")]).await;
    assert_eq!((parameters_back["error"].as_str(), parameters_back["state"].as_str()), ("access_denied", "the state"));
    assert!(!parameters_back.contains_key("code"));
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_is_shown_and_never_redirected_to() {
    let world = World::new().await;
    for otherwise in [
        ("client_id", "somebody-else"),
        ("client_id", ""),
        ("redirect_uri", "https://evil.example/callback"),
        ("redirect_uri", "https://shop.example/callback"),
        ("redirect_uri", "https://shop.example/callback?from=google&more=1"),
        ("redirect_uri", ""),
    ] {
        let address = world.request(&[otherwise]);
        for request in [world.http.get(address.clone()), world.http.post(address).form(&[("email", "a@b.example")])] {
            let answer = request.send().await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None), "{otherwise:?}");
        }
    }
}

#[tokio::test]
async fn every_other_error_is_redirected_to_the_client() {
    let world = World::new().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "fragment", "invalid_request"),
        ("scope", "email profile", "invalid_scope"),
        ("scope", "", "invalid_scope"),
        ("prompt", "none", "login_required"),
        ("request", "x.y.z", "request_not_supported"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
    ] {
        let answer = world.http.get(world.request(&[(name, value)])).send().await.unwrap();
        let parameters_back = parameters(&answer);
        assert_eq!(
            (parameters_back["error"].as_str(), parameters_back["state"].as_str()),
            (error, "the state"),
            "{name}={value}"
        );
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let world = World::new().await;
    let mut address = world.request(&[]);
    address.query_pairs_mut().append_pair("nonce", "another");
    let answer = world.http.get(address).send().await.unwrap();
    assert_eq!(parameters(&answer)["error"], "invalid_request");
}

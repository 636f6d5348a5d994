//! The page, and what leads there.

use crate::support::{World, parameters};

#[tokio::test]
async fn the_page_offers_the_people_there_are_and_a_form_for_anybody_else() {
    let world = World::new().await;
    let answer = world.http.get(world.request(&[])).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    for part in ["Ann Lee", "grace@mail.example", "not verified", "name=\"subject\""] {
        assert!(html.contains(part), "{part}\n{html}");
    }
}

#[tokio::test]
async fn a_choice_leads_back_with_a_code_the_state_and_the_issuer() {
    let world = World::new().await;
    let back = world.choose(world.request(&[]), &[("email", "ann@souk.example")]).await;
    assert_eq!(back["from"], "google", "what the address had in its query stays there");
    assert_eq!((back["state"].as_str(), back["iss"].as_str()), ("the state", world.provider.url().as_str()));
    assert_eq!(back["code"].len(), 43);
}

#[tokio::test]
async fn a_no_leads_back_with_access_denied() {
    let world = World::new().await;
    let back = world.choose(world.request(&[]), &[("deny", "true")]).await;
    assert_eq!((back["error"].as_str(), back["state"].as_str()), ("access_denied", "the state"));
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn a_foreign_client_or_redirect_address_is_told_to_the_person_and_never_followed() {
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
async fn every_other_mistake_of_the_client_is_told_to_the_client() {
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
        let back = parameters(&answer);
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "the state"), "{name}={value}");
    }
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_refused() {
    let world = World::new().await;
    let mut address = world.request(&[]);
    address.query_pairs_mut().append_pair("nonce", "another");
    let answer = world.http.get(address).send().await.unwrap();
    assert_eq!(parameters(&answer)["error"], "invalid_request");
}

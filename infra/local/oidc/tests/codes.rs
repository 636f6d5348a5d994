//! Codes and their redemption.

use serde_json::{Value, json};

use crate::support::{CALLBACK, World, error};

#[tokio::test]
async fn a_code_is_redeemed_for_an_id_token_once() {
    let world = World::new().await;
    let code = world.code().await;
    let answer = world.redeem(&code, &[]).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    let tokens: Value = answer.json().await.unwrap();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
    world.verify(tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(error(world.redeem(&code, &[]).await).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_code_expires_after_a_minute() {
    let world = World::new().await;
    let code = world.code().await;
    let minute = json!({ "seconds": 60 });
    world.http.post(world.url("/_local/clock")).json(&minute).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(error(world.redeem(&code, &[]).await).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_code_is_refused_if_any_other_parameter_is_wrong() {
    let world = World::new().await;
    for (name, value, refusal) in [
        ("code_verifier", "another-verifier-of-43-characters-0123456789", (400, "invalid_grant")),
        ("code_verifier", "", (400, "invalid_grant")),
        ("redirect_uri", "https://shop.example/callback", (400, "invalid_grant")),
        ("redirect_uri", "", (400, "invalid_grant")),
        ("code", "nonsense", (400, "invalid_grant")),
        ("code", "", (400, "invalid_request")),
        ("grant_type", "password", (400, "unsupported_grant_type")),
        ("grant_type", "", (400, "invalid_request")),
        ("client_secret", "wrong", (401, "invalid_client")),
        ("client_secret", "", (401, "invalid_client")),
        ("client_id", "somebody-else", (401, "invalid_client")),
    ] {
        let answer = world.redeem(&world.code().await, &[(name, value)]).await;
        assert_eq!(error(answer).await, (refusal.0, refusal.1.to_owned()), "{name}={value}");
    }
}

#[tokio::test]
async fn a_wrong_verifier_uses_up_the_code() {
    let world = World::new().await;
    let code = world.code().await;
    world.redeem(&code, &[("code_verifier", "wrong")]).await;
    assert_eq!(error(world.redeem(&code, &[]).await).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_client_may_authenticate_by_header_but_not_in_two_ways() {
    let world = World::new().await;
    let code = world.code().await;
    let form = |secret: &'static str| {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
        form.push(("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        form.extend((!secret.is_empty()).then_some(("client_secret", secret)));
        let request = world.http.post(world.url("/token")).form(&form);
        request.basic_auth("souk-local", Some("secret-local")).send()
    };
    assert_eq!(error(form("secret-local").await.unwrap()).await, (400, "invalid_request".to_owned()));
    assert_eq!(form("").await.unwrap().status(), 200);
    let wrong = world.http.post(world.url("/token")).form(&[("code", "x")]).basic_auth("souk-local", Some("wrong"));
    let wrong = wrong.send().await.unwrap();
    assert_eq!(wrong.headers()["www-authenticate"], "Basic");
    assert_eq!(error(wrong).await, (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn only_forms_without_repeated_parameters_are_accepted() {
    let world = World::new().await;
    let json = world.http.post(world.url("/token")).json(&json!({ "grant_type": "authorization_code" }));
    assert_eq!(error(json.send().await.unwrap()).await, (400, "invalid_request".to_owned()));
    let twice = world.http.post(world.url("/token")).form(&[("code", "a"), ("code", "b")]);
    assert_eq!(error(twice.send().await.unwrap()).await, (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn a_requested_failure_occurs_once() {
    let world = World::new().await;
    world.spoil("token_endpoint_fails").await;
    assert_eq!(error(world.redeem(&world.code().await, &[]).await).await, (500, "server_error".to_owned()));
    assert_eq!(world.redeem(&world.code().await, &[]).await.status(), 200);
}

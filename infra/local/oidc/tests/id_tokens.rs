//! ID tokens, valid and invalid.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use souk_local_oidc::Person;

use crate::support::World;

async fn id_token(world: &World) -> String {
    let tokens: Value = world.redeem(&world.code().await, &[]).await.json().await.unwrap();
    tokens["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_id_token_has_the_claims_of_the_sign_in() {
    let world = World::new().await;
    let claims = world.verify(&id_token(&world).await).await.unwrap();
    for (claim, value) in [
        ("iss", json!(world.provider.url())),
        ("aud", json!("souk-local")),
        ("azp", json!("souk-local")),
        ("nonce", json!("the nonce")),
        ("email", json!("grace@mail.example")),
        ("email_verified", json!(true)),
        ("name", json!("Grace Okafor")),
        ("sub", json!(Person::new("", "grace@mail.example").subject())),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (issued, expires) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
    assert!(now - issued <= 5, "issued at {issued}, and it is {now}");
    assert_eq!(expires - issued, 300);
}

#[tokio::test]
async fn an_account_has_one_subject_for_every_name_and_case_of_the_address() {
    let subject = Person::new("Ann Lee", "ann@souk.example").subject();
    assert_eq!(subject, Person::new("A. Lee", "Ann@Souk.example").subject());
    assert_ne!(subject, Person::new("Ann Lee", "ben@souk.example").subject());
    assert!(subject.len() == 21 && subject.bytes().all(|b| b.is_ascii_digit()), "{subject}");
    let moved = Person { subject: Some("7".to_owned()), ..Person::new("Ann Lee", "ann@souk.example") };
    assert_eq!(moved.subject(), "7");
}

#[tokio::test]
async fn claims_that_were_not_requested_are_missing() {
    let world = World::new().await;
    let request = world.request(&[("scope", "openid"), ("nonce", "")]);
    let form = [("email", "grace@mail.example"), ("name", "Grace Okafor")];
    let code = world.choose(request, &form).await["code"].clone();
    let tokens: Value = world.redeem(&code, &[]).await.json().await.unwrap();
    let claims = world.verify(tokens["id_token"].as_str().unwrap()).await.unwrap();
    for claim in ["email", "email_verified", "name", "nonce"] {
        assert_eq!(claims.get(claim), None);
    }
}

#[tokio::test]
async fn a_token_with_a_flaw_fails_its_verification() {
    let world = World::new().await;
    for flaw in
        ["wrong_audience", "wrong_issuer", "expired", "wrong_key", "unknown_key", "alg_none", "public_key_as_secret"]
    {
        world.spoil(flaw).await;
        assert!(world.verify(&id_token(&world).await).await.is_err(), "{flaw}");
        assert!(world.verify(&id_token(&world).await).await.is_ok(), "the token after {flaw}");
    }
}

#[tokio::test]
async fn a_requested_flaw_changes_its_claim() {
    let world = World::new().await;
    for (flaw, claim, value) in [
        ("wrong_nonce", "nonce", json!("another-nonce")),
        ("no_nonce", "nonce", json!(null)),
        ("unverified_mail", "email_verified", json!(false)),
    ] {
        world.spoil(flaw).await;
        assert_eq!(world.verify(&id_token(&world).await).await.unwrap()[claim], value, "{flaw}");
    }
    world.spoil("from_the_future").await;
    let claims = world.verify(&id_token(&world).await).await.unwrap();
    assert!(claims["iat"].as_i64() > claims["exp"].as_i64());
}

#[tokio::test]
async fn a_rotation_signs_with_the_new_key_and_still_publishes_the_old_one() {
    let world = World::new().await;
    let before = id_token(&world).await;
    world.http.post(world.url("/_local/rotate")).send().await.unwrap().error_for_status().unwrap();
    let after = id_token(&world).await;
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid;
    assert_ne!(kid(&before), kid(&after));
    for token in [&before, &after] {
        world.verify(token).await.unwrap();
    }
}

#[tokio::test]
async fn requests_are_counted() {
    let world = World::new().await;
    let discovered = world.json("/.well-known/openid-configuration").await;
    assert_eq!(discovered["issuer"], json!(world.provider.url()));
    world.verify(&id_token(&world).await).await.unwrap();
    let counts = world.json("/_local/counts").await;
    assert_eq!(counts, json!({ "discovery": 1, "jwks": 1, "codes": 1, "id_tokens": 1 }));
    let page = world.http.get(world.url("/_local")).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("codes 1"));
}

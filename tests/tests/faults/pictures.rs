//! Uploads that are looked at twice.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::MediaId;
use souk_testkit::{
    PATIENCE, Result, await_until,
    events::{message_id, sqs_batch},
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, keys};

use crate::scene::all_done;

/// What S3 tells of an upload.
fn notification(upload: &str) -> String {
    json!({ "Records": [{ "eventName": "ObjectCreated:Post", "s3": { "object": { "key": format!("uploads/{upload}") } } }] })
        .to_string()
}

#[tokio::test]
async fn a_picture_that_is_looked_at_again_stays_as_it_is() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let upload = seller.upload_picture(product_picture("a bag", Kind::Bag, Rgb(0x8a, 0x5a, 0x33))).await?;
    let before: Value = seller.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    let again = notification(&upload);
    assert_eq!(market.call("process-image", &sqs_batch([again.as_str(), again.as_str()])).await?, all_done());
    let after: Value = seller.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    assert_eq!(before, after);
    Ok(())
}

#[tokio::test]
async fn a_notification_about_something_else_goes_back_alone_and_s3s_test_message_is_taken() -> Result {
    let market = Market::open()?;
    let test = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "souk" }).to_string();
    let foreign = notification("../public/mine");
    let answer = market.call("process-image", &sqs_batch([test.as_str(), foreign.as_str()])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    Ok(())
}

#[tokio::test]
async fn a_picture_whose_removal_stopped_half_way_is_removed_by_the_next_purge() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let upload = shopper.upload_picture(product_picture("half gone", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f))).await?;
    let seen: Value = shopper.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    let id = MediaId::parse(&upload)?;
    let item = market.cloud.item(&keys::media(id)).await?.unwrap_or_default();

    // Taken down, and then the function died: with its files there, or some of them.
    let mut state = item["state"].clone();
    state["state"] = "removing".into();
    let place = keys::among_media(Timestamp::UNIX_EPOCH, id).at;
    let changes = [("state", state), ("check_at", 0.into()), ("gsi1sk", place.into())];
    market.cloud.set(&keys::media(id), &changes).await?;
    shopper.ask("get_upload")?.path("id", &upload).send().await?.refused_with("not_found", 404)?;
    nothing_is_left(&market, id, &seen).await
}

#[tokio::test]
async fn of_a_picture_whose_worker_died_for_good_no_file_is_left() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let upload = shopper.upload_picture(product_picture("never told", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f))).await?;
    let seen: Value = shopper.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    let id = MediaId::parse(&upload)?;

    // Its files were stored, and nobody ever said so.
    let place = keys::among_media(Timestamp::UNIX_EPOCH, id).at;
    let changes = [("state", json!({ "state": "waiting" })), ("check_at", 0.into()), ("gsi1sk", place.into())];
    market.cloud.set(&keys::media(id), &changes).await?;
    nothing_is_left(&market, id, &seen).await
}

#[tokio::test]
async fn a_transformation_that_is_asked_for_again_stays_as_it_is_and_one_that_is_gone_leaves_nothing() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let source = seller.upload_picture(product_picture("a chair", Kind::Chair, Rgb(0x4a, 0x6b, 0x3a))).await?;
    let ask = seller.ask("create_transformation")?.path("id", &source).json(&json!({ "transformation": "retouch" }));
    let made: Value = ask.send().await?.read()?;
    let made = made["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(seller.await_upload(&made).await?, "ready");
    let before: Value = seller.ask("get_upload")?.path("id", &made).send().await?.read()?;

    let message = |media: &str| {
        let event = json!({ "type": "transformation_requested", "media": media });
        json!({ "id": format!("event_{:032x}", 7), "at": Timestamp::now().to_string(), "event": event }).to_string()
    };
    let never_there = format!("media_{:032x}", 7);
    let batch = sqs_batch([message(&made).as_str(), message(&made).as_str(), message(&never_there).as_str()]);
    assert_eq!(market.call("transform-image", &batch).await?, all_done());
    let after: Value = seller.ask("get_upload")?.path("id", &made).send().await?.read()?;
    assert_eq!(before, after);
    Ok(())
}

/// Waits until the purge has taken a picture away, and looks whether a file of it is left.
async fn nothing_is_left(market: &Market, id: MediaId, seen: &Value) -> Result {
    await_until(PATIENCE, "the purge to take the picture away", async || {
        market.call("purge-media", &Value::Null).await?;
        Ok(market.cloud.item(&keys::media(id)).await?.is_none().then_some(()))
    })
    .await?;
    for rendition in seen["picture"]["renditions"].as_array().into_iter().flatten() {
        let url = rendition["url"].as_str().unwrap_or_default();
        assert_ne!(reqwest::get(url).await?.status(), 200, "{url}");
    }
    Ok(())
}

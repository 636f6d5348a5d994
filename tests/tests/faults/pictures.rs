//! Uploads that are processed twice, and removals that stop half way.

use jiff::Timestamp;
use serde_json::{Value, json};
use souk_domain::MediaId;
use souk_testkit::{
    PATIENCE, Result, await_until,
    events::{message_id, sqs_batch},
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, keys};

use crate::fixture::no_failures;

/// The notification that S3 sends about an upload.
fn notification(upload: &str) -> String {
    json!({ "Records": [{ "eventName": "ObjectCreated:Post", "s3": { "object": { "key": format!("uploads/{upload}") } } }] })
        .to_string()
}

#[tokio::test]
async fn a_picture_that_is_processed_again_does_not_change() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let upload = seller.upload_picture(product_picture("a bag", Kind::Bag, Rgb(0x8a, 0x5a, 0x33))).await?;
    let before: Value = seller.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    let again = notification(&upload);
    assert_eq!(market.call("process-image", &sqs_batch([again.as_str(), again.as_str()])).await?, no_failures());
    let after: Value = seller.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    assert_eq!(before, after);
    Ok(())
}

#[tokio::test]
async fn a_notification_about_a_foreign_object_fails_and_the_test_message_of_s3_succeeds() -> Result {
    let market = Market::open()?;
    let test = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "souk" }).to_string();
    let foreign = notification("../public/mine");
    let answer = market.call("process-image", &sqs_batch([test.as_str(), foreign.as_str()])).await?;
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": message_id(1) }] }));
    Ok(())
}

#[tokio::test]
async fn the_next_purge_completes_an_interrupted_removal_of_a_picture() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let upload = shopper.upload_picture(product_picture("half gone", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f))).await?;
    let upload_view: Value = shopper.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    let id = MediaId::parse(&upload)?;
    let item = market.cloud.item(&keys::media(id)).await?.unwrap_or_default();

    // The function marked the picture and died before it deleted all files.
    let mut state = item["state"].clone();
    state["state"] = "removing".into();
    let list_key = keys::among_media(Timestamp::UNIX_EPOCH, id).at;
    let changes = [("state", state), ("check_at", 0.into()), ("gsi1sk", list_key.into())];
    market.cloud.set(&keys::media(id), &changes).await?;
    shopper.ask("get_upload")?.path("id", &upload).send().await?.refused_with("not_found", 404)?;
    assert_purged(&market, id, &upload_view).await
}

#[tokio::test]
async fn the_purge_deletes_the_files_of_a_picture_whose_worker_died() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let upload = shopper.upload_picture(product_picture("never told", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f))).await?;
    let upload_view: Value = shopper.ask("get_upload")?.path("id", &upload).send().await?.read()?;
    let id = MediaId::parse(&upload)?;

    // The worker stored the files and died before it recorded them.
    let list_key = keys::among_media(Timestamp::UNIX_EPOCH, id).at;
    let changes = [("state", json!({ "state": "waiting" })), ("check_at", 0.into()), ("gsi1sk", list_key.into())];
    market.cloud.set(&keys::media(id), &changes).await?;
    assert_purged(&market, id, &upload_view).await
}

#[tokio::test]
async fn a_repeated_transformation_does_not_change_and_an_unknown_one_is_ignored() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let source = seller.upload_picture(product_picture("a chair", Kind::Chair, Rgb(0x4a, 0x6b, 0x3a))).await?;
    let ask = seller.ask("create_transformation")?.path("id", &source).json(&json!({ "transformation": "retouch" }));
    let created: Value = ask.send().await?.read()?;
    let created = created["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(seller.await_upload(&created).await?, "ready");
    let before: Value = seller.ask("get_upload")?.path("id", &created).send().await?.read()?;

    let message = |media: &str| {
        let event = json!({ "type": "transformation_requested", "media": media });
        json!({ "id": format!("event_{:032x}", 7), "at": Timestamp::now().to_string(), "event": event }).to_string()
    };
    let unknown = format!("media_{:032x}", 7);
    let batch = sqs_batch([message(&created).as_str(), message(&created).as_str(), message(&unknown).as_str()]);
    assert_eq!(market.call("transform-image", &batch).await?, no_failures());
    let after: Value = seller.ask("get_upload")?.path("id", &created).send().await?.read()?;
    assert_eq!(before, after);
    Ok(())
}

/// Waits until the purge has removed the picture, and checks that none of its files is left.
async fn assert_purged(market: &Market, id: MediaId, upload_view: &Value) -> Result {
    await_until(PATIENCE, "the purge to remove the picture", async || {
        market.call("purge-media", &Value::Null).await?;
        Ok(market.cloud.item(&keys::media(id)).await?.is_none().then_some(()))
    })
    .await?;
    for rendition in upload_view["picture"]["renditions"].as_array().into_iter().flatten() {
        let url = rendition["url"].as_str().unwrap_or_default();
        assert_ne!(reqwest::get(url).await?.status(), 200, "{url}");
    }
    Ok(())
}

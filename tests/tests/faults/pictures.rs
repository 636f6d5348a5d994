//! Uploads that are looked at twice.

use serde_json::{Value, json};
use souk_testkit::{
    Result,
    events::{message_id, sqs_batch},
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::Market;

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

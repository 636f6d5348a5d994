//! Uploads of pictures.

use serde_json::json;
use souk_testkit::{
    NewProduct, NewSku, Result,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::Market;

fn jpeg() -> Vec<u8> {
    product_picture("a lamp", Kind::Lamp, Rgb(0xc9, 0x98, 0x2f))
}

#[tokio::test]
async fn another_sellers_upload_is_not_found_and_cannot_be_used() -> Result {
    let market = Market::open()?;
    let (owner, attacker) = (market.vendor(100, 1).await?, market.vendor(100, 1).await?);
    let picture = owner.client.upload_picture(jpeg()).await?;
    attacker.client.ask("get_upload")?.path("id", &picture).send().await?.refused_with("not_found", 404)?;
    let product = NewProduct::new("A stolen lamp", 100, [NewSku::new(1)]).pictures(&[picture]);
    let refusal =
        attacker.client.ask("create_product")?.json(&product.0).send().await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/pictures/0".to_owned(), "not_found".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_not_a_picture_is_rejected() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(100, 1).await?;
    let form = vendor.client.ask_for_upload().await?;
    vendor.client.send_file(&form, b"<html>not a picture</html>".to_vec()).await?;
    assert_eq!(vendor.client.await_upload(&form.id).await?, "rejected");
    let upload = vendor.client.ask("get_upload")?.path("id", &form.id).send().await?.succeeded()?;
    assert_eq!(upload.body["reason"], "not_an_image");
    let product = NewProduct::new("A lamp", 100, [NewSku::new(1)]).pictures(&[form.id]);
    let refusal =
        vendor.client.ask("create_product")?.json(&product.0).send().await?.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/pictures/0".to_owned(), "not_ready".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn an_invalid_picture_is_rejected_with_its_reason() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let photo = jpeg();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (file, reason) in [
        (&photo[..photo.len() / 2], "truncated"),
        (svg.as_slice(), "unsupported"),
        (b"GIF89a\x01\0\x01\0", "unsupported"),
        (b"PK\x03\x04", "not_an_image"),
    ] {
        let form = seller.ask_for_upload().await?;
        seller.send_file(&form, file.to_vec()).await?;
        assert_eq!(seller.await_upload(&form.id).await?, "rejected", "{reason}");
        let upload = seller.ask("get_upload")?.path("id", &form.id).send().await?.succeeded()?;
        assert_eq!(upload.body["reason"], reason);
    }
    Ok(())
}

#[tokio::test]
async fn an_upload_form_cannot_be_used_for_another_key_or_type() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    for (field, value) in [("key", "public/mine.webp"), ("Content-Type", "text/html")] {
        let mut form = seller.ask_for_upload().await?;
        form.fields.insert(field.to_owned(), value.to_owned());
        seller.send_file(&form, jpeg()).await.expect_err(&format!("the storage refuses another {field}"));
    }
    Ok(())
}

#[tokio::test]
async fn only_picture_types_can_be_uploaded() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let answer = seller.ask("create_upload")?.json(&json!({ "content_type": "image/svg+xml" })).send().await?;
    let refusal = answer.refused_with("invalid_input", 422)?;
    assert_eq!(refusal.field_errors(), [("/content_type".to_owned(), "unknown_value".to_owned())]);
    Ok(())
}

//! Pictures: transformations, deletion by the owner, and the purge.

use futures::future::{join, join_all, try_join_all};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use souk_domain::MediaId;
use souk_testkit::{
    Client, Failed, NewProduct, NewSku, PATIENCE, Result, StripePage, await_until,
    pictures::{Kind, Rgb, product_picture},
};
use souk_tests::{Market, Vendor, keys};

fn jpeg(seed: &str) -> Vec<u8> {
    product_picture(seed, Kind::Mug, Rgb(0x23, 0x41, 0x5f))
}

/// Reads a picture as its owner sees it.
async fn show(owner: &Client, id: &str) -> Result<Value> {
    Ok(owner.ask("get_upload")?.path("id", id).send().await?.succeeded()?.body)
}

/// Requests a transformation and returns the id of the new picture.
async fn transform(owner: &Client, id: &str, transformation: &str) -> Result<String> {
    let request = owner.ask("create_transformation")?.path("id", id).json(&json!({ "transformation": transformation }));
    let request = request.send().await?.succeeded()?;
    assert_eq!((request.status, &request.body["state"]), (201, &json!("waiting")));
    assert_eq!(request.body["origin"], json!({ "source": id, "transformation": transformation }));
    Ok(request.body["id"].as_str().unwrap_or_default().to_owned())
}

/// Returns the widths of a picture's renditions.
fn widths(picture: &Value) -> Vec<u64> {
    let renditions = picture["picture"]["renditions"].as_array().into_iter().flatten();
    renditions.filter_map(|rendition| rendition["width"].as_u64()).collect()
}

/// Returns the URLs of a picture's renditions, the narrowest first.
fn urls(picture: &Value) -> Vec<String> {
    let renditions = picture["picture"]["renditions"].as_array().into_iter().flatten();
    renditions.filter_map(|rendition| Some(rendition["url"].as_str()?.to_owned())).collect()
}

async fn exists(url: &str) -> Result<bool> {
    Ok(reqwest::get(url).await?.status() == 200)
}

/// Makes a picture's check due, and moves its references so far into the past that they have expired.
async fn make_check_due(market: &Market, id: &str) -> Result {
    let id = MediaId::parse(id)?;
    let item = market.cloud.item(&keys::media(id)).await?.ok_or_else(|| Failed::new("a picture without an item"))?;
    let past = Timestamp::now() - SignedDuration::from_hours(1);
    let mut uses = item["uses"].as_object().cloned().unwrap_or_default();
    uses.values_mut().for_each(|at| *at = past.as_millisecond().into());
    let list_key = keys::among_media(past, id).at;
    let changes = [("uses", uses.into()), ("check_at", past.as_millisecond().into()), ("gsi1sk", list_key.into())];
    market.cloud.set(&keys::media(id), &changes).await
}

/// Runs the purge until a picture's item is as expected.
async fn purge_until(market: &Market, id: &str, matches: impl Fn(Option<&Value>) -> bool) -> Result {
    let key = keys::media(MediaId::parse(id)?);
    await_until(PATIENCE, &format!("the purge to process {id}"), async || {
        // Two runs of the schedule overlap.
        try_join_all((0..2).map(|_| market.call("purge-media", &Value::Null))).await?;
        let item = market.cloud.item(&key).await?;
        Ok(matches(item.as_ref()).then_some(()))
    })
    .await
}

/// Creates a vendor whose product has a picture, and returns both.
async fn vendor_with_picture(market: &Market) -> Result<(Vendor, String)> {
    let (account, client) = market.seller().await?;
    let shop = client.open_shop(&format!("Shop of {}", account.email)).await?;
    let picture = client.upload_picture(jpeg(&account.email)).await?;
    let new = NewProduct::new("Stoneware mug", 1_850, [NewSku::new(3)]).pictures(std::slice::from_ref(&picture));
    let product = client.create_product(&new).await?;
    Ok((Vendor { account, client, shop, product }, picture))
}

#[tokio::test]
async fn every_transformation_makes_a_new_picture() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let source = seller.upload_picture(jpeg("a mug to cut out")).await?;
    let before = show(&seller, &source).await?;

    let cut_out = transform(&seller, &source, "remove_background").await?;
    assert_eq!(seller.await_upload(&cut_out).await?, "ready");
    let request = ["retouch", "upscale"].map(|transformation| transform(&seller, &source, transformation));
    let mut ids = try_join_all(request).await?;
    ids.push(transform(&seller, &cut_out, "drop_shadow").await?);
    for id in &ids {
        assert_eq!(seller.await_upload(id).await?, "ready");
        for url in urls(&show(&seller, id).await?) {
            assert!(exists(&url).await?, "{url}");
        }
    }
    assert_eq!(widths(&show(&seller, &cut_out).await?), [320, 800]);
    assert_eq!(widths(&show(&seller, &ids[1]).await?), [320, 800, 1600], "the enlarged picture");
    assert_eq!(show(&seller, &source).await?, before, "the source is unchanged");

    // A transformed picture can be shown like any other.
    seller.open_shop(&format!("Shop of {source}")).await?;
    let product = NewProduct::new("Stoneware mug", 1_850, [NewSku::new(3)]).pictures(&[cut_out, ids[2].clone()]);
    seller.create_product(&product).await?;
    Ok(())
}

#[tokio::test]
async fn an_impossible_transformation_is_refused_with_its_reason() -> Result {
    let market = Market::open()?;
    let ((_, owner), (_, attacker)) = (market.seller().await?, market.seller().await?);
    let source = owner.upload_picture(jpeg("a mug on a table")).await?;

    let shadow = transform(&owner, &source, "drop_shadow").await?;
    assert_eq!(owner.await_upload(&shadow).await?, "rejected");
    assert_eq!(show(&owner, &shadow).await?["reason"], "nothing_cut_out");

    let upscale = json!({ "transformation": "upscale" });
    let ask = async |client: &Client, id: &str, body: &Value| -> Result<_> {
        client.ask("create_transformation")?.path("id", id).json(body).send().await
    };
    ask(&attacker, &source, &upscale).await?.refused_with("not_found", 404)?;
    ask(&owner, &shadow, &upscale).await?.refused_with("media_not_ready", 409)?;
    let form = owner.ask_for_upload().await?;
    ask(&owner, &form.id, &upscale).await?.refused_with("media_not_ready", 409)?;
    ask(&owner, &source, &json!({ "transformation": "age" })).await?.refused_with("invalid_input", 422)?;
    Ok(())
}

#[tokio::test]
async fn a_repeated_transformation_request_with_one_key_makes_one_picture() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let source = seller.upload_picture(jpeg("a mug to retouch once")).await?;
    let body = json!({ "transformation": "retouch" });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = seller.ask("create_transformation")?.path("id", &source).json(&body).key("retouch-1");
        ids.push(request.send().await?.succeeded()?.body["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    Ok(())
}

#[tokio::test]
async fn only_an_unused_picture_can_be_deleted() -> Result {
    let market = Market::open()?;
    let (vendor, shown) = vendor_with_picture(&market).await?;
    let seller = &vendor.client;
    seller.ask("delete_media")?.path("id", &shown).send().await?.refused_with("media_in_use", 409)?;
    // It is refused even if the reference has expired, because the product still shows the picture.
    make_check_due(&market, &shown).await?;
    seller.ask("delete_media")?.path("id", &shown).send().await?.refused_with("media_in_use", 409)?;

    let (_, shopper) = market.shopper().await?;
    let avatar = shopper.upload_picture(jpeg("an avatar")).await?;
    let files = urls(&show(&shopper, &avatar).await?);
    let profile = |avatar: Option<&str>| json!({ "name": "Ann Lee", "avatar": avatar });
    shopper.ask("update_me")?.json(&profile(Some(&avatar))).send().await?.succeeded()?;
    shopper.ask("delete_media")?.path("id", &avatar).send().await?.refused_with("media_in_use", 409)?;
    shopper.ask("update_me")?.json(&profile(None)).send().await?.succeeded()?;
    make_check_due(&market, &avatar).await?;
    seller.ask("delete_media")?.path("id", &avatar).send().await?.refused_with("not_found", 404)?;
    assert_eq!(shopper.ask("delete_media")?.path("id", &avatar).send().await?.succeeded()?.status, 204);

    shopper.ask("delete_media")?.path("id", &avatar).send().await?.refused_with("not_found", 404)?;
    shopper.ask("get_upload")?.path("id", &avatar).send().await?.refused_with("not_found", 404)?;
    purge_until(&market, &avatar, |item| item.is_none()).await?;
    for url in files {
        assert!(!exists(&url).await?, "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn a_picture_cannot_be_shown_and_deleted_in_parallel() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let pictures = try_join_all((0..8).map(|n| shopper.upload_picture(jpeg(&format!("contended {n}"))))).await?;
    for picture in pictures {
        let profile = json!({ "name": "Ann Lee", "avatar": picture });
        let (shown, deleted) = join(
            shopper.ask("update_me")?.json(&profile).send(),
            shopper.ask("delete_media")?.path("id", &picture).send(),
        )
        .await;
        let (shown, deleted) = (shown?, deleted?);
        match shown.status {
            200 => drop(deleted.refused_with("media_in_use", 409)?),
            _ => {
                shown.refused_with("invalid_input", 422)?;
                assert_eq!(deleted.succeeded()?.status, 204);
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_purge_deletes_only_unused_pictures() -> Result {
    let market = Market::open()?;
    let (vendor, shown) = vendor_with_picture(&market).await?;
    let (_, shopper) = market.shopper().await?;
    let unused = shopper.upload_picture(jpeg("a picture for nobody")).await?;
    let never_sent = shopper.ask_for_upload().await?.id;
    let files = urls(&show(&shopper, &unused).await?);

    market.call("purge-media", &Value::Null).await?;
    assert_eq!(show(&shopper, &unused).await?["state"], "ready", "the first check is due after a day");
    for id in [&shown, &unused, &never_sent] {
        make_check_due(&market, id).await?;
    }
    let now = Timestamp::now().as_millisecond();
    purge_until(&market, &shown, |item| item.is_some_and(|item| item["check_at"].as_i64() > Some(now))).await?;
    purge_until(&market, &unused, |item| item.is_none()).await?;
    purge_until(&market, &never_sent, |item| item.is_none()).await?;

    for url in files {
        assert!(!exists(&url).await?, "{url}");
    }
    let kept = show(&vendor.client, &shown).await?;
    assert_eq!(kept["state"], "ready");
    for url in urls(&kept) {
        assert!(exists(&url).await?, "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn an_order_keeps_its_picture_after_the_product_is_purged() -> Result {
    let market = Market::open()?;
    let (vendor, picture) = vendor_with_picture(&market).await?;
    let (_, unsold) = vendor_with_picture(&market).await?;
    let files = urls(&show(&vendor.client, &picture).await?);

    let (_, shopper) = market.shopper_with_cart(&[&vendor], 1).await?;
    let session = shopper.open_payment().await?;
    StripePage::open(Market::page(&session)?).await?.pay().await?;
    let order = shopper.await_order(&session.id).await?;
    let key = keys::media(MediaId::parse(&picture)?);
    await_until(PATIENCE, "the picture to be kept for the order", async || {
        let item = market.cloud.item(&key).await?;
        Ok(item.filter(|item| item["ordered"] == true).map(drop))
    })
    .await?;

    // The purge of a product deletes its items.
    for product in [&vendor.product.id] {
        for item in market.cloud.partition(&format!("PRODUCT#{product}")).await? {
            market.cloud.remove(&serde_json::from_value(item)?).await?;
        }
    }
    make_check_due(&market, &picture).await?;
    purge_until(&market, &picture, |item| item.is_some_and(|item| item["state"]["state"] == "removed")).await?;
    vendor.client.ask("get_upload")?.path("id", &picture).send().await?.refused_with("not_found", 404)?;
    make_check_due(&market, &picture).await?;
    purge_until(&market, &picture, |item| item.is_some_and(|item| item["check_at"].is_null())).await?;

    let sold = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(sold["shops"][0]["lines"][0]["picture"], files[0].as_str());
    assert!(exists(&files[0]).await?, "the file that the order shows still exists");
    for url in &files[1..] {
        assert!(!exists(url).await?, "{url}");
    }
    assert!(
        market.cloud.item(&keys::media(MediaId::parse(&unsold)?)).await?.is_some_and(|item| item["ordered"] != true)
    );
    Ok(())
}

#[tokio::test]
async fn parallel_uploads_never_exceed_the_limit_on_pictures() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let first = shopper.ask_for_upload().await?.id;
    let item = market.cloud.item(&keys::media(MediaId::parse(&first)?)).await?;
    let owner = item.and_then(|item| item["owner"].as_str().map(str::to_owned)).unwrap_or_default();
    let count = keys::media_count(owner.parse()?);
    market.cloud.set(&count, &[("pictures", 498.into())]).await?;

    let jpeg = json!({ "content_type": "image/jpeg" });
    let request = join_all((0..6).map(|_| async { shopper.ask("create_upload")?.json(&jpeg).send().await })).await;
    let mut taken = 0;
    for answer in request {
        let answer = answer?;
        match answer.status {
            201 => taken += 1,
            _ => drop(answer.refused_with("media_limit", 409)?),
        }
    }
    assert!(taken <= 2, "{taken} uploads were accepted where two are free");
    let stored = market.cloud.item(&count).await?.map(|item| item["pictures"].clone());
    assert_eq!(stored, Some((498 + taken).into()));

    market.cloud.set(&count, &[("pictures", 500.into())]).await?;
    shopper.ask("create_upload")?.json(&jpeg).send().await?.refused_with("media_limit", 409)?;
    assert_eq!(shopper.ask("delete_media")?.path("id", &first).send().await?.succeeded()?.status, 204);
    assert_eq!(shopper.ask("create_upload")?.json(&jpeg).send().await?.succeeded()?.status, 201);
    Ok(())
}

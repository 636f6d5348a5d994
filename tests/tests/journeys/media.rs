//! What becomes of pictures: what is made of them, who may delete them, and what is taken away.

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

/// What a picture's owner sees of it.
async fn seen(owner: &Client, id: &str) -> Result<Value> {
    Ok(owner.ask("get_upload")?.path("id", id).send().await?.succeeded()?.body)
}

/// Asks for a transformation and gives the id of what is to come of it.
async fn ask_for(owner: &Client, id: &str, transformation: &str) -> Result<String> {
    let asked = owner.ask("create_transformation")?.path("id", id).json(&json!({ "transformation": transformation }));
    let asked = asked.send().await?.succeeded()?;
    assert_eq!((asked.status, &asked.body["state"]), (201, &json!("waiting")));
    assert_eq!(asked.body["origin"], json!({ "source": id, "transformation": transformation }));
    Ok(asked.body["id"].as_str().unwrap_or_default().to_owned())
}

/// The widths in which a picture is shown.
fn widths(picture: &Value) -> Vec<u64> {
    let renditions = picture["picture"]["renditions"].as_array().into_iter().flatten();
    renditions.filter_map(|rendition| rendition["width"].as_u64()).collect()
}

/// Where a picture's renditions are, the narrowest first.
fn addresses(picture: &Value) -> Vec<String> {
    let renditions = picture["picture"]["renditions"].as_array().into_iter().flatten();
    renditions.filter_map(|rendition| Some(rendition["url"].as_str()?.to_owned())).collect()
}

async fn can_be_fetched(url: &str) -> Result<bool> {
    Ok(reqwest::get(url).await?.status() == 200)
}

/// Turns back the time for a picture: it is due, and whoever claimed it has had the time to show it.
async fn a_week_passes_for(market: &Market, id: &str) -> Result {
    let id = MediaId::parse(id)?;
    let item = market.cloud.item(&keys::media(id)).await?.ok_or_else(|| Failed::new("a picture without an item"))?;
    let then = Timestamp::now() - SignedDuration::from_hours(1);
    let mut uses = item["uses"].as_object().cloned().unwrap_or_default();
    uses.values_mut().for_each(|at| *at = then.as_millisecond().into());
    let place = keys::among_media(then, id).at;
    let changes = [("uses", uses.into()), ("check_at", then.as_millisecond().into()), ("gsi1sk", place.into())];
    market.cloud.set(&keys::media(id), &changes).await
}

/// Runs the purge until a picture's item is as wanted.
async fn purge_until(market: &Market, id: &str, wanted: impl Fn(Option<&Value>) -> bool) -> Result {
    let key = keys::media(MediaId::parse(id)?);
    await_until(PATIENCE, &format!("the purge to deal with {id}"), async || {
        // Twice at once: two runs of a schedule may overlap.
        try_join_all((0..2).map(|_| market.call("purge-media", &Value::Null))).await?;
        let item = market.cloud.item(&key).await?;
        Ok(wanted(item.as_ref()).then_some(()))
    })
    .await
}

/// A seller with a shop that sells one product with a picture, which is named beside it.
async fn vendor_with_picture(market: &Market) -> Result<(Vendor, String)> {
    let (account, client) = market.seller().await?;
    let shop = client.open_shop(&format!("Shop of {}", account.email)).await?;
    let picture = client.upload_picture(jpeg(&account.email)).await?;
    let new = NewProduct::new("Stoneware mug", 1_850, [NewSku::new(3)]).pictures(std::slice::from_ref(&picture));
    let product = client.create_product(&new).await?;
    Ok((Vendor { account, client, shop, product }, picture))
}

#[tokio::test]
async fn a_picture_is_cut_out_given_a_shadow_retouched_and_enlarged_each_time_as_a_new_one() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let source = seller.upload_picture(jpeg("a mug to cut out")).await?;
    let before = seen(&seller, &source).await?;

    let cut_out = ask_for(&seller, &source, "remove_background").await?;
    assert_eq!(seller.await_upload(&cut_out).await?, "ready");
    let asked = ["retouch", "upscale"].map(|transformation| ask_for(&seller, &source, transformation));
    let mut made = try_join_all(asked).await?;
    made.push(ask_for(&seller, &cut_out, "drop_shadow").await?);
    for id in &made {
        assert_eq!(seller.await_upload(id).await?, "ready");
        for url in addresses(&seen(&seller, id).await?) {
            assert!(can_be_fetched(&url).await?, "{url}");
        }
    }
    assert_eq!(widths(&seen(&seller, &cut_out).await?), [320, 800]);
    assert_eq!(widths(&seen(&seller, &made[1]).await?), [320, 800, 1600], "the enlarged one");
    assert_eq!(seen(&seller, &source).await?, before, "the source is as it was");

    // What was made can be shown like any other picture.
    seller.open_shop(&format!("Shop of {source}")).await?;
    let product = NewProduct::new("Stoneware mug", 1_850, [NewSku::new(3)]).pictures(&[cut_out, made[2].clone()]);
    seller.create_product(&product).await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_made_of_a_picture_is_told() -> Result {
    let market = Market::open()?;
    let ((_, owner), (_, thief)) = (market.seller().await?, market.seller().await?);
    let source = owner.upload_picture(jpeg("a mug on a table")).await?;

    let shadow = ask_for(&owner, &source, "drop_shadow").await?;
    assert_eq!(owner.await_upload(&shadow).await?, "rejected");
    assert_eq!(seen(&owner, &shadow).await?["reason"], "nothing_cut_out");

    let upscale = json!({ "transformation": "upscale" });
    let ask = async |client: &Client, id: &str, body: &Value| -> Result<_> {
        client.ask("create_transformation")?.path("id", id).json(body).send().await
    };
    ask(&thief, &source, &upscale).await?.refused_with("not_found", 404)?;
    ask(&owner, &shadow, &upscale).await?.refused_with("media_not_ready", 409)?;
    let form = owner.ask_for_upload().await?;
    ask(&owner, &form.id, &upscale).await?.refused_with("media_not_ready", 409)?;
    ask(&owner, &source, &json!({ "transformation": "age" })).await?.refused_with("invalid_input", 422)?;
    Ok(())
}

#[tokio::test]
async fn asking_twice_under_one_key_makes_one_picture() -> Result {
    let market = Market::open()?;
    let (_, seller) = market.seller().await?;
    let source = seller.upload_picture(jpeg("a mug to retouch once")).await?;
    let body = json!({ "transformation": "retouch" });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let asked = seller.ask("create_transformation")?.path("id", &source).json(&body).key("retouch-1");
        ids.push(asked.send().await?.succeeded()?.body["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    Ok(())
}

#[tokio::test]
async fn a_picture_of_a_product_or_a_profile_cannot_be_deleted_and_one_that_nothing_shows_can() -> Result {
    let market = Market::open()?;
    let (vendor, shown) = vendor_with_picture(&market).await?;
    let seller = &vendor.client;
    seller.ask("delete_media")?.path("id", &shown).send().await?.refused_with("media_in_use", 409)?;
    // Also when the claim says nothing any more: the product does.
    a_week_passes_for(&market, &shown).await?;
    seller.ask("delete_media")?.path("id", &shown).send().await?.refused_with("media_in_use", 409)?;

    let (_, shopper) = market.shopper().await?;
    let avatar = shopper.upload_picture(jpeg("an avatar")).await?;
    let files = addresses(&seen(&shopper, &avatar).await?);
    let profile = |avatar: Option<&str>| json!({ "name": "Ann Lee", "avatar": avatar });
    shopper.ask("update_me")?.json(&profile(Some(&avatar))).send().await?.succeeded()?;
    shopper.ask("delete_media")?.path("id", &avatar).send().await?.refused_with("media_in_use", 409)?;
    shopper.ask("update_me")?.json(&profile(None)).send().await?.succeeded()?;
    a_week_passes_for(&market, &avatar).await?;
    seller.ask("delete_media")?.path("id", &avatar).send().await?.refused_with("not_found", 404)?;
    assert_eq!(shopper.ask("delete_media")?.path("id", &avatar).send().await?.succeeded()?.status, 204);

    shopper.ask("delete_media")?.path("id", &avatar).send().await?.refused_with("not_found", 404)?;
    shopper.ask("get_upload")?.path("id", &avatar).send().await?.refused_with("not_found", 404)?;
    purge_until(&market, &avatar, |item| item.is_none()).await?;
    for url in files {
        assert!(!can_be_fetched(&url).await?, "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn whoever_shows_a_picture_and_whoever_deletes_it_at_once_do_not_both_succeed() -> Result {
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
async fn the_purge_takes_what_nothing_shows_and_leaves_what_something_shows() -> Result {
    let market = Market::open()?;
    let (vendor, shown) = vendor_with_picture(&market).await?;
    let (_, shopper) = market.shopper().await?;
    let forgotten = shopper.upload_picture(jpeg("a picture for nobody")).await?;
    let never_sent = shopper.ask_for_upload().await?.id;
    let files = addresses(&seen(&shopper, &forgotten).await?);

    market.call("purge-media", &Value::Null).await?;
    assert_eq!(seen(&shopper, &forgotten).await?["state"], "ready", "it is not due before a day has passed");
    for id in [&shown, &forgotten, &never_sent] {
        a_week_passes_for(&market, id).await?;
    }
    let now = Timestamp::now().as_millisecond();
    purge_until(&market, &shown, |item| item.is_some_and(|item| item["check_at"].as_i64() > Some(now))).await?;
    purge_until(&market, &forgotten, |item| item.is_none()).await?;
    purge_until(&market, &never_sent, |item| item.is_none()).await?;

    for url in files {
        assert!(!can_be_fetched(&url).await?, "{url}");
    }
    let left = seen(&vendor.client, &shown).await?;
    assert_eq!(left["state"], "ready");
    for url in addresses(&left) {
        assert!(can_be_fetched(&url).await?, "{url}");
    }
    Ok(())
}

#[tokio::test]
async fn an_order_keeps_its_picture_when_the_product_and_its_pictures_are_gone() -> Result {
    let market = Market::open()?;
    let (vendor, picture) = vendor_with_picture(&market).await?;
    let (_, unsold) = vendor_with_picture(&market).await?;
    let files = addresses(&seen(&vendor.client, &picture).await?);

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

    // The product's items as a purge leaves them: nowhere.
    for product in [&vendor.product.id] {
        for item in market.cloud.partition(&format!("PRODUCT#{product}")).await? {
            market.cloud.remove(&serde_json::from_value(item)?).await?;
        }
    }
    a_week_passes_for(&market, &picture).await?;
    purge_until(&market, &picture, |item| item.is_some_and(|item| item["state"]["state"] == "removed")).await?;
    vendor.client.ask("get_upload")?.path("id", &picture).send().await?.refused_with("not_found", 404)?;
    a_week_passes_for(&market, &picture).await?;
    purge_until(&market, &picture, |item| item.is_some_and(|item| item["check_at"].is_null())).await?;

    let sold = shopper.ask("get_order")?.path("id", &order).send().await?.succeeded()?.body;
    assert_eq!(sold["shops"][0]["lines"][0]["picture"], files[0].as_str());
    assert!(can_be_fetched(&files[0]).await?, "what the order shows is there");
    for url in &files[1..] {
        assert!(!can_be_fetched(url).await?, "{url}");
    }
    assert!(
        market.cloud.item(&keys::media(MediaId::parse(&unsold)?)).await?.is_some_and(|item| item["ordered"] != true)
    );
    Ok(())
}

#[tokio::test]
async fn nobody_keeps_more_pictures_than_there_may_be_however_many_are_asked_for_at_once() -> Result {
    let market = Market::open()?;
    let (_, shopper) = market.shopper().await?;
    let first = shopper.ask_for_upload().await?.id;
    let item = market.cloud.item(&keys::media(MediaId::parse(&first)?)).await?;
    let owner = item.and_then(|item| item["owner"].as_str().map(str::to_owned)).unwrap_or_default();
    let count = keys::media_count(owner.parse()?);
    market.cloud.set(&count, &[("pictures", 498.into())]).await?;

    let jpeg = json!({ "content_type": "image/jpeg" });
    let asked = join_all((0..6).map(|_| async { shopper.ask("create_upload")?.json(&jpeg).send().await })).await;
    let mut taken = 0;
    for answer in asked {
        let answer = answer?;
        match answer.status {
            201 => taken += 1,
            _ => drop(answer.refused_with("media_limit", 409)?),
        }
    }
    assert!(taken <= 2, "{taken} were taken where two may be");
    let stored = market.cloud.item(&count).await?.map(|item| item["pictures"].clone());
    assert_eq!(stored, Some((498 + taken).into()));

    market.cloud.set(&count, &[("pictures", 500.into())]).await?;
    shopper.ask("create_upload")?.json(&jpeg).send().await?.refused_with("media_limit", 409)?;
    assert_eq!(shopper.ask("delete_media")?.path("id", &first).send().await?.succeeded()?.status, 204);
    assert_eq!(shopper.ask("create_upload")?.json(&jpeg).send().await?.succeeded()?.status, 201);
    Ok(())
}

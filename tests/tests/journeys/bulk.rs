//! Products as a file: in, out, and again.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use serde_json::json;
use souk_domain::{JobId, ShopId};
use souk_testkit::{Client, NewProduct, NewSku, RefusedRow, Result, RowError, UploadForm, events::sqs_batch};
use souk_tests::{Market, keys};

use crate::lists::walk;

#[tokio::test]
async fn of_two_hundred_rows_the_seven_bad_ones_are_named_and_the_others_are_products() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let (file, bad) = two_hundred_rows();
    let job = seller.import(&file).await?;
    assert_eq!((job.state.as_str(), job.rows, job.created, job.refused), ("done", 200, Some(193), Some(7)), "{job:?}");
    assert_eq!(seller.refused_rows(&job.id).await?, bad);
    let products = walk(&seller, "list_own_products", 100).await?;
    let titles: BTreeSet<&str> = products.iter().filter_map(|product| product["title"].as_str()).collect();
    assert_eq!((products.len(), titles.len()), (193, 193));
    // The rows' order is the products': the newest is first.
    assert_eq!((&products[0]["title"], &products[192]["title"]), (&json!("Mug 199"), &json!("Mug 1")));
    Ok(())
}

#[tokio::test]
async fn a_message_that_comes_again_makes_no_row_twice() -> Result {
    let market = Market::open()?;
    let (vendor, seller) = shop(&market).await?;
    let rows: Vec<String> = (1..=60).map(|n| format!("Bowl {n},9,home-kitchen,{n},")).collect();
    let form = seller.start_import().await?;
    seller.send_file(&form, file(&[rows, vec![",,,,x".to_owned()]].concat()).into_bytes()).await?;
    // While it runs, and when it is over.
    let news = sqs_batch([uploaded(&vendor, &form).as_str()]);
    try_join_all((0..4).map(|_| market.cloud.invoke("run-import", &news))).await?;
    let job = seller.await_job(&form.id).await?;
    assert_eq!((job.created, job.refused), (Some(60), Some(1)), "{job:?}");
    assert_eq!(market.call("run-import", &news).await?, json!({ "batchItemFailures": [] }));
    assert_eq!(walk(&seller, "list_own_products", 100).await?.len(), 60);

    // A worker that died behind its rows and before its report left the job as it was.
    let key = keys::job(ShopId::parse(&vendor)?, JobId::parse(&form.id)?);
    let stored = market.cloud.item(&key).await?.expect("a job");
    let mut task = stored["task"].clone();
    for field in ["last", "created", "refused"] {
        task[field] = json!(0);
    }
    market.cloud.set(&key, &[("task", task), ("state", json!({ "state": "running" }))]).await?;
    assert_eq!(market.call("run-import", &news).await?, json!({ "batchItemFailures": [] }));
    let again = seller.job(&form.id).await?;
    assert_eq!((again.state.as_str(), again.created, again.refused), ("done", Some(60), Some(1)), "{again:?}");
    assert_eq!(walk(&seller, "list_own_products", 100).await?.len(), 60);
    assert_eq!(seller.refused_rows(&form.id).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_was_imported_is_what_is_exported() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let unique = format!("{:08x}", fastrand::u32(..));
    let header = "title,slug,status,price,sale_price,category,brand,summary,description,variants,tags,keywords,warranty,\
                  cash_on_delivery,specifications,properties,faq,video_url";
    // More than one message takes on.
    let rows: Vec<String> = (0..550)
        .map(|n| {
            let status = ["active", "draft", "pending"][n % 3];
            format!(
                "\"Vase {n}, tall\",vase-{unique}-{n},{status},49.90,{}.50,home-kitchen,Blue Kiln,In a sentence,\
                 \"<p>Line one</p>\n<p>Line two</p>\",\"{n};Black/White;XL;59.00;V-{n}\n3;\"\"a;b\"\"\",clay;tall,vase;jar,\
                 2 years,{},Height;{n} cm,Glaze;matt;gloss,\"Dry?;\"\"Yes; always\"\"\",https://example.com/vase",
                20 + n % 20,
                ["yes", "no"][n % 2],
            )
        })
        .collect();
    let file = format!("{header}\n{}\n", rows.join("\n"));
    let job = seller.import(&file).await?;
    assert_eq!((job.created, job.refused), (Some(550), Some(0)), "{job:?}");
    let exported = seller.export().await?;
    let (mut before, mut after) = (table(&file), table(&exported));
    for row in &mut after {
        // The file had no columns for what it left out.
        row.retain(|_, cell| !cell.is_empty());
    }
    before.sort();
    after.sort();
    assert_eq!(after.len(), 550);
    assert_eq!(before, after);
    Ok(())
}

#[tokio::test]
async fn a_formula_is_text_in_the_file_and_comes_back_as_it_was() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let title = "=HYPERLINK(\"https://evil.example\")";
    let product = NewProduct::new(title, 900, [NewSku::new(9).colour("+49")]).with("tags", json!(["@sum", "-5"]));
    seller.create_product(&product).await?;
    let exported = seller.export().await?;
    for row in table(&exported) {
        for cell in row.values() {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
            assert!(![";=", ";+", ";-", ";@"].iter().any(|formula| cell.contains(formula)), "{cell}");
        }
    }
    // Without the slug, which is taken.
    let slug = walk(&seller, "list_own_products", 10).await?[0]["slug"].as_str().expect("a slug").to_owned();
    let job = seller.import(&exported.replace(&slug, "")).await?;
    assert_eq!((job.created, job.refused), (Some(1), Some(0)), "{job:?}");
    let products = walk(&seller, "list_own_products", 10).await?;
    assert_eq!(products.len(), 2);
    for product in &products {
        assert_eq!((&product["title"], &product["tags"]), (&json!(title), &json!(["@sum", "-5"])));
        let id = product["id"].as_str().expect("an id");
        let own = seller.ask("get_own_product")?.path("product", id).send().await?.succeeded()?.body;
        assert_eq!((&own["skus"][0]["colour"], &own["skus"][0]["available"]), (&json!("+49"), &json!(9)));
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_table_of_products_is_refused_as_a_whole() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    for (file, code) in [
        ("title,price,category,variants,colour\nMug,1,home-kitchen,1,Blue\n", "unknown_column"),
        ("title,price,category\nMug,1,home-kitchen\n", "missing_column"),
        ("title;price;category;variants\nMug;1;home-kitchen;1\n", "unknown_column"),
    ] {
        let job = seller.import(file).await?;
        assert_eq!((job.state.as_str(), job.failure.map(|failure| failure.code).as_deref()), ("failed", Some(code)));
    }
    assert!(walk(&seller, "list_own_products", 10).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_slug_that_another_product_has_is_refused_and_one_that_nobody_chose_gives_way() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let slug = format!("jug-{:08x}", fastrand::u32(..));
    let rows = [
        format!("Jug,{slug},1,home-kitchen,1"),
        format!("Jug,{slug},1,home-kitchen,1"),
        format!("{slug},,1,home-kitchen,1"),
    ];
    let job = seller.import(&format!("title,slug,price,category,variants\n{}\n", rows.join("\n"))).await?;
    assert_eq!((job.created, job.refused), (Some(2), Some(1)), "{job:?}");
    let refused = RefusedRow { row: 3, errors: vec![error("slug", None, "taken")] };
    assert_eq!(seller.refused_rows(&job.id).await?, [refused]);
    Ok(())
}

#[tokio::test]
async fn a_shop_with_nothing_in_it_has_a_file_with_a_header() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let exported = seller.export().await?;
    assert_eq!(exported.lines().count(), 1, "{exported}");
    assert!(table(&exported).is_empty());
    Ok(())
}

#[tokio::test]
async fn the_same_key_begins_one_job_and_jobs_are_listed_the_newest_first() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let mut begun = Vec::new();
    for (operation, key) in
        [("start_import", "in"), ("start_import", "in"), ("start_export", "out"), ("start_export", "out")]
    {
        let answer = seller.ask(operation)?.key(key).send().await?.succeeded()?;
        begun.push(answer.body["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!((&begun[0], &begun[2]), (&begun[1], &begun[3]));
    let jobs = walk(&seller, "list_jobs", 1).await?;
    let listed: Vec<(&str, &str)> =
        jobs.iter().filter_map(|job| Some((job["id"].as_str()?, job["kind"].as_str()?))).collect();
    assert_eq!(listed, [(begun[2].as_str(), "export"), (begun[0].as_str(), "import")]);
    Ok(())
}

#[tokio::test]
async fn somebody_elses_job_does_not_exist_and_without_a_shop_there_is_none() -> Result {
    let market = Market::open()?;
    let ((_, seller), (_, stranger)) = (shop(&market).await?, market.seller().await?);
    let form = seller.start_import().await?;
    for client in [&stranger, &shop(&market).await?.1] {
        client.ask("get_job")?.path("job", &form.id).send().await?.refused_with("not_found", 404)?;
        assert!(walk(client, "list_jobs", 10).await?.is_empty());
    }
    for operation in ["start_import", "start_export"] {
        stranger.ask(operation)?.send().await?.refused_with("no_shop", 409)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_form_cannot_be_bent_to_another_shops_import() -> Result {
    let market = Market::open()?;
    let ((_, seller), (_, thief)) = (shop(&market).await?, shop(&market).await?);
    let (own, mut bent) = (seller.start_import().await?, thief.start_import().await?);
    bent.fields.insert("key".to_owned(), own.fields["key"].clone());
    let file = file(&["Mug,1,home-kitchen,1,".to_owned()]);
    thief.send_file(&bent, file.into_bytes()).await.expect_err("the storage refuses another place");
    Ok(())
}

#[tokio::test]
async fn a_copy_is_a_draft_with_a_slug_of_its_own_and_without_stock_and_offer() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 7).await?;
    let id = vendor.product.id.as_str();
    let copy =
        |client: Client| async move { client.ask("duplicate_product")?.path("product", id).key("copy").send().await };
    let made = copy(vendor.client.clone()).await?.succeeded()?.body;
    assert_eq!(copy(vendor.client.clone()).await?.succeeded()?.body, made, "the same key makes one");
    assert_ne!((made["id"].as_str(), made["slug"].as_str()), (Some(id), Some(vendor.product.slug.as_str())));
    assert_eq!((&made["title"], &made["status"]), (&json!(vendor.product.title), &json!("draft")));
    assert_eq!(made["skus"][0]["available"], 0);
    let slug = made["slug"].as_str().expect("a slug");
    market.anybody()?.ask("get_product")?.path("slug", slug).send().await?.refused_with("not_found", 404)?;
    let (_, stranger) = shop(&market).await?;
    copy(stranger).await?.refused_with("not_found", 404)?;
    Ok(())
}

/// A seller with a shop that has nothing in it, and the shop's id.
async fn shop(market: &Market) -> Result<(String, Client)> {
    let (account, client) = market.seller().await?;
    let shop = client.open_shop(&format!("Shop of {}", account.email)).await?;
    Ok((shop.id, client))
}

/// A file of two hundred rows, and what is wrong with seven of them.
pub(crate) fn two_hundred_rows() -> (String, Vec<RefusedRow>) {
    let mut rows: Vec<String> =
        (1..=200).map(|n| format!("Mug {n},12.{:02},home-kitchen,{n};Blue,gift", n % 100)).collect();
    let bad = [
        (3, ",12,home-kitchen,1,", vec![error("title", None, "missing")]),
        (40, "Mug,\"12,50\",home-kitchen,1,", vec![error("price", None, "malformed")]),
        (50, "Mug,12,no-such-category,1,", vec![error("category", None, "unknown_category")]),
        (51, "Mug,12,home-kitchen,\"1;Blue\n2;Blue\",", vec![error("variants", Some(2), "duplicate")]),
        (100, "Mug,0,home-kitchen,many,", vec![error("variants", Some(1), "malformed")]),
        (
            151,
            "Mug,12,home-kitchen",
            vec![RowError { column: None, entry: None, code: "wrong_number_of_cells".to_owned() }],
        ),
        (200, "Mug,0,home-kitchen,1,", vec![error("price", None, "out_of_range")]),
    ];
    for (n, row, _) in &bad {
        rows[n - 1] = (*row).to_owned();
    }
    // The header is the first row.
    let named = bad.map(|(n, _, errors)| RefusedRow { row: n as u32 + 1, errors });
    (file(&rows), named.to_vec())
}

fn file(rows: &[String]) -> String {
    format!("title,price,category,variants,tags\n{}\n", rows.join("\n"))
}

fn error(column: &str, entry: Option<u32>, code: &str) -> RowError {
    RowError { column: Some(column.to_owned()), entry, code: code.to_owned() }
}

/// What S3 tells of a file.
fn uploaded(shop: &str, form: &UploadForm) -> String {
    let key = format!("imports/{shop}/{}", form.id);
    json!({ "Records": [{ "eventName": "ObjectCreated:Post", "s3": { "object": { "key": key } } }] }).to_string()
}

/// The rows of a file, cells by column, read by a library as a spreadsheet would.
fn table(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    reader.deserialize().map(|row| row.expect("a row of as many cells as the header has")).collect()
}

//! Products as CSV files: import and export.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use serde_json::json;
use souk_domain::{JobId, ShopId};
use souk_testkit::{Client, NewProduct, NewSku, RefusedRow, Result, RowError, UploadForm, events::sqs_batch};
use souk_tests::{Market, keys};

use crate::lists::read_all;

#[tokio::test]
async fn an_import_names_the_seven_bad_rows_and_creates_the_other_products() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let (file, bad) = two_hundred_rows();
    let job = seller.import(&file).await?;
    assert_eq!((job.state.as_str(), job.rows, job.created, job.refused), ("done", 200, Some(193), Some(7)), "{job:?}");
    assert_eq!(seller.refused_rows(&job.id).await?, bad);
    let products = read_all(&seller, "list_own_products", 100).await?;
    let titles: BTreeSet<&str> = products.iter().filter_map(|product| product["title"].as_str()).collect();
    assert_eq!((products.len(), titles.len()), (193, 193));
    // The products have the order of the rows: the last row is the newest product.
    assert_eq!((&products[0]["title"], &products[192]["title"]), (&json!("Mug 199"), &json!("Mug 1")));
    Ok(())
}

#[tokio::test]
async fn a_repeated_import_message_creates_no_product_twice() -> Result {
    let market = Market::open()?;
    let (vendor, seller) = shop(&market).await?;
    let rows: Vec<String> = (1..=60).map(|n| format!("Bowl {n},9,home-kitchen,{n},")).collect();
    let form = seller.start_import().await?;
    seller.send_file(&form, file(&[rows, vec![",,,,x".to_owned()]].concat()).into_bytes()).await?;
    // The message arrives again while the job runs and after it ends.
    let message = sqs_batch([s3_notification(&vendor, &form).as_str()]);
    try_join_all((0..4).map(|_| market.cloud.invoke("run-import", &message))).await?;
    let job = seller.await_job(&form.id).await?;
    assert_eq!((job.created, job.refused), (Some(60), Some(1)), "{job:?}");
    assert_eq!(market.call("run-import", &message).await?, json!({ "batchItemFailures": [] }));
    assert_eq!(read_all(&seller, "list_own_products", 100).await?.len(), 60);

    // A worker that died after it wrote its rows and before it reported them left the job unchanged.
    let key = keys::job(ShopId::parse(&vendor)?, JobId::parse(&form.id)?);
    let stored = market.cloud.item(&key).await?.expect("a job");
    let mut task = stored["task"].clone();
    for field in ["last", "created", "refused"] {
        task[field] = json!(0);
    }
    market.cloud.set(&key, &[("task", task), ("state", json!({ "state": "running" }))]).await?;
    assert_eq!(market.call("run-import", &message).await?, json!({ "batchItemFailures": [] }));
    let again = seller.job(&form.id).await?;
    assert_eq!((again.state.as_str(), again.created, again.refused), ("done", Some(60), Some(1)), "{again:?}");
    assert_eq!(read_all(&seller, "list_own_products", 100).await?.len(), 60);
    assert_eq!(seller.refused_rows(&form.id).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_export_equals_the_import() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let unique = format!("{:08x}", fastrand::u32(..));
    let header = "title,slug,status,price,sale_price,category,brand,summary,description,variants,tags,keywords,warranty,\
                  cash_on_delivery,specifications,properties,faq,video_url";
    // One message processes fewer rows than that.
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
        // The imported file has no columns for what the products do not have.
        row.retain(|_, cell| !cell.is_empty());
    }
    before.sort();
    after.sort();
    assert_eq!(after.len(), 550);
    assert_eq!(before, after);
    Ok(())
}

#[tokio::test]
async fn a_formula_is_exported_as_text_and_imported_unchanged() -> Result {
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
    // The slug is removed because the exported product has it.
    let slug = read_all(&seller, "list_own_products", 10).await?[0]["slug"].as_str().expect("a slug").to_owned();
    let job = seller.import(&exported.replace(&slug, "")).await?;
    assert_eq!((job.created, job.refused), (Some(1), Some(0)), "{job:?}");
    let products = read_all(&seller, "list_own_products", 10).await?;
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
async fn a_file_of_a_spreadsheet_program_is_imported() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    for file in [
        "title,price,category,variants,,\r\nMug,18.50,home-kitchen,5,,\r\n,,,,,\r\n",
        "\u{feff}sep=;\r\ntitle;price;category;variants\r\nMug;18.50;home-kitchen;5\r\n",
        "title\tprice\tcategory\tvariants\r\nMug\t18.50\thome-kitchen\t5\r\n",
    ] {
        let job = seller.import(file).await?;
        assert_eq!((job.state.as_str(), job.created, job.refused), ("done", Some(1), Some(0)), "{file}");
    }
    Ok(())
}

#[tokio::test]
async fn a_row_that_is_too_large_is_refused_and_the_others_are_imported() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let heavy = format!("a{}", "\u{301}".repeat(150_000));
    let job = seller
        .import(&format!(
            "title,price,category,variants\nFirst,1,home-kitchen,1\n{heavy},1,home-kitchen,1\nLast,1,home-kitchen,1\n"
        ))
        .await?;
    assert_eq!((job.state.as_str(), job.created, job.refused), ("done", Some(2), Some(1)));
    Ok(())
}

#[tokio::test]
async fn a_file_with_wrong_columns_fails_the_import() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    for (file, code) in [
        ("title,price,category,variants,colour\nMug,1,home-kitchen,1,Blue\n", "unknown_column"),
        ("title,price,category\nMug,1,home-kitchen\n", "missing_column"),
        ("title|price|category|variants\nMug|1|home-kitchen|1\n", "unknown_column"),
        ("Handle,Title,Body (HTML),Variant Price\nmug,Mug,,1\n", "foreign_export"),
    ] {
        let job = seller.import(file).await?;
        assert_eq!((job.state.as_str(), job.failure.map(|failure| failure.code).as_deref()), ("failed", Some(code)));
    }
    assert!(read_all(&seller, "list_own_products", 10).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_taken_slug_is_refused_and_a_generated_one_gets_a_suffix() -> Result {
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
async fn the_export_of_an_empty_shop_has_only_a_header() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let exported = seller.export().await?;
    assert_eq!(exported.lines().count(), 1, "{exported}");
    assert!(table(&exported).is_empty());
    Ok(())
}

#[tokio::test]
async fn the_same_key_starts_one_job_and_the_newest_job_is_listed_first() -> Result {
    let market = Market::open()?;
    let (_, seller) = shop(&market).await?;
    let mut ids = Vec::new();
    for (operation, key) in
        [("start_import", "in"), ("start_import", "in"), ("start_export", "out"), ("start_export", "out")]
    {
        let answer = seller.ask(operation)?.key(key).send().await?.succeeded()?;
        ids.push(answer.body["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!((&ids[0], &ids[2]), (&ids[1], &ids[3]));
    let jobs = read_all(&seller, "list_jobs", 1).await?;
    let listed: Vec<(&str, &str)> =
        jobs.iter().filter_map(|job| Some((job["id"].as_str()?, job["kind"].as_str()?))).collect();
    assert_eq!(listed, [(ids[2].as_str(), "export"), (ids[0].as_str(), "import")]);
    Ok(())
}

#[tokio::test]
async fn another_sellers_job_is_not_found_and_a_job_needs_a_shop() -> Result {
    let market = Market::open()?;
    let ((_, seller), (_, other)) = (shop(&market).await?, market.seller().await?);
    let form = seller.start_import().await?;
    for client in [&other, &shop(&market).await?.1] {
        client.ask("get_job")?.path("job", &form.id).send().await?.refused_with("not_found", 404)?;
        assert!(read_all(client, "list_jobs", 10).await?.is_empty());
    }
    for operation in ["start_import", "start_export"] {
        other.ask(operation)?.send().await?.refused_with("no_shop", 409)?;
    }
    Ok(())
}

#[tokio::test]
async fn an_upload_form_cannot_be_redirected_to_another_shops_import() -> Result {
    let market = Market::open()?;
    let ((_, seller), (_, attacker)) = (shop(&market).await?, shop(&market).await?);
    let (own, mut forged) = (seller.start_import().await?, attacker.start_import().await?);
    forged.fields.insert("key".to_owned(), own.fields["key"].clone());
    let file = file(&["Mug,1,home-kitchen,1,".to_owned()]);
    attacker.send_file(&forged, file.into_bytes()).await.expect_err("the storage refuses another key");
    Ok(())
}

#[tokio::test]
async fn a_duplicated_product_is_a_draft_with_a_new_slug_and_no_stock() -> Result {
    let market = Market::open()?;
    let vendor = market.vendor(1_850, 7).await?;
    let id = vendor.product.id.as_str();
    let copy =
        |client: Client| async move { client.ask("duplicate_product")?.path("product", id).key("copy").send().await };
    let created = copy(vendor.client.clone()).await?.succeeded()?.body;
    assert_eq!(copy(vendor.client.clone()).await?.succeeded()?.body, created, "the same key creates one product");
    assert_ne!((created["id"].as_str(), created["slug"].as_str()), (Some(id), Some(vendor.product.slug.as_str())));
    assert_eq!((&created["title"], &created["status"]), (&json!(vendor.product.title), &json!("draft")));
    assert_eq!(created["skus"][0]["available"], 0);
    let slug = created["slug"].as_str().expect("a slug");
    market.anonymous()?.ask("get_product")?.path("slug", slug).send().await?.refused_with("not_found", 404)?;
    let (_, other) = shop(&market).await?;
    copy(other).await?.refused_with("not_found", 404)?;
    Ok(())
}

/// Creates a seller with an empty shop and returns the shop's id with the seller's client.
async fn shop(market: &Market) -> Result<(String, Client)> {
    let (account, client) = market.seller().await?;
    let shop = client.open_shop(&format!("Shop of {}", account.email)).await?;
    Ok((shop.id, client))
}

/// Returns a file of two hundred rows, and the errors of the seven bad rows.
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
    // The header is row 1.
    let named = bad.map(|(n, _, errors)| RefusedRow { row: n as u32 + 1, errors });
    (file(&rows), named.to_vec())
}

fn file(rows: &[String]) -> String {
    format!("title,price,category,variants,tags\n{}\n", rows.join("\n"))
}

fn error(column: &str, entry: Option<u32>, code: &str) -> RowError {
    RowError { column: Some(column.to_owned()), entry, code: code.to_owned() }
}

/// Returns the notification that S3 sends about an uploaded file.
fn s3_notification(shop: &str, form: &UploadForm) -> String {
    let key = format!("imports/{shop}/{}", form.id);
    json!({ "Records": [{ "eventName": "ObjectCreated:Post", "s3": { "object": { "key": key } } }] }).to_string()
}

/// Reads the rows of a file with a CSV library, as a spreadsheet does. Cells are sorted by column.
fn table(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    reader.deserialize().map(|row| row.expect("a row of as many cells as the header has")).collect()
}

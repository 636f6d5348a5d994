//! What sellers do.

use std::collections::BTreeMap;

use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::json;

use crate::{Answer, Client, Failed, Money, NewDiscount, NewProduct, PATIENCE, Result, await_until};

/// A shop.
#[derive(Debug, Clone, Deserialize)]
pub struct Shop {
    /// Names it.
    pub id: String,
    /// Its place in addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
}

/// A product.
#[derive(Debug, Clone, Deserialize)]
pub struct Product {
    /// Names it.
    pub id: String,
    /// Its place in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Its variants.
    pub skus: Vec<Sku>,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sku {
    /// What to put into a cart.
    pub id: String,
    /// What one costs now.
    pub price: Money,
    /// How many there are to buy now.
    pub available: u32,
}

/// Where and how to send a file.
#[derive(Debug, Clone, Deserialize)]
pub struct UploadForm {
    /// Names the picture.
    pub id: String,
    /// Where to.
    pub url: String,
    /// The form's fields.
    pub fields: BTreeMap<String, String>,
}

impl Client {
    /// Opens a shop.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn open_shop(&self, name: &str) -> Result<Shop> {
        self.ask("create_shop")?.json(&json!({ "name": name })).send().await?.read()
    }

    /// Asks for a form to upload a JPEG with.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn ask_for_upload(&self) -> Result<UploadForm> {
        self.ask("create_upload")?.json(&json!({ "content_type": "image/jpeg" })).send().await?.read()
    }

    /// Sends a file to where the form says, as a browser would.
    ///
    /// # Errors
    /// When the storage refuses it.
    pub async fn send_file(&self, form: &UploadForm, bytes: Vec<u8>) -> Result<u16> {
        let mut multipart = Form::new();
        for (name, value) in &form.fields {
            multipart = multipart.text(name.clone(), value.clone());
        }
        // S3 ignores every field behind the file.
        let multipart = multipart.part("file", Part::bytes(bytes).file_name("picture.jpg").mime_str("image/jpeg")?);
        let response = self.http.post(&form.url).multipart(multipart).send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(status.as_u16());
        }
        Err(Failed::new(format!("the storage answered {status}: {}", response.text().await?)))
    }

    /// Waits until the worker has looked at an upload, and says what it found: `ready` or `rejected`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn await_upload(&self, id: &str) -> Result<String> {
        await_until(PATIENCE, &format!("the worker to look at {id}"), async || {
            let upload = self.ask("get_upload")?.path("id", id).send().await?.succeeded()?;
            let state = upload.body["state"].as_str().unwrap_or_default();
            Ok((state != "waiting").then(|| state.to_owned()))
        })
        .await
    }

    /// Uploads a JPEG, waits until it can be shown, and gives its id.
    ///
    /// # Errors
    /// When any of that is refused.
    pub async fn upload_picture(&self, jpeg: Vec<u8>) -> Result<String> {
        let form = self.ask_for_upload().await?;
        self.send_file(&form, jpeg).await?;
        match self.await_upload(&form.id).await?.as_str() {
            "ready" => Ok(form.id),
            state => Err(Failed::new(format!("the upload {} is {state}", form.id))),
        }
    }

    /// Puts a product on sale.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn create_product(&self, product: &NewProduct) -> Result<Product> {
        self.ask("create_product")?.json(&product.0).send().await?.read()
    }

    /// Makes a discount for one's shop, and gives its id.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn create_discount(&self, discount: &NewDiscount) -> Result<String> {
        let made = self.ask("create_discount")?.json(&discount.0).send().await?.succeeded()?;
        made.body["id"].as_str().map(str::to_owned).ok_or_else(|| Failed::new("a discount without an id"))
    }

    /// Writes a discount of one's shop anew.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn change_discount(&self, id: &str, discount: &NewDiscount) -> Result<Answer> {
        self.ask("change_discount")?.path("discount", id).json(&discount.0).send().await?.succeeded()
    }

    /// How often a discount of one's shop was used.
    ///
    /// # Errors
    /// When there is no such discount.
    pub async fn uses_of(&self, discount: &str) -> Result<u64> {
        let shown = self.ask("get_discount")?.path("discount", discount).send().await?.succeeded()?;
        shown.body["used"].as_u64().ok_or_else(|| Failed::new("a discount without a count"))
    }

    /// A product by its slug.
    ///
    /// # Errors
    /// When there is none.
    pub async fn product(&self, slug: &str) -> Result<Product> {
        self.ask("get_product")?.path("slug", slug).send().await?.read()
    }

    /// How many of a product's first variant there are to buy now.
    ///
    /// # Errors
    /// When there is no such product.
    pub async fn stock(&self, slug: &str) -> Result<u32> {
        let product = self.product(slug).await?;
        product.skus.first().map(|sku| sku.available).ok_or_else(|| Failed::new("a product without variants"))
    }
}

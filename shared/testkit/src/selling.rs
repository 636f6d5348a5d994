//! What sellers do: shops, pictures, products and discounts.

use std::collections::BTreeMap;

use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::json;

use crate::{Answer, Client, Failed, Money, NewDiscount, NewProduct, PATIENCE, Result, await_until};

/// A shop.
#[derive(Debug, Clone, Deserialize)]
pub struct Shop {
    /// The id.
    pub id: String,
    /// The slug.
    pub slug: String,
    /// The name.
    pub name: String,
}

/// A product.
#[derive(Debug, Clone, Deserialize)]
pub struct Product {
    /// The id.
    pub id: String,
    /// The slug.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The variants.
    pub skus: Vec<Sku>,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sku {
    /// The id.
    pub id: String,
    /// The current price of one piece.
    pub price: Money,
    /// How many pieces are available.
    pub available: u32,
}

/// A form to upload a file with.
#[derive(Debug, Clone, Deserialize)]
pub struct UploadForm {
    /// The id of the upload.
    pub id: String,
    /// The URL to post the form to.
    pub url: String,
    /// The form's fields.
    pub fields: BTreeMap<String, String>,
}

impl Client {
    /// Creates a shop.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn open_shop(&self, name: &str) -> Result<Shop> {
        self.ask("create_shop")?.json(&json!({ "name": name })).send().await?.read()
    }

    /// Requests a form to upload a JPEG with.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn ask_for_upload(&self) -> Result<UploadForm> {
        self.ask("create_upload")?.json(&json!({ "content_type": "image/jpeg" })).send().await?.read()
    }

    /// Uploads a file with a form, as a browser does. Returns the status.
    ///
    /// # Errors
    /// Fails if the storage refuses the file.
    pub async fn send_file(&self, form: &UploadForm, bytes: Vec<u8>) -> Result<u16> {
        let mut multipart = Form::new();
        for (name, value) in &form.fields {
            multipart = multipart.text(name.clone(), value.clone());
        }
        // S3 ignores all fields after the file.
        let multipart = multipart.part("file", Part::bytes(bytes).file_name("picture.jpg").mime_str("image/jpeg")?);
        let response = self.http.post(&form.url).multipart(multipart).send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(status.as_u16());
        }
        Err(Failed::new(format!("the storage answered {status}: {}", response.text().await?)))
    }

    /// Waits until the worker has checked an upload and returns its state: `ready` or `rejected`.
    ///
    /// # Errors
    /// Fails if the worker does not do so in time.
    pub async fn await_upload(&self, id: &str) -> Result<String> {
        await_until(PATIENCE, &format!("the worker to check the upload {id}"), async || {
            let upload = self.ask("get_upload")?.path("id", id).send().await?.succeeded()?;
            let state = upload.body["state"].as_str().unwrap_or_default();
            Ok((state != "waiting").then(|| state.to_owned()))
        })
        .await
    }

    /// Uploads a JPEG, waits until it is ready, and returns its id.
    ///
    /// # Errors
    /// Fails if a step is refused.
    pub async fn upload_picture(&self, jpeg: Vec<u8>) -> Result<String> {
        let form = self.ask_for_upload().await?;
        self.send_file(&form, jpeg).await?;
        match self.await_upload(&form.id).await?.as_str() {
            "ready" => Ok(form.id),
            state => Err(Failed::new(format!("the upload {} is {state}", form.id))),
        }
    }

    /// Creates a product.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn create_product(&self, product: &NewProduct) -> Result<Product> {
        self.ask("create_product")?.json(&product.0).send().await?.read()
    }

    /// Creates a discount for the seller's own shop and returns its id.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn create_discount(&self, discount: &NewDiscount) -> Result<String> {
        let created = self.ask("create_discount")?.json(&discount.0).send().await?.succeeded()?;
        created.body["id"].as_str().map(str::to_owned).ok_or_else(|| Failed::new("a discount without an id"))
    }

    /// Replaces a discount of the seller's own shop.
    ///
    /// # Errors
    /// Fails if the request is refused.
    pub async fn change_discount(&self, id: &str, discount: &NewDiscount) -> Result<Answer> {
        self.ask("change_discount")?.path("discount", id).json(&discount.0).send().await?.succeeded()
    }

    /// Reads how often a discount of the seller's own shop was used.
    ///
    /// # Errors
    /// Fails if the discount does not exist.
    pub async fn uses_of(&self, discount: &str) -> Result<u64> {
        let response = self.ask("get_discount")?.path("discount", discount).send().await?.succeeded()?;
        response.body["used"].as_u64().ok_or_else(|| Failed::new("a discount without a count"))
    }

    /// Reads a product by its slug.
    ///
    /// # Errors
    /// Fails if the product does not exist.
    pub async fn product(&self, slug: &str) -> Result<Product> {
        self.ask("get_product")?.path("slug", slug).send().await?.read()
    }

    /// Reads how many pieces of a product's first variant are available.
    ///
    /// # Errors
    /// Fails if the product does not exist.
    pub async fn stock(&self, slug: &str) -> Result<u32> {
        let product = self.product(slug).await?;
        product.skus.first().map(|sku| sku.available).ok_or_else(|| Failed::new("a product without variants"))
    }
}

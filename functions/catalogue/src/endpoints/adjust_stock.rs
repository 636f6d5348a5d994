//! `POST /v1/products/{product}/stock-changes` - adds pieces to a variant's stock or removes some, and records the
//! change.
//!
//! The input is a difference and not a new total, because shoppers buy meanwhile: a counted total is out of date when
//! it arrives. One transaction writes the stock, the record and the idempotent answer. Its condition is that the stock
//! stays in range.

use souk_domain::{
    SkuId,
    product::{StockDelta, StockReason},
};
use souk_store::Store;
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{StockChange, StockRule},
};
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, Idempotent, JsonSchema, Path, Problem, Route, Seller, route,
};

use crate::{own::ProductPath, view::StockChangeView};

/// Changes the stock of a variant.
#[derive(Debug)]
pub struct AdjustStock;

/// A change of a variant's stock.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewStockChange {
    /// The variant of the product.
    sku: SkuId,
    /// How many pieces to add; negative to remove pieces.
    delta: StockDelta,
    /// The reason of the change.
    reason: StockReason,
}

impl Endpoint for AdjustStock {
    const ROUTE: Route = route!(POST "/v1/products/{product}/stock-changes");
    const SUMMARY: &'static str = "Add pieces to the stock of a variant, or remove some";
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[Code::ProductDeleted, Code::StockOutOfRange];

    type Deps = Store;
    type Caller = Seller;
    type Input = (Path<ProductPath>, Body<NewStockChange>);
    type Output = Created<StockChangeView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        let found = cx.products().own_sku(seller.shop(), path.product, input.sku).await?;
        let (product, sku) = found.ok_or(Code::NotFound)?;
        if product.deleted_at.is_some() {
            return Err(Code::ProductDeleted.into());
        }
        if sku.is_none() {
            let mut errors = FieldErrors::default();
            errors.0.push(souk_web::FieldError::new(
                "/sku",
                "not_found",
                "must be the id of a variant of this product",
            ));
            return Err(errors.into());
        }
        let change =
            StockChange { id: cx.fresh(), sku: input.sku, delta: input.delta, reason: Some(input.reason), at: cx.now };
        let view = StockChangeView::from(&change);
        let adjusted = cx.products().adjust(&change, Some(&key.answer(&view, cx.now)?)).await;
        adjusted.map_err(|error| {
            Problem::from_write(error, |rules| match rules {
                // Another request with the same key was faster. A retry gets the answer that it stored.
                rules if rules.contains(&StockRule::KeyUsed) => Code::Unavailable.into(),
                _ => Code::StockOutOfRange.into(),
            })
        })?;
        Ok(Created(view))
    }
}

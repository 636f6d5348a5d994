//! `POST /v1/products/{product}/stock-changes` - the stock of a variant changes by so many, and that is remembered.
//!
//! By how many and not to how many: shoppers buy meanwhile, and what was counted is out of date when it is written. The
//! stock, the record and the repeatable answer are one transaction, whose condition is that there is room for the change.

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

use crate::{own::Which, view::StockChangeView};

/// Changes stock.
#[derive(Debug)]
pub struct AdjustStock;

/// What changes.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewStockChange {
    /// Which variant of the product.
    sku: SkuId,
    /// By how many; fewer, if negative.
    delta: StockDelta,
    /// Why.
    reason: StockReason,
}

impl Endpoint for AdjustStock {
    const ROUTE: Route = route!(POST "/v1/products/{product}/stock-changes");
    const SUMMARY: &'static str = "Change how many there are of a variant, by so many more or fewer";
    const IDEMPOTENT: Idempotent = Idempotent::Required;
    const PROBLEMS: &'static [Code] = &[Code::ProductDeleted, Code::StockOutOfRange];

    type Deps = Store;
    type Caller = Seller;
    type Input = (Path<Which>, Body<NewStockChange>);
    type Output = Created<StockChangeView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        seller: Seller,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let key = cx.required_key()?;
        let found = cx.products().own_sku(seller.shop(), which.product, input.sku).await?;
        let (product, sku) = found.ok_or(Code::NotFound)?;
        if product.deleted_at.is_some() {
            return Err(Code::ProductDeleted.into());
        }
        if sku.is_none() {
            let mut errors = FieldErrors::default();
            errors.0.push(souk_web::FieldError::new("/sku", "not_found", "is not a variant of this product"));
            return Err(errors.into());
        }
        let change =
            StockChange { id: cx.fresh(), sku: input.sku, delta: input.delta, reason: input.reason, at: cx.now };
        let view = StockChangeView::from(&change);
        let adjusted = cx.products().adjust(&change, Some(&key.answer(&view, cx.now)?)).await;
        adjusted.map_err(|error| {
            Problem::from_write(error, |rules| match rules {
                // Another request with this key was faster: what it stored is the answer.
                rules if rules.contains(&StockRule::KeyUsed) => Code::Unavailable.into(),
                _ => Code::StockOutOfRange.into(),
            })
        })?;
        Ok(Created(view))
    }
}

//! `PUT /v1/products/{product}/status` - puts a product on sale, or takes it off sale.

use souk_domain::product::Status;
use souk_store_catalogue::products::Product;
use souk_views::StoreMedia;
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Seller, route};

use crate::{
    own::{ProductPath, rewrite},
    view::OwnProductView,
};

/// Sets the status of a product.
#[derive(Debug)]
pub struct SetProductStatus;

/// The new status of a product.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewProductStatus {
    /// The status; `active` means on sale.
    status: Status,
}

impl Endpoint for SetProductStatus {
    const ROUTE: Route = route!(PUT "/v1/products/{product}/status");
    const SUMMARY: &'static str = "Put a product of yours on sale, or take it off sale";
    const PROBLEMS: &'static [Code] = &[Code::ProductDeleted];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = (Path<ProductPath>, Body<NewProductStatus>);
    type Output = Json<OwnProductView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let product = rewrite(&cx.store, &seller, path.product, |product| match &product {
            Product { deleted_at: Some(_), .. } => Err(Code::ProductDeleted.into()),
            Product { status, .. } if *status == input.status => Ok(None),
            _ => Ok(Some(Product { status: input.status, updated_at: cx.now, ..product.next() })),
        });
        Ok(Json(OwnProductView::of(&product.await?, &cx.media, cx.now)))
    }
}

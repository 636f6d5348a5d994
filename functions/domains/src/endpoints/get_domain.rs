//! `GET /v1/shop/domain` - shows the custom domain of the seller's shop. One read.

use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{deps::StoreDomainTarget, view::CustomDomainView};

/// Shows a shop's custom domain.
#[derive(Debug)]
pub struct GetDomain;

impl Endpoint for GetDomain {
    const ROUTE: Route = route!(GET "/v1/shop/domain");
    const SUMMARY: &'static str = "The custom domain of your shop, its state and the DNS records to set";
    const PROBLEMS: &'static [Code] = &[Code::NotFound];

    type Deps = StoreDomainTarget;
    type Caller = Seller;
    type Input = ();
    type Output = Json<CustomDomainView>;

    async fn handle(cx: &Cx<'_, StoreDomainTarget>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let domain = cx.store.custom_domains().of(seller.shop()).await?.ok_or(Code::NotFound)?;
        Ok(Json(CustomDomainView::of(&domain, &cx.target)))
    }
}

//! `GET /v1/shop/domain` - the own domain of a seller's shop. One read.

use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{deps::StoreDomainTarget, view::DomainView};

/// Shows a shop's own domain.
#[derive(Debug)]
pub struct GetDomain;

impl Endpoint for GetDomain {
    const ROUTE: Route = route!(GET "/v1/shop/domain");
    const SUMMARY: &'static str = "Your shop's own domain, the DNS records to set, and how far it is";
    const PROBLEMS: &'static [Code] = &[Code::NotFound];

    type Deps = StoreDomainTarget;
    type Caller = Seller;
    type Input = ();
    type Output = Json<DomainView>;

    async fn handle(cx: &Cx<'_, StoreDomainTarget>, seller: Seller, (): ()) -> Result<Self::Output, Problem> {
        let domain = cx.store.custom_domains().of(seller.shop()).await?.ok_or(Code::NotFound)?;
        Ok(Json(DomainView::of(&domain, &cx.target)))
    }
}

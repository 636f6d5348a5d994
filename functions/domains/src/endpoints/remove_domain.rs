//! `DELETE /v1/shop/domain` - a shop has no domain of its own any more, whether it had one or not.

use souk_store::{ATTEMPTS, happened};
use souk_store_shops::ShopsExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Problem, Route, Seller, route};

use crate::deps::StoreDomainTarget;

/// Removes a domain.
#[derive(Debug)]
pub struct RemoveDomain;

impl Endpoint for RemoveDomain {
    const ROUTE: Route = route!(DELETE "/v1/shop/domain");
    const SUMMARY: &'static str = "Give up your shop's own domain, whether it has one or not";

    type Deps = StoreDomainTarget;
    type Caller = Seller;
    type Input = ();
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, StoreDomainTarget>, seller: Seller, (): ()) -> Result<NoContent, Problem> {
        let domains = cx.store.custom_domains();
        for _ in 0..ATTEMPTS {
            let Some(domain) = domains.of(seller.shop()).await? else { return Ok(NoContent) };
            if happened(domains.remove(&domain).await)? {
                return Ok(NoContent);
            }
        }
        Err(Code::Unavailable.into())
    }
}

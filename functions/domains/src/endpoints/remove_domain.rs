//! `DELETE /v1/shop/domain` - removes the custom domain of the seller's shop, if it has one.

use souk_store::{happened, retry_on_conflict};
use souk_store_shops::ShopsExt as _;
use souk_web::{Cx, Endpoint, NoContent, Problem, Route, Seller, route};

use crate::deps::StoreDomainTarget;

/// Removes a domain.
#[derive(Debug)]
pub struct RemoveDomain;

impl Endpoint for RemoveDomain {
    const ROUTE: Route = route!(DELETE "/v1/shop/domain");
    const SUMMARY: &'static str = "Remove the custom domain of your shop, if it has one";

    type Deps = StoreDomainTarget;
    type Caller = Seller;
    type Input = ();
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, StoreDomainTarget>, seller: Seller, (): ()) -> Result<NoContent, Problem> {
        let domains = cx.store.custom_domains();
        retry_on_conflict(|| async {
            let Some(domain) = domains.of(seller.shop()).await? else { return Ok(Some(NoContent)) };
            Ok(happened(domains.remove(&domain).await)?.then_some(NoContent))
        })
        .await
    }
}

//! `PUT /v1/shop/domain` - requests a custom domain for the seller's shop.
//!
//! A repeated request for the same domain has it checked soon. A request for another domain replaces the first one.

use souk_domain::{DomainName, custom_domain::DomainState};
use souk_store::{happened, retry_on_conflict};
use souk_store_shops::{ShopsExt as _, custom_domains::CustomDomain};
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Limit, Problem, Route, Seller, own_shop, route,
};
use uuid::Uuid;

use crate::{deps::StoreDomainTarget, view::CustomDomainView};

/// Requests a domain.
#[derive(Debug)]
pub struct RequestDomain;

/// The requested domain.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct DomainRequest {
    /// A name below a domain of yours, such as `www.example.com`. The top of a zone cannot have a CNAME record.
    domain: DomainName,
}

impl Endpoint for RequestDomain {
    const ROUTE: Route = route!(PUT "/v1/shop/domain");
    const SUMMARY: &'static str = "Request a custom domain for your shop; the answer names the DNS records to set";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(10, 10));
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted];

    type Deps = StoreDomainTarget;
    type Caller = Seller;
    type Input = Body<DomainRequest>;
    type Output = Json<CustomDomainView>;

    async fn handle(
        cx: &Cx<'_, StoreDomainTarget>,
        seller: Seller,
        Body(input): Body<DomainRequest>,
    ) -> Result<Self::Output, Problem> {
        let (domains, shop, name) = (cx.store.custom_domains(), seller.shop(), input.domain);
        if name.is_within(&cx.target) || cx.target.is_within(&name) {
            let detail = "must not belong to the marketplace";
            return Err(Problem::new(Code::InvalidInput).field("/domain", "reserved", detail));
        }
        own_shop(cx.store.shops().get(shop).await?, |shop| shop.deleted_at.is_none())?;
        retry_on_conflict(|| async {
            let before = domains.of(shop).await?;
            let token = match &before {
                Some(same) if same.name == name && same.state == DomainState::Verified => {
                    return Ok(Some(Json(CustomDomainView::of(same, &cx.target))));
                }
                Some(same) if same.name == name => same.token.clone(),
                // Version 4: the proof of ownership must not be guessable.
                _ => Uuid::new_v4().simple().to_string(),
            };
            let after = CustomDomain {
                shop,
                name: name.clone(),
                token,
                state: DomainState::NEW,
                since: cx.now,
                looked_at: None,
                look_at: Some(cx.now),
                version: before.as_ref().map_or(0, |before| before.version) + 1,
            };
            let saved = happened(domains.save(before.as_ref(), &after).await)?;
            Ok(saved.then(|| Json(CustomDomainView::of(&after, &cx.target))))
        })
        .await
    }
}

//! `PUT /v1/shop` - what a shop says of itself.
//!
//! The whole of it is replaced, so that repeating the request changes nothing. Products show the shop's new name and slug
//! a moment later.

use souk_domain::{MediaId, media::Referrer};
use souk_store::{ATTEMPTS, WriteError};
use souk_store_media::MediaExt as _;
use souk_store_shops::{
    ShopsExt as _,
    shops::{Rule, Shop, Whole},
};
use souk_views::StoreMedia;
use souk_web::{Body, Code, Cx, Endpoint, Json, Problem, Route, Seller, route};

use crate::{
    create_shop::refusal,
    deps::{changed, own_shop},
    form::Form,
    view::OwnView,
};

/// Edits a shop.
#[derive(Debug)]
pub struct EditShop;

impl Endpoint for EditShop {
    const ROUTE: Route = route!(PUT "/v1/shop");
    const SUMMARY: &'static str = "Change what your shop says of itself";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ShopDeleted, Code::SlugTaken];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Body<Form>;
    type Output = Json<OwnView>;

    async fn handle(cx: &Cx<'_, StoreMedia>, seller: Seller, Body(form): Body<Form>) -> Result<Self::Output, Problem> {
        let id = seller.shop();
        let pictures = form.claim(&cx.store, id).await?;
        let news = changed(cx, id)?;
        for _ in 0..ATTEMPTS {
            let Whole { shop: before, followers } = own_shop(&cx.store, id).await?;
            let after = form.fill(before.clone().next(), &pictures);
            let shows = (&before.name, &before.slug) != (&after.name, &after.slug);
            match cx.store.shops().edit(&before, &after, shows.then_some(&news)).await {
                Ok(()) => {
                    let gone = no_longer_shown(&before, &after);
                    cx.store.media().release(&gone, Referrer::Shop(id), cx.now).await?;
                    return Ok(Json(OwnView::of(&after, followers.followers, &cx.media)));
                }
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => {}
                Err(error) => return Err(Problem::from_write(error, refusal)),
            }
        }
        Err(Code::Unavailable.into())
    }
}

fn no_longer_shown(before: &Shop, after: &Shop) -> Vec<MediaId> {
    let mut gone = before.pictures();
    gone.retain(|id| !after.pictures().contains(id));
    gone
}

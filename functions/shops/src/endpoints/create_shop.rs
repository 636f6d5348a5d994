//! `POST /v1/shops` - opens a shop for the seller.
//!
//! One transaction writes the shop, the claim of its slug and the idempotent answer. It fails if the seller has a shop
//! already, had one that was purged, or is banned.

use souk_domain::Slug;
use souk_store_shops::{
    ShopsExt as _,
    shops::{Rule, Shop},
};
use souk_views::StoreMedia;
use souk_web::{Body, Code, Created, Cx, Endpoint, Idempotent, Problem, Route, Seller, route};

use crate::{form::ShopForm, view::ShopView};

/// Opens a shop.
#[derive(Debug)]
pub struct CreateShop;

impl Endpoint for CreateShop {
    const ROUTE: Route = route!(POST "/v1/shops");
    const SUMMARY: &'static str = "Open a shop; a seller has at most one";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::ShopExists, Code::ShopClosed, Code::SlugTaken, Code::Banned];

    type Deps = StoreMedia;
    type Caller = Seller;
    type Input = Body<ShopForm>;
    type Output = Created<ShopView>;

    async fn handle(
        cx: &Cx<'_, StoreMedia>,
        seller: Seller,
        Body(form): Body<ShopForm>,
    ) -> Result<Self::Output, Problem> {
        let id = seller.shop();
        // The end of a UUID is its random part.
        let salt: String = id.to_string().chars().rev().take(6).collect();
        let slug = Slug::suggest(form.name.as_str(), "shop", &salt);
        let pictures = form.add_references(&cx.store, id).await?;
        let shop = form.fill(Shop::new(id, slug, form.name.clone(), cx.now), &pictures);
        match open(cx, &shop).await {
            // A generated slug is retried with a suffix. A slug that the seller chose is refused.
            Err(problem) if problem.code() == Code::SlugTaken && form.slug.is_none() => {
                let shop = Shop { slug: shop.slug.with_suffix(&salt), ..shop };
                open(cx, &shop).await
            }
            result => result,
        }
    }
}

async fn open(cx: &Cx<'_, StoreMedia>, shop: &Shop) -> Result<Created<ShopView>, Problem> {
    let view = ShopView::of(shop, 0, &cx.media);
    let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
    let opened = cx.store.shops().open(shop, answer.as_ref()).await;
    opened.map(|()| Created(view)).map_err(|error| Problem::from_write(error, refusal))
}

/// Returns the problem for the conditions that failed when a shop was written.
pub(crate) fn refusal(rules: &[Rule]) -> Problem {
    let on_field =
        |code: Code, pointer: &str, kind, detail: &'static str| Problem::new(code).field(pointer, kind, detail);
    match rules {
        rules if rules.contains(&Rule::HasShop) => Code::ShopExists.into(),
        rules if rules.contains(&Rule::Closed) => Code::ShopClosed.into(),
        rules if rules.contains(&Rule::Banned) => Code::Banned.into(),
        rules if rules.contains(&Rule::SellerGone) => Code::NotSignedIn.into(),
        rules if rules.contains(&Rule::SlugTaken) => {
            on_field(Code::SlugTaken, "/slug", "taken", "another shop has this slug")
        }
        rules if rules.contains(&Rule::CategoryGone) => on_field(
            Code::InvalidInput,
            "/category",
            "unknown_category",
            "must be the slug of a category of this marketplace",
        ),
        _ => Code::Unavailable.into(),
    }
}

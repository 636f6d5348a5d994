//! `POST /v1/shops` - a seller opens a shop.

use souk_domain::{Description, ShopName, Slug};
use souk_store::{
    Store,
    shops::{Rule, Shop},
};
use souk_web::{
    Body, Code, Created, Cx, Deserr, Endpoint, FieldErrors, Idempotent, JsonSchema, Problem, Route, Seller, route,
};

use crate::view::ShopView;

/// Opens a shop.
#[derive(Debug)]
pub struct Room;

/// What the shop will be.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(rename = "NewShop")]
pub struct Input {
    /// What it is called.
    name: ShopName,
    /// Its place in addresses; made from the name if not given.
    #[deserr(default)]
    slug: Option<Slug>,
    /// What it says of itself.
    #[deserr(default)]
    bio: Option<Description>,
}

impl Endpoint for Room {
    const ROUTE: Route = route!(POST "/v1/shops");
    const SUMMARY: &'static str = "Open a shop; a seller has one";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::ShopExists, Code::SlugTaken];

    type Deps = Store;
    type Caller = Seller;
    type Input = Body<Input>;
    type Output = Created<ShopView>;

    async fn handle(cx: &Cx<'_, Store>, seller: Seller, Body(input): Body<Input>) -> Result<Self::Output, Problem> {
        let Input { name, slug, bio } = input;
        let id = seller.shop();
        let chosen = slug.is_some();
        // The end of a UUID is its random part.
        let salt: String = id.to_string().chars().rev().take(6).collect();
        let slug = slug.unwrap_or_else(|| Slug::suggest(name.as_str(), "shop", &salt));
        let shop = Shop { id, slug, name, bio, created_at: cx.now };
        match open(cx, &shop).await {
            // A slug of ours gives way; one that the seller chose does not.
            Err(problem) if problem.code() == Code::SlugTaken && !chosen => {
                let shop = Shop { slug: shop.slug.with_suffix(&salt), ..shop };
                open(cx, &shop).await.map(|()| Created(shop.into()))
            }
            result => result.map(|()| Created(shop.into())),
        }
    }
}

async fn open(cx: &Cx<'_, Store>, shop: &Shop) -> Result<(), Problem> {
    let view = ShopView::from(shop.clone());
    let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
    cx.shops().open(shop, answer.as_ref()).await.map_err(|error| {
        Problem::from_write(error, |rules| match rules {
            rules if rules.contains(&Rule::HasShop) => Code::ShopExists.into(),
            rules if rules.contains(&Rule::SlugTaken) => {
                Problem::new(Code::SlugTaken).field("/slug", "taken", "another shop has it")
            }
            _ => Code::Unavailable.into(),
        })
    })
}

//! `GET /v1/suggestions` - what somebody who is still typing may mean. No read of the table.

use serde::{Deserialize, Serialize};
use souk_domain::{Invalid, ShopId, ShopName, Slug, site::CategoryName};
use souk_product_views::ProductView;
use souk_store_catalogue::products::Product;
use souk_store_shops::shops::Shop;
use souk_views::PictureView;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Query, Route, route};

use crate::{
    asked::SearchText,
    deps::ListDeps,
    listing::{broken, cards},
};

/// Suggests.
#[derive(Debug)]
pub struct Suggest;

/// To what.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SuggestQuery {
    /// What was typed so far. Its last word may be unfinished, each may be misspelt.
    q: SearchText,
    /// How many of each kind at most; 5 if not given.
    #[deserr(default)]
    limit: Option<Most>,
}

/// How many to suggest: 1 to 20.
#[derive(Debug, Clone, Copy)]
struct Most(usize);

impl Most {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let most = raw.parse().ok().filter(|most| (1..=20).contains(most)).map(Self);
        most.ok_or_else(|| Invalid::new("out_of_range", "must be 1 to 20"))
    }
}

souk_domain::edge!(Most, { "type": "integer", "minimum": 1, "maximum": 20, "default": 5 });

/// What may be meant, the likeliest first.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Suggestions")]
pub struct Output {
    /// Words to search for.
    texts: Vec<String>,
    /// Products on sale.
    products: Vec<ProductView>,
    /// Categories and parts of them.
    categories: Vec<CategoryLink>,
    /// Shops.
    shops: Vec<ShopSuggestion>,
}

/// A category, or a part of one.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct CategoryLink {
    /// Names it, a part within its category.
    slug: Slug,
    /// What it is called.
    name: CategoryName,
    /// The category that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<Box<CategoryLink>>,
}

/// A shop that may be meant.
#[derive(Debug, Serialize, JsonSchema)]
struct ShopSuggestion {
    /// Names the shop.
    id: ShopId,
    /// Its place in addresses.
    slug: Slug,
    /// What it is called.
    name: ShopName,
    /// Its sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
}

impl Endpoint for Suggest {
    const ROUTE: Route = route!(GET "/v1/suggestions");
    const SUMMARY: &'static str = "Products, categories, shops and words that somebody who is still typing may mean";

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = Query<SuggestQuery>;
    type Output = Json<Output>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        _: Anyone,
        Query(input): Query<SuggestQuery>,
    ) -> Result<Self::Output, Problem> {
        let edition = cx.index.newest(cx.now).await.ok_or(Code::Unavailable)?;
        let most = input.limit.map_or(5, |most| most.0);
        let found = edition.index.suggest(input.q.as_str(), most).map_err(broken)?;
        let product = |product: Product| cx.show(&product, cx.now);
        let shop = |shop: Shop| ShopSuggestion {
            avatar: shop.avatar.as_ref().map(|picture| cx.media.view(picture)),
            id: shop.id,
            slug: shop.slug,
            name: shop.name,
        };
        Ok(Json(Output {
            texts: found.texts,
            products: cards(&found.products)?.into_iter().map(product).collect(),
            categories: cards(&found.categories)?,
            shops: cards(&found.shops)?.into_iter().map(shop).collect(),
        }))
    }
}

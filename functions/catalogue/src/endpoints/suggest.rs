//! `GET /v1/suggestions` - suggests products, categories, shops and words while somebody types. Reads nothing from the
//! table.

use serde::{Deserialize, Serialize};
use souk_domain::{Invalid, ShopId, ShopName, Slug, site::CategoryName};
use souk_product_views::ProductView;
use souk_store_catalogue::products::Product;
use souk_store_shops::shops::Shop;
use souk_views::PictureView;
use souk_web::{Anyone, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Problem, Query, Route, route};

use crate::{
    deps::ListDeps,
    filter::SearchText,
    listing::{cards, unreadable},
};

/// Suggests completions of a search.
#[derive(Debug)]
pub struct Suggest;

/// The text to complete.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct SuggestQuery {
    /// The text typed so far. Its last word may be unfinished, and any word may be misspelt.
    q: SearchText,
    /// How many suggestions of each kind at most; 5 if not given.
    #[deserr(default)]
    limit: Option<SuggestionLimit>,
}

/// How many suggestions of each kind: 1 to 20.
#[derive(Debug, Clone, Copy)]
struct SuggestionLimit(usize);

impl SuggestionLimit {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let limit = raw.parse().ok().filter(|limit| (1..=20).contains(limit)).map(Self);
        limit.ok_or_else(|| Invalid::new("out_of_range", "must be 1 to 20"))
    }
}

souk_domain::edge!(SuggestionLimit, { "type": "integer", "minimum": 1, "maximum": 20, "default": 5 });

/// Suggestions, the likeliest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Suggestions {
    /// Texts to search for.
    texts: Vec<String>,
    /// Listed products.
    products: Vec<ProductView>,
    /// Categories and subcategories.
    categories: Vec<CategoryLink>,
    /// Shops.
    shops: Vec<ShopSuggestion>,
}

/// A category or a subcategory.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct CategoryLink {
    /// The slug; of a subcategory, it is unique within its category.
    slug: Slug,
    /// The name.
    name: CategoryName,
    /// The category of a subcategory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<Box<CategoryLink>>,
}

/// A suggested shop.
#[derive(Debug, Serialize, JsonSchema)]
struct ShopSuggestion {
    /// The id of the shop.
    id: ShopId,
    /// The slug of the shop.
    slug: Slug,
    /// The name of the shop.
    name: ShopName,
    /// The picture that represents the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<PictureView>,
}

impl Endpoint for Suggest {
    const ROUTE: Route = route!(GET "/v1/suggestions");
    const SUMMARY: &'static str = "Suggest products, categories, shops and words for a text that is still being typed";

    type Deps = ListDeps;
    type Caller = Anyone;
    type Input = Query<SuggestQuery>;
    type Output = Json<Suggestions>;

    async fn handle(
        cx: &Cx<'_, ListDeps>,
        _: Anyone,
        Query(input): Query<SuggestQuery>,
    ) -> Result<Self::Output, Problem> {
        let index_version = cx.index.newest(cx.now).await.ok_or(Code::Unavailable)?;
        let limit = input.limit.map_or(5, |limit| limit.0);
        let found = index_version.index.suggest(input.q.as_str(), limit).map_err(unreadable)?;
        let product = |product: Product| cx.show(&product, cx.now);
        let shop = |shop: Shop| ShopSuggestion {
            avatar: shop.avatar.as_ref().map(|picture| cx.media.view(picture)),
            id: shop.id,
            slug: shop.slug,
            name: shop.name,
        };
        Ok(Json(Suggestions {
            texts: found.texts,
            products: cards(&found.products)?.into_iter().map(product).collect(),
            categories: cards(&found.categories)?,
            shops: cards(&found.shops)?.into_iter().map(shop).collect(),
        }))
    }
}

//! `PUT /v1/products/{product}` - a product is written anew: what is left out of it is gone, variants too.
//!
//! The seller names the version that they saw, so nobody overwrites what they never read. Stock is not written here:
//! shoppers buy meanwhile. Everything is one transaction, whose conditions are that version, the shop, and the category
//! that the product moves to.

use souk_domain::{Invalid, MediaId, Principal, ProductId, media::Referrer};
use souk_listing::{Draft, Findings};
use souk_store::{ATTEMPTS, WriteError};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, Rule, Whole},
};
use souk_store_media::{
    MediaExt as _,
    media::{Picture, Unclaimed},
};
use souk_store_shops::ShopsExt as _;
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Query, Route, Seller, route,
};

use crate::{
    deps::BuilderMedia,
    own::{Which, own, shop_of},
    variants::{EditedSku, plan},
    view::OwnDetailsView,
};

/// Edits a product.
#[derive(Debug)]
pub struct EditProduct;

/// What was seen.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct Seen {
    /// The version of the product that the seller saw.
    version: Version,
}

/// Counts a product's writes.
#[derive(Debug, Clone, Copy)]
struct Version(u64);

impl Version {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        raw.parse().map(Self).map_err(|_| Invalid::new("malformed", "must be a product's version"))
    }
}

souk_domain::edge!(Version, { "type": "integer", "minimum": 1 });

impl Endpoint for EditProduct {
    const ROUTE: Route = route!(PUT "/v1/products/{product}");
    const SUMMARY: &'static str = "Write a product of yours anew; what is left out is removed, variants too";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ProductDeleted, Code::ChangedMeanwhile, Code::SlugTaken];

    type Deps = BuilderMedia;
    type Caller = Seller;
    type Input = (Path<Which>, (Query<Seen>, Body<Draft<EditedSku>>));
    type Output = Json<OwnDetailsView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        (Path(which), (Query(seen), Body(draft))): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let store = &cx.builder.store;
        let before = own(store, &seller, which.product).await?;
        if before.product.deleted_at.is_some() {
            return Err(Code::ProductDeleted.into());
        }
        if before.product.version != seen.version.0 {
            return Err(Code::ChangedMeanwhile.into());
        }
        let claims = claim(cx, &seller, &before, &draft.pictures).await?;
        for _ in 0..ATTEMPTS {
            let shop = shop_of(store, &seller).await?;
            let mut findings = Findings::new(cx.builder.currency);
            findings.prices(draft.price, draft.sale_price);
            above_the_offer(cx, &before.product, &draft, &mut findings);
            let pictures = findings.pictures(&claims);
            let moves =
                (&before.product.category, &before.product.subcategory) != (&draft.category, &draft.subcategory);
            let category = match moves {
                true => {
                    let category = store.site().category(&draft.category).await?;
                    findings.category(category, draft.subcategory.as_ref())
                }
                false => None,
            };
            let planned = plan(&draft, &before, shop.low_stock, &mut findings);
            findings.all()?;

            let after = Product {
                slug: draft.slug.clone().unwrap_or_else(|| before.product.slug.clone()),
                offer: before.product.offer.filter(|offer| cx.now < offer.ends_at),
                last_sku: planned.last_sku,
                updated_at: cx.now,
                ..draft.fill(before.product.clone(), &pictures).in_shop(&shop).next()
            };
            let details = draft.details(which.product, pictures);
            let news = (details != before.details).then_some(&details);
            let edited =
                store.products().edit(&before.product, &after, news, &planned.edits, &shop, category.as_ref()).await;
            match edited {
                Ok(()) => {
                    let after = Whole { product: after, details, skus: planned.skus, sold: before.sold };
                    release(cx, &before, &after).await?;
                    return Ok(Json(OwnDetailsView::of(&after, &cx.media, cx.now)));
                }
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::SlugTaken) => {
                    return Err(Problem::new(Code::SlugTaken).field("/slug", "taken", "another product has it"));
                }
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => {
                    return Err(Code::ChangedMeanwhile.into());
                }
                // The shop or the category changed in between.
                Err(WriteError::Refused(_)) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Code::Unavailable.into())
    }
}

/// The pictures in their order: those that the product has, and those that are claimed for it.
async fn claim(
    cx: &Cx<'_, BuilderMedia>,
    seller: &Seller,
    before: &Whole,
    wanted: &[MediaId],
) -> Result<Vec<Result<Picture, Unclaimed>>, Problem> {
    let there = |id: MediaId| before.details.pictures.iter().find(|picture| picture.id == id);
    let new: Vec<MediaId> = wanted.iter().copied().filter(|&id| there(id).is_none()).collect();
    let (owner, product) = (Principal::Seller(seller.id), Referrer::Product(before.product.id));
    let mut claims = cx.builder.store.media().claim(owner, &new, product).await?.into_iter();
    let picture = |&id: &MediaId| there(id).cloned().map(Ok).or_else(|| claims.next());
    Ok(wanted.iter().filter_map(picture).collect())
}

/// Gives up the pictures that the product no longer shows.
async fn release(cx: &Cx<'_, BuilderMedia>, before: &Whole, after: &Whole) -> Result<(), Problem> {
    let shown = |whole: &Whole| whole.details.pictures.iter().map(|picture| picture.id).collect::<Vec<_>>();
    let (mut gone, kept) = (shown(before), shown(after));
    gone.retain(|id| !kept.contains(id));
    let id: ProductId = before.product.id;
    Ok(cx.builder.store.media().release(&gone, Referrer::Product(id), cx.now).await?)
}

/// An offer that has not ended stays one.
fn above_the_offer(cx: &Cx<'_, BuilderMedia>, before: &Product, draft: &Draft<EditedSku>, findings: &mut Findings) {
    let Some(offer) = before.offer.filter(|offer| cx.now < offer.ends_at) else { return };
    for (field, price) in [("/price/amount", Some(draft.price)), ("/sale_price/amount", draft.sale_price)] {
        if price.is_some_and(|price| price.amount <= offer.price.minor) {
            findings.wrong(field, "not_above_offer", format!("must be above the offer's {}", offer.price));
        }
    }
}

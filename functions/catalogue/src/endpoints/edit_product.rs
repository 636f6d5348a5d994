//! `PUT /v1/products/{product}` - replaces a product. What the body leaves out is removed, variants too.
//!
//! The seller names the version that they have read, so that no edit overwrites a change that the seller has not seen.
//! The stock is not written here, because shoppers buy meanwhile. Everything is one transaction. Its conditions are
//! that version, the shop, and the category if the product moves to another.

use souk_domain::{Invalid, MediaId, Principal, media::Referrer};
use souk_listing::{Draft, Findings};
use souk_store::{WriteError, retry_on_conflict};
use souk_store_catalogue::{
    CatalogueExt as _,
    products::{Product, ProductWithSkus, Rule},
};
use souk_store_media::MediaExt as _;
use souk_store_shops::ShopsExt as _;
use souk_web::{
    Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Query, Route, Seller, route,
};

use crate::{
    deps::BuilderMedia,
    own::{ProductPath, own, shop_of},
    variants::{EditedSku, plan},
    view::OwnProductDetailsView,
};

/// Edits a product.
#[derive(Debug)]
pub struct EditProduct;

/// The version that the edit is based on.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct EditProductQuery {
    /// The version of the product that the seller has read.
    version: Version,
}

/// The number of writes of a product.
#[derive(Debug, Clone, Copy)]
struct Version(u64);

impl Version {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        raw.parse()
            .map(Self)
            .map_err(|_| Invalid::new("malformed", "must be the version of the product, a whole number"))
    }
}

souk_domain::edge!(Version, { "type": "integer", "minimum": 1 });

impl Endpoint for EditProduct {
    const ROUTE: Route = route!(PUT "/v1/products/{product}");
    const SUMMARY: &'static str = "Replace a product of yours; what is left out is removed, variants too";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ProductDeleted, Code::ChangedMeanwhile, Code::SlugTaken];

    type Deps = BuilderMedia;
    type Caller = Seller;
    type Input = (Path<ProductPath>, (Query<EditProductQuery>, Body<Draft<EditedSku>>));
    type Output = Json<OwnProductDetailsView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        (Path(path), (Query(query), Body(draft))): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let store = &cx.builder.store;
        let before = own(store, &seller, path.product).await?;
        if before.product.deleted_at.is_some() {
            return Err(Code::ProductDeleted.into());
        }
        if before.product.version != query.version.0 {
            return Err(Code::ChangedMeanwhile.into());
        }
        let (owner, referrer) = (Principal::Seller(seller.id), Referrer::Product(before.product.id));
        let pictures: Vec<_> = before.details.pictures.iter().collect();
        let references = store.media().add_references(owner, referrer, &draft.pictures, &pictures).await?;
        retry_on_conflict(|| async {
            let shop = shop_of(store, &seller).await?;
            let mut findings = Findings::new(cx.builder.currency);
            findings.prices(draft.price, draft.sale_price);
            check_offer(cx, &before.product, &draft, &mut findings);
            let pictures = findings.pictures(&references);
            let recategorized =
                (&before.product.category, &before.product.subcategory) != (&draft.category, &draft.subcategory);
            let category = match recategorized {
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
            let details = draft.details(path.product, pictures);
            let changed_details = (details != before.details).then_some(&details);
            let edited = store
                .products()
                .edit(&before.product, &after, changed_details, &planned.edits, &shop, category.as_ref())
                .await;
            match edited {
                Ok(()) => {
                    let after = ProductWithSkus { product: after, details, skus: planned.skus, sold: before.sold };
                    store.media().remove_references(referrer, &shown(&before), &shown(&after), cx.now).await?;
                    Ok(Some(Json(OwnProductDetailsView::of(&after, &cx.media, cx.now))))
                }
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::SlugTaken) => {
                    Err(Problem::new(Code::SlugTaken).field("/slug", "taken", "another product has it"))
                }
                Err(WriteError::Refused(rules)) if rules.broke(&Rule::Stale) => Err(Code::ChangedMeanwhile.into()),
                // The shop or the category changed in between: try again with the new state.
                Err(WriteError::Refused(_)) => Ok(None),
                Err(WriteError::Store(error)) => Err(error.into()),
            }
        })
        .await
    }
}

fn shown(whole: &ProductWithSkus) -> Vec<MediaId> {
    whole.details.pictures.iter().map(|picture| picture.id).collect()
}

/// Checks that an offer that has not ended stays below the new prices.
fn check_offer(cx: &Cx<'_, BuilderMedia>, before: &Product, draft: &Draft<EditedSku>, findings: &mut Findings) {
    let Some(offer) = before.offer.filter(|offer| cx.now < offer.ends_at) else { return };
    for (field, price) in [("/price/amount", Some(draft.price)), ("/sale_price/amount", draft.sale_price)] {
        if price.is_some_and(|price| price.amount <= offer.price.minor) {
            findings.wrong(field, "not_above_offer", format!("must be above the price of the offer, {}", offer.price));
        }
    }
}

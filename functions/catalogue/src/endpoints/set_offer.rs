//! `PUT /v1/products/{product}/offer` - sets a lower price for a limited time. It replaces any offer that the product
//! has.
//!
//! Every price calculation compares the time with the offer's, so no job is needed to begin or to end an offer.

use jiff::Timestamp;
use souk_domain::{Moment, Money, pricing::Offer};
use souk_listing::{Findings, Price};
use souk_store_catalogue::products::Product;
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Seller, route};

use crate::{
    deps::BuilderMedia,
    own::{ProductPath, rewrite},
    view::OfferView,
};

/// Sets an offer.
#[derive(Debug)]
pub struct SetOffer;

/// A lower price for a limited time.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewOffer {
    /// The price of one piece, below the product's price and sale price. It does not apply to a variant with its own
    /// price.
    price: Price,
    /// When the offer begins; now if not given.
    #[deserr(default)]
    starts_at: Option<Moment>,
    /// When the offer ends: after it begins, and in the future.
    ends_at: Moment,
}

impl Endpoint for SetOffer {
    const ROUTE: Route = route!(PUT "/v1/products/{product}/offer");
    const SUMMARY: &'static str = "Set a lower price of a product of yours for a limited time";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ProductDeleted];

    type Deps = BuilderMedia;
    type Caller = Seller;
    type Input = (Path<ProductPath>, Body<NewOffer>);
    type Output = Json<OfferView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        (Path(path), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let starts_at = input.starts_at.map_or(cx.now, Moment::get);
        let offer = Offer { price: input.price.into(), starts_at, ends_at: input.ends_at.get() };
        let offered = rewrite(&cx.builder.store, &seller, path.product, |product| {
            if product.deleted_at.is_some() {
                return Err(Code::ProductDeleted.into());
            }
            check(cx, &input, &offer, &product)?;
            Ok(Some(Product { offer: Some(offer), updated_at: cx.now, ..product.next() }))
        });
        offered.await?;
        Ok(Json(offer.into()))
    }
}

/// Checks the price against the product's prices, and the times against each other and the present.
fn check(cx: &Cx<'_, BuilderMedia>, input: &NewOffer, offer: &Offer, product: &Product) -> Result<(), FieldErrors> {
    let mut findings = Findings::new(cx.builder.currency);
    findings.price("/price", input.price);
    let lowest: Money = product.sale_price.unwrap_or(product.price);
    if offer.price.minor >= lowest.minor {
        findings.wrong("/price/amount", "not_below_price", format!("must be below the price of the product, {lowest}"));
    }
    let earliest: Timestamp = offer.starts_at.max(cx.now);
    if offer.ends_at <= earliest {
        findings.wrong("/ends_at", "out_of_range", "must be in the future and after starts_at");
    }
    findings.all()
}

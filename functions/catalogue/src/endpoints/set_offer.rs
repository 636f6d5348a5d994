//! `PUT /v1/products/{product}/offer` - a product costs less for a while, in place of the while before.
//!
//! The window is asked whenever a price is: nothing has to happen for an offer to begin or to end.

use jiff::Timestamp;
use souk_domain::{Moment, Money, pricing::Offer};
use souk_listing::{Findings, Price};
use souk_store_catalogue::products::Product;
use souk_web::{Body, Code, Cx, Deserr, Endpoint, FieldErrors, Json, JsonSchema, Path, Problem, Route, Seller, route};

use crate::{
    deps::BuilderMedia,
    own::{Which, rewrite},
    view::OfferView,
};

/// Sets an offer.
#[derive(Debug)]
pub struct SetOffer;

/// A price for a while.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewOffer {
    /// What one costs, below the product's price and sale price. A variant with a price of its own takes no part.
    price: Price,
    /// From when on; from now on if not given.
    #[deserr(default)]
    starts_at: Option<Moment>,
    /// Until when: after the beginning, and in the future.
    ends_at: Moment,
}

impl Endpoint for SetOffer {
    const ROUTE: Route = route!(PUT "/v1/products/{product}/offer");
    const SUMMARY: &'static str = "Offer a product of yours for less, for a while";
    const PROBLEMS: &'static [Code] = &[Code::NoShop, Code::ProductDeleted];

    type Deps = BuilderMedia;
    type Caller = Seller;
    type Input = (Path<Which>, Body<NewOffer>);
    type Output = Json<OfferView>;

    async fn handle(
        cx: &Cx<'_, BuilderMedia>,
        seller: Seller,
        (Path(which), Body(input)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        let starts_at = input.starts_at.map_or(cx.now, Moment::get);
        let offer = Offer { price: input.price.into(), starts_at, ends_at: input.ends_at.get() };
        let offered = rewrite(&cx.builder.store, &seller, which.product, |product| {
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

/// What the price and the window have to do with the product and the time.
fn check(cx: &Cx<'_, BuilderMedia>, input: &NewOffer, offer: &Offer, product: &Product) -> Result<(), FieldErrors> {
    let mut findings = Findings::new(cx.builder.currency);
    findings.price("/price", input.price);
    let lowest: Money = product.sale_price.unwrap_or(product.price);
    if offer.price.minor >= lowest.minor {
        findings.wrong("/price/amount", "not_below_price", format!("must be below {lowest}"));
    }
    let earliest: Timestamp = offer.starts_at.max(cx.now);
    if offer.ends_at <= earliest {
        findings.wrong("/ends_at", "out_of_range", "must lie in the future and after the beginning");
    }
    findings.all()
}

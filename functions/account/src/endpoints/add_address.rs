//! `POST /v1/addresses` - adds an address to the shopper's account. The first one becomes the default.

use souk_domain::Address;
use souk_store::Store;
use souk_store_shoppers::{ShoppersExt as _, addresses::Rule};
use souk_web::{Body, Code, Created, Cx, Endpoint, Idempotent, Problem, Route, Shopper, route};

use crate::address::KeptAddress;

/// Adds an address to the shopper's account.
#[derive(Debug)]
pub struct AddAddress;

impl Endpoint for AddAddress {
    const ROUTE: Route = route!(POST "/v1/addresses");
    const SUMMARY: &'static str = "Add an address; there can be 20, and the first becomes the default";
    const IDEMPOTENT: Idempotent = Idempotent::Optional;
    const PROBLEMS: &'static [Code] = &[Code::AddressLimit];

    type Deps = Store;
    type Caller = Shopper;
    type Input = Body<Address>;
    type Output = Created<KeptAddress>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        Body(address): Body<Address>,
    ) -> Result<Self::Output, Problem> {
        let view = KeptAddress { id: cx.fresh(), address };
        let answer = cx.key.as_ref().map(|key| key.answer(&view, cx.now)).transpose()?;
        let added = cx.addresses().add(shopper.id, view.id, &view.address, answer.as_ref()).await;
        added.map(|()| Created(view)).map_err(|error| {
            Problem::from_write(error, |rules| match rules {
                rules if rules.contains(&Rule::Full) => Code::AddressLimit.into(),
                _ => Code::Unavailable.into(),
            })
        })
    }
}

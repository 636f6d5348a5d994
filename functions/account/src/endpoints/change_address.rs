//! `PUT /v1/addresses/{address}` - an address of the shopper's is written anew.

use souk_domain::Address;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Body, Code, Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::address::{AddressView, Which};

/// Changes an address.
#[derive(Debug)]
pub struct ChangeAddress;

impl Endpoint for ChangeAddress {
    const ROUTE: Route = route!(PUT "/v1/addresses/{address}");
    const SUMMARY: &'static str = "Write an address of yours anew; what is left out is removed";

    type Deps = Store;
    type Caller = Shopper;
    type Input = (Path<Which>, Body<Address>);
    type Output = Json<AddressView>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        (Path(which), Body(address)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        match cx.addresses().change(shopper.id, which.address, &address).await? {
            true => Ok(Json(AddressView { id: which.address, address })),
            false => Err(Code::NotFound.into()),
        }
    }
}

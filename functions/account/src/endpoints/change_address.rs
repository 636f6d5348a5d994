//! `PUT /v1/addresses/{address}` - replaces an address of the shopper.

use souk_domain::Address;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Body, Code, Cx, Endpoint, Json, Path, Problem, Route, Shopper, route};

use crate::address::{AddressPath, KeptAddress};

/// Replaces an address of the shopper.
#[derive(Debug)]
pub struct ChangeAddress;

impl Endpoint for ChangeAddress {
    const ROUTE: Route = route!(PUT "/v1/addresses/{address}");
    const SUMMARY: &'static str = "Replace an address of yours; a field that is left out is removed";

    type Deps = Store;
    type Caller = Shopper;
    type Input = (Path<AddressPath>, Body<Address>);
    type Output = Json<KeptAddress>;

    async fn handle(
        cx: &Cx<'_, Store>,
        shopper: Shopper,
        (Path(path), Body(address)): Self::Input,
    ) -> Result<Self::Output, Problem> {
        match cx.addresses().change(shopper.id, path.address, &address).await? {
            true => Ok(Json(KeptAddress { id: path.address, address })),
            false => Err(Code::NotFound.into()),
        }
    }
}

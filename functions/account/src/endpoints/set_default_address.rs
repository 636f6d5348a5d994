//! `PUT /v1/addresses/{address}/default` - makes an address of the shopper the default.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::address::AddressPath;

/// Makes an address of the shopper the default.
#[derive(Debug)]
pub struct SetDefaultAddress;

impl Endpoint for SetDefaultAddress {
    const ROUTE: Route = route!(PUT "/v1/addresses/{address}/default");
    const SUMMARY: &'static str = "Make an address of yours the default";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<AddressPath>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(path): Path<AddressPath>) -> Result<NoContent, Problem> {
        match cx.addresses().choose(shopper.id, path.address).await? {
            true => Ok(NoContent),
            false => Err(Code::NotFound.into()),
        }
    }
}

//! `PUT /v1/addresses/{address}/default` - an address of the shopper's is the default from now on.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::address::Which;

/// Chooses the default.
#[derive(Debug)]
pub struct SetDefaultAddress;

impl Endpoint for SetDefaultAddress {
    const ROUTE: Route = route!(PUT "/v1/addresses/{address}/default");
    const SUMMARY: &'static str = "Make an address of yours the default";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(which): Path<Which>) -> Result<NoContent, Problem> {
        match cx.addresses().choose(shopper.id, which.address).await? {
            true => Ok(NoContent),
            false => Err(Code::NotFound.into()),
        }
    }
}

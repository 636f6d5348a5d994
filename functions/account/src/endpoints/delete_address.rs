//! `DELETE /v1/addresses/{address}` - an address leaves the shopper's others. After the default, the oldest is it.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::address::Which;

/// Deletes an address.
#[derive(Debug)]
pub struct DeleteAddress;

impl Endpoint for DeleteAddress {
    const ROUTE: Route = route!(DELETE "/v1/addresses/{address}");
    const SUMMARY: &'static str = "Delete an address of yours; if it was the default, the oldest is it then";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<Which>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(which): Path<Which>) -> Result<NoContent, Problem> {
        match cx.addresses().remove(shopper.id, which.address).await? {
            true => Ok(NoContent),
            false => Err(Code::NotFound.into()),
        }
    }
}

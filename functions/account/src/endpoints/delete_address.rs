//! `DELETE /v1/addresses/{address}` - deletes an address of the shopper. If it was the default, the oldest address
//! becomes the default.

use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Code, Cx, Endpoint, NoContent, Path, Problem, Route, Shopper, route};

use crate::address::AddressPath;

/// Deletes an address of the shopper.
#[derive(Debug)]
pub struct DeleteAddress;

impl Endpoint for DeleteAddress {
    const ROUTE: Route = route!(DELETE "/v1/addresses/{address}");
    const SUMMARY: &'static str = "Delete an address of yours; if it was the default, the oldest becomes the default";

    type Deps = Store;
    type Caller = Shopper;
    type Input = Path<AddressPath>;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, Path(path): Path<AddressPath>) -> Result<NoContent, Problem> {
        match cx.addresses().remove(shopper.id, path.address).await? {
            true => Ok(NoContent),
            false => Err(Code::NotFound.into()),
        }
    }
}

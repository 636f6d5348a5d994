//! `GET /v1/addresses` - lists the shopper's addresses, with one read.

use serde::Serialize;
use souk_domain::AddressId;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Problem, Route, Shopper, route};

use crate::address::KeptAddress;

/// Lists the shopper's addresses.
#[derive(Debug)]
pub struct ListAddresses;

/// The addresses of a shopper.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Addresses {
    /// The addresses, oldest first, at most 20.
    items: Vec<KeptAddress>,
    /// The id of the default address. It is absent only if there is no address.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<AddressId>,
}

impl Endpoint for ListAddresses {
    const ROUTE: Route = route!(GET "/v1/addresses");
    const SUMMARY: &'static str = "Your addresses, and which is the default";

    type Deps = Store;
    type Caller = Shopper;
    type Input = ();
    type Output = Json<Addresses>;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, (): ()) -> Result<Self::Output, Problem> {
        let book = cx.addresses().of(shopper.id).await?;
        let default = book.default_address();
        let items = book.entries.into_iter().map(|(id, address)| KeptAddress { id, address });
        Ok(Json(Addresses { items: items.collect(), default }))
    }
}

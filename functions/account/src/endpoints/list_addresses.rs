//! `GET /v1/addresses` - the shopper's addresses. One read.

use serde::Serialize;
use souk_domain::AddressId;
use souk_store::Store;
use souk_store_shoppers::ShoppersExt as _;
use souk_web::{Cx, Endpoint, Json, JsonSchema, Problem, Route, Shopper, route};

use crate::address::AddressView;

/// Lists the addresses.
#[derive(Debug)]
pub struct ListAddresses;

/// Addresses.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Addresses")]
pub struct Output {
    /// The addresses, the oldest first; at most 20.
    items: Vec<AddressView>,
    /// The one to use where none is named; none only where there is no address.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<AddressId>,
}

impl Endpoint for ListAddresses {
    const ROUTE: Route = route!(GET "/v1/addresses");
    const SUMMARY: &'static str = "Your addresses, and which is the default";

    type Deps = Store;
    type Caller = Shopper;
    type Input = ();
    type Output = Json<Output>;

    async fn handle(cx: &Cx<'_, Store>, shopper: Shopper, (): ()) -> Result<Self::Output, Problem> {
        let book = cx.addresses().of(shopper.id).await?;
        let default = book.default_address();
        let items = book.entries.into_iter().map(|(id, address)| AddressView { id, address });
        Ok(Json(Output { items: items.collect(), default }))
    }
}

//! `POST /v1/guest-carts` - creates a cart for a guest who is not signed in. Everybody who knows its id can use it, so
//! the id is a secret.

use souk_domain::{GuestCartId, Id};
use souk_store_sales::{SalesExt as _, carts::GuestCart};
use souk_web::{Anyone, Created, Cx, Endpoint, Limit, Problem, Route, route};
use uuid::Uuid;

use crate::{
    deps::StoreMediaCurrency,
    view::{CartView, view},
};

/// Creates a guest's cart.
#[derive(Debug)]
pub struct CreateGuestCart;

impl Endpoint for CreateGuestCart {
    const ROUTE: Route = route!(POST "/v1/guest-carts");
    const SUMMARY: &'static str =
        "Create a cart for a guest; its id is the secret to use it, and it expires 30 days after its last change";
    const LIMIT: Option<Limit> = Some(Limit::per_minute(20, 20));

    type Deps = StoreMediaCurrency;
    type Caller = Anyone;
    type Input = ();
    type Output = Created<CartView>;

    async fn handle(cx: &Cx<'_, StoreMediaCurrency>, _: Anyone, (): ()) -> Result<Self::Output, Problem> {
        // The id is random and not `cx.fresh()`, because ids in the order of time can be guessed from one another.
        let cart = GuestCart::new(GuestCartId::from_uuid(Uuid::new_v4()), cx.now);
        cx.store.carts().open(&cart).await?;
        view(cx, cart.id.into(), &cart.into()).await.map(Created)
    }
}

//! `GET /docs` - returns an HTML page that shows the API document.

use souk_web::{Anyone, Cx, Endpoint, Problem, Raw, Route, route};

/// Returns the page that shows the API document.
#[derive(Debug)]
pub struct GetReference;

impl Endpoint for GetReference {
    const ROUTE: Route = route!(GET "/docs");
    const SUMMARY: &'static str = "This API as an HTML page";

    type Deps = ();
    type Caller = Anyone;
    type Input = ();
    type Output = Raw<true>;

    async fn handle(_: &Cx<'_, ()>, _: Anyone, (): ()) -> Result<Raw<true>, Problem> {
        Ok(Raw(include_str!("../reference.html")))
    }
}

//! `GET /docs` - the API document as a page to read.

use souk_web::{Anyone, Cx, Endpoint, Problem, Raw, Route, route};

/// Serves the page.
#[derive(Debug)]
pub struct GetReference;

impl Endpoint for GetReference {
    const ROUTE: Route = route!(GET "/docs");
    const SUMMARY: &'static str = "This API as a page to read";

    type Deps = ();
    type Caller = Anyone;
    type Input = ();
    type Output = Raw<true>;

    async fn handle(_: &Cx<'_, ()>, _: Anyone, (): ()) -> Result<Raw<true>, Problem> {
        Ok(Raw(include_str!("../reference.html")))
    }
}

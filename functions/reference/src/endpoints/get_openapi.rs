//! `GET /v1/openapi.json` - returns the API document.

use souk_web::{Anyone, Cx, Endpoint, Problem, Raw, Route, route};

/// Returns the API document.
#[derive(Debug)]
pub struct GetOpenapi;

impl Endpoint for GetOpenapi {
    const ROUTE: Route = route!(GET "/v1/openapi.json");
    const SUMMARY: &'static str = "This API as an OpenAPI 3.1 document";

    type Deps = ();
    type Caller = Anyone;
    type Input = ();
    type Output = Raw<false>;

    async fn handle(_: &Cx<'_, ()>, _: Anyone, (): ()) -> Result<Raw<false>, Problem> {
        Ok(Raw(include_str!("../../../../openapi.json")))
    }
}

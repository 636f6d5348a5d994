//! An HTTP client for the AWS SDK, based on the client that tests use anyway. The SDK brings none here.

use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;

#[derive(Debug)]
struct PlainHttp(reqwest::Client);

/// Returns a client for the SDK that sends through `http`.
pub(crate) fn client(http: reqwest::Client) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(PlainHttp(http));
    http_client_fn(move |_, _| connector.clone())
}

impl HttpConnector for PlainHttp {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let http = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let request = request.map(|body| body.bytes().map(<[u8]>::to_vec).unwrap_or_default());
            let request = reqwest::Request::try_from(request).map_err(|error| ConnectorError::user(error.into()))?;
            let response = http.execute(request).await.map_err(|error| ConnectorError::io(error.into()))?;
            let (mut answer, status) = (http::Response::new(SdkBody::empty()), response.status());
            *answer.status_mut() = status;
            *answer.headers_mut() = response.headers().clone();
            *answer.body_mut() = response.bytes().await.map_err(|error| ConnectorError::io(error.into()))?.into();
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

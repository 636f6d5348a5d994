//! Reference: serves the API document and a page that shows it.

mod endpoints;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        get_openapi::GetOpenapi,
        get_reference::GetReference,
    ],
}

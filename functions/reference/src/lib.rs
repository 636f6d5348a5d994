//! Reference: the API describes itself.

mod endpoints;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        get_openapi::GetOpenapi,
        get_reference::GetReference,
    ],
}

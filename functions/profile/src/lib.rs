//! The profile: what somebody says of themselves, and how Souk forgets them.

mod endpoints;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        get_me::GetMe,
        update_me::UpdateMe,
        export_me::ExportMe,
    ],
    consumers: [
        erase_account::EraseAccount,
    ],
}

//! The profile: the caller's name, phone number and picture, the export of all personal data, and the erasure of
//! deleted accounts.

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

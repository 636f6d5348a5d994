//! Mail: what happened, as letters.

mod workers;

pub use workers::*;

souk_runtime::functions! {
    consumers: [
        send_mail::SendMail,
    ],
}

//! Mail: sends mails about events.

mod workers;

pub use workers::*;

souk_runtime::functions! {
    consumers: [
        send_mail::SendMail,
    ],
}

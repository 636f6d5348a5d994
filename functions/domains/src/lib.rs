//! Custom domains of shops. A seller requests a domain and sets two DNS records, and a schedule checks them.

mod deps;
mod dns;
mod endpoints;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        get_domain::GetDomain,
        request_domain::RequestDomain,
        remove_domain::RemoveDomain,
    ],
    schedules: [
        check_domains::CheckDomains,
    ],
}

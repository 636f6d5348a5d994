//! Shops' own domains: a seller asks for one, sets two records in the DNS, and a schedule looks at them.

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

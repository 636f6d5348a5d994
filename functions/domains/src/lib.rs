//! Shops' own domains: a seller asks for one, sets two records in the DNS, and a schedule looks at them.

pub mod get_domain;
pub mod remove_domain;
pub mod request_domain;

pub mod check_domains;

mod deps;
mod dns;
mod view;

souk_web::endpoints![get_domain, request_domain, remove_domain];

//! The door of [`domains::check_domains`].

souk_messaging::door!(schedule domains::check_domains);

//! The door of [`catalogue::count_sales`].

souk_messaging::door!(consumer catalogue::count_sales);

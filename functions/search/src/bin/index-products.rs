//! The door of [`search::index_products`].

souk_messaging::door!(batches search::index_products);

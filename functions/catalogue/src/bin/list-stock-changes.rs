//! The door of [`catalogue::list_stock_changes`].

souk_web::door!(endpoint catalogue::list_stock_changes);

//! The door of [`catalogue::adjust_stock`].

souk_web::door!(endpoint catalogue::adjust_stock);

//! The door of [`catalogue::duplicate_product`].

souk_web::door!(endpoint catalogue::duplicate_product);

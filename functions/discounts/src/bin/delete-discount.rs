//! The door of [`discounts::delete_discount`].

souk_web::door!(endpoint discounts::delete_discount);

//! The door of [`discounts::get_discount`].

souk_web::door!(endpoint discounts::get_discount);

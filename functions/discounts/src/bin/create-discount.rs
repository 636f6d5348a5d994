//! The door of [`discounts::create_discount`].

souk_web::door!(endpoint discounts::create_discount);

//! The door of [`discounts::change_discount`].

souk_web::door!(endpoint discounts::change_discount);

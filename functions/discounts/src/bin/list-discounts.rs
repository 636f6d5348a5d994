//! The door of [`discounts::list_discounts`].

souk_web::door!(endpoint discounts::list_discounts);

//! The door of [`identity::confirm_second_factor`].

souk_web::door!(endpoint identity::confirm_second_factor);

//! The door of [`identity::remove_second_factor`].

souk_web::door!(endpoint identity::remove_second_factor);

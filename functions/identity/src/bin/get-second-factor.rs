//! The door of [`identity::get_second_factor`].

souk_web::door!(endpoint identity::get_second_factor);

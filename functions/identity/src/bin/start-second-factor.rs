//! The door of [`identity::start_second_factor`].

souk_web::door!(endpoint identity::start_second_factor);

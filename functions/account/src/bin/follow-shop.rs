//! The door of [`account::follow_shop`].

souk_web::door!(endpoint account::follow_shop);

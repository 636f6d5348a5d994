//! The door of [`admins::ban`].

souk_web::door!(endpoint admins::ban);

//! The door of [`admins::lift_ban`].

souk_web::door!(endpoint admins::lift_ban);

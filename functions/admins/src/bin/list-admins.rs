//! The door of [`admins::list_admins`].

souk_web::door!(endpoint admins::list_admins);

//! The door of [`admins::promote_admin`].

souk_web::door!(endpoint admins::promote_admin);

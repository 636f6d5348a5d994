//! The door of [`admins::demote_admin`].

souk_web::door!(endpoint admins::demote_admin);

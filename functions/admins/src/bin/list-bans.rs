//! The door of [`admins::list_bans`].

souk_web::door!(endpoint admins::list_bans);

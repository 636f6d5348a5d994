//! The door of [`admins::list_audit_records`].

souk_web::door!(endpoint admins::list_audit_records);

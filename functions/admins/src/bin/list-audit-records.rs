//! Runs [`admins::list_audit_records`].

souk_runtime::main!(admins::list_audit_records::ListAuditRecords);

//! The door of [`mail::send_mail`].

souk_messaging::door!(consumer mail::send_mail);

//! Runs [`mail::send_mail`].

souk_runtime::main!(mail::send_mail::SendMail);

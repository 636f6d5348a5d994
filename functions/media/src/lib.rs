//! Media: from a file on somebody's disk to pictures that can be shown.
//!
//! The bytes never pass through the API: a client gets a signed form and sends them to S3, S3 tells a queue, and the
//! worker there looks at what really came.

pub mod create_upload;
pub mod get_upload;
pub mod process_image;

mod deps;
mod view;

souk_web::endpoints![create_upload, get_upload];

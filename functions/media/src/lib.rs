//! Media: from a file on somebody's disk to pictures that can be shown, and what becomes of them.
//!
//! The bytes never pass through the API: a client gets a signed form and sends them to S3, S3 tells a queue, and the
//! worker there looks at what really came. What is made of a picture is a new one, which waits for another worker.

pub mod create_upload;
pub mod get_upload;
pub mod process_image;

pub mod create_transformation;
pub mod transform_image;

pub mod delete_media;
pub mod keep_pictures;
pub mod purge_media;

mod deps;
mod files;
mod view;

souk_web::endpoints![create_upload, get_upload, create_transformation, delete_media];

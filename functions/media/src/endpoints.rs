//! The HTTP endpoints of this service, in reading order.

pub mod create_transformation;
pub mod create_upload;
pub mod delete_media;
pub mod get_upload;
